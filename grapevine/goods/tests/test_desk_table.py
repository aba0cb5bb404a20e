"""Typing in the table: rows whole or not at all, conflicts, stock by difference, undo, over the page."""

from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given, strategies as st

from grapevine.goods import facade as goods
from grapevine.goods.actions import batches
from grapevine.goods.actions.table import save_table
from grapevine.goods.contracts import NewSku, ShopCard
from grapevine.goods.desking import DeskFilter, RowEdit, TableRow
from grapevine.goods.models import DeskBatch, Goods, Sku, Staff, Stock
from grapevine.goods.queries.desk import table_page
from grapevine.goods.rules import table as rules
from grapevine.goods.tests.test_desk_list import person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob() -> int:
    return person("bob")


@pytest.fixture
def shop(bob: int) -> ShopCard:
    return goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f")


@pytest.fixture
def rows(shop: ShopCard) -> list[TableRow]:
    goods.list_goods(
        shop_id=shop.id, title="粗陶杯", category="家居", body="正文", axes="釉色",
        skus=[NewSku("雾蓝", 8900, 5), NewSku("赤陶", 9900, 3)],
    )  # fmt: skip
    goods.list_goods(
        shop_id=shop.id, title="龙井", category="茶", body="", skus=[NewSku("", 1200, 9)]
    )
    return table(shop)


def table(shop: ShopCard) -> list[TableRow]:
    return list(table_page(shop.id, DeskFilter()).items)


def place(row: TableRow) -> int:
    return next(iter(row.stock))


def test_rows_come_goods_by_goods(rows: list[TableRow]) -> None:
    assert [(row.title, row.option, row.price_minor, sum(row.stock.values())) for row in rows] == [
        ("龙井", "", 1200, 9), ("粗陶杯", "雾蓝", 8900, 5), ("粗陶杯", "赤陶", 9900, 3),
    ]  # fmt: skip


def test_what_is_typed_is_saved_and_undone(shop: ShopCard, bob: int, rows: list[TableRow]) -> None:
    tea, blue, _ = rows
    saved = save_table(
        shop_id=shop.id, actor_id=bob,
        edits=[
            RowEdit(tea.code, tea.seen, {"title": "明前龙井", "price": "13.5", "cost": "8", "grams": "50", "own_code": "T-1", "limit": "2"},
                    [(place(tea), "9", "12")]),
            RowEdit(blue.code, blue.seen, {"title": "粗陶杯", "price": "89.00"}),
        ],
    )  # fmt: skip
    assert (saved.rows, saved.wrong) == (1, {})
    sku = Sku.objects.get(code=tea.code)
    assert (
        sku.goods.title,
        sku.price_minor,
        sku.cost_minor,
        sku.grams,
        sku.own_code,
        sku.goods.limit_per_person,
    ) == ("明前龙井", 1350, 800, 50, "T-1", 2)
    assert goods.sku_by_code(tea.code).free == 12
    assert batches.undo_batch(shop_id=shop.id, batch=saved.batch).back == 1
    assert table(shop) == rows


def test_a_wrong_row_is_not_saved_at_all_and_the_others_are(
    shop: ShopCard, bob: int, rows: list[TableRow]
) -> None:
    tea, blue, red = rows
    saved = save_table(
        shop_id=shop.id, actor_id=bob,
        edits=[
            RowEdit(tea.code, tea.seen, {"title": "", "price": "13"}, [(place(tea), "9", "-1")]),
            RowEdit(blue.code, blue.seen, {"price": "90"}),
            RowEdit(red.code, red.seen, {"price": "10"}, [(place(red), "3", "8")]),
        ],
    )  # fmt: skip
    assert saved.rows == 1
    assert {code: sorted(errors) for code, errors in saved.wrong.items()} == {
        tea.code: [f"stock-{place(tea)}", "title"], red.code: ["price"],
    }  # fmt: skip
    assert [(row.price_minor, sum(row.stock.values())) for row in table(shop)] == [
        (1200, 9),
        (9000, 5),
        (9900, 3),
    ]


def test_a_row_that_somebody_changed_meanwhile_is_refused(
    shop: ShopCard, bob: int, rows: list[TableRow]
) -> None:
    tea = rows[0]
    first = save_table(
        shop_id=shop.id, actor_id=bob, edits=[RowEdit(tea.code, tea.seen, {"price": "13"})]
    )
    second = save_table(
        shop_id=shop.id, actor_id=bob, edits=[RowEdit(tea.code, tea.seen, {"price": "14"})]
    )
    assert (first.rows, second.rows, list(second.wrong)) == (1, 0, [tea.code])
    assert goods.sku_by_code(tea.code).price_minor == 1300


