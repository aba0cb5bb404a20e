"""Which pieces will lie, and which goods earn. Pure.

Pieces sold a day are Poisson with the mean of the last `WINDOW_DAYS` on sale. Days of cover are the free pieces over that
mean. The risk is the share of the free pieces that is expected to be left after `HORIZON_DAYS`: the loss function of the
newsvendor, E[max(0, s − X)] = Σ_{k<s} P(X ≤ k), over s (Silver, Pyke and Thomas, "Inventory and Production Management in
Supply Chains", 4th ed., ch. 5 and appendix II). Trend is the newer half of the window over the older, drawn towards 1 by five
prior pieces in each. What goods are expected to earn in a month is demand × trend × margin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

WINDOW_DAYS = 90
HORIZON_DAYS = 60
NEW_DAYS = 14
MONTH = 30
SLOW_FROM = 0.1
"""The least share left at which a SKU counts as slow."""
TREND_LEAST, TREND_MOST, PRIOR = 0.25, 4.0, 5
GROUP_PIECES = 3
"""Pieces in the window from which somebody evidently wants it, so that a group may fill."""
CUTS = ((0.8, 3000), (0.5, 2000), (0.0, 1000))
"""Share left from which a price is cut by so many basis points."""
FEW, NOTHING = 700.0, 1e-18
"""From this mean on only the mean counts; below this chance nothing more comes to the sum."""


@dataclass(frozen=True, slots=True)
class Stocked:
    """A SKU as it lies: `sold` pieces of each of equal parts (days, or halves) of the time on sale, at most the window, oldest
    first; `age_days` on sale.
    """

    free: int
    price_minor: int
    cost_minor: int | None
    sold: Sequence[int]
    age_days: int


@dataclass(frozen=True, slots=True)
class Slow:
    """`cover_days` None: nothing was sold. `action`: discount, group, stop or wait (too new, or not slow at all)."""

    per_day: float
    cover_days: float | None
    left_share: float
    tied_minor: int
    trend: float
    action: str
    price_minor: int | None
    month_minor: float | None

    @property
    def is_slow(self) -> bool:
        return self.action != "wait"


def rate(one: Stocked) -> float:
    """Pieces a day over the days it could be bought, at most the window."""
    return sum(one.sold) / max(1, min(WINDOW_DAYS, one.age_days))


def left_share(free: int, mean: float) -> float:
    """E[max(0, free − X)] / free for X Poisson of this mean; 0 where nothing is free."""
    if free <= 0:
        return 0.0
    if mean > FEW:
        return max(0.0, free - mean) / free
    chance = below = exp(-mean)
    total = 0.0
    for k in range(1, free + 1):
        total += below
        chance *= mean / k
        below += chance
        if chance < NOTHING and k > mean:
            return (total + (free - k) * below) / free
    return total / free


def trend(sold: Sequence[int]) -> float:
    """The newer half over the older one, kept between a quarter and four."""
    half = len(sold) // 2
    older, newer = sum(sold[:half]), sum(sold[len(sold) - half :])
    return min(TREND_MOST, max(TREND_LEAST, (newer + PRIOR) / (older + PRIOR)))


def judge(one: Stocked) -> Slow:
    per_day = rate(one)
    share = left_share(one.free, per_day * HORIZON_DAYS)
    moving = trend(one.sold)
    cut = next(bps for least, bps in CUTS if share >= least)
    cheaper = one.price_minor * (10_000 - cut) // 10_000
    floor = max(1, one.cost_minor or 1)
    price = max(cheaper, floor)
    if one.age_days < NEW_DAYS or share < SLOW_FROM or one.free <= 0:
        action = "wait"
    elif price >= one.price_minor:
        action = "stop"
    else:
        action = "group" if sum(one.sold) >= GROUP_PIECES else "discount"
    margin = None if one.cost_minor is None else one.price_minor - one.cost_minor
    return Slow(
        per_day, one.free / per_day if per_day else None, share,
        round(share * one.free) * (one.price_minor if one.cost_minor is None else one.cost_minor),
        moving, action, price if action in ("group", "discount") else None,
        None if margin is None else per_day * moving * margin * MONTH,
    )  # fmt: skip


def riskiest(found: Sequence[Slow]) -> list[int]:
    """Places of the slow ones: the largest share left first, then the most money tied up."""
    slow = [n for n, one in enumerate(found) if one.is_slow]
    return sorted(slow, key=lambda n: (-round(found[n].left_share, 3), -found[n].tied_minor, n))


def best(found: Sequence[Slow]) -> list[int]:
    """Places of those that earn: by expected profit a month, most first; unknown cost left out."""
    earning = [
        n for n, one in enumerate(found) if one.month_minor is not None and one.month_minor > 0
    ]
    return sorted(earning, key=lambda n: (-(found[n].month_minor or 0.0), n))
