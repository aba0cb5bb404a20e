"""What an arm does, from one row a unit: sums of the unit's window, and what it did in the 28 days before.

Every measure is a ratio of sums over units, so clicks by impressions, buyers by people and money by people are one
formula, and a whole share community is a unit like a person. The variance is that of the linearised ratio (delta
method; Deng, Knoblich, Lu 2018). What is known from before is taken out of it (CUPED; Deng, Xu, Kohavi, Walker 2013).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc

from grapevine.insight.rules.trials.sequences import ALPHA, margin, p_value, tightest_at

Floats = NDArray[np.float64]
MEASURES: Mapping[str, tuple[str, str]] = {
    "ctr": ("clicks", "shown"),
    "conversion": ("bought", "people"),
    "gmv": ("paid_minor", "people"),
    "orders": ("orders", "views"),
    "gmv_a_view": ("paid_minor", "views"),
    "fill": ("filled", "opened"),
    "sharing": ("shares", "views"),
    "brought": ("brought", "visits"),
    "refunds": ("refunded_minor", "paid_minor"),
    "complaints": ("cases", "orders"),
    "disputes": ("disputes", "orders"),
    "margin": ("margin_minor", "pieces"),
    "reports": ("reports", "people"),
    "hides": ("hides", "people"),
    "reports_a_view": ("reports", "views"),
    "hides_a_view": ("hides", "views"),
}
"""Measure → the sums it is the ratio of."""
OF_GOODS = {
    "conversion": "orders", "gmv": "gmv_a_view", "reports": "reports_a_view", "hides": "hides_a_view",
}  # fmt: skip
"""What a measure is called where goods are the units."""
GUARDS = ("refunds", "complaints", "disputes", "margin", "reports", "hides")
LESS_IS_WORSE = ("margin",)
"""Of the others more is worse."""
UNITS_MIN = 100
GROUPS_MIN = 20
"""Of communities and goods, which are sums of many themselves."""
EVENTS_MIN = 20
"""So many units must have something to count, or the normal distribution says little."""
MISMATCH_ALPHA = 0.001
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Units:
    """One row a unit. `arm` is a place in `arms`; `entered` and `ripe` are seconds; `before` has a column a covariate."""

    arms: Sequence[str]
    arm: NDArray[np.int64]
    version: NDArray[np.int64]
    entered: Floats
    ripe: Floats
    sums: Mapping[str, Floats]
    before: Floats

    def taken(self, wanted: Any) -> "Units":
        sums = {name: column[wanted] for name, column in self.sums.items()}
        return Units(
            self.arms, self.arm[wanted], self.version[wanted], self.entered[wanted],
            self.ripe[wanted], sums, self.before[wanted],
        )  # fmt: skip

    def drawn(self, arm: NDArray[np.int64], arms: Sequence[str]) -> "Units":
        return Units(arms, arm, self.version, self.entered, self.ripe, self.sums, self.before)


@dataclass(frozen=True, slots=True)
class Effect:
    """An arm against the control. `low` and `high` hold at every look; relative ones are None where the control has none."""

    control: float
    value: float
    difference: float
    low: float
    high: float
    p: float
    relative: float | None
    relative_low: float | None
    relative_high: float | None
    variance: float
    raw_variance: float
    """Without what is known from before."""
    units: int
    is_enough: bool


def linearised(top: Floats, bottom: Floats) -> tuple[float, Floats]:
    """The ratio of the sums, and what each unit adds to its error."""
    below = bottom.mean() if len(bottom) else 0.0
    if below <= 0:
        return 0.0, np.zeros_like(top)
    ratio = float(top.sum() / bottom.sum())
    return ratio, (top - ratio * bottom) / below


def slopes(errors: Floats, before: Floats) -> Floats:
    """How errors follow what was before, by least squares; columns that never differ are left out."""
    found = np.zeros(before.shape[1])
    if len(errors) <= 2 * before.shape[1] + 2:
        return found
    kept = before.std(axis=0) > 0
    if kept.any():
        columns = before[:, kept]
        scale = columns.std(axis=0)
        scaled = columns / scale
        gram = scaled.T @ scaled + 1e-9 * len(errors) * np.eye(int(kept.sum()))
        found[kept] = np.linalg.solve(gram, scaled.T @ errors) / scale
    return found


def _mean_variance(values: Floats) -> float:
    return float(values.var(ddof=1) / len(values)) if len(values) > 1 else 0.0


def effect(
    units: Units, arm: int, measure: str, *, control: int = 0, planned: int, least: int,
    alpha: float = ALPHA,
) -> Effect:  # fmt: skip
    """`arm` against `control`. Of `planned` units the interval is narrowest; with fewer than `least` in an arm nothing is told."""
    top, bottom = (units.sums[name] for name in MEASURES[measure])
    treated, held = units.arm == arm, units.arm == control
    (base, of_held), (value, of_treated) = (
        linearised(top[held], bottom[held]), linearised(top[treated], bottom[treated]),
    )  # fmt: skip
    raw = _mean_variance(of_treated) + _mean_variance(of_held)
    middle, (now, was) = _without_before(
        value - base, (of_treated, of_held), (units.before[treated], units.before[held])
    )
    variance = _mean_variance(now) + _mean_variance(was)
    count = int(treated.sum() + held.sum())
    mixture = tightest_at(planned, alpha)
    half = margin(variance, count, mixture, alpha)
    happened = int(np.count_nonzero(top[treated | held]))
    fewest = min(int(treated.sum()), int(held.sum()))
    is_enough = fewest >= least and happened >= EVENTS_MIN and half < inf
    relative = half_relative = None
    if base > 0 and is_enough:
        relative = middle / base
        spread = (_mean_variance(now) + (1 + relative) ** 2 * _mean_variance(was)) / base**2
        half_relative = margin(spread, count, mixture, alpha)
    return Effect(
        base, value, middle, middle - half, middle + half, p_value(middle, variance, count, mixture),
        relative, None if relative is None or half_relative is None else relative - half_relative,
        None if relative is None or half_relative is None else relative + half_relative,
        variance, raw, count, is_enough,
    )  # fmt: skip


def _without_before(
    difference: float, errors: tuple[Floats, Floats], before: tuple[Floats, Floats]
) -> tuple[float, tuple[Floats, Floats]]:
    """The difference and the errors without what the 28 days before foretold."""
    centred = tuple(part - part.mean(axis=0) if len(part) else part for part in before)
    along = slopes(np.concatenate(errors), np.concatenate(centred))
    if len(before[0]) and len(before[1]):
        difference -= float((before[0].mean(axis=0) - before[1].mean(axis=0)) @ along)
    return difference, (errors[0] - centred[0] @ along, errors[1] - centred[1] @ along)


def verdict(found: Effect, *, min_effect: float, more_is_worse: bool = False) -> str:
    """better, worse, same (no change worth having is left in the interval), open, or few."""
    if not found.is_enough:
        return "few"
    if found.low > 0 or found.high < 0:
        return "worse" if (found.low > 0) is more_is_worse else "better"
    low, high = found.relative_low, found.relative_high
    if low is not None and high is not None and -min_effect < low and high < min_effect:
        return "same"
    return "open"


def mismatch(counts: Mapping[str, int], shares: Mapping[str, int]) -> float:
    """The p-value of Pearson's test that units came in these shares (Fabijan et al. 2019: below 0.001 nothing may be read)."""
    total, whole = sum(counts.get(arm, 0) for arm in shares), sum(shares.values())
    if total == 0 or len(shares) < 2:
        return 1.0
    square = sum(
        (counts.get(arm, 0) - total * share / whole) ** 2 / (total * share / whole)
        for arm, share in shares.items()
    )
    return float(gammaincc((len(shares) - 1) / 2, square / 2))
