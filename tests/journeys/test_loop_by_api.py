"""The loop the product exists for, by the API alone: two HTTP clients, no browser.

A shop opens and offers a group price; a buyer finds a note, opens a group from it and shares; a stranger visits the
link, signs up only at payment, joins and pays; the group fills; the shop sees two buyers, the source and the fan.
"""

import io
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from tests.journeys.callers import Caller, opened_shop, until
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey
ADDRESS = {
    "name": "林知夏", "phone": "13800138000", "province": "浙江省", "city": "杭州市",
    "district": "西湖区", "detail": "龙井路 1 号",
}  # fmt: skip
VISITOR = "strangerst22"


@pytest.fixture
def callers(site: Site) -> Iterator[tuple[Caller, Caller, Caller]]:
    three = Caller(site, "shopshopshop"), Caller(site, "buyerbuyer22"), Caller(site, VISITOR)
    yield three
    for caller in three:
        caller.http.close()


def test_the_whole_loop_by_api(site: Site, callers: tuple[Caller, Caller, Caller]) -> None:
    shop, buyer, stranger = callers
    goods, plan, note = opened_shop(shop, "shancha", "护手")
    sku = goods["skus"][0]["code"]
    opened = group_from_note(buyer, plan, note, sku)
    share = shared(site, buyer, opened["group"])
    joined = joined_by_stranger(site, stranger, share, opened["group"], sku)

    # The group fills; both orders are paid; nobody sees the other's order.
    until(lambda: buyer.call("GET", f"/groups/{opened['group']}")["state"] == "filled")
    until(lambda: buyer.call("GET", f"/orders/{opened['order_number']}")["state"] == "paid")
    until(lambda: stranger.call("GET", f"/orders/{joined['order_number']}")["state"] == "paid")
    buyer.call("GET", f"/orders/{joined['order_number']}", status=404)

    # The shop's console shows two buyers, the source, and who brought whom.
    tree = until(lambda: seen_by(shop, buyers=2))
    assert tree["today"]["payments_minor"] == 8600
    until(lambda: cube_of(shop) == {"group": 2})
    fans = shop.call("GET", "/shops/shancha/fans")["items"]
    assert sorted((fan["brought"], fan["supporting"]) for fan in fans) == [(0, False), (1, True)]
    network = shop.call("GET", "/shops/shancha/network")
    assert (network["layers"], network["edges"]) == ([1, 1], 1)
    stranger.call("GET", "/shops/shancha/tree", status=404)
    held = buyer.call("GET", "/me/commissions")["items"]
    assert [(one["amount_minor"], one["state"]) for one in held] == [(430, "held")]

    # Money is whole: the clearing accounts are zero again, the ledger verifies.
    report = json.loads(site.command("ledger", "verify"))
    assert (report["ok"], report["differences"]) == (True, [])
    clearing = json.loads(site.command("ledger", "clearing"))
    assert set(clearing.values()) == {0}


def cube_of(shop: Caller) -> dict[str, int]:
    found = shop.call("GET", "/shops/shancha/cube?on=orders&by=channel&show=orders")
    return {row["key"]: row["values"]["orders"] for row in found["rows"]}


def group_from_note(buyer: Caller, plan: Any, note: Any, sku: str) -> Any:
    """A buyer finds the note, opens a group from it and pays; sending it twice opens one."""
    buyer.sign_up("13800138001", "林知夏")
    until(lambda: note["public_id"] in found_by(buyer, "护手"))
    body = {
        "plan": plan["public_id"], "sku": sku, "count": 1, "address": ADDRESS,
        "source": {"from": f"note:{note['public_id']}"},
    }  # fmt: skip
    key = str(uuid4())
    opened = buyer.call("POST", "/groups", body, status=201, key=key)
    assert buyer.call("POST", "/groups", body, status=201, key=key) == opened
    pay(buyer, opened)
    until(lambda: buyer.call("GET", f"/groups/{opened['group']}")["missing"] == 1)
    order = buyer.call("GET", f"/orders/{opened['order_number']}")
    assert (order["state"], order["source"]["note"]) == ("waiting", note["public_id"])
    return opened


def found_by(buyer: Caller, query: str) -> list[str]:
    return [one["public_id"] for one in buyer.call("GET", f"/search?q={query}&kind=notes")["items"]]


def shared(site: Site, buyer: Caller, group: str) -> Any:
    """The buyer's link to the group, and its poster."""
    body = {"object_type": "group", "object_id": group, "channel": "poster"}
    share = buyer.call("POST", "/shares", body, status=201)
    poster = httpx.get(f"{site.url}/posters/{share['token']}.png", timeout=30)
    with Image.open(io.BytesIO(poster.content)) as picture:
        assert picture.size == (720, 1280)
    return share


def joined_by_stranger(site: Site, stranger: Caller, share: Any, group: str, sku: str) -> Any:
    """Somebody without an account opens the link, signs up only to pay, joins and pays."""
    cookie = {"Cookie": f"gv_visitor={VISITOR}"}
    landing = httpx.get(f"{site.url}/s/{share['token']}/", headers=cookie, timeout=30)
    assert landing.status_code == 302
    assert landing.headers["location"].startswith(f"/groups/{group}/")
    assert stranger.call("GET", f"/groups/{group}")["state"] == "open"
    body = {"sku": sku, "count": 1, "address": ADDRESS, "source": {"share_token": share["token"]}}
    stranger.call("POST", f"/groups/{group}/membership", body, status=401)
    stranger.sign_up("stranger@example.com", "周一一")
    joined = stranger.call("POST", f"/groups/{group}/membership", body, status=201)
    pay(stranger, joined)
    return joined


def pay(caller: Caller, placed: dict[str, Any]) -> None:
    attempt = caller.call(
        "POST", f"/payments/{placed['payment_number']}/attempts", {"method": "sandbox"}, status=201
    )
    assert "/sandbox/" in attempt["url"]
    caller.call(
        "POST", f"/sandbox/{placed['payment_number']}/outcome", {"outcome": "pay"}, status=204
    )


def seen_by(shop: Caller, *, buyers: int) -> Any:
    tree = shop.call("GET", "/shops/shancha/tree")
    return tree if tree["today"]["buyers"] == buyers else None
