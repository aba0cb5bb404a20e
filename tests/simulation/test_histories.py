"""The product does what the model says, seed by seed; and a product with a fault does not."""

import pytest

from tests.simulation.facts import Different
from tests.simulation.history import SHARE, Seen, Shops, simulate
from tests.simulation.mutants import FAULTS, Fault

pytestmark = pytest.mark.walk

SEEDS = range(0, 32 * SHARE, SHARE)
"""Thirty-two, each with shops of its own."""
NEAR = 60
"""How many seeds from a fault's own on may have to be tried, once plans have changed."""


def test_histories_are_as_the_model_says(shops: Shops) -> None:
    seen = Seen()
    for seed in SEEDS:
        simulate(seed, shops, seen)
    assert seen.seeds == len(SEEDS)
    assert set(seen.orders) == {"cancelled", "completed", "refunded"}
    assert "expired" in seen.groups
    assert set(seen.groups) <= {"expired", "filled"}
    assert {
        "place goods.out_of_stock",
        "place trade.limit_reached",
        "place trade.price_changed",
        "start trade.payment_closed",
        "start payments.provider_down",
        "forge payments.bad_callback",
        "join campaigns.already_in",
        "refund trade.illegal_move",
        "ask trade.not_so_many",
        "case trade.illegal_case_move",
    } <= set(seen.refusals)
    assert {"refund done refunded", "return done refunded", "refund closed refunded"} <= set(
        seen.cases
    )
    assert "released" in seen.commissions
    assert {"done", "failed"} <= set(seen.withdrawals)


@pytest.mark.parametrize("fault", list(FAULTS), ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(shops: Shops, fault: Fault) -> None:
    with fault(), pytest.raises(Different):
        _try_from(FAULTS[fault], shops)


def _try_from(first: int, shops: Shops) -> None:
    for seed in range(first, first + NEAR):
        simulate(seed, shops, Seen())
