"""An experiment read as of every day since it began: values, intervals, verdicts, shares that do not fit, guardrails."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from grapevine.insight.rules.trials.effects import (
    GROUPS_MIN,
    GUARDS,
    LESS_IS_WORSE,
    MEASURES,
    MISMATCH_ALPHA,
    OF_GOODS,
    UNITS_MIN,
    Effect,
    Units,
    effect,
    mismatch,
    verdict,
)
from grapevine.insight.rules.trials.sequences import ALPHA

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is read: `arms` with the control first; `measures` with the primary one first."""

    arms: Sequence[str]
    measures: Sequence[str]
    guardrails: Mapping[str, str]
    versions: Mapping[int, Mapping[str, int]]
    min_effect: float
    planned: int
    of_goods: bool = False
    is_grouped: bool = False

    @property
    def least(self) -> int:
        return GROUPS_MIN if self.is_grouped or self.of_goods else UNITS_MIN

    @property
    def alpha(self) -> float:
        """Shared between the arms that are compared with the control (Bonferroni)."""
        return ALPHA / max(1, len(self.arms) - 1)

    def formula(self, measure: str) -> str:
        return OF_GOODS.get(measure, measure) if self.of_goods else measure


def told(asked: Asked, units: Units, days: Sequence[tuple[str, float]]) -> Told:
    """`days`: (name, the second it ends) of every day to look at, the last of them now. Units count once they are ripe."""
    last = days[-1][1] if days else 0.0
    ripe = units.taken(units.ripe <= last)
    found: Told = {
        "entered": _counts(units), "counted": _counts(ripe), "mismatch": _mismatch(asked, units),
        "measures": {name: _measured(asked, ripe, name) for name in asked.measures},
        "guardrails": [_guarded(asked, ripe, *one) for one in sorted(asked.guardrails.items())],
        "history": list(_history(asked, units, days)),
    }  # fmt: skip
    return found


def _counts(units: Units) -> dict[str, int]:
    return {arm: int((units.arm == n).sum()) for n, arm in enumerate(units.arms)}


def _mismatch(asked: Asked, units: Units) -> Told:
    """Of the worst version of the shares, by so many tests as there are versions."""
    worst, where = 1.0, 0
    for number, shares in asked.versions.items():
        p = mismatch(_counts(units.taken(units.version == number)), shares)
        if p < worst:
            worst, where = p, number
    worst = min(1.0, worst * max(1, len(asked.versions)))
    return {"p": worst, "version": where, "is_off": worst < MISMATCH_ALPHA}


def _measured(asked: Asked, units: Units, measure: str) -> Told:
    return {arm: _arm(asked, units, n, measure) for n, arm in enumerate(asked.arms) if n}


def _effect(asked: Asked, units: Units, arm: int, measure: str) -> Effect:
    return effect(
        units, arm, asked.formula(measure), planned=asked.planned, least=asked.least,
        alpha=asked.alpha,
    )  # fmt: skip


def _arm(asked: Asked, units: Units, arm: int, measure: str) -> Told:
    found = _effect(asked, units, arm, measure)
    more = measure in GUARDS and measure not in LESS_IS_WORSE
    said = verdict(found, min_effect=asked.min_effect, more_is_worse=more)
    return {**_finite(found), "verdict": said}


def _finite(found: Effect) -> Told:
    """As JSON: what is not finite is not there."""
    return {
        name: value if value is None or np.isfinite(value) else None
        for name, value in asdict(found).items()
    }


def _guarded(asked: Asked, units: Units, measure: str, act: str) -> Told:
    """Broken, if some arm is surely worse than the control: the interval that holds at every look leaves zero out."""
    is_known = set(MEASURES.get(asked.formula(measure), ("",))) <= set(units.sums)
    arms = _measured(asked, units, measure) if is_known else {}
    broken = [arm for arm, one in arms.items() if one["verdict"] == "worse"]
    return {"measure": measure, "act": act, "arms": arms, "broken": broken}


def _history(asked: Asked, units: Units, days: Sequence[tuple[str, float]]) -> Iterable[Told]:
    """The primary measure as it was to be read on each day."""
    for name, end in days:
        seen = units.taken(units.ripe <= end)
        arms = {}
        for n, arm in enumerate(asked.arms):
            if n:
                one = _finite(_effect(asked, seen, n, asked.measures[0]))
                keys = ("difference", "low", "high", "p", "is_enough", "units")
                arms[arm] = {key: one[key] for key in keys}
        yield {"day": name, "arms": arms}
