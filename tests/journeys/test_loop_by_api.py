"""The loop the product exists for, by the API alone: two HTTP clients, no browser.

A shop opens and offers a group price; a buyer finds a note, opens a group from it and shares; a stranger visits the
link, signs up only at payment, joins and pays; the group fills; the shop sees two buyers, the source and the fan.
"""

import io
import json
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey
ADDRESS = {
    "name": "林知夏", "phone": "13800138000", "province": "浙江省", "city": "杭州市",
    "district": "西湖区", "detail": "龙井路 1 号",
}  # fmt: skip
PASSWORD = "vine-and-grape-7"


class Caller:
    """One person's HTTP client: a bearer token once signed up, an id of its own before."""

    def __init__(self, site: Site, visitor: str) -> None:
        self.http = httpx.Client(
            base_url=f"{site.url}/api/v1", headers={"X-Visitor": visitor}, timeout=30
        )

    def call(
        self, method: str, path: str, body: Any = None, *, status: int = 200, key: str = ""
    ) -> Any:
        headers = {"Idempotency-Key": key or str(uuid4())} if method != "GET" else {}
        answer = self.http.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def sign_up(self, identifier: str, name: str) -> None:
        given = {"identifier": identifier, "password": PASSWORD, "name": name}
        token = self.call("POST", "/people", given, status=201)["token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def upload(self, colour: str) -> str:
        picture = io.BytesIO()
        Image.new("RGB", (900, 1200), colour).save(picture, "JPEG")
        answer = self.http.post(
            "/pictures", files={"file": ("a.jpg", picture.getvalue(), "image/jpeg")}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["public_id"])


def until(found: Any, seconds: float = 75) -> Any:
    """The first true answer of `found()`; the worker needs a moment."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        answer = found()
        if answer:
            return answer
        time.sleep(0.3)
    raise AssertionError(f"not within {seconds} s")


def test_the_whole_loop_by_api(site: Site) -> None:
    shop, buyer, stranger = (
        Caller(site, "shopshopshop"),
        Caller(site, "buyerbuyer22"),
        Caller(site, "strangerst22"),
    )

    # A shop of its own brand, goods with a group price, and a note about them.
    shop.sign_up("owner@example.com", "山茶手作")
    shop.call(
        "POST",
        "/shops",
        {"slug": "shancha", "name": "山茶手作", "colour": "#a03030", "bio": "手作护肤"},
        status=201,
    )
    goods = shop.call(
        "POST", "/shops/shancha/goods",
        {
            "title": "山茶籽油护手霜", "category": "护肤", "body": "冬天用的。", "pictures": [shop.upload("#c05050")],
            "skus": [{"option": "50g", "price_minor": 5900, "stock": 10}],
        },
        status=201,
    )  # fmt: skip
    plan = shop.call(
        "POST", "/shops/shancha/group-plans",
        {"goods": goods["public_id"], "size": 2, "price_minor": 4300, "hours": 24}, status=201,
    )  # fmt: skip
    shop.call("PUT", "/shops/shancha/commission", {"rate_bps": 1000})
    note = shop.call(
        "POST", "/notes",
        {
            "title": "初冬护手，先把茶籽油揉热", "body": "掌心搓热再按压。", "topics": ["护手"],
            "pictures": [shop.upload("#d08080")], "goods": [goods["public_id"]],
        },
        status=201,
    )  # fmt: skip

    # A buyer finds the note, and opens a group from it.
    buyer.sign_up("13800138001", "林知夏")
    found = until(lambda: buyer.call("GET", "/search?q=护手&kind=notes")["items"])
    assert [item["public_id"] for item in found] == [note["public_id"]]
    sku = buyer.call("GET", f"/goods/{goods['public_id']}")["skus"][0]["code"]
    opening = {
        "plan": plan["public_id"],
        "sku": sku,
        "count": 1,
        "address": ADDRESS,
        "source": {"from": f"note:{note['public_id']}"},
    }
    key = str(uuid4())
    opened = buyer.call("POST", "/groups", opening, status=201, key=key)
    again = buyer.call("POST", "/groups", opening, status=201, key=key)
    assert again == opened
    pay(buyer, opened)
    group = opened["group"]["public_id"]
    until(lambda: buyer.call("GET", f"/groups/{group}")["missing"] == 1)
    assert buyer.call("GET", f"/orders/{opened['order_number']}")["state"] == "waiting"

    # The buyer shares the group; the poster is a picture with a code on it.
    share = buyer.call(
        "POST",
        "/shares",
        {"object_type": "group", "object_id": group, "channel": "poster"},
        status=201,
    )
    poster = httpx.get(f"{site.url}/posters/{share['token']}.png", timeout=30)
    assert Image.open(io.BytesIO(poster.content)).size == (720, 1280)

    # A stranger opens the link without an account, signs up at payment, joins and pays.
    landing = httpx.get(
        f"{site.url}/s/{share['token']}/", headers={"Cookie": "gv_visitor=strangerst22"}, timeout=30
    )
    assert landing.status_code == 302
    assert landing.headers["location"].startswith(f"/groups/{group}/")
    assert stranger.call("GET", f"/groups/{group}")["state"] == "open"
    stranger.call("POST", f"/groups/{group}/membership", {}, status=401)
    stranger.sign_up("stranger@example.com", "周一一")
    joining = {
        "sku": sku,
        "count": 1,
        "address": ADDRESS,
        "source": {"share_token": share["token"]},
    }
    joined = stranger.call("POST", f"/groups/{group}/membership", joining, status=201)
    pay(stranger, joined)

    # The group fills; both orders are paid; a third person finds it full.
    until(lambda: buyer.call("GET", f"/groups/{group}")["state"] == "filled")
    until(lambda: buyer.call("GET", f"/orders/{opened['order_number']}")["state"] == "paid")
    until(lambda: stranger.call("GET", f"/orders/{joined['order_number']}")["state"] == "paid")
    buyer.call("GET", f"/orders/{joined['order_number']}", status=404)

    # The shop's console shows two buyers, the source, and who brought whom.
    tree = until(lambda: seen_by(shop, buyers=2))
    assert tree["today"]["payments_minor"] == 8600
    fans = until(lambda: shop.call("GET", "/shops/shancha/fans")["items"])
    brought = {fan["name"]: fan["brought"] for fan in fans}
    assert brought["林知夏"] == 1
    stranger.call("GET", "/shops/shancha/tree", status=404)

    # Money is whole: the clearing accounts are zero again, the chain verifies.
    report = json.loads(site.command("ledger", "verify"))
    assert report["ok"] is True
    assert all(minor == 0 for minor in json.loads(site.command("ledger", "clearing")).values())


def pay(caller: Caller, placed: dict[str, Any]) -> None:
    attempt = caller.call(
        "POST", f"/payments/{placed['payment_number']}/attempts", {"method": "sandbox"}, status=201
    )
    assert "/sandbox/" in attempt["url"]
    caller.call("POST", f"/sandbox/{placed['payment_number']}/outcome", {"outcome": "pay"})


def seen_by(shop: Caller, *, buyers: int) -> Any:
    tree = shop.call("GET", "/shops/shancha/tree")
    return tree if tree["today"]["buyers"] == buyers else None
