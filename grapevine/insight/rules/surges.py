"""Days on which goods sold far more than usual, and the nearest thing that is known to have been the cause.

A day is compared with the typical day of the fortnight before and after it (the mean without the highest fifth, so that
a peak does not hide itself). A surge is half as much again, beyond three standard deviations of a Poisson count with
that mean, and the highest of its neighbours. A cause is what was there that day or up to three days before it; the
nearest counts, and of several on one day the first of CAUSES. That it was near does not prove it was the cause.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

OVER = 1.5
Z = 3.0
LEAST = 5
AROUND_DAYS = 14
TOP_SHARE = 0.2
NEAR_DAYS = 3
CAUSES = ("campaign", "group", "note", "share", "holiday")
UNKNOWN = "unknown"

FESTIVALS = {
    (1, 1): "new_year", (2, 14): "valentine", (3, 8): "women", (5, 1): "labour", (5, 20): "love",
    (6, 1): "children", (6, 18): "mid_year", (10, 1): "national", (11, 11): "singles", (12, 12): "double_twelve",
    (12, 25): "christmas",
}  # fmt: skip
MOVING = {
    "spring": ("2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"),
    "dragon_boat": ("2025-05-31", "2026-06-19", "2027-06-09", "2028-05-28", "2029-06-16", "2030-06-05"),
    "seventh_eve": ("2025-08-29", "2026-08-19", "2027-08-08", "2028-08-26", "2029-08-16", "2030-08-05"),
    "mid_autumn": ("2025-10-06", "2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22", "2030-09-12"),
}  # fmt: skip
"""Feasts of the Chinese calendar, by the day of the feast."""
_MOVED = {date.fromisoformat(day): name for name, days in MOVING.items() for day in days}
BUYING_BEFORE = 3
"""People buy for a feast on the days before it."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: its kind (one of CAUSES), what it is called, and its days."""

    kind: str
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Surge:
    """`times`: how much more than usual. `causes`: the nearest first; empty is unknown."""

    day: date
    count: int
    times: float
    causes: tuple[Event, ...] = ()


def surges(counts: Mapping[date, int], first: date, last: date) -> list[Surge]:
    """The days from `first` to `last` that stand out, the highest first; `counts` may reach further both ways."""
    found = []
    length = (last - first).days + 1
    for day in (first + timedelta(days=n) for n in range(length)):
        count = counts.get(day, 0)
        usual = typical(counts, day)
        if count < LEAST or count < OVER * usual or count - usual <= Z * sqrt(max(usual, 1.0)):
            continue
        beside = [counts.get(day + timedelta(days=n), 0) for n in (-1, 1)]
        if count < max(beside) or (count == beside[0]):
            continue
        found.append(Surge(day, count, count / max(usual, 1.0)))
    return sorted(found, key=lambda one: (-one.count, one.day))


def typical(counts: Mapping[date, int], day: date) -> float:
    """The mean of the days around, without the highest fifth; days nobody counted are none."""
    known_first, known_last = min(counts, default=day), max(counts, default=day)
    around = [
        counts.get(other, 0)
        for n in range(-AROUND_DAYS, AROUND_DAYS + 1)
        if n and known_first <= (other := day + timedelta(days=n)) <= known_last
    ]
    kept = sorted(around)[: max(1, round(len(around) * (1 - TOP_SHARE)))] if around else [0]
    return sum(kept) / len(kept)


def explained(found: Sequence[Surge], events: Sequence[Event]) -> list[Surge]:
    """Each surge with what was near it, the nearest first."""
    return [
        Surge(
            one.day, one.count, one.times,
            tuple(sorted((e for e in events if _away(e, one.day) <= NEAR_DAYS),
                         key=lambda e: (_away(e, one.day), CAUSES.index(e.kind), e.name))),
        )
        for one in found
    ]  # fmt: skip


def _away(event: Event, day: date) -> int:
    """Days since it, 0 while it lasts; what comes after the day is far away."""
    if day < event.first:
        return 10**6
    return max(0, (day - event.last).days)


def feasts(first: date, last: date) -> list[Event]:
    """The feasts people buy for, with the days before them."""
    found = []
    for n in range((last - first).days + 1 + BUYING_BEFORE):
        day = first + timedelta(days=n)
        name = _MOVED.get(day) or FESTIVALS.get((day.month, day.day))
        if name:
            found.append(Event("holiday", name, day - timedelta(days=BUYING_BEFORE), day))
    return found


def jumps(counts: Mapping[date, int], kind: str, least: int) -> list[Event]:
    """Days on which something itself stood out, as events: many came by shares, or by groups."""
    return [
        Event(kind, str(count), day, day)
        for day, count in sorted(counts.items())
        if count >= least and count >= 2 * max(1.0, typical(counts, day))
    ]