def test_stock_moves_by_the_difference_so_sales_meanwhile_count(
    shop: ShopCard, bob: int, rows: list[TableRow]
) -> None:
    tea = rows[0]
    goods.adjust(sku_id=tea.sku_id, change=-4)
    edit = RowEdit(tea.code, tea.seen, {}, [(place(tea), "9", "11")])
    assert save_table(shop_id=shop.id, actor_id=bob, edits=[edit]).rows == 1
    assert goods.sku_by_code(tea.code).free == 7
    less = RowEdit(tea.code, tea.seen, {"price": "12.5"}, [(place(tea), "9", "0")])
    refused = save_table(shop_id=shop.id, actor_id=bob, edits=[less])
    assert (refused.rows, list(refused.wrong[tea.code])) == (0, ["stock"])
    assert (goods.sku_by_code(tea.code).free, goods.sku_by_code(tea.code).price_minor) == (7, 1200)


def test_another_shops_rows_and_places_are_refused(
    shop: ShopCard, bob: int, rows: list[TableRow]
) -> None:
    eve = goods.open_shop(owner_id=person("eve"), slug="eves", name="别家", colour="#8d3b1f")
    tea = rows[0]
    saved = save_table(
        shop_id=eve.id, actor_id=bob, edits=[RowEdit(tea.code, tea.seen, {"price": "13"})]
    )
    assert (saved.rows, list(saved.wrong)) == (0, [tea.code])
    theirs = goods.warehouses(eve.id)[0].id
    saved = save_table(
        shop_id=shop.id, actor_id=bob, edits=[RowEdit(tea.code, tea.seen, {}, [(theirs, "0", "5")])]
    )
    assert (saved.rows, list(saved.wrong)) == (0, [tea.code])
    assert table(shop) == rows
    assert not DeskBatch.objects.exists()


def form(rows: list[TableRow], **typed: str) -> dict[str, Any]:
    data: dict[str, Any] = {"sku": [row.code for row in rows], "place": [str(place(rows[0]))]}
    for row in rows:
        data[f"seen-{row.code}"] = row.seen
        data[f"price-{row.code}"] = rules.yuan(row.price_minor)
        data[f"was-{place(row)}-{row.code}"] = data[f"stock-{place(row)}-{row.code}"] = str(
            row.stock[place(row)]
        )
    return data | typed


def test_the_page_saves_and_shows_what_is_wrong_in_its_place(
    shop: ShopCard, bob: int, rows: list[TableRow]
) -> None:
    client, address = signed_in(bob), reverse("goods:table", args=["bobs"])
    page = client.get(address).content.decode()
    assert page.count('name="sku"') == 3
    assert page.count('name="title-') == 2
    tea, blue, _ = rows
    answer = client.post(
        address, form(rows, **{f"price-{tea.code}": "13", f"price-{blue.code}": "abc"})
    )
    assert answer.status_code == 422
    assert f'name="price-{blue.code}" value="abc"' in answer.content.decode()
    assert [row.price_minor for row in table(shop)] == [1300, 8900, 9900]
    large = form(table(shop), **{f"price-{tea.code}": "26"})
    assert "勾选确认" in client.post(address, large).content.decode()
    assert client.post(address, large | {"confirmed": "1"}).status_code == 303
    assert table(shop)[0].price_minor == 2600


def test_prices_are_not_for_everybody(shop: ShopCard, rows: list[TableRow]) -> None:
    clerk = person("clerk")
    Staff.objects.create(shop_id=shop.id, person_id=clerk, role="clerk")
    client, address = signed_in(clerk), reverse("goods:table", args=["bobs"])
    assert 'name="price-' not in client.get(address).content.decode()
    assert client.post(address, form(rows, **{f"price-{rows[0].code}": "13"})).status_code == 403
    assert table(shop) == rows


def test_a_page_of_the_table_costs_the_same_for_many_rows(
    shop: ShopCard, rows: list[TableRow], django_assert_num_queries: Any
) -> None:
    assert len(rows) == 3
    with django_assert_num_queries(2):
        table(shop)
    for n in range(9):
        goods.list_goods(
            shop_id=shop.id, title=f"茶{n}", category="茶", body="", skus=[NewSku("", 100, 1)]
        )
    with django_assert_num_queries(2):
        assert len(table(shop)) == 12
    assert (Goods.objects.count(), Stock.objects.count()) == (11, 12)


@given(st.integers(0, 10**9))
def test_an_amount_typed_as_shown_is_the_same(minor: int) -> None:
    assert rules.minor(rules.yuan(minor)) == minor


@pytest.mark.parametrize("text", ["", "1.234", "1e9999", "NaN", "一", "1,000", "inf"])
def test_what_is_no_amount(text: str) -> None:
    assert rules.minor(text) is None
