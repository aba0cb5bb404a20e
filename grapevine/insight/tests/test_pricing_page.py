"""The pricing desk: suggestions over real orders, guardrails, history and undo; its staff only."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.contracts import (
    BelowCost,
    GoodsNotFound,
    LargePriceChange,
    NewPrice,
    NewSku,
    PriceChangeNotFound,
    ShopCard,
    SkuLine,
)
from grapevine.insight.queries.prices import price_rows
from grapevine.insight.tests.test_pricing import sold
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder

pytestmark = pytest.mark.django_db


def person(name: str) -> int:
    return people.sign_up(
        identifier=f"{name}@example.com", password="vine-and-grape-7", name=name.title()
    )


@pytest.fixture
def bob() -> int:
    return person("bob")


@pytest.fixture
def shop(bob: int) -> ShopCard:
    return goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f")


@pytest.fixture
def cup(shop: ShopCard) -> SkuLine:
    card = goods.list_goods(
        shop_id=shop.id, title="粗陶杯", category="家居", body="",
        skus=[NewSku("大", 10_000, 50), NewSku("小", 8_000, 50)],
    )  # fmt: skip
    return goods.goods_detail(card.public_id).skus[0]


def prices(cup: SkuLine) -> list[int]:
    return [line.price_minor for line in goods.goods_detail(cup.goods_public_id).skus]


def card_price(cup: SkuLine) -> int:
    return goods.goods_by_public_id(cup.goods_public_id).price_minor


def change(
    shop: ShopCard,
    code: str,
    price_minor: int,
    *,
    below_cost_ok: bool = False,
    large_ok: bool = False,
) -> str:
    return goods.change_prices(
        shop_id=shop.id, prices=[NewPrice(code, price_minor)], below_cost_ok=below_cost_ok,
        large_ok=large_ok,
    )  # fmt: skip


def test_a_year_of_orders_gives_the_price_that_earns_most(shop: ShopCard, cup: SkuLine) -> None:
    alice, end = person("alice"), clock.today_start()
    days = sold(2.5, seed=5, days=200, per_day=10.0)
    trade.import_paid_orders(
        [
            ImportedOrder(
                alice, shop.id, cup.sku_id, cup.goods_id, day.pieces, day.price_minor, "received",
                end - timedelta(days=200 - n) + timedelta(hours=12), goods_public_id=cup.goods_public_id,
            )
            for n, day in enumerate(days)
            if day.pieces
        ]
    )  # fmt: skip
    goods.set_costs(shop_id=shop.id, costs=[(cup.code, 6_000)])
    first, second = price_rows(shop.id)
    assert (first.sku.code, first.suggestion.kind) == (cup.code, "demand")
    assert first.suggestion.price_minor == pytest.approx(10_000, rel=0.1)
    assert second.suggestion.kind == "needs_changes"


def test_prices_change_together_or_not_at_all_and_come_back(shop: ShopCard, cup: SkuLine) -> None:
    small = goods.goods_detail(cup.goods_public_id).skus[1]
    wanted = [NewPrice(cup.code, 11_000), NewPrice(small.code, 7_500)]
    with pytest.raises(GoodsNotFound):
        goods.change_prices(shop_id=shop.id, prices=[*wanted, NewPrice("nothing", 1)])
    assert prices(cup) == [10_000, 8_000]
    batch = goods.change_prices(shop_id=shop.id, prices=wanted, reason="换季")
    assert (prices(cup), card_price(cup)) == ([11_000, 7_500], 7_500)
    (told,) = goods.price_batches(shop.id)
    assert (told.batch, told.reason, [one[3:] for one in told.changes]) == (
        batch, "换季", [(10_000, 11_000), (8_000, 7_500)],
    )  # fmt: skip
    change(shop, cup.code, 12_000)
    assert goods.undo_prices(shop_id=shop.id, batch=batch) == 1
    assert (prices(cup), card_price(cup)) == ([12_000, 8_000], 8_000)
    for batch_again in (batch, "nothing"):
        with pytest.raises(PriceChangeNotFound):
            goods.undo_prices(shop_id=shop.id, batch=batch_again)
    with pytest.raises(PriceChangeNotFound):
        goods.undo_prices(shop_id=shop.id + 1, batch=goods.price_batches(shop.id)[0].batch)


def test_below_cost_and_large_steps_must_be_meant(shop: ShopCard, cup: SkuLine) -> None:
    goods.set_costs(shop_id=shop.id, costs=[(cup.code, 9_000)])
    with pytest.raises(BelowCost) as refused:
        change(shop, cup.code, 8_999)
    assert refused.value.params["which"] == "粗陶杯 大"
    for price_minor in (6_999, 13_001):
        with pytest.raises(LargePriceChange):
            change(shop, cup.code, price_minor, below_cost_ok=True)
    assert prices(cup) == [10_000, 8_000]
    assert change(shop, cup.code, 13_000)
    assert change(shop, cup.code, 5_000, below_cost_ok=True, large_ok=True)
    assert prices(cup) == [5_000, 8_000]
    assert change(shop, cup.code, 5_000, below_cost_ok=True) == ""


@pytest.mark.parametrize("price_minor", [0, -1, 10**15])
def test_a_price_that_cannot_be_is_refused(shop: ShopCard, cup: SkuLine, price_minor: int) -> None:
    with pytest.raises(BadInput):
        change(shop, cup.code, price_minor, large_ok=True)
    with pytest.raises(BadInput):
        goods.change_prices(shop_id=shop.id, prices=[])
    with pytest.raises(BadInput):
        goods.set_costs(shop_id=shop.id, costs=[(cup.code, -1)])
    assert goods.price_batches(shop.id) == []


def test_editing_goods_keeps_the_history_too(shop: ShopCard, cup: SkuLine) -> None:
    goods.edit_goods(
        shop_id=shop.id, public_id=cup.goods_public_id, title="粗陶杯", category="家居", body="",
        skus=[(cup.code, NewSku("大", 9_500, 50))],
    )  # fmt: skip
    (told,) = goods.price_batches(shop.id)
    assert [one[3:] for one in told.changes] == [(10_000, 9_500)]


@pytest.mark.usefixtures("cup")
def test_comparable_goods_give_the_middle_half(shop: ShopCard) -> None:
    other = goods.open_shop(owner_id=person("carol"), slug="carols", name="山茶", colour="#3b8d1f")
    for price_minor in (4_000, 6_000, 8_000, 10_000, 12_000):
        goods.list_goods(
            shop_id=other.id,
            title="杯",
            category="家居",
            body="",
            skus=[NewSku("", price_minor, 1)],
        )
    assert price_rows(shop.id)[0].sku.others_minor == (5_000, 8_000, 11_000)


def desk(person_id: int) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(pk=person_id))
    return client


ADDRESS = "/console/bobs/pricing/"


def test_the_desk_asks_before_it_loses_money(bob: int, shop: ShopCard, cup: SkuLine) -> None:
    client = desk(bob)
    assert client.post(ADDRESS, {"save": "costs", f"cost-{cup.code}": "90"}).status_code == 303
    assert "粗陶杯" in client.get(ADDRESS).content.decode()
    wanted = {"sku": cup.code, f"price-{cup.code}": "80.50", "reason": "清仓"}
    refused = client.post(ADDRESS, wanted)
    assert (refused.status_code, prices(cup)[0]) == (409, 10_000)
    assert 'name="below_cost_ok"' in refused.content.decode()
    assert 'value="80.50"' in refused.content.decode()
    assert client.post(ADDRESS, {**wanted, "below_cost_ok": "1"}).status_code == 303
    assert prices(cup)[0] == 8_050
    batch = goods.price_batches(shop.id)[0].batch
    assert client.post(f"{ADDRESS}{batch}/undoing/").status_code == 303
    assert prices(cup)[0] == 10_000
    for rubbish in ("", "abc", "1.234", "NaN", "1e99"):
        assert (
            client.post(ADDRESS, {"sku": cup.code, f"price-{cup.code}": rubbish}).status_code == 422
        )
    large = client.post(ADDRESS, {"sku": cup.code, f"price-{cup.code}": "900"})
    assert 'name="large_ok"' in large.content.decode()
    assert prices(cup)[0] == 10_000


@pytest.mark.usefixtures("cup")
def test_nobody_else_has_a_desk(shop: ShopCard) -> None:
    assert shop.slug == "bobs"
    eve = desk(person("eve"))
    assert eve.get(ADDRESS).status_code == 404
    assert eve.post(ADDRESS, {"save": "costs"}).status_code == 404
    assert eve.post(f"{ADDRESS}x/undoing/").status_code == 404
    assert Client().get(ADDRESS).status_code == 302


def test_prices_over_the_api(bob: int, shop: ShopCard, cup: SkuLine) -> None:
    assert shop.slug == "bobs"
    token = people.issue_token(bob, "test")
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def call(method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        answer = client.generic(
            method, f"/api/v1/shops/bobs/{path}", json.dumps(body), content_type="application/json"
        )
        return answer.status_code, answer.json()

    assert call("PUT", "costs", {"costs": [{"sku": cup.code, "cost_minor": 9_000}]}) == (200, {"costs": 1})  # fmt: skip
    first = call("GET", "prices")[1]["items"][0]
    assert (first["sku"], first["cost_minor"], first["suggestion"]) == (cup.code, 9_000, "needs_changes")  # fmt: skip
    wanted = {"prices": [{"sku": cup.code, "price_minor": 8_000}]}
    status, refused = call("POST", "price-changes", wanted)
    assert (status, refused["code"], prices(cup)[0]) == (409, "goods.below_cost", 10_000)
    status, made = call("POST", "price-changes", {**wanted, "below_cost_ok": True})
    assert (status, prices(cup)[0]) == (201, 8_000)
    history = call("GET", "price-changes")[1]["items"]
    assert [(one["batch"], one["is_undone"]) for one in history] == [(made["batch"], False)]
    assert call("POST", f"price-changes/{made['batch']}/undoing", {}) == (200, {"undone": 1})
    assert prices(cup)[0] == 10_000
    eve = Client(headers={"Authorization": f"Bearer {people.issue_token(person('eve'), 'test')}"})
    assert eve.get("/api/v1/shops/bobs/prices").status_code == 404
