"""From cart to settled order: stock, money, timeline and news together."""

from datetime import timedelta

import pytest
import time_machine

from grapevine.goods import facade as goods
from grapevine.goods.contracts import OutOfStock
from grapevine.kit import clock
from grapevine.kit.errors import BadInput, NotFound
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.signals.contracts import Source
from grapevine.trade import facade, jobs, ports
from grapevine.trade.actions import cart, moving, refunding
from grapevine.trade.contracts import (
    IllegalMove,
    NothingToBuy,
    NotOnSale,
    Offer,
    OfferRequest,
    OrderNotFound,
    PaymentClosed,
    Placed,
    PriceChanged,
    WrongCount,
)
from grapevine.trade.models import Address, Order, Payment, Refund, SandboxCharge
from grapevine.trade.payments.port import ProviderRefused, Returned
from grapevine.trade.payments.registry import provider
from grapevine.trade.queries import reading
from grapevine.trade.rules.reconciling import refund_id
from grapevine.trade.tests.cast import HOME, Cast, cut, free, gather, paid, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def state(number: str) -> str:
    return Order.objects.get(number=number).state


def clear() -> bool:
    return all(minor == 0 for _, minor in ledger.clearing_accounts()) and ledger.verify()["ok"]


def test_one_order_per_shop_under_one_payment(cast: Cast) -> None:
    one = placed(cast, (cast.cup, 2), (cast.tea, 1), source=Source(surface="note", note="n1"))
    assert one.total_minor == 16800
    first, second = (facade.order_for(cast.alice, number) for number in one.order_numbers)
    assert [(o.shop_name, o.total_minor, o.state) for o in (first, second)] == [
        ("半日", 13800, "pending"), ("山茶", 3000, "pending"),
    ]  # fmt: skip
    assert first.address == HOME
    assert first.source["note"] == "n1"
    assert [(step.state, step.actor) for step in first.timeline] == [("pending", "buyer")]
    assert (free(cast.cup), free(cast.tea)) == (3, 4)


def test_the_same_key_gives_the_same_orders(cast: Cast) -> None:
    one = placed(cast, key="form-1")
    assert placed(cast, key="form-1") == one
    assert Order.objects.count() == 1
    assert free(cast.cup) == 4
    assert placed(cast, key="form-2") != one


def test_placing_fails_whole_when_one_line_is_short(cast: Cast) -> None:
    with pytest.raises(OutOfStock):
        placed(cast, (cast.cup, 1), (cast.tea, 6))
    assert (free(cast.cup), free(cast.tea)) == (5, 5)
    assert not Order.objects.exists()
    assert not Payment.objects.exists()


def test_what_changed_since_the_quote_is_said_and_never_charged(cast: Cast) -> None:
    with pytest.raises(PriceChanged):
        placed(cast, expected_minor=6800)
    assert free(cast.cup) == 5
    assert placed(cast, expected_minor=6900).total_minor == 6900


@pytest.mark.parametrize("count", [0, -1, 1000])
def test_a_wrong_count_is_refused(cast: Cast, count: int) -> None:
    with pytest.raises(WrongCount):
        placed(cast, (cast.cup, count))
    with pytest.raises(WrongCount):
        facade.add_to_cart(buyer_id=cast.alice, lines=[(cast.cup, count)])


def test_nothing_too_much_and_unknown_are_refused(cast: Cast) -> None:
    with pytest.raises(NothingToBuy):
        facade.quote(buyer_id=cast.alice, lines=[])
    with pytest.raises(WrongCount):
        facade.quote(buyer_id=cast.alice, lines=[(cast.cup.sku_id, 1)] * 101)
    with pytest.raises(NotOnSale):
        facade.quote(buyer_id=None, lines=[(10**9, 1)])
    goods.set_on_sale(shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id, on=False)
    with pytest.raises(NotOnSale):
        facade.add_to_cart(buyer_id=cast.alice, lines=[(goods.sku_by_code(cast.cup.code), 1)])


