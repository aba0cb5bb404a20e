"""HTTP clients for journeys: one person each, and a shop to start from."""

import io
import time
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

from tests.journeys.conftest import Site

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


def opened_shop(shop: Caller, slug: str, word: str) -> tuple[Any, Any, Any]:
    """A shop of its own brand, goods with a group price and a commission, and a note about them."""
    shop.sign_up(f"owner@{slug}.example.com", "山茶手作")
    brand = {"slug": slug, "name": "山茶手作", "colour": "#a03030", "bio": "手作护肤"}
    shop.call("POST", "/shops", brand, status=201)
    listing = {
        "title": f"山茶籽油{word}霜", "category": "护肤", "body": "冬天用的。",
        "pictures": [shop.upload("#c05050")],
        "skus": [{"option": "50g", "price_minor": 5900, "stock": 10}],
    }  # fmt: skip
    goods = shop.call("POST", f"/shops/{slug}/goods", listing, status=201)
    offer = {"goods": goods["public_id"], "size": 2, "price_minor": 4300, "hours": 24}
    plan = shop.call("POST", f"/shops/{slug}/group-plans", offer, status=201)
    shop.call("PUT", f"/shops/{slug}/commission", {"rate_bps": 1000})
    words = {
        "title": f"初冬{word}，先把茶籽油揉热", "body": "掌心搓热再按压。", "topics": [word],
        "pictures": [shop.upload("#d08080")], "goods": [goods["public_id"]],
    }  # fmt: skip
    return goods, plan, shop.call("POST", "/notes", words, status=201)
