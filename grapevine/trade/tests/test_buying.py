"""Sheet, cart and checkout over HTTP, without a script: every step is a form."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, ShippingZone, SkuLine
from grapevine.trade.contracts import Offer, OfferKind, OfferRequest
from grapevine.trade.models import Address, CartRow, InvoiceRequest, Line, Order, Payment
from grapevine.trade.tests.cast import Cast, free, gather
from grapevine.trade.tests.test_pages import ADDRESS, body, browser, hidden

pytestmark = pytest.mark.django_db
COMPANY = {"invoice_kind": "company", "invoice_title": "深圳甲公司", "tax_id": "91350100M000100Y43"}


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def alice(cast: Cast) -> Client:
    return browser(cast.alice)


@pytest.fixture
def coupons(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> list[Offer]:
    """Three coupons of Bob's shop and the platform, one of them out of reach; a test may change the list."""
    held = [
        Offer(OfferKind.SHOP_COUPON, "满 60 减 5", "t.coupon:a", shop_id=cast.bobs.id, threshold_minor=6000, tiers=((6000, 500),)),
        Offer(OfferKind.SHOP_COUPON, "满 50 减 2", "t.coupon:b", shop_id=cast.bobs.id, threshold_minor=5000, tiers=((5000, 200),)),
        Offer(OfferKind.PLATFORM_COUPON, "满 500 减 99", "t.coupon:c", threshold_minor=50000, tiers=((50000, 9900),)),
    ]  # fmt: skip

    def offerer(_request: OfferRequest) -> list[Offer]:
        return held

    monkeypatch.setattr("grapevine.trade.ports._offerers", [offerer])
    return held


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def put(alice: Client, *codes: str) -> None:
    for code in codes:
        assert alice.post("/cart/lines/", {"sku": code, "count": "1"}).status_code == 303


def reprice(line: SkuLine, price_minor: int) -> None:
    skus = [(line.code, NewSku(line.option, price_minor, line.free))]
    goods.edit_goods(
        shop_id=line.shop_id, public_id=line.goods_public_id, title=line.title,
        category="", body="", skus=skus,
    )  # fmt: skip


def row_of(line: Any) -> int:
    return int(CartRow.objects.get(sku_id=line.sku_id).pk)


# ---- the sheet -------------------------------------------------------------------------------


@pytest.fixture
def mug(cast: Cast) -> str:
    skus = [
        NewSku("赤陶 / 小", 6900, 5),
        NewSku("赤陶 / 大", 7900, 0),
        NewSku("苔绿 / 小", 6900, 3),
    ]
    card = goods.list_goods(
        shop_id=cast.bobs.id, title="马克杯", category="", body="", skus=skus, axes="釉色 / 容量"
    )
    return card.public_id


