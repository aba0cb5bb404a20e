"""A few deaths one after the other in one house: what `make test` has time for."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.crashes import truths
from tests.crashes.cases import ENDS, SHORT
from tests.crashes.conftest import Scene
from tests.crashes.house import STOCK

pytestmark = pytest.mark.crash


def test_a_house_that_dies_again_and_again(
    scene: Scene, record_property: Callable[[str, object], None]
) -> None:
    house, till = scene
    record_property("deaths", len(SHORT))
    told = [one for place, walk in SHORT for one in house.die_at(place, walk)]
    again, facts = house.recover(*(f"{place}={walk}" for place, walk in SHORT))
    truths.hold(facts, till, [*told, *again], stock=STOCK)
    ends = Counter(end for _, walk in SHORT for end in ENDS[walk])
    assert Counter(order["state"] for order in facts["orders"].values()) == ends
