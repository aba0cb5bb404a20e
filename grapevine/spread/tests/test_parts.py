"""A commission goes back as its order does: in parts, to the minor unit, also after it was paid out."""

from datetime import timedelta

import pytest
import time_machine

from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.signals import facade as signals
from grapevine.spread import facade
from grapevine.spread.models import Commission, FanTie
from grapevine.spread.tests.cast import HOME, Cast, browser, gather, job
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OrderView

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def brought(cast: Cast) -> OrderView:
    """Carol buys three cups by Alice's link; Bob pays ten per cent."""
    link = facade.share(person_id=cast.alice, object_type="goods", object_id=cast.cup.public_id)
    facade.visit(token=link.token, visitor_id="visitorvisit", person_id=cast.carol)
    placed = trade.place_order(buyer_id=cast.carol, lines=[(cast.sku, 3)], address=HOME)
    trade.start_payment(buyer_id=cast.carol, number=placed.payment_number)
    browser(cast.carol).post(f"/sandbox/{placed.payment_number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")
    signals.drain()
    return trade.order_for(cast.carol, placed.order_numbers[0])


def back(order: OrderView, count: int) -> None:
    pieces = {order.lines[0].id: count}
    trade.refund_pieces(number=order.number, pieces=pieces, reason="x", case_id=1)
    signals.drain()


def held(cast: Cast, kind: str = "commission_held") -> int:
    return ledger.balance(Account(f"person:{cast.alice}", kind))


def test_parts_of_an_order_take_parts_of_the_commission(cast: Cast) -> None:
    order = brought(cast)
    assert held(cast) == 2370
    back(order, 1)
    assert (held(cast), Commission.objects.get().reversed_minor) == (1580, 790)
    assert FanTie.objects.values_list("orders", "spent_minor").get(person_id=cast.carol) == (
        1,
        15_800,
    )
    back(order, 2)
    row = Commission.objects.get()
    assert (row.state, row.reversed_minor, held(cast)) == ("reversed", 2370, 0)
    assert ledger.balance(trade.escrow(order.number)) == 0
    assert FanTie.objects.values_list("orders", "spent_minor").get(person_id=cast.carol) == (0, 0)


def test_what_is_left_is_paid_at_the_end(cast: Cast) -> None:
    order = brought(cast)
    back(order, 1)
    trade.ship_order(
        shop_id=cast.shop.id, number=order.number, carrier="顺丰", tracking="SF1001", actor_id=cast.bob
    )  # fmt: skip
    trade.receive_order(buyer_id=cast.carol, number=order.number)
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        job("trade.jobs.settle_final")
        signals.drain()
    assert (held(cast), held(cast, "payable")) == (0, 1580)
    shop = Account(f"shop:{cast.shop.id}", "payable")
    assert ledger.balance(shop) == 2 * 7900 - 1580
    back(order, 1)
    assert held(cast, "payable") == 790
    assert ledger.balance(shop) == 7900 - 790
