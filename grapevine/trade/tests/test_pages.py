"""Pages over HTTP, tried by the whole cast."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.trade.models import CartRow, Order, Payment, SandboxCharge
from grapevine.trade.tests.cast import Cast, deliver, free, gather, paid, placed

pytestmark = pytest.mark.django_db
ADDRESS = {
    "name": "张三", "phone": "13800138000", "province": "广东省", "city": "深圳市",
    "district": "南山区", "detail": "科技路 1 号",
}  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    return gather()


def browser(person_id: int | None) -> Client:
    client = Client()
    if person_id is not None:
        client.force_login(get_user_model().objects.get(pk=person_id))
    return client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found.group(1)


def body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


def test_buying_at_once_from_the_goods_page_to_the_order_page(cast: Cast) -> None:
    alice = browser(cast.alice)
    goods_page = body(alice.get(f"/goods/{cast.cup.goods_public_id}/"))
    assert "单独买" in goods_page
    there = alice.post("/cart/lines/", {"sku": cast.cup.code, "count": "2", "then": "buy", "from": "note:n1"})  # fmt: skip
    assert there.status_code == 303
    page = body(alice.get(there["Location"]))
    assert re.findall(r"<input[^>]+ checked", page) == [
        '<input type="radio" name="invoice_kind" value="" checked'
    ]
    form = {name: hidden(page, name) for name in ("key", "expected_minor", "sku", "count", "from")}
    refused = alice.post("/checkout/", form | ADDRESS | {"phone": "1"})
    assert "手机号不对" in body(refused, 422)
    assert not Order.objects.exists()
    sent = [alice.post("/checkout/", form | ADDRESS) for _ in range(2)]
    payment = Payment.objects.get()
    assert [one["Location"] for one in sent] == [f"/pay/{payment.number}/"] * 2
    assert free(cast.cup) == 3
    cashier = body(alice.get(f"/pay/{payment.number}/"))
    assert "138.00" in re.sub(r"<[^>]+>|\s", "", cashier)
    assert alice.get(f"/pay/{payment.number}/", headers={"HX-Request": "true", "HX-Target": "cashier"}).status_code == 204  # fmt: skip
    begun = alice.post(f"/pay/{payment.number}/", {"method": "sandbox"})
    assert begun["Location"] == f"/sandbox/{payment.number}/"
    assert "付款成功" in body(alice.get(begun["Location"]))
    assert body(alice.post(begun["Location"], {"outcome": "other"}))
    back = alice.post(begun["Location"], {"outcome": "pay"})
    assert "正在等支付结果" in body(alice.get(back["Location"]))
    assert "已经处理过了" in body(alice.get(begun["Location"]))
    deliver(SandboxCharge.objects.get())
    assert "付好了" in body(alice.get(f"/pay/{payment.number}/", headers={"HX-Target": "cashier"}), 286)  # fmt: skip
    order = Order.objects.get()
    assert order.source["note"] == "n1"
    page = body(alice.get(f"/orders/{order.number}/"))
    assert "待发货" in page
    assert "科技路 1 号" in page


def test_the_cart_page_and_checkout_of_several_shops(cast: Cast) -> None:
    alice = browser(cast.alice)
    assert "购物车是空的" in body(alice.get("/cart/"))
    assert alice.get("/checkout/").status_code == 422
    for line in (cast.cup, cast.tea):
        alice.post("/cart/lines/", {"sku": line.code, "count": "1", "from": "note:n2"})
    page = body(alice.get("/cart/"))
    assert "半日" in page
    assert "山茶" in page
    row = CartRow.objects.get(sku_id=cast.cup.sku_id)
    for wrong in ("²", "１", "-1", "1e3", "x", "9" * 30, "1000"):
        assert alice.post(f"/cart/lines/{row.pk}/", {"count": wrong}).status_code == 422
    assert browser(cast.eve).post(f"/cart/lines/{row.pk}/", {"count": "3"}).status_code == 404
    assert CartRow.objects.get(pk=row.pk).count == 1
    page = body(alice.get("/checkout/"))
    form = {name: hidden(page, name) for name in ("key", "expected_minor")}
    assert "价格变了" in body(
        alice.post("/checkout/", form | ADDRESS | {"expected_minor": "1"}), 409
    )
    assert alice.post("/checkout/", form | {"paste": "张三 13800138000 广东省深圳市南山区科技路 1 号"}).status_code == 303  # fmt: skip
    assert Order.objects.count() == 2
    assert {one.source["note"] for one in Order.objects.all()} == {"n2"}
    assert "购物车是空的" in body(alice.get("/cart/"))
    page = body(alice.get(f"/checkout/?sku={cast.vase.code}&count=1"))
    chosen = hidden(page, "address_id")
    form = {"sku": cast.vase.code, "count": "1", "key": "k9", "address_id": chosen}
    assert browser(cast.eve).post("/checkout/", form).status_code == 422
    assert alice.post("/checkout/", form).status_code == 303
    assert Order.objects.count() == 3


def test_a_strangers_and_eves_way_is_barred(cast: Cast) -> None:
    one = paid(cast)
    number = one.order_numbers[0]
    pages = [
        f"/orders/{number}/", f"/pay/{one.payment_number}/", f"/sandbox/{one.payment_number}/",
        "/console/bobs/orders/", f"/console/bobs/orders/{number}/",
    ]  # fmt: skip
    eve, stranger = browser(cast.eve), browser(None)
    for path in pages:
        answer = eve.get(path)
        assert answer.status_code == 404
        assert "科技路" not in answer.content.decode()
        assert stranger.get(path).status_code in {302, 303}
    for path in (
        f"/orders/{number}/cancellation/", f"/orders/{number}/refund/",
        f"/orders/{number}/receipt/", f"/console/bobs/orders/{number}/shipment/",
        f"/console/bobs/orders/{number}/refund/", f"/pay/{one.payment_number}/",
    ):  # fmt: skip
        assert eve.post(path, {"carrier": "顺丰", "tracking": "SF1"}).status_code == 404
    # Carol has a shop, but not this one; a number of another shop does not open through her own.
    carol = browser(cast.carol)
    assert carol.get(f"/console/carols/orders/{number}/").status_code == 404
    assert carol.post(f"/console/carols/orders/{number}/refund/").status_code == 404
    assert Order.objects.get().state == "paid"
    assert number not in body(eve.get("/orders/"))


def test_orders_by_tab_and_what_a_buyer_may_do(cast: Cast) -> None:
    alice = browser(cast.alice)
    gone, back, sent = placed(cast), paid(cast), paid(cast)
    page = body(alice.get("/orders/?state=pending"))
    assert gone.order_numbers[0] in page
    assert back.order_numbers[0] not in page
    assert alice.post(f"/orders/{gone.order_numbers[0]}/cancellation/").status_code == 303
    assert "支付已关闭" in body(alice.get(f"/pay/{gone.payment_number}/"))
    assert alice.post(f"/orders/{back.order_numbers[0]}/refund/").status_code == 303
    bob, number = browser(cast.bob), sent.order_numbers[0]
    assert number in body(bob.get("/console/bobs/orders/?state=paid"))
    assert number not in body(bob.get("/console/bobs/orders/?q=zzz"))
    assert "发货" in body(bob.get(f"/console/bobs/orders/{number}/"))
    assert bob.post(f"/console/bobs/orders/{number}/shipment/", {"carrier": "顺丰", "tracking": "SF1234"}).status_code == 303  # fmt: skip
    assert alice.post(f"/orders/{number}/receipt/").status_code == 303
    assert bob.post(f"/console/bobs/orders/{number}/refund/", {"reason": "坏了"}).status_code == 303
    assert sorted(Order.objects.values_list("state", flat=True)) == ["cancelled", "refunded", "refunded"]  # fmt: skip


@pytest.mark.parametrize("path", ["/orders/", "/console/bobs/orders/"])
def test_lists_cost_the_same_for_one_and_for_three(cast: Cast, path: str) -> None:
    client = browser(cast.alice if path == "/orders/" else cast.bob)

    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            body(client.get(path))
        return len(seen)

    paid(cast)
    queries()
    one = queries()
    paid(cast)
    paid(cast)
    assert queries() == one


def test_orders_are_found_by_title_and_by_number(cast: Cast) -> None:
    alice = browser(cast.alice)
    cup, tea = paid(cast).order_numbers[0], paid(cast, (cast.tea, 1)).order_numbers[0]
    found = {
        query: [
            f"/orders/{number}/" in body(alice.get(f"/orders/?q={query}")) for number in (cup, tea)
        ]
        for query in ("陶杯", "茶 春", cup[:10], tea, "没有的", "  ")
    }
    assert found["陶杯"] == [True, False]
    assert found["茶 春"] == [False, True]
    assert found[tea] == [False, True]
    assert found["没有的"] == [False, False]
    assert found["  "] == [True, True]
    assert "没有找到这样的订单" in body(alice.get("/orders/?q=没有的"))
    assert f"/orders/{cup}/" not in body(browser(cast.eve).get(f"/orders/?q={cup}"))


def test_tabs_count_and_actions_follow_the_state(cast: Cast) -> None:
    alice = browser(cast.alice)
    pending, done = placed(cast), paid(cast)
    page = body(alice.get("/orders/"))
    assert re.findall(r'>(全部|待付款|待发货|待收货) <span class="num">(\d+)<', page) == [
        ("全部", "2"), ("待付款", "1"), ("待发货", "1"), ("待收货", "0"),
    ]  # fmt: skip
    unpaid = body(alice.get(f"/orders/{pending.order_numbers[0]}/"))
    assert [word in unpaid for word in ("去付款", 'href="#cancel"', 'href="#refund"', "再买一次")] == [True, True, False, False]  # fmt: skip
    waiting = body(alice.get(f"/orders/{done.order_numbers[0]}/"))
    assert [word in waiting for word in ("去付款", 'href="#cancel"', 'href="#refund"', "再买一次", "改地址")] == [False, False, True, True, True]  # fmt: skip


def test_a_cancelled_order_tells_who_when_and_why(cast: Cast) -> None:
    alice = browser(cast.alice)
    number = placed(cast).order_numbers[0]
    form = {"reason": "不想要了", "more": "买重了"}
    assert alice.post(f"/orders/{number}/cancellation/", form).status_code == 303
    page = body(alice.get(f"/orders/{number}/"))
    assert "不想要了 买重了" in page
    assert re.search(r"<b>已取消</b><span [^>]+>\d{4}-\d\d-\d\d \d\d:\d\d · 你</span>", page)
    assert "请选择原因" not in page


def test_the_address_of_an_order_changes_until_it_leaves(cast: Cast) -> None:
    alice = browser(cast.alice)
    number = paid(cast).order_numbers[0]
    there = f"/orders/{number}/address/"
    page = body(alice.get(there))
    assert 'value="13800138000"' in page
    assert "<option selected>深圳市</option>" in page
    step = body(alice.post(there, ADDRESS | {"step": "regions", "province": "浙江省"}))
    assert "<option>杭州市</option>" in step
    assert "填" not in body(alice.get(f"/orders/{number}/")).split("进展")[1].split("</ol>")[0]
    assert "手机号不对" in body(alice.post(there, ADDRESS | {"phone": "1"}), 422)
    assert (
        alice.post(there, ADDRESS | {"street": "粤海街道", "detail": "新路 9 号"}).status_code
        == 303
    )
    page = body(alice.get(f"/orders/{number}/"))
    assert "粤海街道 新路 9 号" in page
    assert "改了收货地址" in page
    assert browser(cast.eve).get(there).status_code == 404
    assert browser(cast.eve).post(there, ADDRESS).status_code == 404
    bob = browser(cast.bob)
    bob.post(f"/console/bobs/orders/{number}/shipment/", {"carrier": "顺丰", "tracking": "SF1234567"})  # fmt: skip
    assert "新路 9 号" not in body(bob.get(f"/console/bobs/orders/{number}/"))
    looked = bob.post(f"/console/bobs/orders/{number}/unmasking/", {"reason": "打包发货"})
    assert "新路 9 号" in body(looked)
    assert alice.post(there, ADDRESS)["Location"] == f"/orders/{number}/"
    page = body(alice.get(f"/orders/{number}/"))
    assert "新路 9 号" in page
    assert "SF1234567" in page
    assert "自动确认收货" in page
    assert "138****8000" in page


def test_buying_again_fills_the_cart(cast: Cast) -> None:
    alice = browser(cast.alice)
    number = paid(cast, (cast.cup, 2)).order_numbers[0]
    assert alice.post(f"/orders/{number}/again/")["Location"] == "/cart/"
    assert (CartRow.objects.get().sku_id, CartRow.objects.get().count) == (cast.cup.sku_id, 2)
    assert browser(cast.eve).post(f"/orders/{number}/again/").status_code == 404


@pytest.mark.parametrize(("path", "most"), [("/orders/", 9), ("order", 12)])
def test_an_order_costs_few_queries(cast: Cast, path: str, most: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    alice = browser(cast.alice)
    number = paid(cast).order_numbers[0]
    there = path if path.startswith("/") else f"/orders/{number}/"
    body(alice.get(there))
    with CaptureQueriesContext(connection) as seen:
        body(alice.get(there))
    assert len(seen) == most


def test_the_address_book_is_kept_by_its_owner_alone(cast: Cast) -> None:
    alice, eve = browser(cast.alice), browser(cast.eve)
    assert "还没有收货地址" in body(alice.get("/addresses/"))
    assert "手机号不对" in body(alice.post("/addresses/new/", ADDRESS | {"phone": "1"}), 422)
    read = {"step": "read", "paste": "李四 13900139000 上海浦东新区世纪大道8号"}
    assert 'value="世纪大道8号"' in body(alice.post("/addresses/new/", read))
    assert alice.post("/addresses/new/", ADDRESS).status_code == 303
    page = body(alice.get("/addresses/"))
    assert "138****8000" in page
    assert "13800138000" not in page
    there = re.findall(r'href="(/addresses/\d+/)"', page)[0]
    assert 'value="科技路 1 号"' in body(alice.get(there))
    assert eve.get(there).status_code == 422
    assert eve.post(there, ADDRESS | {"detail": "别处 1 号"}).status_code == 422
    assert eve.post(f"{there}removal/").status_code == 303
    assert alice.post(there, ADDRESS | {"street": "粤海街道"}).status_code == 303
    assert "粤海街道 科技路 1 号" in body(alice.get("/addresses/"))
    assert alice.post(f"{there}removal/").status_code == 303
    assert "还没有收货地址" in body(alice.get("/addresses/"))
