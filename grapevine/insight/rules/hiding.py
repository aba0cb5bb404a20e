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
    """What an amount that so many are behind is told in: worth two to five of them, and a round number."""
    five = ROUNDED_TO * abs(amount) / count
    if five < 1:
        return 1
    ten: int = 10 ** floor(log10(five))
    return max(step for step in (ten, 2 * ten, 5 * ten) if step <= five)


def coarse(amount: int, count: int) -> int:
    """An amount as it may be told of so many: it says no more of any one of them than the rounded count does."""
    step = step_of(amount, count)
    return (2 * amount + step) // (2 * step) * step


def tell_amounts(amounts: Mapping[Any, int], counts: Mapping[Any, int]) -> dict[Place, int | None]:
    """Amounts, and their margins, as they may be told of what is counted behind each: nothing where the count is hidden.

    Nothing, too, where there is an amount and nobody is counted behind it.
    """
    whole, behind = with_margins(amounts), with_margins(counts)
    told: dict[Place, int | None] = {}
    for place, one in tell(counts).items():
        amount, count = whole.get(place, 0), behind[place]
        is_hidden = one.people is None or (amount != 0 and not count)
        told[place] = None if is_hidden else coarse(amount, count) if count else 0
    return told


def is_few(people: int) -> bool:
    return 0 < people < LEAST


def tell(cells: Mapping[Any, int]) -> dict[Place, Told]:
    """The cells (row, column) → people, and their margins under TOTAL, as they may be told."""
    whole = with_margins(cells)
    hidden = {place for place, people in whole.items() if is_few(people)}
    lines = _lines(whole)
    while more := _needed(lines, whole, hidden):
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
    lines: list[tuple[list[Place], Place]], whole: Mapping[Place, int], hidden: set[Place]
) -> Place | None:
    """The next place to hide because a line gives something away, or None."""
    for parts, total in lines:
        lost = [place for place in parts if place in hidden]
        if total in hidden:
            # The sum of what is told bounds a hidden sum from below; a single part would be equal to it.
            told = [place for place in parts if place not in hidden and whole[place]]
            if not lost and told:
                return min(told, key=lambda place: (whole[place], str(place)))
            continue
        if not lost or (len(lost) > 1 and sum(whole[place] for place in lost) >= LEAST):
            continue
        told = [place for place in parts if place not in hidden and whole[place]]
        return min(told, key=lambda place: (whole[place], str(place))) if told else total
    return None
