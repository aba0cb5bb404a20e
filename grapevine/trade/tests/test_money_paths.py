"""Where money and promises meet: limits, offers, subsidies, attempts, and what providers say of refunds."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from grapevine.goods import facade as goods
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.signals import facade as signals
from grapevine.trade import facade, jobs, ports
from grapevine.trade.actions import paying, refunding
from grapevine.trade.contracts import LimitReached, Offer, OfferGone, OfferKind, Redemption
from grapevine.trade.models import Attempt, Order, Payment, Refund
from grapevine.trade.payments.port import BadCallback, Outcome, Returned
from grapevine.trade.rules.reconciling import refund_id
from grapevine.trade.tests.cast import Cast, cut, decided, deliver, free, gather, paid, placed

pytestmark = pytest.mark.django_db
SUBSIDY = Account("platform", "subsidy")


@pytest.fixture
def cast() -> Cast:
    return gather()


def offering(monkeypatch: pytest.MonkeyPatch, *offers: Offer) -> None:
    monkeypatch.setattr(ports, "_offerers", [lambda _request: list(offers)])


def test_a_limit_counts_over_orders_and_comes_back_with_them(cast: Cast) -> None:
    goods.set_terms(
        shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id, limit_per_person=3
    )  # fmt: skip
    first = placed(cast, (cast.cup, 2))
    with pytest.raises(LimitReached):
        placed(cast, (cast.cup, 2))
    second = paid(cast, (cast.cup, 1))
    with pytest.raises(LimitReached):
        placed(cast, (cast.cup, 1))
    facade.cancel_order(buyer_id=cast.alice, number=first.order_numbers[0])
    placed(cast, (cast.cup, 2))
    with pytest.raises(LimitReached):
        placed(cast, (cast.cup, 1))
    facade.refund_order(number=second.order_numbers[0], reason="不要了")
    placed(cast, (cast.cup, 1))
    with pytest.raises(LimitReached):
        placed(cast, (cast.cup, 1))
    assert free(cast.cup) == 2


def test_who_lent_an_offer_may_redeem_it_or_undo_the_whole(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    offering(monkeypatch, cut(1000, reference="tests.coupon:1"))
    taken: list[Redemption] = []
    monkeypatch.setattr(ports, "_redeemers", {})
    ports.register_redeemer("tests.coupon", taken.append)
    one = placed(cast, (cast.cup, 1), (cast.tea, 1))
    (told,) = taken
    assert (told.reference, told.payment_number) == ("tests.coupon:1", one.payment_number)
    assert (told.buyer_id, told.amount_minor) == (cast.alice, 1000)
    assert sum(amount for _, _, _, amount in told.lines) == 1000

    def gone(redemption: Redemption) -> None:
        raise OfferGone(redemption.reference)

    ports.register_redeemer("tests.coupon", gone)
    with pytest.raises(OfferGone):
        placed(cast)
    assert Payment.objects.count() == 1
    assert (free(cast.cup), free(cast.tea)) == (4, 4)


def test_stock_waits_for_a_payment_in_its_last_second(cast: Cast) -> None:
    one = placed(cast)
    charge = decided(cast, one)
    with time_machine.travel(one.expires_at + timedelta(seconds=60)):
        assert goods.expire_holds() == 0
        deliver(charge)
    assert facade.payment(cast.alice, one.payment_number).state == "paid"


def test_news_of_an_order_is_written_with_it(cast: Cast) -> None:
    one = placed(cast, (cast.cup, 1), (cast.tea, 1))
    signals.drain()
    signals.seal()
    rows = [
        json.loads(line)
        for path in signals.ready_spool_files()
        for line in path.read_text().splitlines()
    ]
    told = [json.loads(row["props"]) for row in rows if row["verb"] == "trade.order_placed"]
    assert [news["order_number"] for news in told] == list(one.order_numbers)
    assert [news["goods_ids"] for news in told] == [[cast.cup.goods_id], [cast.tea.goods_id]]


def test_asked_again_it_is_the_same_attempt(cast: Cast) -> None:
    one = placed(cast)
    first, again = (
        facade.start_payment(buyer_id=cast.alice, number=one.payment_number) for _ in range(2)
    )
    assert first == again
    assert Attempt.objects.count() == 1


def test_an_attempt_the_provider_has_money_for_is_not_written_off(cast: Cast) -> None:
    one = placed(cast)
    decided(cast, one, "silent")
    facade.cancel_order(buyer_id=cast.alice, number=one.order_numbers[0])
    assert jobs.close_attempts() == 0
    assert Attempt.objects.get().state == "paid"
    assert Payment.objects.get().state == "returned"
    assert jobs.send_refunds() == 1
    assert ledger.clearing_ageing() == []


def test_a_provider_does_not_speak_for_another_providers_attempt(cast: Cast) -> None:
    one = placed(cast)
    attempt = facade.start_payment(buyer_id=cast.alice, number=one.payment_number).number
    with pytest.raises(BadCallback):
        paying.apply("alipay", Outcome(attempt, "paid", 6900, "CNY", "e1", "t1"))
    assert Payment.objects.get().state == "pending"


def test_the_platforms_subsidy_reaches_the_shop_and_comes_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    coupon = Offer(
        OfferKind.PLATFORM_COUPON, "平台券", "tests.coupon:1", tiers=((0, 1000),), by_platform=True
    )
    offering(monkeypatch, coupon)
    number = paid(cast).order_numbers[0]
    order = Order.objects.get(number=number)
    assert (order.total_minor, order.subsidy_minor) == (5900, 1000)
    assert ledger.balance(facade.escrow(number)) == 6900
    assert ledger.balance(SUBSIDY) == -1000
    facade.refund_order(number=number, reason="不要了")
    jobs.send_refunds()
    assert ledger.balance(facade.escrow(number)) == 0
    assert ledger.balance(SUBSIDY) == 0
    assert [refund.amount_minor for refund in Refund.objects.all()] == [5900]


def test_a_providers_word_about_a_refund_must_be_about_this_one(cast: Cast) -> None:
    one, other = paid(cast), paid(cast)
    facade.refund_order(number=one.order_numbers[0], reason="不要了")
    refund = Refund.objects.get()
    name, attempt = refund_id(one.payment_number, refund.pk), f"{one.payment_number}-1"
    wrong: list[dict[str, Any]] = [
        {"amount_minor": 6899},
        {"amount_minor": 6901},
        {"refund_id": refund_id(other.payment_number, refund.pk)},
        {"refund_id": refund_id(one.payment_number, refund.pk + 1)},
        {"refund_id": "r"},
    ]
    for change in wrong:
        told = {"refund_id": name, "amount_minor": 6900, **change}
        with pytest.raises(BadCallback):
            refunding.returned("sandbox", Returned(attempt, state="done", **told))
    with pytest.raises(BadCallback):
        refunding.returned("stripe", Returned(attempt, name, "done", 6900))
    with pytest.raises(BadCallback):
        refunding.returned("sandbox", Returned(f"{other.payment_number}-1", name, "done", 6900))
    assert Refund.objects.get().state == "requested"
    assert refunding.returned("sandbox", Returned(attempt, name, "done", 6900)) is True
