"""What selling for another shop earns, case by case, worked out by hand."""

import pytest

from grapevine.goods.contracts import POOL_MOST_BPS
from grapevine.trade.rules.pool import earned, gone, room


@pytest.mark.parametrize(
    ("given", "earns"),
    [
        ({"rate_bps": 2000}, 2000),  # a fifth of 100 yuan
        ({"rate_bps": 2000, "own_cut_minor": 500, "base_minor": 9500}, 1500),  # less what it gave up
        ({"rate_bps": 2000, "own_cut_minor": 3000, "base_minor": 7000}, 0),  # gave up more than it earns
        ({"rate_bps": 9000}, 5000),  # never more than half
        ({"rate_bps": None, "supply_minor": 7000}, 3000),
        ({"rate_bps": None, "supply_minor": 7000, "own_cut_minor": 1000, "base_minor": 9000}, 2000),
        ({"rate_bps": None, "supply_minor": 1000}, 5000),
    ],
)  # fmt: skip
def test_a_line_earns_its_share_within_half(given: dict[str, int | None], earns: int) -> None:
    usual = {
        "base_minor": 10_000, "list_minor": 10_000, "own_cut_minor": 0, "rate_bps": None,
        "supply_minor": 0,
    }  # fmt: skip
    assert POOL_MOST_BPS == 5000
    assert earned(**(usual | given)) == earns  # type: ignore[arg-type]


def test_what_goes_back_ends_as_all_of_it() -> None:
    assert [gone(1000, back=back, count=3) for back in range(4)] == [0, 333, 666, 1000]


def test_room_for_sharing_is_half_less_what_the_pool_takes() -> None:
    assert room(paid_minor=10_000, pool_minor=3_000) == 2_000
    assert room(paid_minor=10_000, pool_minor=6_000) == 0
    assert room(paid_minor=-1, pool_minor=0) == 0
