"""The API, from cart to refund, tried by the whole cast."""

import pytest

from grapevine.trade import facade
from grapevine.trade.models import Order, SandboxCharge
from grapevine.trade.tests.cast import HOME, Cast, api, deliver, gather, paid, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def test_the_loop_walks_by_the_api_alone(cast: Cast) -> None:
    alice, eve = api(cast.alice), api(cast.eve)
    address = {"name": "张三", "phone": "13800138000", "province": "广东省", "city": "深圳市", "district": "南山区", "detail": "科技路 1 号"}  # fmt: skip
    lines = [{"sku": cast.cup.code, "count": 1}]
    assert send(alice, "POST", "/cart/lines", lines[0]).status_code == 201
    (line,) = alice.get("/api/v1/cart").json()["items"]
    assert send(alice, "PATCH", f"/cart/lines/{line['id']}", {"count": 2}).json()["items"][0]["count"] == 2  # fmt: skip
    assert send(eve, "PATCH", f"/cart/lines/{line['id']}", {"count": 1}).status_code == 404
    assert send(alice, "DELETE", f"/cart/lines/{line['id']}").status_code == 204
    assert send(api(None), "POST", "/quotes", {"lines": lines}).json()["total_minor"] == 6900
    order = {"lines": lines, "address": address, "source": {"from": "note:n1"}}
    made = [send(alice, "POST", "/orders", order, **{"Idempotency-Key": "k1"}).json() for _ in range(2)]  # fmt: skip
    assert made[0] == made[1]
    assert Order.objects.count() == 1
    number, payment = made[0]["order_numbers"][0], made[0]["payment_number"]
    assert send(api(None), "POST", "/orders", order).status_code == 401
    for path in (f"/orders/{number}", f"/payments/{payment}"):
        assert eve.get(f"/api/v1{path}").status_code == 404
        assert alice.get(f"/api/v1{path}").status_code == 200
    assert send(eve, "POST", f"/payments/{payment}/attempts").status_code == 404
    assert send(alice, "POST", f"/payments/{payment}/attempts").json()["url"] == f"/sandbox/{payment}/"  # fmt: skip
    assert send(eve, "POST", f"/sandbox/{payment}/outcome", {"outcome": "pay"}).status_code == 404
    assert send(alice, "POST", f"/sandbox/{payment}/outcome", {"outcome": "x"}).status_code == 422
    assert send(alice, "POST", f"/sandbox/{payment}/outcome", {"outcome": "pay"}).status_code == 204
    deliver(SandboxCharge.objects.get())
    assert alice.get("/api/v1/orders").json()["items"][0]["state"] == "paid"
    assert eve.get("/api/v1/orders").json()["items"] == []


def test_shipping_receiving_and_refunding_by_the_api(cast: Cast) -> None:
    alice, eve, bob = api(cast.alice), api(cast.eve), api(cast.bob)
    number = paid(cast).order_numbers[0]
    parcel = {"carrier": "顺丰", "tracking": "SF1234"}
    assert eve.get("/api/v1/shops/bobs/orders").status_code == 404
    assert send(eve, "POST", f"/shops/bobs/orders/{number}/shipment", parcel).status_code == 404
    assert bob.get("/api/v1/shops/bobs/orders").json()["items"][0]["number"] == number
    assert send(bob, "POST", f"/shops/bobs/orders/{number}/shipment", parcel).json()["state"] == "shipped"  # fmt: skip
    assert send(eve, "POST", f"/orders/{number}/receipt").status_code == 404
    assert send(alice, "POST", f"/orders/{number}/receipt").json()["state"] == "received"
    assert send(alice, "POST", f"/orders/{number}/refund").status_code == 409
    assert send(bob, "POST", f"/shops/bobs/orders/{number}/refund").json()["state"] == "refunded"
    other = paid(cast, (cast.tea, 1)).order_numbers[0]
    assert send(alice, "POST", f"/orders/{other}/cancellation").status_code == 409
    assert send(alice, "POST", f"/orders/{other}/refund").json()["state"] == "refunded"


def test_the_address_book_by_the_api(cast: Cast) -> None:
    alice, eve = api(cast.alice), api(cast.eve)
    facade.save_address(person_id=cast.alice, address=HOME)
    address = {"name": "张三", "phone": "13800138000", "province": "广东省", "city": "深圳市", "district": "南山区", "detail": "科技路 1 号"}  # fmt: skip
    (kept,) = alice.get("/api/v1/addresses").json()["items"]
    assert kept["detail"] == "科技路 1 号"
    assert eve.get("/api/v1/addresses").json()["items"] == []
    assert send(eve, "DELETE", f"/addresses/{kept['id']}").status_code == 204
    assert len(alice.get("/api/v1/addresses").json()["items"]) == 1
    assert send(eve, "POST", "/addresses", address).status_code == 201
    assert send(eve, "POST", "/addresses/parse", {"text": "李四 13900139000"}).json()["name"] == "李四"  # fmt: skip
