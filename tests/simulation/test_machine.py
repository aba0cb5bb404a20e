"""The same operations under Hypothesis, which looks for the smallest history that goes wrong."""

from contextlib import ExitStack
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.simulation import plans
from tests.simulation.facts import Different
from tests.simulation.history import History, Shops
from tests.simulation.mutants import the_limit_is_forgotten

pytestmark = pytest.mark.walk

BUYING = ("place", "start", "decide", "deliver", "open", "join", "refund", "cancel")
AFTER = ("ship", "receive", "ask", "case", "case", "pieces", "days")
KINDS = (
    *BUYING, *BUYING, *BUYING, *AFTER, "share", "withdraw", "payout", "cart_add", "cart_set", "quote", "drop", "forge", "again", "ship",
    "receive", "stop_plan", "adjust", "count", "transfer", "hot", "price", "shelf", "mode", "clerk",
    "hiccup", "job", "worker", "days",
)  # fmt: skip
QUICK = settings(
    max_examples=10,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Drawn:
    """Choices that Hypothesis makes, and makes smaller."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def whole(self, least: int, most: int) -> int:
        return self._data.draw(st.integers(least, most))


class Trade(RuleBasedStateMachine):
    shops: ClassVar[Shops]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.history: History | None = None
        self.is_right = True

    @initialize(data=st.data())
    def open(self, data: st.DataObject) -> None:
        setup = plans.setup(Drawn(data))
        self.history = self.stack.enter_context(self.shops.history(setup))

    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def step(self, data: st.DataObject, kind: str) -> None:
        assert self.history is not None
        op = plans.Plan(Drawn(data), self.history.model, dict.fromkeys(KINDS, 1)).make(kind)
        if op is not None:
            self._rightly(self.history.step, op)

    @invariant()
    def the_states_are_the_same(self) -> None:
        if self.history is not None:
            self._rightly(self.history.compare)

    def _rightly(self, act: Any, *args: Any) -> None:
        try:
            act(*args)
        except Different:
            self.is_right = False
            raise

    def teardown(self) -> None:
        try:
            if self.history is not None and self.is_right:
                self.history.come_to_rest()
        finally:
            self.stack.close()


def test_no_history_goes_wrong(shops: Shops) -> None:
    Trade.shops = shops
    run_state_machine_as_test(Trade, settings=QUICK)


def test_a_planted_fault_is_found_here_too(shops: Shops) -> None:
    Trade.shops = shops
    first = settings(QUICK, phases=(Phase.generate,), max_examples=100, report_multiple_bugs=False)
    with the_limit_is_forgotten(), pytest.raises(Different, match="limit"):
        run_state_machine_as_test(Trade, settings=first)
