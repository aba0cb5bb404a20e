"""A shop's blocks of the cube, summed by one or two dimensions. One query for a span of days."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.measures import TIMES
from grapevine.insight.models import CubeBlock
from grapevine.insight.rules.packing import Cells, Coded, unpacked

CELLS_A_TURN = 200_000
Sums = dict[str, int]
Key = tuple[str, str]
Span = tuple[date, date]
AT: dict[str, Callable[[date], str]] = {
    "day": str,
    "week": lambda day: str(day - timedelta(days=day.weekday())),
    "month": lambda day: str(day.replace(day=1)),
    "weekday": lambda day: str(day.isoweekday()),
}
NOTHING = Coded([""], np.zeros(1, np.uint8))


def summed(
    shop_id: int, aspect: str, *, by: str, across: str, parts: Sequence[str],
    where: Sequence[tuple[str, str]], span: Span,
) -> dict[Key, Sums]:  # fmt: skip
    """(value of `by`, value of `across`) → the sums of `parts`, in the order of the days."""
    groups = _Groups(parts)
    for day, cells in blocks_of(shop_id, aspect, span):
        chosen = _chosen(cells, day, where)
        if chosen is None or not chosen.any():
            continue
        groups.add(
            _keys(cells, day, by, groups.rows)[chosen],
            _keys(cells, day, across, groups.columns)[chosen],
            [_numbers(cells, name)[chosen] for name in parts],
        )
    return groups.told()


def blocks_of(shop_id: int, aspect: str, span: Span) -> Iterator[tuple[date, Cells]]:
    rows = CubeBlock.objects.filter(shop_id=shop_id, day__gte=span[0], day__lte=span[1]).order_by(
        "day"
    )
    for day, cells in rows.values_list("day", aspect).iterator():
        if cells:
            yield day, unpacked(bytes(cells))


def _chosen(cells: Cells, day: date, where: Sequence[tuple[str, str]]) -> NDArray[np.bool_] | None:
    """Which cells hold all conditions; None if the day or a value it does not have says no for all."""
    chosen = np.ones(cells.rows, np.bool_)
    for name, value in where:
        if name in TIMES:
            if AT[name](day) != value:
                return None
            continue
        coded = cells.texts.get(name, NOTHING)
        if value not in coded.words:
            return None
        chosen &= coded.codes == coded.words.index(value)
    return chosen


def _keys(cells: Cells, day: date, name: str, known: dict[str, int]) -> NDArray[np.int64]:
    """The number of each cell's value of a dimension; values that were not met before get the next ones."""
    if not name or name in TIMES:
        text = AT[name](day) if name else ""
        return np.full(cells.rows, known.setdefault(text, len(known)), np.int64)
    coded = cells.texts.get(name, NOTHING)
    numbers = np.array([known.setdefault(word, len(known)) for word in coded.words], np.int64)
    return np.broadcast_to(numbers[coded.codes], (cells.rows,))


def _numbers(cells: Cells, name: str) -> NDArray[Any]:
    found = cells.sums.get(name)
    return np.zeros(cells.rows, np.int64) if found is None else found


@dataclass(slots=True)
class _Groups:
    """Sums by pairs of numbers; what has come is added up whenever it is many."""

    parts: Sequence[str]
    rows: dict[str, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    waiting: list[tuple[NDArray[Any], NDArray[Any]]] = field(default_factory=list)
    count: int = 0

    def add(
        self, rows: NDArray[Any], columns: NDArray[Any], numbers: Sequence[NDArray[Any]]
    ) -> None:
        self.waiting.append((rows << 32 | columns, np.array(numbers, np.int64)))
        self.count += len(rows)
        if self.count > CELLS_A_TURN:
            self._fold()

    def _fold(self) -> None:
        keys = np.concatenate([keys for keys, _ in self.waiting])
        numbers = np.concatenate([numbers for _, numbers in self.waiting], axis=1)
        order = np.argsort(keys, kind="stable")
        sorted_keys = keys[order]
        starts = np.flatnonzero(np.append(True, sorted_keys[1:] != sorted_keys[:-1]))
        self.waiting = [(sorted_keys[starts], np.add.reduceat(numbers[:, order], starts, axis=1))]
        self.count = 0

    def told(self) -> dict[Key, Sums]:
        if not self.waiting:
            return {}
        self._fold()
        ((keys, numbers),) = self.waiting
        rows, columns = list(self.rows), list(self.columns)
        return {
            (rows[key >> 32], columns[key & 0xFFFFFFFF]): dict(zip(self.parts, sums, strict=True))
            for key, sums in zip(keys.tolist(), numbers.T.tolist(), strict=True)
        }
