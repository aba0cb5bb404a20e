"""What a page of a purchase weighs on its way to a phone."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from grapevine.trade.tests.cast import Cast, gather, placed
from grapevine.trade.tests.test_pages import browser

pytestmark = pytest.mark.django_db
CSS = ("kit/tokens.css", "kit/shopper.css", "trade/buying.css")
JS = ("django_htmx/htmx-2.min.js", "kit/app.js", "goods/sku.js", "trade/wechat.js")
KILO = 1024


def weight(names: tuple[str, ...]) -> int:
    found = [finders.find(name) for name in names]
    return sum(len(gzip.compress(Path(str(one)).read_bytes(), 9)) for one in found)


@pytest.fixture
def cast() -> Cast:
    return gather()


def test_styles_and_scripts_of_buying_stay_within_their_budgets() -> None:
    assert weight(CSS) <= 18 * KILO
    assert weight(JS) <= 30 * KILO
    assert weight(("goods/sku.js", "trade/wechat.js")) <= 2 * KILO


def test_pages_stay_light_with_every_list_of_regions_open(cast: Cast) -> None:
    alice: Client = browser(cast.alice)
    for line in (cast.cup, cast.vase, cast.tea):
        alice.post("/cart/lines/", {"sku": line.code, "count": "1"})
    there = {"step": "regions", "province": "广东省", "city": "广州市", "district": "白云区"}
    number = placed(cast).payment_number
    pages = {
        "cart": alice.get("/cart/"), "checkout": alice.post("/checkout/", there), "orders": alice.get("/orders/"),
        "cashier": alice.get(f"/pay/{number}/"), "goods": alice.get(f"/goods/{cast.cup.goods_public_id}/"),
    }  # fmt: skip
    assert {name: answer.status_code for name, answer in pages.items()} == dict.fromkeys(pages, 200)
    heavy = {
        name: size
        for name, answer in pages.items()
        if (size := len(gzip.compress(answer.content, 6))) > 12 * KILO
    }
    assert heavy == {}
