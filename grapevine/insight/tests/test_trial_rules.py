"""Planted effects are found and told right; without any, looking every day raises no more false alarms than promised."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest

from grapevine.insight.rules.trials import drawing, effects, sequences
from grapevine.insight.rules.trials.effects import Units, effect, mismatch, verdict
from grapevine.insight.rules.trials.telling import Asked, told


def town(count: int, *, seed: int, lift: float = 0.0, groups: int = 0, known: float = 1.0) -> Units:
    """People with a bent of their own who see, click and buy; arm 1 clicks and spends `lift` more. `groups`: drawn in groups."""
    random = np.random.default_rng(seed)
    bent = random.gamma(2.0, 0.5, count)
    arm = random.integers(0, 2, count)
    if groups:
        of = random.integers(0, groups, count)
        arm = random.integers(0, 2, groups)[of]
        bent *= random.gamma(4.0, 0.25, groups)[of]
    raised = bent * np.where(arm == 1, 1 + lift, 1.0)
    shown = random.poisson(6.0, count) + 1.0
    clicks = random.binomial(shown.astype(int), np.clip(0.1 * raised, 0, 1)).astype(float)
    bought = (random.random(count) < np.clip(0.08 * raised, 0, 1)).astype(float)
    paid = bought * random.lognormal(8.0, 1.0, count)
    before = np.stack(
        [random.poisson(5 * bent * known, count), random.poisson(2 * bent, count)], 1
    ).astype(float)
    sums: dict[str, Any] = {
        "shown": shown, "clicks": clicks, "bought": bought, "paid_minor": paid,
        "people": np.ones(count), "refunded_minor": paid * (random.random(count) < 0.1),
        "reports": np.zeros(count), "hides": (random.random(count) < 0.05).astype(float),
    }  # fmt: skip
    days = np.sort(random.random(count)) * 28 * effects.DAY
    units = Units(("a", "b"), arm, np.ones(count, dtype=np.int64), days, days, sums, before)
    return summed(units, of, groups) if groups else units


def summed(units: Units, of: Any, groups: int) -> Units:
    first = np.zeros(groups, dtype=np.int64)
    first[of[::-1]] = np.arange(len(of))[::-1]
    sums: dict[str, Any] = {
        name: np.bincount(of, column, groups).astype(float) for name, column in units.sums.items()
    }
    before = np.stack([np.bincount(of, column, groups) for column in units.before.T], 1)
    few = units.taken(first)
    return Units(
        few.arms, few.arm, few.version, few.entered, few.ripe, sums, before.astype(np.float64)
    )


def read(units: Units, measure: str, least: int = 100) -> effects.Effect:
    return effect(units, 1, measure, planned=2_000, least=least)


def test_the_interval_is_that_of_the_paper_and_leaves_zero_out_when_the_p_value_says_so() -> None:
    mixture = sequences.tightest_at(1_000)
    assert mixture == pytest.approx((5.99146 + np.log(6.99146)) / 1_000, rel=1e-5)
    half = sequences.margin(0.04, 1_000, mixture)
    wanted = 2 * (1_000 * mixture + 1) / (1_000**2 * mixture) * np.log(np.sqrt(1_000 * mixture + 1) / 0.05)  # fmt: skip
    assert half == pytest.approx(np.sqrt(0.04 * 1_000) * np.sqrt(wanted))
    assert sequences.p_value(half, 0.04, 1_000, mixture) == pytest.approx(0.05)
    widths = [sequences.margin(1 / n, n, mixture) / np.sqrt(1 / n) for n in (50, 1_000, 1_000_000)]
    assert min(widths) == widths[1]
    assert widths[1] == pytest.approx(2.95, abs=0.1)  # an ordinary interval of one look: 1.96
    assert sequences.margin(0.0, 10, mixture) == inf
    assert sequences.p_value(1.0, 0.0, 10, mixture) == 1.0


@pytest.mark.parametrize("measure", ["ctr", "gmv"])
def test_without_an_effect_looking_often_alarms_no_more_than_promised(measure: str) -> None:
    """A hundred experiments in which nothing differs, ten looks each; ordinary tests are fooled far more often."""
    found = drawing.aa(town(1_500, seed=1), [measure], draws=100, looks=10, planned=1_500, seed=2)[
        "measures"
    ][measure]
    assert found["told"] == 100
    assert found["alarms"] <= 5
    assert found["peeking"] >= 12
    assert sum(found["bins"]) == 100
    assert max(found["bins"]) <= 22  # even would be 10, four standard deviations more are 22
    assert found["below"] <= 13


def test_a_planted_lift_is_found_and_its_interval_holds_it() -> None:
    found = [read(town(6_000, seed=seed, lift=0.5), "ctr") for seed in range(20)]
    assert all(verdict(one, min_effect=0.05) == "better" for one in found)
    held = sum(one.low <= 0.05 <= one.high for one in found)  # 0.1 a showing, half as much again
    assert held >= 19
    ends = [(one.relative_low or 0, one.relative_high or 0) for one in found]
    assert sum(low < 0.5 < high for low, high in ends) >= 19
    assert np.mean([one.relative for one in found]) == pytest.approx(0.5, abs=0.03)
    worse = read(town(6_000, seed=3, lift=-0.4), "ctr")
    assert verdict(worse, min_effect=0.05) == "worse"
    assert verdict(worse, min_effect=0.05, more_is_worse=True) == "better"
    even = read(town(6_000, seed=4), "ctr")
    assert verdict(even, min_effect=0.5) == "same"
    assert verdict(even, min_effect=0.01) == "open"
    assert verdict(read(town(150, seed=4), "ctr"), min_effect=0.5) == "few"


def test_what_was_before_narrows_the_interval_and_does_not_move_it() -> None:
    found = [read(town(4_000, seed=seed, lift=0.2, known=4.0), "ctr") for seed in range(20)]
    saved = [1 - one.variance / one.raw_variance for one in found]
    assert 0.15 < np.mean(saved) < 0.6
    assert np.mean([one.relative for one in found]) == pytest.approx(0.2, abs=0.02)
    units = town(4_000, seed=1)
    same = read(replace(units, before=units.before * 0.0), "ctr")
    assert same.variance == pytest.approx(same.raw_variance)


def test_communities_are_units_and_people_in_them_are_not() -> None:
    """Forty communities with a bent of their own: taken as people every third experiment without effect looks like one."""
    fooled = held = 0
    for seed in range(60):
        units = town(4_000, seed=seed, groups=40)
        one = read(units, "ctr", least=10)
        held += drawing.ordinary_p(one.difference, one.variance) < 0.01
        assert one.units == 40
        naive = one.difference**2 / (one.variance * 40 / 4_000)
        fooled += naive > 6.63
        assert one.low <= 0 <= one.high
    assert held <= 4
    assert fooled >= 30


@pytest.mark.parametrize(("counts", "is_off"), [
    ({"a": 5_000, "b": 5_000}, False), ({"a": 5_080, "b": 4_920}, False),
    ({"a": 5_200, "b": 4_800}, True), ({"a": 0, "b": 0}, False), ({"b": 40}, True),
])  # fmt: skip
def test_shares_that_do_not_fit_are_noticed(counts: Mapping[str, int], is_off: bool) -> None:
    p = mismatch(counts, {"a": 5_000, "b": 5_000})
    assert (p < effects.MISMATCH_ALPHA) is is_off


def test_an_experiment_is_told_as_of_every_day_and_only_of_units_watched_to_the_end() -> None:
    units = town(3_000, seed=5, lift=0.8)
    hides = units.sums["hides"] + (units.arm == 1) * (np.arange(3_000) % 5 == 0)
    units = Units(units.arms, units.arm, units.version, units.entered, units.entered + 7 * effects.DAY, {**units.sums, "hides": hides}, units.before)  # fmt: skip
    asked = Asked(
        ("a", "b"), ("ctr", "gmv"), {"hides": "stop", "refunds": "warn"}, {1: {"a": 5_000, "b": 5_000}},
        0.05, 3_000,
    )  # fmt: skip
    days = [(f"d{n}", n * effects.DAY) for n in (1, 7, 8, 14, 28)]
    found = told(asked, units, days)
    ripe = int((units.ripe <= 28 * effects.DAY).sum())
    assert sum(found["entered"].values()) == 3_000
    assert sum(found["counted"].values()) == ripe < 3_000
    assert [row["arms"]["b"]["units"] for row in found["history"]] == [
        int((units.ripe <= end).sum()) for _name, end in days
    ]
    assert [row["arms"]["b"]["is_enough"] for row in found["history"]] == [False, False, False, True, True]  # fmt: skip
    assert found["history"][-1]["arms"]["b"]["low"] == found["measures"]["ctr"]["b"]["low"] > 0
    assert found["measures"]["ctr"]["b"]["verdict"] == "better"
    assert [(one["measure"], one["broken"]) for one in found["guardrails"]] == [("hides", ["b"]), ("refunds", [])]  # fmt: skip
    assert not found["mismatch"]["is_off"]
    late = told(asked, units.taken(units.arm == 1), days)
    assert late["mismatch"]["is_off"]
    assert late["measures"]["ctr"]["b"]["verdict"] == "few"
