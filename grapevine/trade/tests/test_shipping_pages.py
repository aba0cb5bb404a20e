"""The shipping desk over HTTP: every door by right, forms without scripts, files and paper."""

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from grapevine.kit import clock, workbook
from grapevine.trade import facade, jobs
from grapevine.trade.actions import pickup
from grapevine.trade.contracts import ImportedOrder, Wishes
from grapevine.trade.models import Line, ShippingTerms
from grapevine.trade.rules.carriers import CARRIERS, carrier_of
from grapevine.trade.tests.cast import Cast, api, gather, paid, send
from grapevine.trade.tests.shipping_cast import NUMBER, csv_of, parcel, send_piece
from grapevine.trade.tests.test_pages import ADDRESS, body, browser, hidden

pytestmark = pytest.mark.django_db
DESK = "/console/bobs/shipping/"
PLACE = {
    "name": "陈小北", "phone": "13912345678", "province": "北京市", "city": "北京市", "district": "海淀区",
    "detail": "学院路 3 号",
}  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    return gather()


def trail(action: str) -> list[tuple[str, object]]:
    rows = apps.get_model("guard", "AuditEntry").objects.filter(action__startswith=action)
    return list(rows.values_list("action", "after"))


def join(cast: Cast, person_id: int, role: str) -> None:
    staff = apps.get_model("goods", "Staff")
    staff.objects.create(shop_id=cast.bobs.id, person_id=person_id, role=role)


def where(cast: Cast, number: str) -> str:
    address = facade.order_for(cast.alice, number).address
    return address.detail if address else ""


def test_an_imported_order_gets_its_address_once(cast: Cast) -> None:
    one = ImportedOrder(
        buyer_id=cast.alice, shop_id=cast.bobs.id, sku_id=cast.cup.sku_id, goods_id=cast.cup.goods_id,
        count=1, price_minor=6900, state="paid", title="粗陶杯", option="", paid_at=clock.now(),
        goods_public_id=cast.cup.goods_public_id, shop_name="半日",
    )  # fmt: skip
    (number,) = facade.import_paid_orders([one])
    there, bob = f"{DESK}orders/{number}/", browser(cast.bob)
    assert "没有地址，去补" in bob.get(DESK).content.decode()
    assert "这单没有收货地址" in bob.get(there).content.decode()
    wrong = bob.post(f"{there}address/", {**PLACE, "phone": "12"})
    assert wrong.status_code == 422
    assert "手机号不对" in wrong.content.decode()
    join(cast, cast.eve, "service")
    assert browser(cast.eve).post(f"{there}address/", PLACE).status_code == 403
    assert bob.post(f"{there}address/", PLACE).status_code == 303
    shown = bob.get(there).content.decode()
    assert "这单没有收货地址" not in shown
    assert where(cast, number) == "学院路 3 号"
    assert bob.post(f"{there}address/", {**PLACE, "detail": "别处"}).status_code == 409
    assert where(cast, number) == "学院路 3 号"
    assert trail("order.address") == [("order.address", {"province": "北京市"})]
    own = paid(cast).order_numbers[0]
    assert bob.post(f"{DESK}orders/{own}/address/", PLACE).status_code == 409


