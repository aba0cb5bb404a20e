"""Few people are not counted in public: which cells of a table of people are hidden, and how the others are told.

A cell of one to nine people is hidden. Where a line of the table (a row or a column with its total) would give a hidden
number away, because it is the only one or because those hidden are fewer than ten together, the smallest of the others
is hidden too. What is told is rounded to five, so that two tables that differ by one person, or by a few, say the same of
them: nobody is found by taking one answer from another. Rounding is deterministic; asking often teaches nothing.

Statistical disclosure control: A. Hundepool et al., Statistical Disclosure Control, Wiley 2012, chapters 4 and 5.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import floor, log10
from typing import Any

LEAST = 10
ROUNDED_TO = 5
LEAST_PLACED = 13
"""The least that is told as fifteen: ten could only be ten, eleven or twelve."""
TOTAL = ("total",)
"""The key of a margin; no dimension's value is a tuple."""
Place = tuple[Hashable, Hashable]


@dataclass(frozen=True, slots=True)
class Told:
    """`people` as they may be told; None is hidden."""

    people: int | None


def rounded(people: int) -> int:
    """To the nearest multiple of five."""
    return (people + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def step_of(amount: int, count: int) -> int:
    """What an amount that so many are behind (not none) is told in: worth two to five of them, and a round number."""
    five = ROUNDED_TO * abs(amount) / count
    if five < 1:
        return 1
    ten: int = 10 ** floor(log10(five))
    return max(step for step in (ten, 2 * ten, 5 * ten) if step <= five)


def coarse(amount: int, count: int) -> int:
    """An amount as it may be told of so many: it says no more of any one of them than the rounded count does."""
    step = step_of(amount, count)
    return (2 * amount + step) // (2 * step) * step


def tell_placed(
    counts: Mapping[Any, int], around: Mapping[Any, int] | None = None
) -> dict[Place, int | None]:
    """Counts of a place by cells, and their margins, as they may be told where the same without the place is told as it is.

    None and few look alike, or nothing here and an exact number there would say what is next to it. What is told is at
    least so much that five numbers round to it. `around`: the same cells of all places; a place is hidden, too, where
    the others have few.
    """
    whole = with_margins(counts)
    every = with_margins(around) if around is not None else whole
    hidden = {
        place
        for place, count in whole.items()
        if count < LEAST_PLACED or 0 < every[place] - count < LEAST_PLACED
    }
    lines = _lines(whole)
    while more := _needed(lines, whole, hidden, LEAST_PLACED):
        hidden.add(more)
    return {place: None if place in hidden else rounded(n) for place, n in whole.items()}


def tell_amounts(
    amounts: Mapping[Any, int], counts: Mapping[Any, int], told: Mapping[Any, int | None]
) -> dict[Place, int | None]:
    """Amounts, and their margins, as coarse as the counts that are told of what is behind them; hidden where these are."""
    whole, behind = with_margins(amounts), with_margins(counts)
    return {
        place: None if count is None else coarse(whole[place], behind[place])
        for place, count in told.items()
    }


def is_few(people: int) -> bool:
    return 0 < people < LEAST


def tell(cells: Mapping[Any, int]) -> dict[Place, Told]:
    """The cells (row, column) → people, and their margins under TOTAL, as they may be told."""
    whole = with_margins(cells)
    hidden = {place for place, people in whole.items() if is_few(people)}
    lines = _lines(whole)
    while more := _needed(lines, whole, hidden, LEAST):
        hidden.add(more)
    return {
        place: Told(None if place in hidden else rounded(people)) for place, people in whole.items()
    }


def with_margins(cells: Mapping[Any, int]) -> dict[Place, int]:
    whole: dict[Place, int] = dict(cells)
    for (row, column), people in cells.items():
        for place in ((row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            whole[place] = whole.get(place, 0) + people
    whole.setdefault((TOTAL, TOTAL), 0)
    return whole


def _lines(whole: Iterable[Place]) -> list[tuple[list[Place], Place]]:
    """Rows and columns, the margins' own too: (parts, their sum)."""
    rows: dict[Hashable, list[Place]] = {}
    columns: dict[Hashable, list[Place]] = {}
    for place in whole:
        if place[1] != TOTAL:
            rows.setdefault(place[0], []).append(place)
        if place[0] != TOTAL:
            columns.setdefault(place[1], []).append(place)
    return [(parts, (row, TOTAL)) for row, parts in rows.items()] + [
        (parts, (TOTAL, column)) for column, parts in columns.items()
    ]


def _needed(
    lines: list[tuple[list[Place], Place]], whole: Mapping[Place, int], hidden: set[Place],
    least: int,
) -> Place | None:  # fmt: skip
    """The next place to hide because a line gives something away, or None."""
    for parts, total in lines:
        lost = [place for place in parts if place in hidden and whole[place]]
        if total in hidden:
            # The sum of what is told bounds a hidden sum from below; a single part would be equal to it.
            told = [place for place in parts if place not in hidden and whole[place]]
            if not lost and told:
                return min(told, key=lambda place: (whole[place], str(place)))
            continue
        if not lost or (len(lost) > 1 and sum(whole[place] for place in lost) >= least):
            continue
        told = [place for place in parts if place not in hidden and whole[place]]
        return min(told, key=lambda place: (whole[place], str(place))) if told else total
    return None
