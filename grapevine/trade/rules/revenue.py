"""Months as stacked bars in a box of fixed size. Pure; a table beside it says the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT = 160
WIDTH = 40
GAP = 16


@dataclass(frozen=True, slots=True)
class Piece:
    """One component of a bar, from the bottom up; `kind` is its place among the components."""

    kind: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Bar:
    month: date
    x: int
    pieces: tuple[Piece, ...]


def bars(months: Sequence[tuple[date, Sequence[int]]]) -> list[Bar]:
    """As high as the month with most takes; what is there at all is seen: a pixel at least."""
    most = max((sum(max(0, part) for part in parts) for _, parts in months), default=0)
    return [
        Bar(month, index * (WIDTH + GAP), _pieces(parts, most)) for index, (month, parts) in enumerate(months)
    ]  # fmt: skip


def _pieces(parts: Sequence[int], most: int) -> tuple[Piece, ...]:
    found, y = [], HEIGHT
    for kind, part in enumerate(parts):
        if part <= 0:
            continue
        height = max(1, part * (HEIGHT - len(parts)) // most)
        y -= height
        found.append(Piece(kind, y, height))
    return tuple(found)
