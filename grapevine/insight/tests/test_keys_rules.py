"""Many columns in one: what is packed comes out again, in the order of its columns, and what does not fit is refused."""

import numpy as np
import pytest

from grapevine.insight.rules.counting import Coded, Counted, blocks, summed
from grapevine.insight.rules.keys import Fields, coded, coded_few, counted, distinct
from grapevine.insight.rules.packing import unpacked


def test_columns_come_out_as_they_went_in_and_sort_as_they_stand() -> None:
    chance = np.random.default_rng(1)
    sizes = (1_000, 1, 1 << 40, 17)
    columns = [chance.integers(0, size, 5_000) for size in sizes]
    fields = Fields(*sizes)
    whole = fields.packed(*columns)
    for place, column in enumerate(columns):
        assert (fields.column(whole, place) == column).all()
    order = np.lexsort(columns[::-1])
    assert (np.sort(whole) == whole[order]).all()
    assert fields.bits == 10 + 40 + 5
    with pytest.raises(OverflowError, match="64 bits"):
        Fields(1 << 40, 1 << 24)


def test_each_once_with_how_many_and_its_place_among_the_words() -> None:
    values = np.array([7, -3, 7, 7, 1 << 60, -3])
    known, counts = counted(values)
    assert (known.tolist(), counts.tolist()) == ([-3, 7, 1 << 60], [2, 3, 1])
    assert distinct(values).tolist() == [-3, 7, 1 << 60]
    for way in (coded, coded_few):
        places, words = way(values)
        assert (places.tolist(), words.tolist()) == ([1, 0, 1, 1, 2, 0], [-3, 7, 1 << 60])
        assert [len(one) for one in way(values[:0])] == [0, 0]


def test_cells_of_several_parts_are_one_by_their_texts_and_numbers() -> None:
    def part(words: list[str], codes: list[int], goods: list[int], people: list[int]) -> Counted:
        size = len(codes)
        return Counted(
            np.full(size, 3), np.arange(size), {"way": Coded(words, np.array(codes))}, {"goods": np.array(goods)},
            {"people": np.array(people)},
        )  # fmt: skip

    whole = summed([part(["sg", "s"], [0, 1], [5, 0], [2, 4]), part(["s", "sg"], [1, 1], [5, 0], [10, 20])])  # fmt: skip
    told = [
        (day, [cells.texts["way"].words[n] for n in cells.texts["way"].codes], cells.sums["people"].tolist())
        for (_shop, day), data in blocks(whole)
        for cells in [unpacked(data)]
    ]  # fmt: skip
    assert told == [(0, ["sg"], [12]), (1, ["sg", "s"], [20, 4])]
