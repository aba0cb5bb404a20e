"""A commission goes back as its order does: in parts, to the minor unit, also after it was paid out."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps

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


def brought(cast: Cast, *, heard: bool = True) -> OrderView:
    """Carol buys three cups by Alice's link; Bob pays ten per cent. Unless `heard`, the news of it is late."""
    link = facade.share(person_id=cast.alice, object_type="goods", object_id=cast.cup.public_id)
    facade.visit(token=link.token, visitor_id="visitorvisit", person_id=cast.carol)
    placed = trade.place_order(buyer_id=cast.carol, lines=[(cast.sku, 3)], address=HOME)
    trade.start_payment(buyer_id=cast.carol, number=placed.payment_number)
    browser(cast.carol).post(f"/sandbox/{placed.payment_number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")
    if not heard:
        late = clock.now() + timedelta(minutes=5)
        outbox = apps.get_model("signals", "OutboxEvent")._default_manager
        outbox.filter(name="trade.order_paid").update(retry_at=late)
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


def test_news_of_a_part_may_come_before_news_of_the_payment(cast: Cast) -> None:
    order = brought(cast, heard=False)
    back(order, 1)
    assert not Commission.objects.exists()
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        signals.drain()
        row = Commission.objects.get()
        assert (row.amount_minor, row.reversed_minor, held(cast)) == (2370, 790, 1580)
        back(order, 1)
    assert held(cast) == 790
    assert ledger.balance(trade.escrow(order.number)) == 7900 - 790


def test_an_order_is_not_settled_while_a_sharer_has_a_part_of_what_went_back(cast: Cast) -> None:
    facade.set_rate(actor_id=cast.bob, slug="halfday", rate_bps=5000)
    order = brought(cast)
    trade.ship_order(
        shop_id=cast.shop.id, number=order.number, carrier="顺丰", tracking="SF1001", actor_id=cast.bob
    )  # fmt: skip
    trade.receive_order(buyer_id=cast.carol, number=order.number)
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        trade.refund_pieces(
            number=order.number, pieces={order.lines[0].id: 2}, reason="x", case_id=1
        )
        assert ledger.balance(trade.escrow(order.number)) == 7900 - 11850
        job("trade.jobs.settle_final")
        assert not trade.order_for(cast.carol, order.number).is_settled
        signals.drain()
        job("trade.jobs.settle_final")
        signals.drain()
    shop = Account(f"shop:{cast.shop.id}", "payable")
    found = (ledger.balance(trade.escrow(order.number)), ledger.balance(shop))
    assert (*found, held(cast, "payable")) == (0, 3950, 3950)
