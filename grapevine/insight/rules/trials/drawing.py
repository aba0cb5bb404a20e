"""Experiments in which nothing differs, drawn again and again over what really happened: how often are they believed?"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import ndtr

from grapevine.insight.rules.trials.effects import MEASURES, UNITS_MIN, Units, effect

BINS = 10


def aa(
    units: Units, measures: Sequence[str], *, draws: int, looks: int, planned: int, seed: int = 0,
    least: int = UNITS_MIN,
) -> dict[str, Any]:  # fmt: skip
    """`draws` experiments of two equal arms, each looked at `looks` times, evenly over the units that ripen.

    `alarms`: the share of experiments that any look would have stopped, by the interval that holds at every look;
    `peeking`: the same by an ordinary test of each look, for comparison; `bins`: the last look's ordinary p-values in tenths, which
    are even if the errors are told right.
    """
    order = units.taken(np.argsort(units.ripe, kind="stable"))
    ends = [len(order.arm) * (n + 1) // looks for n in range(looks)]
    random = np.random.default_rng(seed)
    drawn = [random.integers(0, 2, len(order.arm)) for _ in range(draws)]
    return {
        "draws": draws, "looks": looks, "units": len(order.arm),
        "measures": {name: _read(order, name, drawn, ends, planned, least) for name in measures},
    }  # fmt: skip


def _read(
    units: Units, measure: str, drawn: Sequence[Any], ends: Sequence[int], planned: int, least: int
) -> dict[str, Any]:
    sums = {name: units.sums[name] for name in MEASURES[measure]}
    units = replace(units, sums=sums)
    alarms = peeking = enough = 0
    last: list[float] = []
    for arm in drawn:
        looks = [
            effect(
                units.drawn(arm, ("a", "b")).taken(slice(0, end)), 1, measure, planned=planned,
                least=least,
            )
            for end in ends
        ]  # fmt: skip
        told = [one for one in looks if one.is_enough]
        enough += bool(told)
        alarms += any(one.low > 0 or one.high < 0 for one in told)
        ordinary = [ordinary_p(one.difference, one.variance) for one in told]
        peeking += any(p < 0.05 for p in ordinary)
        if ordinary:
            last.append(ordinary[-1])
    bins = np.histogram(last, bins=BINS, range=(0, 1))[0]
    return {
        "told": enough, "alarms": alarms, "peeking": peeking, "bins": bins.tolist(),
        "below": sum(p < 0.05 for p in last),
    }  # fmt: skip


def ordinary_p(difference: float, variance: float) -> float:
    """Two-sided, by the normal distribution, for one look."""
    return float(2 * ndtr(-abs(difference) / variance**0.5)) if variance > 0 else 1.0
