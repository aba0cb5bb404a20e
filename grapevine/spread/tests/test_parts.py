"""A commission goes back as its order does: in parts, to the minor unit, also after it was paid out."""

import pytest

from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.signals import facade as signals
from grapevine.spread import facade
from grapevine.spread.actions import set_rate
from grapevine.spread.models import Commission, FanTie
from grapevine.trade import facade as trade
from grapevine.trade import jobs
from grapevine.trade.actions import moving
from grapevine.trade.models import Line, Order
from grapevine.trade.tests.cast import Cast, gather, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def brought(cast: Cast) -> Order:
    """Alice buys three cups by Eve's link; Bob pays ten per cent."""
    set_rate(actor_id=cast.bob, slug="bobs", rate_bps=1000)
    link = facade.share(person_id=cast.eve, object_type="shop", object_id="bobs")
    facade.visit(token=link.token, visitor_id="v", person_id=cast.alice)
    one = paid(cast, (cast.cup, 3))
    signals.drain()
    return Order.objects.get(number=one.order_numbers[0])


def back(order: Order, count: int) -> None:
    line = Line.objects.get(order=order).pk
    moving.refund_pieces(number=order.number, pieces={line: count}, reason="x", case_id=1)
    signals.drain()


def held(cast: Cast, kind: str = "commission_held") -> int:
    return ledger.balance(Account(f"person:{cast.eve}", kind))


def test_parts_of_an_order_take_parts_of_the_commission(cast: Cast) -> None:
    order = brought(cast)
    assert held(cast) == 2070
    back(order, 1)
    assert (held(cast), Commission.objects.get().reversed_minor) == (1380, 690)
    assert FanTie.objects.values_list("orders", "spent_minor").get(person_id=cast.alice) == (1, 13_800)
    back(order, 2)
    row = Commission.objects.get()
    assert (row.state, row.reversed_minor, held(cast)) == ("reversed", 2070, 0)
    assert ledger.balance(trade.escrow(order.number)) == 0
    assert FanTie.objects.values_list("orders", "spent_minor").get(person_id=cast.alice) == (0, 0)


def test_what_is_left_is_paid_at_the_end(cast: Cast) -> None:
    order = brought(cast)
    back(order, 1)
    trade.ship_order(
        shop_id=cast.bobs.id, number=order.number, carrier="顺丰", tracking="SF1001", actor_id=cast.bob
    )  # fmt: skip
    trade.receive_order(buyer_id=cast.alice, number=order.number)
    Order.objects.update(received_at="2026-01-01T00:00Z")
    assert jobs.settle_final() == 1
    signals.drain()
    assert (held(cast), held(cast, "payable")) == (0, 1380)
    shop = Account(f"shop:{cast.bobs.id}", "payable")
    assert ledger.balance(shop) == 2 * 6900 - 1380
    back(order, 1)
    assert held(cast, "payable") == 690
    assert ledger.balance(shop) == 6900 - 690
