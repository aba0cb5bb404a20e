"""Killed at every named place: afterwards nothing that was told is lost, and nothing has happened twice."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.crashes import truths
from tests.crashes.cases import CASES, ENDS, REST
from tests.crashes.conftest import Scene
from tests.crashes.house import STOCK

pytestmark = pytest.mark.crash


def beside(facts: dict[str, Any]) -> dict[str, list[Any]]:
    """What there is beside orders and their money."""
    return {
        "earned": facts["earned"],
        "withdrawals": list(facts["withdrawals"].values()),
        "cases": [case["amount"] for case in facts["cases"].values()],
        "parcels": [len(one["scans"]) for one in facts["parcels"] if one["followed"]],
        "imports": [total for _, total, *_ in facts["imports"].values()],
    }


@pytest.mark.parametrize(("place", "walk"), CASES)
def test_who_asks_again_gets_one_order(
    scene: Scene, place: str, walk: str, record_property: Callable[[str, object], None]
) -> None:
    house, till = scene
    record_property("deaths", 1)
    told = house.die_at(place, walk)
    again, facts = house.recover(f"{place}={walk}")
    truths.hold(facts, till, [*told, *again], stock=STOCK)
    assert sorted(order["state"] for order in facts["orders"].values()) == ENDS[walk]
    assert {name: found for name, found in beside(facts).items() if found} == REST.get(walk, {})


def test_who_never_comes_back_leaves_nothing_half_done(
    scene: Scene, record_property: Callable[[str, object], None]
) -> None:
    """Death after death in one house, and nobody ever asks again: the jobs alone bring it to rest."""
    house, till = scene
    cases = [case for case in CASES if case[1] in ("purchase", "unheard", "overtaken", "group")]
    told = [one for place, walk in cases for one in house.die_at(place, walk)]
    _, facts = house.recover()
    truths.hold(facts, till, told, stock=STOCK)
    record_property("deaths", len(cases))
