"""Cells in blocks: what a shop has of an aspect on a day, column by column, in one piece of bytes.

A block says itself what it holds: four bytes with the length of a header, the header as JSON (`rows`; `words`: [dimension,
its values here, bytes a code]; `sums`: [measure, bytes a number]), then the columns one after the other, little-endian. A
code is the place of a value among `words`; a sum that is nothing in every cell is left out. So a block of an older schema is
read as it is: what it lacks was "" or nothing. Numbers are as narrow as they may be: a cell takes about ten bytes, and
compressing a block would cost more time than it saves room.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
CODES = {1: "<u1", 2: "<u2", 4: "<u4"}
NUMBERS = {1: "<i1", 2: "<i2", 4: "<i4", 8: "<i8"}
BITMAP_LEAST = 1_000_000


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of texts: the place of each among `words`."""

    words: Sequence[str]
    codes: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells by column; a dimension or a measure that is not here is "" or 0 in all of them."""

    rows: int
    texts: Mapping[str, Coded]
    sums: Mapping[str, NDArray[Any]]


def packed(starts: Whole, cells: Cells) -> Iterator[bytes]:
    """One block for each run of cells; run `n` begins at `starts[n]` and ends where the next begins. None is empty."""
    if not len(starts):
        return
    ends = np.append(starts[1:], cells.rows).tolist()
    texts = [_text_column(name, coded, starts) for name, coded in cells.texts.items()]
    sums = [_sum_column(name, numbers, starts) for name, numbers in cells.sums.items()]
    for block, (start, end) in enumerate(zip(starts.tolist(), ends, strict=True)):
        words, numbers = [], []
        body: list[bytes | memoryview] = []
        for text in texts:
            size, told = text.header_of(block)
            words.append(told)
            body.append(text.bytes_of(size)[start * size : end * size])
        for column in sums:
            size = column.sizes[block]
            if size:
                numbers.append(f"[{column.name},{size}]")
                body.append(column.bytes_of(size)[start * size : end * size])
        header = (
            f'{{"rows":{end - start},"words":[{",".join(words)}],"sums":[{",".join(numbers)}]}}'
        )
        head = header.encode()
        yield b"".join((len(head).to_bytes(4, "little"), head, *body))


def unpacked(data: bytes) -> Cells:
    place = 4 + int.from_bytes(data[:4], "little")
    header = json.loads(data[4:place])
    rows: int = header["rows"]
    texts, sums = {}, {}
    for name, words, size in header["words"]:
        texts[name] = Coded(words, np.frombuffer(data, CODES[size], rows, place))
        place += rows * size
    for name, size in header["sums"]:
        sums[name] = np.frombuffer(data, NUMBERS[size], rows, place)
        place += rows * size
    return Cells(rows, texts, sums)


class _Wide:
    """A column's bytes at the widths that are asked for, each made once."""

    def __init__(self, name: str, numbers: NDArray[Any], kinds: Mapping[int, str]) -> None:
        self.name, self.numbers, self.kinds = _json(name), numbers, kinds
        self.made: dict[int, memoryview] = {}

    def bytes_of(self, size: int) -> memoryview:
        if size not in self.made:
            self.made[size] = memoryview(self.numbers.astype(self.kinds[size]).tobytes())
        return self.made[size]


class _Sums(_Wide):
    """`sizes`: how many bytes a number takes in each block; 0 where all are nothing."""

    sizes: Sequence[int]


class _Texts(_Wide):
    """`words` as JSON; `places`: those each block uses, block after block, of block `n` from `firsts[n]` on."""

    words: Sequence[str]
    places: Sequence[int]
    firsts: Sequence[int]

    def header_of(self, block: int) -> tuple[int, str]:
        """How many bytes a code takes, and the column as the header tells it."""
        places = self.places[self.firsts[block] : self.firsts[block + 1]]
        size = 1 if len(places) <= 0x100 else 2 if len(places) <= 0x10000 else 4
        return size, f"[{self.name},[{','.join([self.words[place] for place in places])}],{size}]"


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _sum_column(name: str, numbers: NDArray[Any], starts: Whole) -> _Sums:
    column = _Sums(name, numbers, NUMBERS)
    most, least = np.maximum.reduceat(numbers, starts), np.minimum.reduceat(numbers, starts)
    sizes = np.zeros(len(starts), np.int64)
    sizes[(most != 0) | (least != 0)] = 1
    for size, below in ((4, 2), (8, 4)):
        sizes[(most >= 1 << (below * 8 - 1)) | (least < -(1 << (below * 8 - 1)))] = size
    is_two = (sizes == 1) & ((most >= 1 << 7) | (least < -(1 << 7)))
    sizes[is_two] = 2
    column.sizes = sizes.tolist()
    return column


def _text_column(name: str, coded: Coded, starts: Whole) -> _Texts:
    """Codes among the words of their own block: a small dictionary for each."""
    count, kinds = len(starts), max(1, len(coded.words))
    lengths = np.diff(np.append(starts, len(coded.codes)))
    block = np.repeat(np.arange(count, dtype=np.int64), lengths)
    keys = block * kinds + coded.codes
    if count * kinds <= max(BITMAP_LEAST, 8 * len(keys)):
        is_used = np.zeros(count * kinds, np.bool_)
        is_used[keys] = True
        used, places = np.flatnonzero(is_used), (np.cumsum(is_used) - 1)[keys]
    else:
        used, places = np.unique(keys, return_inverse=True)
    firsts = np.searchsorted(used, np.arange(count + 1, dtype=np.int64) * kinds)
    column = _Texts(name, places - firsts[block], CODES)
    column.words = [_json(word) for word in coded.words]
    column.places, column.firsts = (used % kinds).tolist(), firsts.tolist()
    return column
