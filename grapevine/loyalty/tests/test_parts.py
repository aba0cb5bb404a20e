"""Points of an order that goes back piece by piece: used ones return with the pieces, earned ones are unearned."""

import pytest

from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.loyalty.models import Purchase
from grapevine.loyalty.tests.cast import (
    Cast,
    books as balanced,
    bought,
    finished,
    gather,
    platform,
    points,
    receive,
    refunded,
    settle,
    tell_again,
)
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade

pytestmark = pytest.mark.django_db
BALANCED = {"CNY": 0, "PTS": 0}


@pytest.fixture
def rich() -> Cast:
    """Alice has 1,399 points: 20 cups, 1,399.80 yuan, final."""
    cast = gather()
    finished(cast, cast.alice, (cast.cup, 20))
    return cast


def back(cast: Cast, number: str, count: int) -> None:
    line = trade.order_for(cast.alice, number).lines[0].id
    trade.refund_pieces(number=number, pieces={line: count}, reason="x", case_id=1)
    signals.drain()


def test_used_points_return_with_their_pieces(rich: Cast) -> None:
    """1,000 points paid 10 yuan of three cups: a third comes back with each, and the money the rest cost."""
    number = bought(rich.alice, (rich.cup, 3), points=1000).order_numbers[0]
    assert points(rich.alice) == (399, 0)
    back(rich, number, 1)
    assert points(rich.alice) == (399 + 333, 0)
    assert trade.order_for(rich.alice, number).refunded_minor == (3 * 6999 - 1000) // 3
    assert ledger.balance(Account("platform", "subsidy")) == -1000 + 333
    back(rich, number, 1)
    assert points(rich.alice) == (399 + 666, 0)
    refunded(number)
    assert points(rich.alice) == (1399, 0)
    assert platform() == (-1399, 0)
    assert ledger.balance(Account("platform", "subsidy")) == 0
    assert balanced() == BALANCED


def test_news_of_parts_told_again_changes_nothing(rich: Cast) -> None:
    number = bought(rich.alice, (rich.cup, 3), points=1000).order_numbers[0]
    back(rich, number, 1)
    back(rich, number, 2)
    before = (points(rich.alice), platform())
    tell_again()
    assert (points(rich.alice), platform()) == before == ((1399, 0), (-1399, 0))


def test_an_order_earns_for_what_stays(rich: Cast) -> None:
    number = bought(rich.alice, (rich.cup, 3)).order_numbers[0]
    back(rich, number, 1)
    receive(rich, rich.alice, number)
    settle()
    assert points(rich.alice) == (1399 + 139, 0)
    assert Purchase.objects.get(order_number=number).amount_minor == 2 * 6999


def test_what_goes_back_after_the_end_is_unearned(rich: Cast) -> None:
    number = trade.orders_of(rich.alice).items[0].number
    back(rich, number, 10)
    assert points(rich.alice) == (699, 0)
    assert Purchase.objects.get(order_number=number).amount_minor == 10 * 6999
    tell_again()
    assert points(rich.alice) == (699, 0)
    back(rich, number, 10)
    assert (points(rich.alice), platform()) == ((0, 0), (0, 0))
    assert not Purchase.objects.exists()
    assert balanced() == BALANCED
