"""The Python client made from the document: a shop is run with it, refusals are exceptions, nothing happens twice."""

import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from grapevine.gateway import facade as gateway
from grapevine.gateway.contracts import Scope
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.trade.models import SandboxCharge
from grapevine.trade.tests.cast import Cast, deliver, gather
from tests.gateway.receiver import Receiver
from tools.client import FILE, client as made

ADDRESS = {
    "name": "张三", "phone": "13800138000", "province": "广东省", "city": "深圳市", "district": "南山区",
    "detail": "科技路 1 号",
}  # fmt: skip


def loaded(path: Path = FILE) -> ModuleType:
    spec = importlib.util.spec_from_file_location("grapevine_client", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["grapevine_client"] = module
    spec.loader.exec_module(module)
    return module


library = loaded()


class Inside(library.Grapevine):  # type: ignore[name-defined,misc]
    """The client, talking to this process."""

    def send(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        answer = Client().generic(
            method, target, content, content_type=headers.get("Content-Type", ""), headers=headers
        )  # fmt: skip
        return (
            answer.status_code, {name.lower(): text for name, text in answer.items()}, answer.content,
        )  # fmt: skip


def speaking(person_id: int) -> Any:
    return Inside("http://localhost", people.issue_token(person_id, "client"), tries=1)


def test_the_file_is_what_the_document_says() -> None:
    assert FILE.read_text() == made()


@pytest.mark.django_db
def test_goods_are_listed_bought_paid_and_shipped() -> None:
    cast: Cast = gather()
    alice = speaking(cast.alice)
    key = gateway.create_key(
        shop_id=cast.bobs.id, person_id=cast.bob, name="打单",
        scopes=[Scope.GOODS_WRITE, Scope.ORDERS_READ, Scope.ORDERS_SHIP],
    )  # fmt: skip
    shop = Inside("http://localhost", key, tries=1)
    for number in range(3):
        shop.list_goods(
            "bobs",
            {
                "title": f"碗 {number}", "category": "家居", "body": "手工。",
                "skus": [{"option": "默认", "price_minor": 5_000, "stock": 2}],
            },
        )  # fmt: skip
    titles = [card["title"] for card in alice.pages(alice.shop_goods, "bobs", limit=2)]
    assert sorted(titles) == ["小花瓶", "碗 0", "碗 1", "碗 2", "粗陶杯"]
    placed = alice.trade_place({"lines": [{"sku": cast.cup.code, "count": 1}], "address": ADDRESS})
    alice.trade_start(placed["payment_number"], {"method": "sandbox"})
    alice.sandbox_outcome(placed["payment_number"], {"outcome": "pay"})
    deliver(SandboxCharge.objects.get())
    signals.drain()
    [order] = shop.pages(shop.shop_orders, "bobs", state="paid")
    assert order["total_minor"] == placed["total_minor"]
    shop.ship("bobs", order["number"], {"carrier": "顺丰", "tracking": "SF1234567890"})
    assert alice.read_order(order["number"])["state"] == "shipped"
    assert list(shop.pages(shop.shop_orders, "bobs", state="paid")) == []


@pytest.mark.django_db
def test_a_refusal_is_an_exception_that_says_what_to_do() -> None:
    cast = gather()
    key = gateway.create_key(
        shop_id=cast.bobs.id, person_id=cast.bob, name="读", scopes=[Scope.GOODS_READ]
    )
    shop = Inside("http://localhost", key, language="zh-hans", tries=1)
    with pytest.raises(library.GrapevineError) as refused:
        shop.shop_orders("bobs")
    error = refused.value
    assert (error.status, error.code, error.params) == (
        403, "gateway.lacks_scope", {"scope": "orders:read"},
    )  # fmt: skip
    assert error.title == "这个钥匙或应用没有得到这项许可：orders:read"
    with pytest.raises(library.GrapevineError, match=r"bad_input"):
        speaking(cast.bob).list_goods("bobs", {})


def test_a_write_is_sent_again_with_the_same_key_and_a_read_too() -> None:
    receiver = Receiver()
    try:
        receiver.status, receiver.body = 503, b"{}"
        one = library.Grapevine(f"http://127.0.0.1:{receiver.port}", "t", tries=2)
        with pytest.raises(library.GrapevineError) as refused:
            one.trade_place({"lines": []})
    finally:
        receiver.close()
    assert refused.value.status == 503
    keys = [headers["idempotency-key"] for headers, _ in receiver.got]
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert [json.loads(body) for _, body in receiver.got] == [{"lines": []}] * 2
    assert {headers["authorization"] for headers, _ in receiver.got} == {"Bearer t"}
    with pytest.raises(OSError, match="refused"):
        one.read_cart()
