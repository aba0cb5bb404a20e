"""What a shop earns by selling for another beside what a sharer earns, and what an upgrade keeps."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as conf

from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShopCard
from grapevine.goods.tests.opening_cast import COMPANY, apply, draft
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Source
from grapevine.spread import actions, facade
from grapevine.spread.models import Commission, FanTie
from grapevine.spread.tests.cast import HOME, Cast, browser, gather, job
from grapevine.trade import facade as trade

pytestmark = pytest.mark.django_db


def small_shop(cast: Cast, rate_bps: int) -> tuple[ShopCard, str]:
    """Eve's shop, open as a person's, and its pick of Bob's cup."""
    shop = draft(cast.eve, "eves")
    apply(shop)
    offer = goods.offer_goods(
        shop_id=cast.shop.id, public_id=cast.cup.public_id, actor_id=cast.bob, rate_bps=rate_bps
    )
    return shop, goods.pick_goods(shop_id=shop.id, offer_id=offer, person_id=cast.eve)


def buys(cast: Cast, person_id: int, pick: str, token: str = "") -> str:
    placed = trade.place_order(
        buyer_id=person_id, lines=[(cast.sku, 1)], address=HOME, picks={cast.sku: pick},
        source=Source("goods", share_token=token),
    )  # fmt: skip
    trade.start_payment(buyer_id=person_id, number=placed.payment_number)
    browser(person_id).post(f"/sandbox/{placed.payment_number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")
    signals.drain()
    return placed.order_numbers[0]


def shared(cast: Cast, person_id: int) -> str:
    return facade.share(
        person_id=person_id, object_type="goods", object_id=cast.cup.public_id
    ).token


def test_both_together_are_at_most_half_and_nobody_is_paid_twice(settings: Any) -> None:
    settings.SHOP_REVIEW = "companies"
    cast = gather()
    actions.set_rate(actor_id=cast.bob, slug="halfday", rate_bps=3000)
    _, pick = small_shop(cast, 4000)
    buys(cast, cast.carol, pick, shared(cast, cast.alice))
    buys(cast, cast.dan, pick, shared(cast, cast.eve))  # her own shop sold it
    rows = Commission.objects.values_list("payee_id", "amount_minor")
    assert list(rows) == [(cast.alice, 3950 - 3160)]  # not the 2370 of a sale without a pick


def test_an_upgrade_keeps_orders_goods_fans_and_money(settings: Any) -> None:
    settings.SHOP_REVIEW = "companies"
    settings.INDIVIDUAL_MONTH_MINOR = 10_000
    cast = gather()
    shop, pick = small_shop(cast, 1000)
    first, second = buys(cast, cast.carol, pick), buys(cast, cast.dan, pick)
    fans = {
        row.person_id: (row.orders, row.spent_minor)
        for row in FanTie.objects.filter(shop_id=shop.id)
    }
    assert fans == {cast.carol: (1, 7900), cast.dan: (1, 7900)}
    trade.refund_order(number=second, reason="", actor="shop")
    signals.drain()
    assert FanTie.objects.get(shop_id=shop.id, person_id=cast.dan).orders == 0
    trade.ship_order(
        shop_id=cast.shop.id, number=first, carrier="顺丰", tracking="SF1234", actor_id=cast.bob
    )
    trade.receive_order(buyer_id=cast.carol, number=first)
    with time_machine.travel(clock.now() + timedelta(days=conf.RETURN_WINDOW_DAYS, seconds=5)):
        job("trade.jobs.settle_final")
    third = buys(cast, cast.dan, pick)
    job("goods.jobs.watch_limits")  # ¥158 of ¥100 this month: no more until it is larger
    assert goods.standing(shop.id).withheld[0].cause == "limit"
    assert goods.terms_of({cast.sku: pick}, buyer_id=None) == {}
    goods.begin_application(shop_id=shop.id, kind="enterprise")
    one = apply(shop, COMPANY)
    goods.decide_application(public_id=one.public_id, operator_id=cast.bob, outcome="approved")
    standing = goods.standing(shop.id)
    assert (standing.kind, standing.goods_most, standing.withheld) == ("enterprise", None, ())
    assert list(goods.terms_of({cast.sku: pick}, buyer_id=None)) == [cast.sku]
    assert goods.picks_of(shop.id).items[0].public_id == pick
    assert [part.shop_id for n in (first, third) for part in trade.pool_parts_of(n)] == [
        shop.id
    ] * 2
    assert FanTie.objects.filter(shop_id=shop.id, orders=1).count() == 2
    assert ledger.balance(Account(f"shop:{shop.id}", "payable")) == 790
