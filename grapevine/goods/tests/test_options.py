"""The sheet: values of axes, what is missing, what is sold out."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsDetail, NewSku, SkuLine
from grapevine.goods.rules.options import choice, parts_of, resolve
from grapevine.people import facade as people


def line(option: str, free: int = 5, price_minor: int = 6900) -> SkuLine:
    return SkuLine(
        sku_id=1, code=option, goods_id=1, goods_public_id="g", title="杯", option=option,
        price_minor=price_minor, currency="CNY", free=free, shop_id=1, shop_name="半日",
        cover=None, on_sale=True,
    )  # fmt: skip


MUGS = [line("赤陶 / 小"), line("赤陶 / 大", 0), line("苔绿 / 小", 3), line("紫 / 小", 0), line("紫 / 大", 0)]  # fmt: skip
AXES = ("釉色", "容量")


def states(picks: list[str]) -> dict[str, str]:
    found = choice(MUGS, axes=AXES, picks=picks)
    return {value.name: value.state for axis in found.axes for value in axis.values}


def test_nothing_is_picked_at_first_and_what_has_no_stock_at_all_is_grey() -> None:
    found = choice(MUGS, axes=AXES, picks=[])
    assert [axis.name for axis in found.missing] == ["釉色", "容量"]
    assert (found.state, found.sku, found.picked) == ("incomplete", None, "")
    assert states([]) == {"赤陶": "free", "苔绿": "free", "紫": "out", "小": "free", "大": "out"}


@pytest.mark.parametrize(
    ("picks", "state", "code"),
    [
        (["赤陶"], "incomplete", None), (["赤陶", "小"], "free", "赤陶 / 小"), (["赤陶", "大"], "out", "赤陶 / 大"),
        (["苔绿", "大"], "none", None), (["蓝", "小"], "incomplete", None), (["紫", "小", "x", "y"], "out", "紫 / 小"),
    ],
)  # fmt: skip
def test_every_combination_has_a_state(picks: list[str], state: str, code: str | None) -> None:
    found = choice(MUGS, axes=AXES, picks=picks)
    assert found.state == state
    assert (found.sku.code if found.sku else None) == code
    made = resolve(MUGS, picks)
    assert (made.code if made else None) == code


def test_a_pick_greys_what_does_not_go_with_it_but_leaves_it_to_be_chosen() -> None:
    assert states(["苔绿"]) == {"赤陶": "free", "苔绿": "free", "紫": "out", "小": "free", "大": "none"}  # fmt: skip
    assert states(["", "大"]) == {"赤陶": "out", "苔绿": "none", "紫": "out", "小": "free", "大": "out"}  # fmt: skip


def test_options_that_make_no_grid_are_one_axis() -> None:
    assert parts_of([line("小"), line("大 / 礼盒")]) == [("小",), ("大 / 礼盒",)]
    assert parts_of([line("a / b / c / d / e")]) == [("a / b / c / d / e",)]
    assert [axis.name for axis in choice([line("小"), line("大")], axes=(), picks=[]).axes] == [""]


def test_a_lone_sku_is_picked_by_itself_unless_it_is_sold_out() -> None:
    assert choice([line("")], axes=(), picks=[]).state == "free"
    assert choice([line("", 0)], axes=(), picks=[]).state == "incomplete"
    assert choice([line("默认", 0)], axes=(), picks=["默认"]).state == "out"
    assert choice([], axes=(), picks=[]).sku is None


@pytest.fixture
def mug() -> GoodsDetail:
    owner = people.sign_up(identifier="bob@example.com", password="vine-and-grape-7", name="Bob")
    shop = goods.open_shop(owner_id=owner, slug="bobs", name="半日", colour="#8d3b1f", bio="")
    skus = [
        NewSku("赤陶 / 小", 6900, 5), NewSku("赤陶 / 大", 7900, 0), NewSku("苔绿 / 小", 6900, 3),
    ]  # fmt: skip
    card = goods.list_goods(
        shop_id=shop.id, title="马克杯", category="家居", body="", skus=skus, axes="釉色 / 容量"
    )
    goods.set_terms(shop_id=shop.id, public_id=card.public_id, limit_per_person=2)
    return goods.goods_detail(card.public_id)


def body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


@pytest.mark.django_db
def test_goods_keep_the_names_of_their_axes(mug: GoodsDetail) -> None:
    assert mug.axes == ("釉色", "容量")
    assert goods.sku_code_of(mug.card.public_id, ["苔绿", "小"]) == mug.skus[2].code
    assert goods.sku_code_of(mug.card.public_id, ["苔绿", "大"]) == ""
    made = goods.sheet(mug, QueryDict("pick-0=赤陶&pick-1=小&count=9"))
    assert (made.choice.state, made.low_minor, made.high_minor, made.limit, made.most, made.count) == ("free", 6900, 7900, 2, 2, "9")  # fmt: skip


@pytest.mark.django_db
def test_the_sheet_says_what_is_missing_sold_out_or_not_there(
    mug: GoodsDetail, client: Client
) -> None:
    there = f"/goods/{mug.card.public_id}/"
    page = body(client.get(there))
    assert "请选择 釉色 · 容量" in page
    assert "¥69–¥79" in page
    assert 'value="赤陶" checked' not in page
    assert page.count('role="alert"') == 0
    asked = body(client.get(f"{there}?pick-0=赤陶&asked=1"))
    assert "还差一步：请选择 容量" in asked
    assert 'value="赤陶" checked' in asked
    assert "这个组合卖完了" in body(client.get(f"{there}?pick-0=赤陶&pick-1=大"))
    assert "没有这个组合" in body(client.get(f"{there}?pick-0=苔绿&pick-1=大"))
    chosen = body(client.get(f"{there}?pick-0=赤陶&pick-1=小"))
    assert "已选 赤陶 / 小" in chosen
    assert "库存 5 件" in chosen
    assert "每人限购 2 件" in chosen


@pytest.mark.django_db
def test_the_desk_names_axes_and_a_picture_for_each_option(mug: GoodsDetail) -> None:
    from django.contrib.auth import get_user_model

    desk = Client()
    desk.force_login(get_user_model().objects.get())
    there = f"/console/bobs/goods/{mug.card.public_id}/"
    assert 'value="釉色 / 容量"' in body(desk.get(there))
    form = {
        "title": "马克杯", "category": "家居", "body": "", "axes": "颜色 / 大小",
        "code": [sku.code for sku in mug.skus], "option": ["红 / 小", "红 / 大", "绿 / 小"],
        "price": ["69", "79", "69"], "stock": ["5", "0", "3"], "picture": ["", "2", "x"],
    }  # fmt: skip
    assert desk.post(there, form).status_code == 303
    again = goods.goods_detail(mug.card.public_id)
    assert again.axes == ("颜色", "大小")
    assert [sku.has_own_picture for sku in again.skus] == [False, False, False]
    assert "太长了" in body(desk.post(there, form | {"axes": "轴" * 61}), 422)
