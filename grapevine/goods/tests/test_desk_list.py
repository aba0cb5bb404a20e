"""The desk's list and its changes of many goods: filters, cursor, dry run, undo, and who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from grapevine.goods import facade as goods
from grapevine.goods.actions import batches
from grapevine.goods.actions.schedule import set_schedule, turn_shelves
from grapevine.goods.contracts import (
    BelowCost,
    GoodsNotFound,
    LargePriceChange,
    NewSku,
    ShopCard,
    Want,
)
from grapevine.goods.desking import BatchNotFound, Bulk, DeskFilter, NothingPicked
from grapevine.goods.models import DeskBatch, DeskChange, Goods, Sku, Staff
from grapevine.goods.queries.desk import desk_page
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people

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


def listed(
    shop: ShopCard, title: str, price: int = 1000, stock: int = 10, category: str = "茶"
) -> str:
    card = goods.list_goods(
        shop_id=shop.id, title=title, category=category, body="", skus=[NewSku("", price, stock)]
    )
    return card.public_id


def titles(shop: ShopCard, **wanted: str) -> list[str]:
    return [row.title for row in desk_page(shop.id, DeskFilter(**wanted)).items]


def signed_in(person_id: int) -> Client:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def test_filters_find_exactly_what_they_say(shop: ShopCard) -> None:
    tea, cup, low = (
        listed(shop, "龙井"),
        listed(shop, "粗陶杯", 500, category="家居"),
        listed(shop, "红茶", stock=4),
    )
    goods.set_on_sale(shop_id=shop.id, public_id=cup, on=False)
    set_schedule(
        shop_id=shop.id, public_id=cup, on_from=clock.now() + timedelta(days=1), on_until=None
    )
    goods.set_facts(shop_id=shop.id, public_id=tea, facts=goods_facts("service"))
    Sku.objects.filter(goods__public_id=cup).update(own_code="CUP-1")
    assert titles(shop) == ["红茶", "粗陶杯", "龙井"]
    assert titles(shop, state="on") == ["红茶", "龙井"]
    assert titles(shop, state="off") == titles(shop, state="scheduled") == ["粗陶杯"]
    assert titles(shop, state="low") == ["红茶"]
    assert titles(shop, state="bare") == ["红茶", "粗陶杯", "龙井"]
    assert (
        titles(shop, category="家居")
        == titles(shop, query="CUP-1")
        == titles(shop, query="陶")
        == ["粗陶杯"]
    )
    assert titles(shop, query=low) == ["红茶"]
    assert titles(shop, kind="service") == ["龙井"]
    assert titles(shop, sort="price") == ["粗陶杯", "龙井", "红茶"]
    assert titles(shop, sort="dear") == ["红茶", "龙井", "粗陶杯"]
    assert titles(shop, sort="old") == ["龙井", "粗陶杯", "红茶"]


def goods_facts(kind: str) -> Any:
    from grapevine.goods.contracts import Facts

    return Facts(kind)


@pytest.mark.parametrize("sort", ["new", "old", "price", "dear", "title"])
def test_a_cursor_walks_every_goods_once(shop: ShopCard, sort: str) -> None:
    for n in range(7):
        listed(shop, f"茶{n % 3}", 100 + n % 2)
    whole = titles(shop, sort=sort)
    seen, cursor = [], None
    for _ in range(4):
        page = desk_page(shop.id, DeskFilter(sort=sort), cursor, limit=2)
        seen += [row.public_id for row in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert len(set(seen)) == len(seen) == len(whole) == 7


def test_a_dry_run_changes_nothing_and_a_change_is_undone_with_one_click(
    shop: ShopCard, bob: int
) -> None:
    one, other = listed(shop, "龙井"), listed(shop, "红茶", category="家居")
    bulk = Bulk("category", "家居")
    rows = batches.plan_bulk(shop_id=shop.id, picked=[one, other], bulk=bulk)
    assert [(row.title, row.before, row.after, row.moves) for row in rows] == [
        ("龙井", "茶", "家居", True), ("红茶", "家居", "家居", False),
    ]  # fmt: skip
    assert titles(shop, category="茶") == ["龙井"]
    done = batches.apply_bulk(shop_id=shop.id, picked=[one, other], bulk=bulk, actor_id=bob)
    assert (done.changed, titles(shop, category="家居")) == (1, ["红茶", "龙井"])
    undone = batches.undo_batch(shop_id=shop.id, batch=done.batch)
    assert (undone.back, undone.kept, titles(shop, category="茶")) == (1, (), ["龙井"])
    with pytest.raises(BatchNotFound):
        batches.undo_batch(shop_id=shop.id, batch=done.batch)


def test_undoing_leaves_a_row_that_somebody_changed_since(shop: ShopCard, bob: int) -> None:
    one, other = listed(shop, "龙井"), listed(shop, "红茶")
    done = batches.apply_bulk(
        shop_id=shop.id, picked=[one, other], bulk=Bulk("limit", "3"), actor_id=bob
    )
    goods.set_terms(shop_id=shop.id, public_id=one, limit_per_person=9)
    undone = batches.undo_batch(shop_id=shop.id, batch=done.batch)
    assert (undone.back, undone.kept) == (1, ("龙井",))
    assert dict(Goods.objects.values_list("title", "limit_per_person")) == {"龙井": 9, "红茶": 0}


def test_prices_move_by_percent_with_guardrails_and_go_back(shop: ShopCard, bob: int) -> None:
    one = listed(shop, "龙井", 995)
    code = goods.goods_detail(one).skus[0].code
    goods.set_costs(shop_id=shop.id, costs=[(code, 900)])
    rows = batches.plan_bulk(shop_id=shop.id, picked=[one], bulk=Bulk("price", "-10%"))
    assert [(row.before, row.after) for row in rows] == [("¥9.95", "¥8.96")]
    with pytest.raises(BelowCost):
        batches.apply_bulk(shop_id=shop.id, picked=[one], bulk=Bulk("price", "-10"), actor_id=bob)
    with pytest.raises(LargePriceChange):
        batches.apply_bulk(shop_id=shop.id, picked=[one], bulk=Bulk("price", "31"), actor_id=bob)
    assert goods.sku_by_code(code).price_minor == 995
    assert not DeskBatch.objects.exists()
    done = batches.apply_bulk(
        shop_id=shop.id, picked=[one], bulk=Bulk("price", "12.5"), actor_id=bob
    )
    assert goods.sku_by_code(code).price_minor == 1119
    assert goods.price_batches(shop.id)[0].reason == "+12.5%"
    assert batches.undo_batch(shop_id=shop.id, batch=done.batch).back == 1
    assert goods.sku_by_code(code).price_minor == goods.goods_by_public_id(one).price_minor == 995


@pytest.mark.parametrize(
    "bulk",
    [
        Bulk("price", "-100"),
        Bulk("price", "x"),
        Bulk("limit", "-1"),
        Bulk("nothing"),
        Bulk("category", "长" * 21),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(shop: ShopCard, bob: int, bulk: Bulk) -> None:
    one = listed(shop, "龙井")
    with pytest.raises(BadInput):
        batches.apply_bulk(shop_id=shop.id, picked=[one], bulk=bulk, actor_id=bob)
    assert not DeskBatch.objects.exists()


def test_only_drafts_are_thrown_away_and_they_come_back(shop: ShopCard, bob: int) -> None:
    draft, shown, bought = listed(shop, "草稿"), listed(shop, "在售"), listed(shop, "卖过")
    for public_id in (draft, bought):
        goods.set_on_sale(shop_id=shop.id, public_id=public_id, on=False)
    sku = goods.goods_detail(bought).skus[0]
    goods.hold(wants=[Want("o1", sku.sku_id, 1)], until=clock.now() + timedelta(hours=1))
    done = batches.apply_bulk(
        shop_id=shop.id, picked=[draft, shown, bought], bulk=Bulk("remove"), actor_id=bob
    )
    assert (done.changed, sorted(row.title for row in done.refused)) == (1, ["卖过", "在售"])
    assert titles(shop) == ["卖过", "在售"]
    with pytest.raises(GoodsNotFound):
        goods.goods_by_public_id(draft)
    assert batches.undo_batch(shop_id=shop.id, batch=done.batch).back == 1
    assert titles(shop) == ["卖过", "在售", "草稿"]


def test_another_shops_goods_cannot_be_picked(shop: ShopCard, bob: int) -> None:
    eve = goods.open_shop(owner_id=person("eve"), slug="eves", name="别家", colour="#8d3b1f")
    theirs = listed(eve, "别家的茶")
    with pytest.raises(NothingPicked):
        batches.apply_bulk(shop_id=shop.id, picked=[theirs], bulk=Bulk("off"), actor_id=bob)
    mine = listed(shop, "龙井")
    done = batches.apply_bulk(
        shop_id=shop.id, picked=[mine, theirs], bulk=Bulk("off"), actor_id=bob
    )
    assert done.changed == 1
    assert goods.goods_by_public_id(theirs).on_sale
    with pytest.raises(BatchNotFound):
        batches.undo_batch(shop_id=eve.id, batch=done.batch)


def test_the_clock_puts_goods_on_the_shelf_and_takes_them_off(
    shop: ShopCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, now = listed(shop, "中秋月饼"), clock.now()
    with pytest.raises(BadInput):
        set_schedule(
            shop_id=shop.id, public_id=one, on_from=now - timedelta(minutes=1), on_until=None
        )
    set_schedule(
        shop_id=shop.id,
        public_id=one,
        on_from=now + timedelta(hours=1),
        on_until=now + timedelta(hours=2),
    )
    assert not goods.goods_by_public_id(one).on_sale
    assert turn_shelves() == 0
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=61))
    assert turn_shelves() == 1
    assert goods.goods_by_public_id(one).on_sale
    assert turn_shelves() == 0
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=121))
    assert turn_shelves() == 1
    assert not goods.goods_by_public_id(one).on_sale


def test_a_bulk_change_over_the_page(shop: ShopCard, bob: int) -> None:
    one = listed(shop, "龙井")
    client, address = signed_in(bob), reverse("goods:changes", args=["bobs"])
    said = client.post(address, {"goods": [one], "change": "category", "value-category": "家居"})
    assert said.status_code == 200
    assert "还什么都没有改" in said.content.decode()
    assert titles(shop, category="茶") == ["龙井"]
    sure = {"goods": [one], "change": "category", "value": "家居", "sure": "1"}
    assert client.post(f"{address}?state=on", sure)["Location"] == "/console/bobs/goods/?state=on"
    batch = DeskBatch.objects.get()
    assert DeskChange.objects.get().before == {"category": "茶"}
    client.post(reverse("goods:undo", args=["bobs", batch.public_id]))
    assert titles(shop, category="茶") == ["龙井"]
    assert client.post(address, {"change": "on"}).status_code == 422


def test_doors_by_right(shop: ShopCard) -> None:
    one = listed(shop, "龙井")
    clerk, service, eve = person("clerk"), person("service"), person("eve")
    Staff.objects.create(shop_id=shop.id, person_id=clerk, role="clerk")
    Staff.objects.create(shop_id=shop.id, person_id=service, role="service")
    price = {"goods": [one], "change": "price", "value": "5", "sure": "1"}
    shelf = {"goods": [one], "change": "off", "sure": "1"}
    address = reverse("goods:changes", args=["bobs"])
    for who, may_shelf, may_price in ((clerk, 303, 403), (service, 403, 403), (eve, 404, 404)):
        client = signed_in(who)
        assert client.post(address, price).status_code == may_price
        assert client.post(address, shelf).status_code == may_shelf
        assert client.get(reverse("goods:desk", args=["bobs"])).status_code == (
            200 if may_shelf == 303 else may_shelf
        )
        assert client.get(reverse("goods:table", args=["bobs"])).status_code == (
            200 if may_shelf == 303 else may_shelf
        )
        assert client.get(reverse("goods:imports", args=["bobs"])).status_code == may_price
        assert client.get(reverse("goods:export", args=["bobs", "csv"])).status_code == may_price
    assert goods.goods_by_public_id(one).price_minor == 1000
