"""The product does what the model says, seed by seed; and a product with a fault does not."""

import pytest

from tests.simulation.facts import Different
from tests.simulation.history import Seen, Shops, simulate
from tests.simulation.mutants import FAULTS, Fault

SEEDS = 40
NEAR = 60
"""How many seeds from a fault's own on may have to be tried, once plans have changed."""


def test_histories_are_as_the_model_says(shops: Shops) -> None:
    seen = Seen()
    for seed in range(SEEDS):
        simulate(seed, shops, seen)
    assert seen.seeds == SEEDS
    assert {"cancelled", "completed", "refunded"} == set(seen.states)
    blind = {"place", "start", "deliver", "ship", "receive", "refund", "open", "join", "forge"}
    assert blind <= set(seen.operations)
    assert {
        "place goods.out_of_stock", "place trade.limit_reached", "place trade.price_changed",
        "start trade.payment_closed", "start payments.provider_down", "forge payments.bad_callback",
        "join campaigns.already_in", "refund trade.illegal_move",
    } <= set(seen.refusals)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(shops: Shops, fault: Fault) -> None:
    with fault(), pytest.raises(Different):
        for seed in range(FAULTS[fault], FAULTS[fault] + NEAR):
            simulate(seed, shops, Seen())
