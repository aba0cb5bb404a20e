"""Orders from elsewhere that are yet to be sent."""

from datetime import timedelta

import pytest

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.trade import facade
from grapevine.trade.actions.moving import escrow
from grapevine.trade.contracts import ImportedOrder
from grapevine.trade.models import Line, Order, OrderStep, Refund
from grapevine.trade.tests.cast import Cast, free, gather
from tests.holding.stock import holds, stock

pytestmark = pytest.mark.django_db


def imported(cast: Cast, *orders: tuple[str, int]) -> list[str]:
    """Orders of cups from elsewhere: (state, pieces)."""
    cup = cast.cup
    return facade.import_paid_orders(
        [
            ImportedOrder(
                buyer_id=cast.alice, shop_id=cup.shop_id, sku_id=cup.sku_id, goods_id=cup.goods_id,
                count=count, price_minor=cup.price_minor, state=state, title=cup.title,
                goods_public_id=cup.goods_public_id, shop_name="半日",
                paid_at=clock.now() - timedelta(hours=3),
            )
            for state, count in orders
        ]
    )  # fmt: skip


def test_every_state_is_written_as_it_was() -> None:
    """Payment, order, line and timeline to the cent and the minute; what is to come is not dated ahead."""
    cast = gather()
    now = clock.now()
    long_ago, lately = now - timedelta(days=9), now - timedelta(days=2)
    cup = cast.cup
    numbers = facade.import_paid_orders(
        [
            ImportedOrder(
                buyer_id=cast.alice, shop_id=cup.shop_id, sku_id=cup.sku_id, goods_id=cup.goods_id,
                count=2, price_minor=1_050, cut_minor=cut, state=state, title=cup.title,
                goods_public_id=cup.goods_public_id, shop_name="半日", paid_at=at, channel="note",
                source={"surface": "note"}, claim="group:x" if cut else "",
            )
            for state, at, cut in (
                ("received", long_ago, 33), ("shipped", lately, 0), ("refunded", lately, 100), ("paid", lately, 2_100),
            )
        ]
    )  # fmt: skip
    orders = {one.number: one for one in Order.objects.all()}
    told = [
        (
            one.state, one.goods_minor, one.discount_minor, one.total_minor, one.refunded_minor,
            one.paid_at, one.shipped_at, one.received_at, one.source, one.claim, one.address,
            [offer["amount_minor"] for offer in one.offers],
        )
        for one in (orders[number] for number in numbers)
    ]  # fmt: skip
    day, by_note = timedelta(days=1), {"surface": "note", "channel": "note"}
    assert told == [
        ("received", 2_100, 33, 2_067, 0, long_ago, long_ago + day, long_ago + 3 * day, by_note, "group:x", "", [33]),
        ("shipped", 2_100, 0, 2_100, 0, lately, lately + day, None, by_note, "", "", []),
        ("refunded", 2_100, 100, 2_000, 2_000, lately, None, None, by_note, "group:x", "", [100]),
        ("paid", 2_100, 2_100, 0, 0, lately, None, None, by_note, "group:x", "", [2_100]),
    ]  # fmt: skip
    lines = [Line.objects.get(order=orders[number]) for number in numbers]
    assert [(one.cuts, one.refunded_count, one.refunded_minor, one.placed_at) for one in lines] == [
        ([["coupon:imported", 33]], 0, 0, long_ago), ([], 0, 0, lately),
        ([["coupon:imported", 100]], 2, 2_000, lately), ([["coupon:imported", 2_100]], 0, 0, lately),
    ]  # fmt: skip
    payments = [orders[number].payment for number in numbers]
    assert {(one.state, one.method, one.paid_at) for one in payments} == {
        ("paid", "imported", long_ago), ("paid", "imported", lately),
    }  # fmt: skip
    assert [one.total_minor for one in payments] == [2_067, 2_100, 2_000, 0]
    (back,) = Refund.objects.all()
    assert (back.order_id, back.payment_id, back.amount_minor) == (
        orders[numbers[2]].pk, payments[2].pk, 2_000,
    )  # fmt: skip
    steps = OrderStep.objects.filter(order=orders[numbers[0]]).order_by("id")
    assert list(steps.values_list("state", "at")) == [
        ("pending", long_ago), ("paid", long_ago), ("shipped", long_ago + day), ("received", long_ago + 3 * day),
    ]  # fmt: skip
    held = [ledger.balance(escrow(number)) for number in numbers]
    assert held == [2_067, 2_100, 0, 0]


def test_what_is_yet_to_be_sent_is_taken_from_the_shelf_and_sent() -> None:
    cast = gather()
    paid, received = imported(cast, ("paid", 2), ("received", 4))
    assert free(cast.cup) == 3, "what was received came from another shelf"
    assert [count for *_, count in goods.holds_of(paid)] == [2]
    assert goods.holds_of(received) == []
    facade.ship_order(
        shop_id=cast.bobs.id, number=paid, carrier="顺丰", tracking="SF1001", actor_id=cast.bob
    )
    assert facade.order_for(cast.alice, paid).state == "shipped"
    assert [*stock(), *holds()] == []


def test_without_the_pieces_it_is_imported_all_the_same() -> None:
    cast = gather()
    many, few = imported(cast, ("paid", 6), ("paid", 5))
    assert (goods.holds_of(many), free(cast.cup)) == ([], 0)
    assert [count for *_, count in goods.holds_of(few)] == [5]
    assert facade.shop_order_counts(cast.bobs.id) == {"paid": 2}
    assert [*stock(), *holds()] == []
