"""The arena itself: everybody through the gate at once, refusals told apart from faults, the dead replaced."""

import pytest

from tests.races import acts
from tests.races.arena import Arena, Broken, act

pytestmark = pytest.mark.race


def test_everybody_goes_through_the_gate_at_once(arena: Arena) -> None:
    began = [value for _, value in arena.race([act(acts.wait, seconds=0.2)] * arena.size)]
    assert max(began) - min(began) < 0.15, "the last began before the first had ended"


def test_a_refusal_is_an_answer_and_a_fault_is_an_error(arena: Arena) -> None:
    assert arena.race([act(acts.refuse)] * 2) == [("no", "goods.out_of_stock")] * 2
    with pytest.raises(Broken, match="nowhere"):
        arena.race([act(acts.fall)])
    assert arena.race([act(acts.refuse)]) == [("no", "goods.out_of_stock")]


def test_the_killed_are_replaced(arena: Arena) -> None:
    before = [actor.pid for actor in arena.actors]
    answers = arena.race_and_kill([act(acts.wait, seconds=5.0)] * 1, after=0.02, victims=1)
    assert answers == [("killed", None)]
    assert [actor.pid for actor in arena.actors][1:] == before[1:]
    assert arena.actors[0].pid != before[0]
    assert [kind for kind, _ in arena.race([act(acts.wait, seconds=0.0)] * arena.size)] == [
        "ok"
    ] * arena.size