@pytest.mark.parametrize(
    ("picks", "said"),
    [
        ({"pick-0": "赤陶"}, "还差一步：请选择 容量"), ({}, "还差一步：请选择 釉色 · 容量"),
        ({"pick-0": "赤陶", "pick-1": "大"}, "这个组合卖完了"), ({"pick-0": "苔绿", "pick-1": "大"}, "没有这个组合"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("then", ["cart", "buy"])
def test_what_cannot_be_bought_as_picked_leads_back_to_the_sheet_which_says_why(
    alice: Client, mug: str, picks: dict[str, str], said: str, then: str
) -> None:
    sent = alice.post("/cart/lines/", {"goods": mug, "count": "2", "then": then} | picks)
    assert sent.status_code == 303
    assert sent["Location"].startswith(f"/goods/{mug}/?")
    assert sent["Location"].endswith("#sku-buy")
    page = body(alice.get(sent["Location"]))
    assert said in page
    assert 'value="2" min="1"' in page
    assert not CartRow.objects.exists()


def test_a_whole_pick_goes_into_the_cart_or_to_the_checkout(alice: Client, mug: str) -> None:
    form = {"goods": mug, "pick-0": "苔绿", "pick-1": "小", "count": "2"}
    code = goods.sku_code_of(mug, ["苔绿", "小"])
    looked = alice.post("/cart/lines/", form | {"then": "look"})["Location"]
    assert "库存 3 件" in body(alice.get(looked))
    alice.post("/cart/lines/", form | {"then": "cart"})
    assert CartRow.objects.get().price_minor == 6900
    there = alice.post("/cart/lines/", form | {"then": "buy", "from": "note:n1"})["Location"]
    assert parse_qs(urlsplit(there).query) == {"sku": [code], "count": ["2"], "from": ["note:n1"]}
    many = alice.post("/cart/lines/", form | {"then": "buy", "count": "4"})["Location"]
    assert "只剩 3 件了" in body(alice.get(many))


def test_a_stranger_signs_in_and_is_at_the_sheet_again(mug: str) -> None:
    form = {"goods": mug, "pick-0": "苔绿", "pick-1": "小", "count": "1", "then": "cart"}
    there = browser(None).post("/cart/lines/", form)["Location"]
    assert there.startswith("/signin/?next=")
    back = parse_qs(urlsplit(there).query)["next"][0]
    assert back.startswith(f"/goods/{mug}/?pick-0=")
    assert back.endswith("#sku-buy")


def test_a_single_sku_without_stock_is_not_picked_by_itself(alice: Client, cast: Cast) -> None:
    goods.set_free(sku_id=cast.cup.sku_id, count=0)
    page = body(alice.get(f"/goods/{cast.cup.goods_public_id}/"))
    assert "卖完了" in page
    assert 'name="pick-0" value="默认" checked' not in page
    assert 'name="pick-0" value="默认"' in page


# ---- the cart --------------------------------------------------------------------------------


def test_several_shops_are_checked_out_as_one_payment_without_what_was_left_out(
    alice: Client, cast: Cast
) -> None:
    put(alice, cast.cup.code, cast.vase.code, cast.tea.code)
    page = body(alice.get("/cart/"))
    assert "¥157" in re.sub(r"<[^>]+>|\s", "", page)
    keep = [str(row_of(cast.cup)), str(row_of(cast.tea))]
    shown = [*keep, str(row_of(cast.vase))]
    sent = alice.post("/cart/", {"line": keep, "shown": shown, "do": "checkout"})
    assert sent["Location"] == f"/checkout/?line={keep[0]}&line={keep[1]}"
    page = body(alice.get(sent["Location"]))
    form = {name: hidden(page, name) for name in ("key", "expected_minor")} | {"line": keep}
    assert form["expected_minor"] == "9900"
    assert alice.post("/checkout/", form | ADDRESS).status_code == 303
    assert Payment.objects.get().total_minor == 9900
    assert sorted(Order.objects.values_list("shop_name", flat=True)) == ["半日", "山茶"]
    assert list(CartRow.objects.values_list("sku_id", flat=True)) == [cast.vase.sku_id]


def test_picks_and_counts_survive_every_change(alice: Client, cast: Cast) -> None:
    put(alice, cast.cup.code, cast.vase.code)
    cup, vase = str(row_of(cast.cup)), str(row_of(cast.vase))
    form = {"shown": [cup, vase], "line": [cup], f"count-{cup}": "3", f"count-{vase}": "1"}
    there = alice.post("/cart/", form | {"do": "update"})["Location"]
    assert there == f"/cart/?off={vase}"
    assert CartRow.objects.get(pk=cup).count == 3
    page = body(alice.get(there))
    assert f'id="pick-{cup}" aria-label="选中 粗陶杯 默认" checked' in page
    assert f'id="pick-{vase}" aria-label="选中 小花瓶 默认" checked' not in page
    assert hidden_total(page) == "¥207.00"
    assert alice.post(f"/cart/lines/{vase}/", form | {"count": "2"})["Location"] == f"/cart/?off={vase}"  # fmt: skip
    assert alice.post("/cart/", form | {"do": "all"})["Location"] == "/cart/"
    none = alice.post("/cart/", form | {"do": "none"})["Location"]
    assert "先选要买的" in body(alice.get(none))
    empty = alice.post("/cart/", {"shown": [cup, vase], "do": "checkout"})
    assert empty["Location"].startswith("/cart/?off=")


def hidden_total(page: str) -> str:
    found = re.search(r'class="sum"><dt>合计</dt><dd>(.*?)</dd>', page)
    assert found
    return re.sub(r"<[^>]+>", "", found.group(1))


def test_what_is_taken_out_can_be_put_back_with_its_source(alice: Client, cast: Cast) -> None:
    alice.post("/cart/lines/", {"sku": cast.cup.code, "count": "2", "from": "note:n7"})
    there = alice.post(f"/cart/lines/{row_of(cast.cup)}/", {"count": "0"})["Location"]
    assert not CartRow.objects.exists()
    page = body(alice.get(there))
    assert "「粗陶杯」移出来了" in page
    form = {name: hidden(page, name) for name in ("sku", "count", "from")}
    assert form == {"sku": cast.cup.code, "count": "2", "from": "note:n7"}
    assert alice.post("/cart/lines/", form | {"then": "undo"})["Location"] == "/cart/"
    row = CartRow.objects.get()
    assert (row.count, row.source["note"]) == (2, "n7")


def test_another_price_since_it_was_put_in_is_marked(alice: Client, cast: Cast) -> None:
    put(alice, cast.cup.code, cast.tea.code, cast.vase.code)
    reprice(cast.cup, 5900)
    reprice(cast.tea, 3500)
    page = body(alice.get("/cart/"))
    assert page.count("比放进来时") == 2
    assert "比放进来时降价了，原来 ¥69" in page
    assert "比放进来时涨价了，原来 ¥30" in page


def test_lines_that_cannot_be_bought_stand_apart_with_the_reason(alice: Client, cast: Cast) -> None:
    put(alice, cast.cup.code, cast.vase.code, cast.tea.code)
    goods.set_on_sale(shop_id=cast.bobs.id, public_id=cast.cup.goods_public_id, on=False)
    alice.post(f"/cart/lines/{row_of(cast.tea)}/", {"count": "4"})
    goods.set_free(sku_id=cast.tea.sku_id, count=2)
    page = body(alice.get("/cart/"))
    apart = page.split("现在买不了")[1]
    assert "已下架" in apart
    assert "库存不够这么多 · 只剩 2 件" in apart
    assert "小花瓶" not in apart
    assert f'value="{row_of(cast.cup)}" id="pick-' not in page
    assert "58.00" in hidden_total(page)


def test_a_limit_counts_all_lines_of_the_goods_that_are_picked(alice: Client, mug: str) -> None:
    small, green = (goods.sku_code_of(mug, [glaze, "小"]) for glaze in ("赤陶", "苔绿"))
    shop_id = goods.sku_by_code(small).shop_id
    goods.set_terms(shop_id=shop_id, public_id=mug, limit_per_person=2)
    put(alice, small, green, green)
    page = body(alice.get("/cart/"))
    assert "「马克杯」每人限购 2 件" in page
    one = row_of(goods.sku_by_code(small))
    assert "「马克杯」每人限购" not in body(alice.get(f"/cart/?off={one}"))


def test_the_cart_says_what_is_missing_for_free_delivery_and_for_a_coupon(
    alice: Client, cast: Cast, coupons: list[Offer]
) -> None:
    assert len(coupons) == 3
    goods.save_shipping(
        shop_id=cast.bobs.id, name="标准", zones=[ShippingZone(first_minor=800)],
        free_over_minor=9900, is_default=True,
    )  # fmt: skip
    put(alice, cast.cup.code)
    page = body(alice.get("/cart/"))
    assert "满 ¥99 包邮，还差 ¥35" in page  # after the coupon: 69 − 5
    assert "还没到门槛：满 500 减 99" in page
    assert hidden_total(page) == "¥72.00"
    put(alice, cast.cup.code)
    page = body(alice.get("/cart/"))
    assert "满 ¥99 包邮" in page
    assert "还差" not in page
    assert hidden_total(page) == "¥133.00"


def queries(client: Client, path: str) -> int:
    body(client.get(path))
    with CaptureQueriesContext(connection) as seen:
        body(client.get(path))
    return len(seen)


@pytest.mark.usefixtures("coupons")
def test_pages_of_a_purchase_cost_the_same_for_one_line_and_for_three(
    alice: Client, cast: Cast
) -> None:
    put(alice, cast.cup.code)
    one = [queries(alice, path) for path in ("/cart/", "/checkout/")]
    put(alice, cast.vase.code, cast.tea.code)
    assert [queries(alice, path) for path in ("/cart/", "/checkout/")] == one
    assert one == [7, 10], "the last of the checkout's is the buyer's balance of points"


# ---- the checkout ----------------------------------------------------------------------------


def first(alice: Client, cast: Cast) -> tuple[str, dict[str, str]]:
    """The checkout page of one cup, and what its form carries."""
    page = body(alice.get(f"/checkout/?sku={cast.cup.code}&count=1"))
    names = ("key", "expected_minor", "sku", "count")
    return page, {name: hidden(page, name) for name in names} | {"seen": seen(page)}


def seen(page: str) -> str:
    import html

    return html.unescape(hidden(page, "seen"))


def test_regions_are_four_steps_of_the_form(alice: Client, cast: Cast) -> None:
    _page, form = first(alice, cast)
    step = form | {"step": "regions", "province": "广东省"}
    page = body(alice.post("/checkout/", step))
    assert "<option>深圳市</option>" in page
    page = body(alice.post("/checkout/", step | {"city": "深圳市"}))
    assert "<option selected>深圳市</option>" in page
    assert "<option>南山区</option>" in page
    page = body(alice.post("/checkout/", step | {"city": "深圳市", "district": "南山区"}))
    assert "<option>粤海街道</option>" in page
    # another province takes out what does not lie in it, and a lone choice is made
    page = body(alice.post("/checkout/", step | {"province": "北京市", "city": "深圳市", "district": "南山区"}))  # fmt: skip
    assert "<option selected>北京市</option>" in page
    assert "深圳市" not in page
    assert "<option>朝阳区</option>" in page
    # what was written by hand and no list knows stays, until the city above it is gone
    own = step | {"province": "四川省", "city": "成都市", "district": "高新区"}
    assert "<option selected>高新区</option>" in body(alice.post("/checkout/", own))
    moved = body(alice.post("/checkout/", own | {"province": "云南省"}))
    assert "高新区" not in moved
    assert "<option>昆明市</option>" in moved
    assert not Order.objects.exists()


def test_a_pasted_address_fills_the_fields(alice: Client, cast: Cast) -> None:
    _page, form = first(alice, cast)
    pasted = {"step": "read", "paste": "张三 13800138000 深圳南山区粤海街道科技园路1号"}
    page = body(alice.post("/checkout/", form | pasted))
    assert "识别好了" in page
    for name, value in (("name", "张三"), ("phone", "13800138000"), ("detail", "科技园路1号")):
        assert f'name="{name}" type="{"tel" if name == "phone" else "text"}" value="{value}"' in page  # fmt: skip
    for name in ("广东省", "深圳市", "南山区", "粤海街道"):
        assert f"<option selected>{name}</option>" in page
    assert "有几处没认出来" in body(alice.post("/checkout/", form | {"step": "read", "paste": "张三"}))  # fmt: skip
    home = ADDRESS | {"street": "粤海街道"}
    assert alice.post("/checkout/", form | home).status_code == 303
    page = body(alice.get(f"/orders/{Order.objects.get().number}/"))
    assert "广东省深圳市南山区粤海街道 科技路 1 号" in page


def test_the_book_masks_phones_and_a_new_address_can_be_written(alice: Client, cast: Cast) -> None:
    page, form = first(alice, cast)
    assert 'name="address_id"' not in page
    alice.post("/checkout/", form | ADDRESS)
    page, form = first(alice, cast)
    assert "138****8000" in page
    assert "13800138000" not in page
    assert 'name="paste"' not in page
    page = body(alice.post("/checkout/", form | {"address_id": "new", "step": "price"}))
    assert 'name="paste"' in page
    wrong = body(alice.post("/checkout/", form | {"address_id": "new", "name": "李四"}), 422)
    assert 'value="李四"' in wrong
    assert wrong.count('aria-invalid="true"') == 4
    assert 'href="#f-phone"' in wrong
    chosen = Address.objects.get()
    assert alice.post("/checkout/", form | {"address_id": str(chosen.pk)}).status_code == 303


def test_coupons_the_best_one_another_one_or_none(
    alice: Client, cast: Cast, coupons: list[Offer]
) -> None:
    page, form = first(alice, cast)
    assert form["expected_minor"] == "6400"
    assert "已选最省" in page
    assert hidden(page, "offered") == "t.coupon:a"
    other = form | {"offered": "t.coupon:a", "coupons": "best", "coupon": "t.coupon:b"}
    page = body(alice.post("/checkout/", other | {"step": "price"}))
    assert hidden(page, "expected_minor") == "6700"
    assert hidden(page, "coupons") == "mine"
    both = body(alice.post("/checkout/", other | {"coupon": ["t.coupon:a", "t.coupon:b"], "step": "price"}))  # fmt: skip
    assert "有一项优惠已经不能用了" in both
    assert hidden(both, "expected_minor") == "6400"
    none = body(alice.post("/checkout/", other | {"step": "none"}))
    assert hidden(none, "expected_minor") == "6900"
    assert hidden(none, "coupons") == "mine"
    unpicked = {k: v for k, v in other.items() if k != "coupon"} | {
        "coupons": "mine",
        "offered": "",
    }
    sent = alice.post("/checkout/", unpicked | ADDRESS | {"expected_minor": "6900"})
    assert sent.status_code == 303
    assert Line.objects.get().discount_minor == 0
    assert hidden(body(alice.post("/checkout/", unpicked | {"step": "best"})), "expected_minor") == "6400"  # fmt: skip
    assert len(coupons) == 3


def test_a_price_that_changed_is_shown_old_and_new_and_asked_again(
    alice: Client, cast: Cast, coupons: list[Offer]
) -> None:
    _page, form = first(alice, cast)
    reprice(cast.cup, 7900)
    coupons.pop(0)
    page = body(alice.post("/checkout/", form | ADDRESS), 409)
    said = text_of(page.split('id="refusal"')[1].split("</section>")[0])
    assert "价格变了：现在是 ¥77.00" in said
    assert "粗陶杯 默认 ¥69.00 → ¥79.00" in said
    assert "满 60 减 5 −¥5.00 → 没有了" in said
    assert "满 50 减 2 新加的 → −¥2.00" in said
    assert "合计 ¥64.00 → ¥77.00" in said
    assert not Order.objects.exists()
    assert free(cast.cup) == 5
    again = form | {"expected_minor": hidden(page, "expected_minor"), "seen": seen(page)}
    assert hidden(page, "key") == form["key"]
    assert alice.post("/checkout/", again | ADDRESS).status_code == 303
    assert Order.objects.get().total_minor == 7700


@pytest.mark.parametrize("told", ["", "[]", "{", '{"a":1}', '{"a":["x","y"]}', "null"])
def test_nonsense_for_a_bill_is_no_bill(alice: Client, cast: Cast, told: str) -> None:
    _page, form = first(alice, cast)
    page = body(alice.post("/checkout/", form | ADDRESS | {"seen": told, "expected_minor": "1"}), 409)  # fmt: skip
    assert "价格变了" in page


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        (COMPANY | {"tax_id": "123"}, "tax_id", "税号是 18 位统一社会信用代码，请检查"),
        (COMPANY | {"invoice_title": ""}, "invoice_title", "写上发票抬头"),
        (COMPANY | {"invoice_email": "x"}, "invoice_email", "邮箱写错了"),
    ],
)
def test_a_wrong_invoice_is_said_beside_its_field(
    alice: Client, cast: Cast, sent: dict[str, str], field: str, said: str
) -> None:
    _page, form = first(alice, cast)
    page = body(alice.post("/checkout/", form | ADDRESS | sent), 422)
    assert f'<small class="err" id="f-{field}-said">{said}</small>' in page
    assert 'value="company" checked' in page
    assert not Order.objects.exists()


def test_message_and_invoice_go_with_the_order(alice: Client, cast: Cast) -> None:
    _page, form = first(alice, cast)
    said = form | ADDRESS | COMPANY | {"message": "请选釉色浅的"}
    assert alice.post("/checkout/", said).status_code == 303
    page = body(alice.get(f"/orders/{Order.objects.get().number}/"))
    assert "请选釉色浅的" in page
    assert "企业 · 深圳甲公司" in page
    assert "91350100M000100Y43" in page
    assert InvoiceRequest.objects.count() == 1


def test_delivery_follows_the_address_and_is_explained(alice: Client, cast: Cast) -> None:
    zones = [
        ShippingZone(provinces=("广东省",), first_minor=600), ShippingZone(provinces=("西藏自治区",), sends=False),
        ShippingZone(first_minor=1200),
    ]  # fmt: skip
    goods.save_shipping(shop_id=cast.bobs.id, name="分区", zones=zones, free_over_minor=9900, is_default=True)  # fmt: skip
    page, form = first(alice, cast)
    assert form["expected_minor"] == "8100"
    near = body(alice.post("/checkout/", form | {"step": "regions", "province": "广东省"}))
    assert hidden(near, "expected_minor") == "7500"
    assert "满 ¥99 包邮，还差 ¥30" in near
    far = form | ADDRESS | {"province": "西藏自治区", "city": "拉萨市", "district": "城关区"}
    page = body(alice.post("/checkout/", far), 409)
    assert "不送到这个地区" in page
    assert not Order.objects.exists()
