"""What a shop earns by selling for another beside what a sharer earns, and what an upgrade keeps."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.conf import settings as conf

from grapevine.goods import facade as goods
from grapevine.goods.actions.pool import drop_pick, set_off
from grapevine.goods.contracts import NewSku, NewTerm, ShopCard
from grapevine.goods.tests.opening_cast import COMPANY, apply, draft
from grapevine.goods.tests.test_brand import HOST, Fake, internet, pages_of, proved
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
__all__ = ["internet"]


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


def _picked_twice(cast: Cast) -> tuple[ShopCard, str, str]:
    """Eve's shop and its pick of Bob's cup, which may be sold for less, and the pick of another."""
    shop, other = draft(cast.eve, "eves"), draft(cast.dan, "dans")
    apply(shop)
    apply(other)
    code = goods.goods_detail(cast.cup.public_id).skus[0].code
    offer = goods.offer_goods(
        shop_id=cast.shop.id, public_id=cast.cup.public_id, actor_id=cast.bob, rate_bps=1000,
        terms=[NewTerm(code, floor_minor=7200)],
    )  # fmt: skip
    return (
        shop,
        goods.pick_goods(shop_id=shop.id, offer_id=offer, person_id=cast.eve),
        goods.pick_goods(shop_id=other.id, offer_id=offer, person_id=cast.dan),
    )


def _buys_there(cast: Cast, shop: ShopCard, pick: str, foreign: str, elsewhere: str) -> None:
    """Carol has something of elsewhere in her cart, and buys the cup on the shop's domain, whatever the form says."""
    carol = browser(cast.carol)
    get, post = (
        partial(carol.get, headers={"host": HOST}),
        partial(carol.post, headers={"host": HOST}),
    )
    cup_sku = goods.goods_detail(cast.cup.public_id).skus[0].code
    carol.post("/cart/lines/", {"sku": elsewhere, "count": "1"}, headers={"host": "testserver"})
    assert post("/cart/lines/", {"sku": cup_sku, "via": foreign}).status_code == 303
    [line] = trade_own(get("/cart/"))
    assert line.pick == pick
    there_to = {"name": "张三", "phone": "13800138000", "province": "广东省", "city": "深圳市", "district": "南山区", "detail": "科技路 1 号"}  # fmt: skip
    placed = post(
        "/checkout/", {"line": line.id, "key": "own-1", "expected_minor": "7505", **there_to}
    )
    assert placed.status_code == 303
    [order] = trade.orders_of(cast.carol).items
    assert [part.shop_id for part in trade.pool_parts_of(order.number)] == [shop.id]
    assert order.number in get("/orders/").content.decode()
    assert get(f"/orders/{order.number}/").status_code == 200


def test_a_shops_own_domain_sells_its_picks_and_nothing_else_of_anybody(
    settings: Any,
    internet: Fake,
) -> None:
    settings.SHOP_REVIEW = "companies"
    cast = gather()
    shop, pick, foreign = _picked_twice(cast)
    set_off(shop_id=shop.id, public_id=pick, off_bps=500, actor_id=cast.eve)
    vase = goods.list_goods(
        shop_id=cast.shop.id, title="花瓶", category="家居", body="", skus=[NewSku("", 9900, 5)]
    )
    proved(shop, internet)
    carol = browser(cast.carol)
    get, post = (
        partial(carol.get, headers={"host": HOST}),
        partial(carol.post, headers={"host": HOST}),
    )
    there = f"/goods/{cast.cup.public_id}/"
    assert f"{there}?from=shop&amp;via={pick}" in get("/").content.decode()
    for address in (there, f"{there}?via={foreign}", f"{there}?via={pick}"):
        shown = get(address)
        assert (shown.status_code, shown.context["via"].pick) == (200, pick)
        assert shown.context["card"].price_minor == 7505
        html = shown.content.decode()
        assert (f'name="via" value="{pick}"' in html, f'name="via" value="{foreign}"' in html) == (
            True,
            False,
        )
    assert get(f"{there}reviews/").status_code == 200
    assert [get(path).status_code for path in ("/shop/halfday/", f"/goods/{vase.public_id}/", f"/goods/{vase.public_id}/?via={pick}")] == [404] * 3  # fmt: skip
    vase_sku = goods.goods_detail(vase.public_id).skus[0].code
    assert post("/cart/lines/", {"sku": vase_sku}).status_code == 404
    assert get(f"/checkout/?sku={vase_sku}&count=1").status_code == 404
    _buys_there(cast, shop, pick, foreign, vase_sku)
    pages = pages_of(carol, HOST, 60)
    assert {there, "/cart/"} <= {path.partition("?")[0] for path in pages}
    for path, text in pages.items():
        for word in ("花瓶", "dans", foreign, "藤", "Grapevine"):
            assert word not in text, (path, word)
    drop_pick(shop_id=shop.id, public_id=pick, actor_id=cast.eve)
    assert (get(there).status_code, there in get("/").content.decode()) == (404, False)
    cup_sku = goods.goods_detail(cast.cup.public_id).skus[0].code
    assert post("/cart/lines/", {"sku": cup_sku, "via": pick}).status_code == 404


def trade_own(page: Any) -> list[Any]:
    """The lines of a cart page."""
    return [row.line for shop in page.context["shops"] for row in shop.rows]
