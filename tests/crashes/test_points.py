"""Killed at every named place: afterwards nothing that was told is lost, and nothing has happened twice."""

import pytest

from tests.crashes import truths
from tests.crashes.cases import CASES, ENDS
from tests.crashes.conftest import Scene
from tests.crashes.house import STOCK

pytestmark = pytest.mark.crash


@pytest.mark.parametrize(("place", "walk"), CASES)
def test_who_asks_again_gets_one_order(scene: Scene, place: str, walk: str) -> None:
    house, till = scene
    told = house.die_at(place, walk)
    again, facts = house.recover(f"{place}={walk}")
    truths.hold(facts, till, [*told, *again], stock=STOCK)
    assert sorted(order["state"] for order in facts["orders"].values()) == ENDS[walk]


@pytest.mark.parametrize(
    ("place", "walk"), [case for case in CASES if case[1] in ("purchase", "overtaken", "group")]
)
def test_who_never_comes_back_leaves_nothing_half_done(scene: Scene, place: str, walk: str) -> None:
    house, till = scene
    told = house.die_at(place, walk)
    _, facts = house.recover()
    truths.hold(facts, till, told, stock=STOCK)
