"""Where pieces come from: one place if one has enough, the first by priority and way otherwise."""

from grapevine.goods.contracts import Place
from grapevine.goods.rules.allocation import allocate


def place(pk: int, free: int, *, priority: int = 0, km: int = 0) -> Place:
    return Place(pk, 100 + pk, free, priority, km, 0)


def test_one_place_that_has_enough_is_better_than_two_near_ones() -> None:
    assert allocate([place(1, 2), place(2, 5, km=900)], 3) == [(2, 3)]


def test_a_split_takes_the_first_by_priority_and_way() -> None:
    places = [place(1, 2, km=900), place(2, 2), place(3, 9, priority=1)]
    assert allocate(places[:2], 3) == [(2, 2), (1, 1)]
    assert allocate(places, 10) == [(2, 2), (1, 2), (3, 6)]


def test_not_enough_is_nothing_at_all() -> None:
    assert allocate([place(1, 2), place(2, 2)], 5) == []
    assert allocate([], 1) == []
