"""Blocks give back what was packed, whatever it was; each knows its own cells alone."""

from typing import Any

import numpy as np
from hypothesis import given, settings, strategies as st

from grapevine.insight.rules.packing import Cells, Coded, packed, unpacked

WORDS = ["", "广东省", 'a"b\\', "new\nline", "x" * 40]
NUMBER = st.one_of(
    st.integers(-3, 3), st.sampled_from([-129, -128, 127, 128, 32_767, 32_768, -(2**31), 2**31, 2**62])
)  # fmt: skip
ROW = st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS), NUMBER, NUMBER)


def coded(texts: list[str]) -> Coded:
    words = [*WORDS, "nobody's"]
    return Coded(words, np.array([words.index(text) for text in texts], np.int32))


def rows_of(cells: Cells) -> list[tuple[Any, ...]]:
    columns = [[one.words[code] for code in one.codes.tolist()] for one in cells.texts.values()]
    nothing = np.zeros(cells.rows, np.int64)
    sums = [cells.sums.get(name, nothing).tolist() for name in ("orders", "cents")]
    return list(zip(*columns, *sums, strict=True))


@given(st.lists(st.lists(ROW, min_size=1, max_size=6), max_size=5))
@settings(max_examples=60, deadline=None)
def test_what_was_packed_comes_back(blocks: list[list[tuple[Any, ...]]]) -> None:
    rows = [row for block in blocks for row in block]
    starts = np.cumsum([0, *(len(block) for block in blocks[:-1])])[: len(blocks)]
    cells = Cells(
        len(rows),
        {"region": coded([row[0] for row in rows]), "channel": coded([row[1] for row in rows])},
        {
            "orders": np.array([row[2] for row in rows], np.int64),
            "cents": np.array([row[3] for row in rows], np.int64),
        },
    )
    made = [unpacked(block) for block in packed(starts, cells)]
    assert [rows_of(one) for one in made] == blocks
    for one, block in zip(made, blocks, strict=True):
        assert set(one.texts["region"].words) == {row[0] for row in block}
        assert ("orders" in one.sums) == any(row[2] for row in block)


def test_many_words_take_wider_codes_and_are_found_without_a_table_of_all() -> None:
    """70,000 goods in two shops: codes of four bytes in the first, of one in the second."""
    words = [f"g{n}" for n in range(70_000)]
    codes = np.append(np.arange(70_000), [5, 69_999, 5])
    cells = Cells(len(codes), {"goods": Coded(words, codes)}, {"sold": codes + 1})
    first, second = (unpacked(block) for block in packed(np.array([0, 70_000]), cells))
    assert first.texts["goods"].codes.dtype.itemsize == 4
    assert first.texts["goods"].words == words
    assert first.sums["sold"].tolist() == list(range(1, 70_001))
    assert second.texts["goods"].codes.dtype.itemsize == 1
    assert second.texts["goods"].words == ["g5", "g69999"]
    assert second.texts["goods"].codes.tolist() == [0, 1, 0]


def test_few_cells_of_very_many_words() -> None:
    """So many words times blocks that no table of all pairs is made."""
    words = [f"n{n}" for n in range(600_000)]
    cells = Cells(3, {"note": Coded(words, np.array([7, 599_999, 7]))}, {})
    blocks = [unpacked(block) for block in packed(np.array([0, 2]), cells)]
    assert [one.texts["note"].words for one in blocks] == [["n7", "n599999"], ["n7"]]
    assert [one.texts["note"].codes.tolist() for one in blocks] == [[0, 1], [0]]
    assert [one.rows for one in blocks] == [2, 1]
