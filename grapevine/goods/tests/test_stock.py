"""The only counter: all or nothing, never below zero, every hold ends exactly once."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings, strategies as st
from hypothesis.extra.django import TestCase

from grapevine.goods import facade as goods
from grapevine.goods.contracts import (
    GoodsNotFound,
    NewSku,
    OutOfStock,
    Right,
    ShopNotFound,
    SlugTaken,
    Want,
)
from grapevine.goods.models import Stock, StockMovement
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people

pytestmark = pytest.mark.django_db


def owner(email: str = "bob@example.com") -> int:
    return people.sign_up(identifier=email, password="vine-and-grape-7", name="Bob")


def shelf(stocks: tuple[int, ...] = (5, 1)) -> tuple[int, list[int], str]:
    """A shop with one piece of goods; returns (shop id, sku ids, public id)."""
    shop = goods.open_shop(owner_id=owner(), slug="tea-house", name="茶舍", colour="#1d5a41")
    skus = [NewSku(f"option {n}", 900, stock) for n, stock in enumerate(stocks)]
    card = goods.list_goods(shop_id=shop.id, title="龙井", category="茶", body="", skus=skus)
    lines = goods.goods_detail(card.public_id).skus
    return shop.id, [line.sku_id for line in lines], card.public_id


def counters(sku_id: int) -> tuple[int, int, int]:
    rows = list(Stock.objects.filter(sku_id=sku_id))
    return sum(r.free for r in rows), sum(r.held for r in rows), sum(r.sold for r in rows)


def hold(sku_id: int, count: int, reference: str = "A1") -> None:
    until = clock.now() + timedelta(minutes=15)
    with transaction.atomic():
        goods.hold(wants=[Want(reference, sku_id, count)], until=until)


def test_a_hold_moves_pieces_and_a_sale_ends_it() -> None:
    _, (sku, _), _ = shelf()
    hold(sku, 2)
    assert counters(sku) == (3, 2, 0)
    assert goods.sell(["A1"]) == {"A1"}
    assert counters(sku) == (3, 0, 2)
    assert goods.sell(["A1"]) == set()
    assert goods.release(["A1"]) == set()
    assert counters(sku) == (3, 0, 2)


def test_a_hold_is_whole_or_nothing() -> None:
    _, (first, second), _ = shelf()
    with pytest.raises(OutOfStock), transaction.atomic():
        goods.hold(wants=[Want("A1", first, 1), Want("A1", second, 2)], until=clock.now())
    assert (counters(first), counters(second)) == ((5, 0, 0), (1, 0, 0))
    assert not goods.release(["A1"])


def test_a_released_hold_is_free_again_once() -> None:
    _, (sku, _), _ = shelf()
    hold(sku, 5)
    with pytest.raises(OutOfStock):
        hold(sku, 1, "A2")
    assert goods.release(["A1"]) == {"A1"}
    assert goods.release(["A1"]) == set()
    assert counters(sku) == (5, 0, 0)


def test_a_refund_before_shipping_puts_sold_pieces_back_once() -> None:
    _, (sku, _), _ = shelf()
    hold(sku, 2)
    assert goods.restock(["A1"]) == set()
    goods.sell(["A1"])
    assert goods.restock(["A1"]) == {"A1"}
    assert goods.restock(["A1"]) == set()
    assert counters(sku) == (5, 0, 0)


def test_what_nobody_paid_for_in_time_comes_back() -> None:
    _, (sku, _), _ = shelf()
    hold(sku, 2)
    assert goods.expire_holds() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert goods.expire_holds() == 1
        assert goods.expire_holds() == 0
    assert counters(sku) == (5, 0, 0)
    assert goods.sell(["A1"]) == set()


def test_stock_is_adjusted_while_selling_and_never_below_what_is_free() -> None:
    _, (sku, _), _ = shelf()
    hold(sku, 4)
    with pytest.raises(BadInput):
        goods.adjust(sku_id=sku, change=-2)
    goods.adjust(sku_id=sku, change=3)
    assert counters(sku) == (4, 4, 0)


def test_the_journal_tells_of_every_move() -> None:
    _, (sku, _), _ = shelf()
    hold(sku, 2)
    goods.sell(["A1"])
    goods.restock(["A1"])
    hold(sku, 1, "A2")
    goods.release(["A2"])
    rows = StockMovement.objects.filter(sku_id=sku).exclude(reference="").order_by("id")
    assert list(rows.values_list("reference", "reason", "free", "held", "sold")) == [
        ("A1", "hold", -2, 2, 0),
        ("A1", "sold", 0, -2, 2),
        ("A1", "returned", 2, 0, -2),
        ("A2", "hold", -1, 1, 0),
        ("A2", "released", 1, -1, 0),
    ]


def test_rows_are_taken_in_ascending_order_whatever_the_cart_says() -> None:
    """Else two carts with the same goods could wait for each other."""
    _, (first, second), _ = shelf()
    wants = [Want("A1", second, 1), Want("A1", first, 1)]
    with CaptureQueriesContext(connection) as ran, transaction.atomic():
        goods.hold(wants=wants, until=clock.now())
    texts = [query["sql"] for query in ran if "UPDATE goods_stock SET" in query["sql"]]
    taken = [int(re.findall(r"WHERE id = (\d+)", text)[0]) for text in texts]
    rows = Stock.objects.filter(sku_id__in=[first, second]).order_by("sku_id")
    assert taken == list(rows.values_list("pk", flat=True))


def test_the_database_refuses_a_counter_below_zero() -> None:
    _, (sku, _), _ = shelf()
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.filter(sku_id=sku).update(free=-1)


class AnyPlan(TestCase):
    @settings(deadline=None)  # a busy machine is not a lost piece
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["hold", "sell", "release", "restock"]),
                st.integers(1, 3),
                st.integers(0, 4),
            ),
            max_size=25,
        )
    )
    def test_received_is_free_and_held_and_sold(self, plan: list[tuple[str, int, int]]) -> None:
        """Whatever is tried in whatever order: nothing is lost, and the journal tells the counters."""
        _, (sku, _), _ = shelf()
        for number, (verb, count, which) in enumerate(plan):
            if verb == "hold":
                try:
                    hold(sku, count, f"A{number}")
                except OutOfStock:
                    continue
            else:
                getattr(goods, verb)([f"A{which}"])
        assert sum(counters(sku)) == 5
        sums = StockMovement.objects.filter(sku_id=sku).aggregate(
            Sum("free"), Sum("held"), Sum("sold")
        )
        assert (sums["free__sum"], sums["held__sum"], sums["sold__sum"]) == counters(sku)


def test_a_shop_is_its_staffs_alone() -> None:
    shelf()
    stranger = owner("eve@example.com")
    with pytest.raises(ShopNotFound):
        goods.shop_for_staff(stranger, "tea-house", Right.TODAY)
    with pytest.raises(SlugTaken):
        goods.open_shop(owner_id=stranger, slug="tea-house", name="另一家", colour="#1d5a41")
    assert goods.shops_of(stranger) == []


@pytest.mark.parametrize(
    "wrong",
    [{"slug": "A!"}, {"slug": "console"}, {"name": ""}, {"colour": "red"}, {"bio": "x" * 201}],
)
def test_a_shop_with_a_wrong_fact_is_refused(wrong: dict[str, str]) -> None:
    facts: dict[str, Any] = {"slug": "tea-house", "name": "茶舍", "colour": "#1d5a41", "bio": ""}
    facts |= wrong
    with pytest.raises(BadInput) as refused:
        goods.open_shop(owner_id=owner(), **facts)
    assert set(refused.value.fields) == set(wrong)
    assert goods.shops_page().items == []


def test_goods_off_the_shelf_stay_in_history_and_leave_the_shop() -> None:
    shop_id, _, public_id = shelf()
    goods.set_on_sale(shop_id=shop_id, public_id=public_id, on=False)
    assert goods.goods_by_public_id(public_id).on_sale is False
    assert goods.goods_of_shop(shop_id).items == []
    with pytest.raises(GoodsNotFound):
        goods.set_on_sale(shop_id=shop_id + 1, public_id=public_id, on=True)


def test_goods_and_shop_have_pages_and_a_stranger_no_desk(client: Client) -> None:
    _, _, public_id = shelf()
    page = client.get(f"/goods/{public_id}/?from=note:abc")
    assert page.status_code == 200
    assert "龙井" in page.content.decode()
    assert client.get("/shop/tea-house/").status_code == 200
    owner("eve@example.com")
    client.post("/signin/", {"identifier": "eve@example.com", "password": "vine-and-grape-7"})
    for path in (
        "",
        "goods/",
        "goods/new/",
        f"goods/{public_id}/",
        "orders/",
        "tree/",
        "cube/",
        "fans/",
        "groups/",
    ):
        assert client.get(f"/console/tea-house/{path}").status_code == 404, path
    assert (
        client.post(f"/console/tea-house/goods/{public_id}/shelf/", {"on": "0"}).status_code == 404
    )
    assert goods.goods_by_public_id(public_id).on_sale is True


def test_the_owner_lists_and_edits_goods_at_the_desk(client: Client) -> None:
    shelf()
    client.post("/signin/", {"identifier": "bob@example.com", "password": "vine-and-grape-7"})
    form = {
        "title": "新茶",
        "category": "茶",
        "body": "春天",
        "code": "",
        "option": "一两",
        "price": "59.9",
        "stock": "3",
    }
    made = client.post("/console/tea-house/goods/new/", form)
    assert made.status_code == 303
    public_id = made["Location"].split("/")[-2]
    (sku,) = goods.goods_detail(public_id).skus
    assert (sku.option, sku.price_minor, sku.free) == ("一两", 5990, 3)
    edited = client.post(
        made["Location"], {**form, "title": "新茶二", "code": sku.code, "stock": "7"}
    )
    assert edited.status_code == 303
    (again,) = goods.goods_detail(public_id).skus
    assert (again.code, again.free, again.title) == (sku.code, 7, "新茶二")
    refused = client.post(made["Location"], {**form, "code": sku.code, "price": "-1"})
    assert refused.status_code == 422
    assert goods.goods_detail(public_id).skus[0].price_minor == 5990