def test_an_offerer_cuts_the_price_for_its_claim_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offerer(request: OfferRequest) -> list[Offer]:
        return [cut(1000, "团购价")] if request.claim == "group:1" else []

    monkeypatch.setattr(ports, "_offerers", [])
    ports.register_offerer(offerer)
    ports.register_offerer(offerer)
    assert placed(cast, claim="group:1").total_minor == 5900
    assert placed(cast).total_minor == 6900


def test_the_cart_adds_up_explains_and_empties(cast: Cast) -> None:
    for _ in range(2):
        facade.add_to_cart(buyer_id=cast.alice, lines=[(cast.cup, 2)], source=Source(surface="note", note="n1"))  # fmt: skip
    facade.add_to_cart(buyer_id=cast.alice, lines=[(cast.tea, 6)])
    tea, cup = reading.cart(cast.alice)
    assert (cup.count, cup.problem) == (4, "")
    assert (tea.count, tea.problem) == (6, "库存不够这么多")
    assert reading.cart_count(cast.alice) == 2
    assert reading.cart_source(cast.alice, [cast.cup.sku_id])["note"] == "n1"
    with pytest.raises(NotFound):
        cart.set_count(buyer_id=cast.eve, line_id=cup.id, count=1)
    cart.set_count(buyer_id=cast.eve, line_id=cup.id, count=0)
    cart.set_count(buyer_id=cast.alice, line_id=tea.id, count=5)
    placed(cast, (cast.tea, 5), from_cart=True)
    assert [line.sku.sku_id for line in reading.cart(cast.alice)] == [cast.cup.sku_id]
    facade.add_to_cart(buyer_id=cast.alice, lines=[(cast.tea, 1)])
    goods.set_on_sale(shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id, on=False)
    assert [line.problem for line in reading.cart(cast.alice)] == ["卖完了", "已下架"]


def test_addresses_are_sealed_kept_once_and_ones_own(cast: Cast) -> None:
    first = facade.save_address(person_id=cast.alice, address=HOME)
    assert facade.save_address(person_id=cast.alice, address=HOME) == first
    assert facade.addresses(cast.eve) == []
    with pytest.raises(NotFound):
        facade.save_address(person_id=cast.eve, address=HOME, address_id=first)
    assert facade.save_address(person_id=cast.alice, address=HOME, address_id=first) == first
    cart.delete_address(person_id=cast.eve, address_id=first)
    assert [one.id for one in facade.addresses(cast.alice)] == [first]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM trade_address")
        assert "13800138000" not in str(cursor.fetchone()[0])
    cart.delete_address(person_id=cast.alice, address_id=first)
    assert not Address.objects.exists()


def test_paying_sells_captures_and_tells(cast: Cast) -> None:
    one = paid(cast, (cast.cup, 2), (cast.tea, 1))
    assert [state(number) for number in one.order_numbers] == ["paid", "paid"]
    first, second = one.order_numbers
    assert ledger.balance(Account("platform", "cash:sandbox")) == -16800
    assert (ledger.balance(facade.escrow(first)), ledger.balance(facade.escrow(second))) == (13800, 3000)  # fmt: skip
    assert clear()
    assert facade.order_counts(cast.alice) == {"paid": 2}
    assert facade.shop_order_counts(cast.bobs.id) == {"paid": 1}
    with pytest.raises(PaymentClosed):
        facade.start_payment(buyer_id=cast.alice, number=one.payment_number)
    with pytest.raises(IllegalMove):
        facade.cancel_order(buyer_id=cast.alice, number=first)


def test_cancelling_gives_the_stock_back_once(cast: Cast) -> None:
    one = placed(cast, (cast.cup, 2), (cast.tea, 1))
    with pytest.raises(OrderNotFound):
        facade.cancel_order(buyer_id=cast.eve, number=one.order_numbers[0])
    facade.cancel_order(buyer_id=cast.alice, number=one.order_numbers[0], reason="不要了")
    assert [state(number) for number in one.order_numbers] == ["cancelled", "cancelled"]
    with pytest.raises(IllegalMove):
        facade.cancel_order(buyer_id=cast.alice, number=one.order_numbers[1])
    assert (free(cast.cup), free(cast.tea)) == (5, 5)