def test_strangers_and_staff_without_the_right_do_not_pass(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    gets = [
        DESK, f"{DESK}alarms/", f"{DESK}list/", f"{DESK}print/labels/", f"{DESK}orders/{number}/",
        "/console/bobs/pickup/",
    ]  # fmt: skip
    posts = [
        f"{DESK}orders/{number}/parcels/", f"{DESK}orders/{number}/parcels/1/", f"{DESK}files/",
        f"{DESK}files/x/confirmation/", f"{DESK}terms/", "/console/bobs/pickup/",
        "/console/bobs/pickup/points/",
    ]  # fmt: skip
    eve = browser(cast.eve)
    for path in gets:
        assert browser(None).get(path).status_code in (302, 303)
        page = eve.get(path)
        assert (page.status_code, "粗陶杯" in page.content.decode()) == (404, False)
    assert [eve.post(path).status_code for path in posts] == [404] * len(posts)
    join(cast, cast.eve, "service")
    assert [eve.get(path).status_code for path in gets] == [403] * len(gets)
    assert [eve.post(path).status_code for path in posts] == [403] * len(posts)
    assert facade.order_for(cast.alice, number).state == "paid"


def test_a_clerk_ships_but_does_not_set_terms(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    join(cast, cast.eve, "clerk")
    eve = browser(cast.eve)
    assert number in body(eve.get(DESK))
    assert eve.post(f"{DESK}terms/", {"ship_hours": "24"}).status_code == 403
    assert eve.post("/console/bobs/pickup/points/", {"name": "a"}).status_code == 403
    browser(cast.bob).post(f"{DESK}terms/", {"ship_hours": "24"})
    assert ShippingTerms.objects.get().ship_hours == 24


def test_pieces_are_put_into_parcels_on_the_page(cast: Cast) -> None:
    bob, number = browser(cast.bob), paid(cast, (cast.cup, 3)).order_numbers[0]
    there = f"{DESK}orders/{number}/"
    page = body(bob.get(there))
    line = Line.objects.get(order__number=number).pk
    form = {"warehouse": hidden(page, "warehouse"), f"piece-{line}": "2", "carrier": "顺丰速运"}
    assert "不像顺丰速运的单号" in body(
        bob.post(f"{there}parcels/", form | {"tracking": "1234"}), 422
    )
    assert bob.post(f"{there}parcels/", form | {"tracking": NUMBER}).status_code == 303
    page = body(bob.get(there))
    assert "还剩 1 件没发" in page
    again = bob.post(f"{there}parcels/", form | {"tracking": NUMBER})
    assert "超过了还没发的件数" in body(again, 409)
    wrong = {"carrier": "圆通", "tracking": "YT1234567890123"}
    assert bob.post(f"{there}parcels/{parcel(number).pk}/", wrong).status_code == 303
    page = body(browser(cast.alice).get(f"/orders/{number}/"))
    assert "YT1234567890123" in page
    assert f"原来是 顺丰速运 {NUMBER}" in page


def test_the_list_goes_out_and_comes_back_filled_in(cast: Cast) -> None:
    bob = browser(cast.bob)
    number = paid(cast, wishes=Wishes(message="=HYPERLINK(1)")).order_numbers[0]
    text = b"".join(bob.get(f"{DESK}list/?format=csv")).decode()
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert rows[0][:2] == ["订单号", "仓库"]
    assert rows[1][0] == number
    assert rows[1][4:6] == ["张三", "13800138000"]
    assert rows[1][7] == "'=HYPERLINK(1)"
    answer = bob.get(f"{DESK}list/?format=xlsx")
    sheet = list(workbook.read(io.BytesIO(b"".join(answer.streaming_content))))  # type: ignore[attr-defined]
    assert sheet == rows
    assert len(trail("trade.download_addresses")) == 2
    sheet[1][9:] = ["顺丰", NUMBER]
    file = SimpleUploadedFile("发货.xlsx", workbook.written(sheet))
    there = bob.post(f"{DESK}files/", {"file": file})["Location"]
    assert "会发 1 单" in body(bob.get(there))
    assert facade.order_for(cast.alice, number).state == "paid"
    bob.post(f"{there}confirmation/")
    assert facade.order_for(cast.alice, number).state == "shipped"
    assert "发了 1 单" in body(bob.get(there))


def test_a_carrier_is_taken_from_the_list_or_said_to_be_unknown(cast: Cast) -> None:
    bob, alice = browser(cast.bob), browser(cast.alice)
    numbers = [paid(cast).order_numbers[0] for _ in range(4)]
    desk = "/console/bobs/orders/{}/"
    english = {"Accept-Language": "en"}
    page = body(bob.get(desk.format(numbers[0]), headers=english))
    options = re.findall(r'<option value="([^"]+)">', page.split('id="carriers"')[1].split("</datalist>")[0])  # fmt: skip
    assert [carrier_of(unescape(name)) for name in options] == list(CARRIERS)
    assert 'name="carrier" list="carriers"' in page
    assert "Any other name will do too, without check and without tracking." in page
    # What an English page offers is known: the number is checked, and whoever reads it reads their own language.
    form = {"carrier": "YTO Express", "tracking": "YT1234567890123"}
    done = body(bob.post(f"{desk.format(numbers[0])}shipment/", form, headers=english, follow=True))
    assert "do not know" not in done
    (one,) = facade.order_for(cast.alice, numbers[0]).shipments
    assert (one.carrier, one.carrier_code) == ("圆通速递", "yuantong")
    assert "圆通速递" in body(alice.get(f"/orders/{numbers[0]}/"))
    assert "YTO Express" in body(alice.get(f"/orders/{numbers[0]}/", headers=english))
    done = body(bob.post(f"{desk.format(numbers[1])}shipment/", form | {"carrier": "老王货运"}, follow=True))  # fmt: skip
    assert "不认识“老王货运”这家快递：买家看得到名字和单号，没有物流轨迹。" in done
    (one,) = facade.order_for(cast.alice, numbers[1]).shipments
    assert (one.carrier, one.carrier_code, one.link) == ("老王货运", "", "")
    # The same in a file, and by a program.
    rows = [(numbers[2], "", "shunfeng", NUMBER), (numbers[3], "", "老王货运", "LW0001")]
    there = bob.post(f"{DESK}files/", {"file": SimpleUploadedFile("a.csv", csv_of(rows))})["Location"]  # fmt: skip
    page = body(bob.get(there))
    assert "会发 2 单" in page
    assert page.count("不认识这家快递：能发，没有物流轨迹") == 1
    assert "<code>jtexpress</code>" in body(bob.get(DESK))
    bob.post(f"{there}confirmation/")
    sent = [facade.order_for(cast.alice, number).shipments[0] for number in numbers[2:]]
    assert [(one.carrier, one.carrier_code) for one in sent] == [("顺丰速运", "shunfeng"), ("老王货运", "")]  # fmt: skip
    told = send(api(cast.bob), "GET", f"/shops/bobs/orders/{numbers[2]}").json()["shipments"][0]
    assert (told["carrier"], told["carrier_code"]) == ("顺丰速运", "shunfeng")
    listed = send(api(None), "GET", "/carriers").json()["items"]
    assert {"code": "jtexpress", "is_followed": False}.items() <= listed[8].items()


def test_refused_rows_can_be_downloaded(cast: Cast) -> None:
    bob = browser(cast.bob)
    file = SimpleUploadedFile("a.csv", csv_of([("=x", "", "顺丰", NUMBER)]))
    there = bob.post(f"{DESK}files/", {"file": file})["Location"]
    text = b"".join(bob.get(f"{there}?format=csv")).decode()
    assert list(csv.reader(io.StringIO(text)))[1] == [
        "2",
        "'=x",
        "",
        "顺丰",
        NUMBER,
        "没有这个订单",
    ]
    page = body(bob.post(f"{DESK}files/", {"file": SimpleUploadedFile("a.csv", b"x")}, follow=True))
    assert "订单号" in page


@pytest.mark.parametrize("kind", ["labels", "packing", "picking"])
def test_paper_is_a_pdf_and_addresses_on_it_are_written_down(cast: Cast, kind: str) -> None:
    number = paid(cast, (cast.cup, 1), (cast.vase, 2)).order_numbers[0]
    found = browser(cast.bob).get(f"{DESK}print/{kind}/?n={number}")
    assert (found["Content-Type"], found.content[:5]) == ("application/pdf", b"%PDF-")
    assert trail("trade.print") == (
        [] if kind == "picking" else [(f"trade.print_{kind}", [number])]
    )
    assert browser(cast.bob).get(f"{DESK}print/{kind}/?n=none").status_code == 422


def test_fetching_is_chosen_at_checkout_and_handed_over_at_the_desk(cast: Cast) -> None:
    point = pickup.save_point(
        shop_id=cast.bobs.id, name="巷口店", address="巷口 3 号", hours="10–20"
    )
    alice, bob = browser(cast.alice), browser(cast.bob)
    page = body(alice.get(f"/checkout/?sku={cast.cup.code}&count=1"))
    assert "巷口店" in page
    form = {name: hidden(page, name) for name in ("key", "expected_minor", "sku", "count")}
    chosen = {f"pickup_{cast.bobs.id}": point.public_id}
    assert "到店自提，不收运费" not in page
    page = body(alice.post("/checkout/", form | ADDRESS | chosen | {"step": "price"}))
    assert f'value="{point.public_id}" checked' in page
    assert alice.post("/checkout/", form | ADDRESS | chosen).status_code == 303
    number = facade.orders_of(cast.alice).items[0].number
    assert "付款后这里会出现取货码" in body(alice.get(f"/orders/{number}/"))
    number = paid(cast, wishes=Wishes(pickups=(point.public_id,))).order_numbers[0]
    found = facade.order_for(cast.alice, number).pickup
    assert found is not None
    page = body(alice.get(f"/orders/{number}/"))
    assert f"{found.code[:4]} {found.code[4:]}" in page
    assert "<svg" in page
    assert number in body(bob.get("/console/bobs/pickup/"))
    assert found.code not in body(bob.get(f"/console/bobs/orders/{number}/"))
    assert "取货码不对" in body(bob.post("/console/bobs/pickup/", {"code": "0"}), 404)
    done = bob.post("/console/bobs/pickup/", {"code": found.code}, follow=True)
    assert "可以交货了" in body(done)
    assert facade.order_for(cast.alice, number).state == "received"


def test_alarms_stand_on_the_first_page_and_in_a_list(cast: Cast, freezer_at: Any) -> None:
    number = paid(cast).order_numbers[0]
    with freezer_at(hours=49):
        assert jobs.watch_parcels() == 1
        bob = browser(cast.bob)
        assert "超时未发" in body(bob.get("/console/bobs/"))
        assert number in body(bob.get(f"{DESK}alarms/?kind=late"))
        assert number not in body(bob.get(f"{DESK}alarms/?kind=stall"))
        assert "已超时" in body(bob.get(f"{DESK}?late=1"))
        assert "超过了承诺的发货时间" in body(browser(cast.alice).get(f"/orders/{number}/"))


@pytest.fixture
def freezer_at() -> Any:
    from datetime import timedelta

    import time_machine

    from grapevine.kit import clock

    return lambda **delta: time_machine.travel(clock.now() + timedelta(**delta))


def test_the_same_over_the_api(cast: Cast) -> None:
    bob, alice, eve = api(cast.bob), api(cast.alice), api(cast.eve)
    number = paid(cast, (cast.cup, 2)).order_numbers[0]
    waiting = send(bob, "GET", "/shops/bobs/to-ship").json()["items"]
    assert [(one["number"], one["pieces"]) for one in waiting] == [(number, 2)]
    place = waiting[0]["places"][0]
    told = {"warehouse_id": place["warehouse_id"], "carrier": "顺丰", "tracking": NUMBER}
    one = {"pieces": [{"line_id": place["pieces"][0]["line_id"], "count": 1}]}
    path = f"/shops/bobs/orders/{number}/parcels"
    assert send(eve, "POST", path, told).status_code == 404
    assert send(bob, "POST", path, told | one).json()["state"] == "paid"
    assert send(bob, "POST", path, told | {"tracking": "1"}).status_code == 422
    shipped = send(bob, "POST", path, told | {"tracking": "SF1234567890124"}).json()
    assert (shipped["state"], len(shipped["shipments"])) == ("shipped", 2)
    fix = {"carrier": "圆通", "tracking": "YT1234567890123"}
    there = f"{path}/{shipped['shipments'][0]['id']}"
    assert send(eve, "PUT", there, fix).status_code == 404
    assert send(bob, "PUT", there, fix).json()["shipments"][0]["changes"][0]["tracking"] == NUMBER
    assert send(alice, "GET", f"/orders/{number}/alarms").json()["items"] == []
    assert send(eve, "GET", f"/orders/{number}/alarms").status_code == 404
    assert send(bob, "GET", "/shops/bobs/parcel-alarms").json()["items"] == []
    assert send(bob, "PUT", "/shops/bobs/shipping-promise", {"ship_hours": 12}).json() == {
        "ship_hours": 12
    }
    assert len(send(api(None), "GET", "/carriers").json()["items"]) == 14
    made = send(
        bob, "POST", "/shops/bobs/pickup-points", {"name": "店", "address": "a", "hours": "b"}
    )
    assert made.status_code == 201
    point = made.json()["id"]
    assert send(api(None), "GET", "/shops/bobs/pickup-points").json()["items"][0]["id"] == point
    order = paid(cast, wishes=Wishes(pickups=(point,))).order_numbers[0]
    code = send(alice, "GET", f"/orders/{order}").json()["pickup"]["code"]
    assert send(eve, "POST", "/shops/bobs/pickups", {"code": code}).status_code == 404
    assert (
        send(bob, "POST", "/shops/bobs/pickups", {"code": "1"}).json()["code"] == "trade.wrong_code"
    )
    assert send(bob, "POST", "/shops/bobs/pickups", {"code": code}).json()["state"] == "received"
    closed = {"name": "店", "address": "a", "hours": "b", "is_active": False}
    assert (
        send(bob, "PUT", f"/shops/bobs/pickup-points/{point}", closed).json()["is_active"] is False
    )


def test_a_file_over_the_api(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    bob = api(cast.bob)
    file = SimpleUploadedFile("a.csv", csv_of([(number, "", "顺丰", NUMBER)]))
    made = bob.post("/api/v1/shops/bobs/shipping-files", {"file": file})
    assert (made.status_code, made.json()["counts"]) == (201, {"ok": 1})
    there = f"/shops/bobs/shipping-files/{made.json()['id']}"
    assert send(api(cast.eve), "POST", f"{there}/confirmation").status_code == 404
    assert send(bob, "POST", f"{there}/confirmation").json()["counts"] == {"done": 1}
    assert send(bob, "GET", there).json()["state"] == "done"


def test_an_order_that_came_by_parcel_shows_what_is_in_it(cast: Cast) -> None:
    number = paid(cast, (cast.cup, 2)).order_numbers[0]
    send_piece(cast, number)
    page = body(browser(cast.alice).get(f"/orders/{number}/"))
    assert "粗陶杯 默认 ×1" in page
    assert "com=shunfeng" in page
