"""Cells of shops and days by column, before they are packed: what stands at a place, and how many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from grapevine.insight.rules.keys import Array, changes
from grapevine.insight.rules.packing import Cells, Coded, packed

Place = tuple[int, int]
__all__ = ["Coded", "Counted", "blocks", "summed"]


@dataclass(frozen=True, slots=True)
class Counted:
    """Cells in the order of shop and day (from 1970): `texts` and `numbers` say what they are of, `counts` add up."""

    shop: Array
    day: Array
    texts: Mapping[str, Coded]
    numbers: Mapping[str, Array]
    counts: Mapping[str, Array]

    def instead(self, name: str, text: Coded, numbers: Mapping[str, Array]) -> "Counted":
        return replace(
            self, texts={**self.texts, name: text}, numbers={**self.numbers, **numbers}
        )  # fmt: skip


def blocks(cells: Counted) -> Iterator[tuple[Place, bytes]]:
    """One block for each shop and day that has some."""
    starts = np.flatnonzero(changes(cells.shop, cells.day))
    whole = Cells(len(cells.shop), cells.texts, {**cells.numbers, **cells.counts})
    places = zip(cells.shop[starts].tolist(), cells.day[starts].tolist(), strict=True)
    return zip(places, packed(starts, whole), strict=True)


def summed(parts: Sequence[Counted]) -> Counted:
    """The cells of all parts, those of one place added up."""
    if len(parts) == 1:
        return parts[0]
    shop, day = (np.concatenate([getattr(one, name) for one in parts]) for name in ("shop", "day"))
    texts = {name: _joined([one.texts[name] for one in parts]) for name in parts[0].texts}
    numbers = {
        name: np.concatenate([one.numbers[name] for one in parts]) for name in parts[0].numbers
    }
    keys = [shop, day, *numbers.values(), *(text.codes for text in texts.values())]
    order = np.lexsort(keys[::-1])
    starts = np.flatnonzero(changes(*(key[order] for key in keys)))
    first = order[starts]
    counts = {
        name: np.add.reduceat(np.concatenate([one.counts[name] for one in parts])[order], starts)
        for name in parts[0].counts
    }
    return Counted(
        shop[first], day[first], {name: Coded(text.words, text.codes[first]) for name, text in texts.items()},
        {name: values[first] for name, values in numbers.items()}, counts,
    )  # fmt: skip


def _joined(parts: Sequence[Coded]) -> Coded:
    """The texts of all parts among the words of all."""
    words = list(dict.fromkeys(chain.from_iterable(one.words for one in parts)))
    place = {word: n for n, word in enumerate(words)}
    codes = [np.array([place[word] for word in one.words], np.int64)[one.codes] for one in parts]
    return Coded(words, np.concatenate(codes))