def test_an_unpaid_order_expires(cast: Cast) -> None:
    one = placed(cast)
    assert jobs.expire_payments() == 0
    with time_machine.travel(one.expires_at + timedelta(seconds=1)):
        assert jobs.expire_payments() == 1
        assert jobs.expire_payments() == 0
    assert state(one.order_numbers[0]) == "cancelled"
    assert free(cast.cup) == 5


def test_a_full_refund_before_shipping(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    with pytest.raises(OrderNotFound):
        moving.refund_by_buyer(buyer_id=cast.eve, number=number, reason="")
    moving.refund_by_buyer(buyer_id=cast.alice, number=number, reason="买错了")
    with pytest.raises(IllegalMove):
        moving.refund_by_buyer(buyer_id=cast.alice, number=number, reason="再来")
    assert not clear()
    assert jobs.send_refunds() == 1
    assert jobs.send_refunds() == 0
    assert clear()
    assert ledger.balance(facade.escrow(number)) == 0
    assert ledger.balance(Account("platform", "cash:sandbox")) == 0
    assert free(cast.cup) == 5
    assert SandboxCharge.objects.get().refunded_minor == 6900


def test_a_refund_sent_twice_leaves_the_provider_once(cast: Cast) -> None:
    """We may die between the provider's yes and our own commit; the next try must not pay again."""
    one = paid(cast, (cast.cup, 1), (cast.tea, 1))
    facade.refund_order(number=one.order_numbers[1], reason="x")
    refund = Refund.objects.get()
    name = refund_id(one.payment_number, refund.pk)
    for _ in range(2):
        told = give_back(one, name, 3000)
        assert (told.state, told.amount_minor) == ("done", 3000)
    for wrong in (lambda: give_back(one, name, 2), lambda: give_back(one, "other", 6901)):
        with pytest.raises(ProviderRefused):
            wrong()
    assert SandboxCharge.objects.get().refunded_minor == 3000
    assert jobs.send_refunds() == 1
    assert SandboxCharge.objects.get().refunded_minor == 3000


def give_back(one: Placed, name: str, amount_minor: int) -> Returned:
    return provider("sandbox").refund(
        payment_number=f"{one.payment_number}-1", refund_id=name, amount_minor=amount_minor,
        total_minor=9900, currency="CNY", reason="x", notify_url="",
    )  # fmt: skip


def test_a_refund_the_provider_refuses_waits(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    SandboxCharge.objects.update(state="open")
    facade.refund_order(number=number, reason="x")
    assert jobs.send_refunds() == 0
    assert Refund.objects.get().state == "failed"
    assert [one.amount_minor for one in ledger.clearing_ageing()] == [6900]
    assert jobs.send_refunds() == 0


def test_shipping_receiving_and_settling(cast: Cast, settings: object) -> None:
    settings.PLATFORM_FEE_BPS = 100  # type: ignore[attr-defined]
    number = paid(cast).order_numbers[0]
    parcel = {"carrier": "顺丰", "tracking": "SF1234", "actor_id": cast.bob}
    with pytest.raises(BadInput):
        facade.ship_order(shop_id=cast.bobs.id, number=number, carrier="", tracking="1", actor_id=cast.bob)  # fmt: skip
    with pytest.raises(OrderNotFound):
        facade.ship_order(shop_id=cast.carols.id, number=number, **parcel)  # type: ignore[arg-type]
    facade.ship_order(shop_id=cast.bobs.id, number=number, **parcel)  # type: ignore[arg-type]
    with pytest.raises(IllegalMove):
        moving.refund_by_buyer(buyer_id=cast.alice, number=number, reason="")
    facade.receive_order(buyer_id=cast.alice, number=number)
    assert jobs.settle_final() == 0
    with time_machine.travel(clock.now() + timedelta(days=7, seconds=1)):
        assert jobs.settle_final() == 1
        assert jobs.settle_final() == 0
    assert ledger.balances(f"shop:{cast.bobs.id}") == {"payable": 6831}
    assert ledger.balance(Account("platform", "fee:commission")) == 69
    assert ledger.balance(facade.escrow(number)) == 0
    with pytest.raises(IllegalMove):
        moving.refund_by_shop(shop_id=cast.bobs.id, number=number, reason="", actor_id=cast.bob)
    assert clear()
    assert [step.state for step in facade.order_for(cast.alice, number).timeline] == ["pending", "paid", "shipped", "received", "completed"]  # fmt: skip


def test_a_sent_order_counts_as_received_after_ten_days(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    facade.ship_order(shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF1234", actor_id=cast.bob)  # fmt: skip
    assert jobs.receive_overdue() == 0
    with time_machine.travel(clock.now() + timedelta(days=10, seconds=1)):
        assert jobs.receive_overdue() == 1
    assert state(number) == "received"
    moving.refund_by_shop(shop_id=cast.bobs.id, number=number, reason="坏了", actor_id=cast.bob)
    assert free(cast.cup) == 4  # the piece is with the buyer


def test_a_waiting_order_ships_only_when_released(cast: Cast) -> None:
    waiting, left = (paid(cast, waits=True).order_numbers[0] for _ in range(2))
    assert state(waiting) == "waiting"
    with pytest.raises(IllegalMove):
        facade.ship_order(shop_id=cast.bobs.id, number=waiting, carrier="顺丰", tracking="SF1234", actor_id=cast.bob)  # fmt: skip
    facade.refund_order(number=left, reason="团没满")
    for _ in range(2):
        facade.release_waiting([waiting, left])
    assert (state(waiting), state(left)) == ("paid", "refunded")


def test_an_order_that_costs_nothing_is_paid_at_once_without_a_provider(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_offerers", [lambda _request: [cut(10**6, "送")]])
    one = placed(cast)
    number = one.order_numbers[0]
    assert state(number) == "paid"
    assert facade.payment(cast.alice, one.payment_number).method == "none"
    with pytest.raises(PaymentClosed):
        facade.start_payment(buyer_id=cast.alice, number=one.payment_number)
    facade.refund_order(number=number, reason="x")
    assert not Refund.objects.exists()
    assert free(cast.cup) == 5


def test_a_refund_two_workers_send_is_booked_once(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    facade.refund_order(number=number, reason="x")
    refund = Refund.objects.select_related("payment", "order").get()
    name = refund_id(refund.payment.number, refund.pk)
    news = Returned(f"{refund.payment.number}-1", name, "done", 6900)
    assert refunding.returned("sandbox", news) is True
    assert refunding.returned("sandbox", news) is False
    assert clear()


def test_settling_twice_and_placing_in_a_race_count_once(cast: Cast) -> None:
    """Two workers took the same order; two requests passed the look for the form's key."""
    number = paid(cast).order_numbers[0]
    facade.ship_order(shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF1234", actor_id=cast.bob)  # fmt: skip
    facade.receive_order(buyer_id=cast.alice, number=number)
    order = Order.objects.get(number=number)
    moving._settle(order)
    with pytest.raises(IllegalMove):
        moving._settle(order)
    one = placed(cast, key="form-1")
    assert placed(cast, key="form-1") == one
    assert Payment.objects.count() == 2


def test_a_refund_brings_back_only_the_pieces_that_have_not_left(cast: Cast) -> None:
    there = goods.add_warehouse(shop_id=cast.bobs.id, name="南仓", priority=1)
    goods.adjust(sku_id=cast.cup.sku_id, change=3, warehouse_id=there.id)
    one = paid(cast, (cast.cup, 7))
    number = one.order_numbers[0]
    facade.ship_order(
        shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF1234", actor_id=cast.bob,
        warehouse_id=there.id,
    )  # fmt: skip
    moving.refund_by_shop(shop_id=cast.bobs.id, number=number, reason="没货了", actor_id=cast.bob)
    rows = goods.stock_by_warehouse(cast.bobs.id)
    cups = [(row.free, row.held, row.sold) for row in rows if row.sku_id == cast.cup.sku_id]
    assert sorted(cups) == [(1, 0, 2), (5, 0, 0)]
