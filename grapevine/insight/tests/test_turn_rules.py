"""Whose turn it is: shops in their order, as many as fit, a large one in parts."""

from grapevine.insight.rules.turns import Place, count_of, places, rounds


def test_shops_fill_turns_and_a_large_one_takes_several() -> None:
    found = places({5: 30, 1: 60, 2: 30, 3: 20, 4: 250, 6: 70, 7: 1}, 100)
    assert found == [
        Place(1, 0, 1), Place(2, 0, 1), Place(3, 1, 1), Place(4, 2, 3), Place(5, 5, 1),
        Place(6, 5, 1), Place(7, 6, 1),
    ]  # fmt: skip
    assert count_of(found) == 7
    assert rounds(found) == [range(1), range(1, 2), range(2, 5), range(5, 6), range(6, 7)]
    assert rounds([]) == [range(1)]
    assert count_of(places({1: 100}, 100)) == count_of([]) == 1
