"""Several small whole numbers in one: rows are sorted, joined and counted by many columns as if they were one column.

What was packed can be taken apart again, so nothing but the one array is sorted, and no row is looked up afterwards.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Array = NDArray[Any]
BITS = 63


class Fields:
    """Columns of numbers from nothing up to below their size; the first weighs most. OverflowError if they do not fit."""

    def __init__(self, *sizes: int) -> None:
        widths = [max(size - 1, 0).bit_length() for size in sizes]
        self.bits = sum(widths)
        if self.bits > BITS:
            raise OverflowError(f"{sizes} take {self.bits} bits")
        self.shifts = [sum(widths[n + 1 :]) for n in range(len(widths))]
        self.masks = [(1 << width) - 1 for width in widths]

    def packed(self, *columns: Array) -> Array:
        whole = columns[0].astype(np.int64) << self.shifts[0]
        for column, shift in zip(columns[1:], self.shifts[1:], strict=True):
            whole |= column.astype(np.int64) << shift
        return whole

    def column(self, packed: Array, place: int) -> Array:
        found: Array = (packed >> self.shifts[place]) & self.masks[place]
        return found

    def columns(self, packed: Array) -> list[Array]:
        return [self.column(packed, place) for place in range(len(self.shifts))]


def changes(*keys: Array) -> Array:
    """Whether a row differs from the one before it; the first does."""
    found = np.ones(len(keys[0]), np.bool_)
    if len(found):
        found[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return found


def before(values: Array, nothing: int) -> Array:
    return np.concatenate([np.array([nothing], values.dtype), values[:-1]])[: len(values)]


def distinct(packed: Array) -> Array:
    """Each once, in order."""
    found = np.sort(packed)
    return found[changes(found)]


def counted(packed: Array) -> tuple[Array, Array]:
    """Each once, in order, and how many there were."""
    found = np.sort(packed)
    starts = np.flatnonzero(changes(found))
    return found[starts], np.diff(np.append(starts, len(found)))


def coded(values: Array) -> tuple[Array, Array]:
    """The place of each number among the words, which are in order; and the words."""
    order = np.argsort(values, kind="stable")
    is_new = changes(values[order])
    places = np.empty(len(values), np.int64)
    places[order] = np.cumsum(is_new) - 1
    return places, values[order[is_new]]


def coded_few(values: Array) -> tuple[Array, Array]:
    """The same of numbers of which there are many more than kinds."""
    whole = pa.array(values).dictionary_encode()
    words = whole.dictionary.to_numpy()
    order = np.argsort(words)
    places = np.empty(len(words), np.int64)
    places[order] = np.arange(len(words))
    return places[whole.indices.to_numpy()], words[order]
