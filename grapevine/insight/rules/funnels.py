"""Funnels: how far journeys came, how long it took, and which step is not what it was.

A journey's `way` is its steps in the order of time, each by its letter: where it stands first and where it stands last,
a number behind a letter is the day it came on, counted from the day the journey began (`sgcp`, `sgc1q2p2r6`). A journey came
to a step of a funnel if it has all the steps up to it in their order.

Two windows are compared as each stood at its last day's end: of a journey only what came until then counts. Otherwise the
later window would always seem worse, for its journeys had less time.

The test is of two proportions (those who came on among those who came to the step before), with the day-to-day spread of
the shop itself as dispersion (McCullagh and Nelder, Generalized Linear Models, 1989, 4.5), all steps of a funnel together
by Benjamini and Hochberg (J. R. Statist. Soc. B 57, 1995) at ten per cent: where nothing changed, at most one
funnel in ten says that something did.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import erfc, floor, log1p, log2, sqrt

from grapevine.insight.contracts import State

FALSE_SHARE = 0.10
LEAST = 5.0
"""Expected people on each side of each of the two proportions; with fewer nothing is said."""
LEAST_CHANGE = 0.05
PARTS = 4
"""Classes of time for each doubling: a class is 19 % wide."""
_STEP = re.compile(r"([a-z])(\d*)")
Way = tuple[tuple[str, int], ...]


def read(way: str) -> Way:
    """(letter, day) in the order of time."""
    return tuple((letter, int(day or 0)) for letter, day in _STEP.findall(way))


def depth(way: Way, letters: Sequence[str], days: int) -> int:
    """How many of the steps it came to, in their order, up to `days` after it began."""
    at = 0
    for letter, day in way:
        if at < len(letters) and letter == letters[at] and day <= days:
            at += 1
    return at


def counts(
    cells: Iterable[tuple[date, str, int]], letters: Sequence[str], last: date
) -> dict[date, list[int]]:
    """day → how many came to each step; cells are (day, way, people). What came after `last` does not count."""
    found: dict[date, list[int]] = defaultdict(lambda: [0] * len(letters))
    known: dict[str, Way] = {}
    for day, text, people in cells:
        way = known.get(text) or known.setdefault(text, read(text))
        for n in range(depth(way, letters, (last - day).days)):
            found[day][n] += people
    return dict(found)


def summed(days: Mapping[date, Sequence[int]], length: int) -> list[int]:
    return [sum(row[n] for row in days.values()) for n in range(length)]


@dataclass(frozen=True, slots=True)
class Change:
    """Of a step's conversion beside the earlier window. `chance`: of so much by luck alone; None if too few."""

    state: State
    now: float | None
    before: float | None
    chance: float | None


def judge(
    now: Mapping[date, Sequence[int]], before: Mapping[date, Sequence[int]], length: int
) -> list[Change]:
    """A verdict for every step but the first, from people by day and step in two windows."""
    a, b = summed(now, length), summed(before, length)
    chances = [
        _chance((a[n], a[n - 1]), (b[n], b[n - 1]), _dispersion((now, before), n))
        for n in range(1, length)
    ]
    found = significant(chances)
    return [
        _change((a[n], a[n - 1]), (b[n], b[n - 1]), chances[n - 1], is_real=found[n - 1])
        for n in range(1, length)
    ]


def _change(
    now: tuple[int, int], before: tuple[int, int], chance: float | None, *, is_real: bool
) -> Change:
    p, q = _share(now), _share(before)
    if chance is None or p is None or q is None:
        return Change(State.UNKNOWN, p, q, None)
    if not is_real or abs(p - q) < LEAST_CHANGE * q:
        return Change(State.FLAT, p, q, chance)
    return Change(State.UP if p > q else State.DOWN, p, q, chance)


def _share(part: tuple[int, int]) -> float | None:
    return part[0] / part[1] if part[1] else None


def _chance(
    now: tuple[int, int], before: tuple[int, int], spread: tuple[float, int]
) -> float | None:
    """The two-sided p of equal proportions; a dispersion that was estimated makes it Student's (D. Wallace, 1959)."""
    dispersion, free = spread
    total = now[1] + before[1]
    if not total:
        return None
    pooled = (now[0] + before[0]) / total
    expected = [size * share for size in (now[1], before[1]) for share in (pooled, 1 - pooled)]
    if min(now[1], before[1]) == 0 or (0 < pooled < 1 and min(expected) < LEAST):
        return None
    variance = pooled * (1 - pooled) * (1 / now[1] + 1 / before[1]) * dispersion
    if variance <= 0:
        return None
    z = (now[0] / now[1] - before[0] / before[1]) / sqrt(variance)
    if dispersion > 1:
        z = sqrt(free * log1p(z * z / free)) * (8 * free + 1) / (8 * free + 3)
    return erfc(abs(z) / sqrt(2))


def _dispersion(windows: Sequence[Mapping[date, Sequence[int]]], n: int) -> tuple[float, int]:
    """Pearson's chi-square of the days within their window by its degrees of freedom, at least one; and those."""
    square, free = 0.0, 0
    for window in windows:
        days = [(row[n], row[n - 1]) for row in window.values() if row[n - 1]]
        above, below = sum(a for a, _ in days), sum(b for _, b in days)
        if not 0 < above < below:
            continue
        share = above / below
        square += sum((a - b * share) ** 2 / (b * share * (1 - share)) for a, b in days)
        free += len(days) - 1
    return (max(1.0, square / free), free) if free > 0 else (1.0, 0)


def significant(chances: Sequence[float | None]) -> list[bool]:
    """Benjamini and Hochberg: those that stand together, with a tenth of false ones among them."""
    known = sorted((p, n) for n, p in enumerate(chances) if p is not None)
    cut = -1
    for place, (p, _n) in enumerate(known):
        if p <= FALSE_SHARE * (place + 1) / len(known):
            cut = place
    kept = {n for _p, n in known[: cut + 1]}
    return [n in kept for n in range(len(chances))]


def bucket(seconds: float) -> int:
    """The class of a time."""
    return floor(PARTS * log2(max(seconds, 1.0)))


def quantile(buckets: Mapping[int, int], share: float) -> float | None:
    """Seconds at a quantile, from people by class: in the middle of its class, by the logarithm."""
    total = sum(buckets.values())
    if not total:
        return None
    below, wanted = 0, share * total
    for place in sorted(buckets):
        below += buckets[place]
        if below >= wanted:
            return float(2 ** ((place + 0.5) / PARTS))
    return None


def exact_quantile(values: Mapping[int, int], share: float) -> float | None:
    """The same of whole numbers with how often each came; between two in the middle."""
    total = sum(values.values())
    if not total:
        return None
    low, high = floor(share * (total - 1)), -floor(-share * (total - 1))
    return (_nth(values, low) + _nth(values, high)) / 2


def _nth(values: Mapping[int, int], place: int) -> int:
    below = 0
    for value in sorted(values):
        below += values[value]
        if below > place:
            return value
    raise AssertionError
