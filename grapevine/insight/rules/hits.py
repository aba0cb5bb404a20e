"""Goods that begin to rise: how much more than usual at the least, how many people apart from each other, and what became of it.

Growth is a ratio of two Poisson rates: given their sum, the later count is binomial (Przyborowski and Wilenski,
Biometrika 31, 1940), and Wilson's lower bound of its share gives the lower bound of the ratio. Counts are made smaller by
the goods' own day-to-day dispersion, and what the whole market gained is no merit of one goods. A few people who know each
other, or one who comes by several accounts, are one: what is asked for is twenty circles.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

NOW_DAYS = 3
USUAL_DAYS = 28
LEAST_CIRCLES = 20
LEAST_GROWTH = 1.5
Z = 1.645
"""One side, 95 %."""
DISPERSION_MAX = 9.0
AGAIN_DAYS = 14
"""Goods are named once in so many days, and judged after as many."""
HALF_LIFE_DAYS = 3.0
ROSE = 1.5
ROSE_BUYERS = 10


@dataclass(frozen=True, slots=True)
class Rise:
    """`now` people of the last three days, `before` as many days as usual; at least `growth` times as many."""

    now: int
    before: float
    growth: float


def rise(days: Mapping[date, int], today: date, market: float = 1.0) -> Rise:
    """From people by day up to and with `today`; `market` is by how much everything together grew.

    A wave of one day is no rise: no more is made of the three days than three times their middle one.
    """
    recent = [today - timedelta(days=n) for n in range(NOW_DAYS)]
    middle = sorted(days.get(day, 0) for day in recent)[NOW_DAYS // 2]
    usual = [today - timedelta(days=NOW_DAYS + n) for n in range(USUAL_DAYS)]
    now = sum(days.get(day, 0) for day in recent)
    earlier = [days.get(day, 0) for day in usual]
    expected = sum(earlier) * max(1.0, market)
    phi = dispersion(earlier)
    growth = lower_bound(min(now, NOW_DAYS * middle) / phi, expected / phi) * USUAL_DAYS / NOW_DAYS
    return Rise(now, expected * NOW_DAYS / USUAL_DAYS, growth)


def dispersion(counts: Sequence[int]) -> float:
    """Variance over mean, between one (Poisson) and nine."""
    mean = sum(counts) / len(counts)
    if mean <= 0:
        return 1.0
    variance = sum((one - mean) ** 2 for one in counts) / (len(counts) - 1)
    return min(DISPERSION_MAX, max(1.0, variance / mean))


def lower_bound(now: float, before: float) -> float:
    """The least ratio of two counts that agrees with what was seen. With nothing before, half a one is taken."""
    if now <= 0:
        return 0.0
    total = now + max(before, 0.5)
    share = now / total
    middle = share + Z * Z / (2 * total)
    spread = Z * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    low = max(0.0, (middle - spread) / (1 + Z * Z / total))
    return low / (1 - low)


def may_rise(found: Rise) -> bool:
    return found.now >= LEAST_CIRCLES and found.growth >= LEAST_GROWTH


def circles(people: Iterable[Hashable], ties: Iterable[tuple[Hashable, Hashable]]) -> int:
    """How many circles the people are, where ties make one of two. Ties to others tie as well."""
    head: dict[Hashable, Hashable] = {one: one for one in people}
    mine = list(head)

    def top(one: Hashable) -> Hashable:
        while head.setdefault(one, one) != one:
            head[one] = head[head[one]]
            one = head[one]
        return one

    for a, b in ties:
        head[top(a)] = top(b)
    return len({top(one) for one in mine})


def heat(buyers: Mapping[date, int], today: date) -> float:
    """Buyers, the newer the heavier: half as much every three days."""
    return sum(
        count * float(0.5 ** ((today - day).days / HALF_LIFE_DAYS))
        for day, count in buyers.items()
        if day <= today
    )


def outcome(buyers: Mapping[date, int], day: date) -> tuple[str, date | None, int]:
    """(rose or faded, its best day, buyers then) of what was said on `day`, two weeks later."""
    after = {
        one: count for one, count in buyers.items() if 0 < (one - day).days <= AGAIN_DAYS and count
    }
    usual = sum(
        count for one, count in buyers.items() if NOW_DAYS <= (day - one).days < NOW_DAYS + USUAL_DAYS
    )  # fmt: skip
    total = sum(after.values())
    best = max(after, key=lambda one: (after[one], -one.toordinal())) if after else None
    rate, was = total / AGAIN_DAYS, usual / USUAL_DAYS
    told = "rose" if total >= ROSE_BUYERS and rate >= ROSE * was else "faded"
    return told, best, after[best] if best else 0
