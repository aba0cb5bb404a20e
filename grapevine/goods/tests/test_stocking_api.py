"""Warehouses, stock and shipping over the API, tried by the owner and by everybody else."""

import json
from typing import Any

import pytest
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku
from grapevine.goods.models import ShippingTemplate, Stock, Warehouse
from grapevine.people import facade as people

pytestmark = pytest.mark.django_db
TEMPLATE = {"name": "快递", "zones": [{"first_minor": 1000}], "is_default": True}


class Api:
    """A caller of the API with a token, or a stranger."""

    def __init__(self, person_id: int | None) -> None:
        token = people.issue_token(person_id, "test") if person_id else ""
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = Client().generic(
            method, f"/api/v1/shops/tea-house/{path}", json.dumps(body) if body is not None else "",
            content_type="application/json", headers=self._headers,
        )  # fmt: skip
        return answer.status_code, answer.json() if answer.content else None


def cast() -> tuple[Api, str]:
    """The owner's API, and the code of the one SKU, of which there are ten."""
    bob = people.sign_up(identifier="bob@example.com", password="vine-and-grape-7", name="Bob")
    shop = goods.open_shop(owner_id=bob, slug="tea-house", name="茶舍", colour="#1d5a41")
    card = goods.list_goods(
        shop_id=shop.id, title="龙井", category="茶", body="", skus=[NewSku("一两", 900, 10)]
    )
    return Api(bob), goods.goods_detail(card.public_id).skus[0].code


def test_a_shop_keeps_its_pieces_where_it_wants() -> None:
    api, code = cast()
    status, south = api("POST", "warehouses", {"name": "南仓", "province": "广东省", "priority": 1})
    assert (status, south["province"]) == (201, "广东省")
    first, second = api("GET", "warehouses")[1]["items"]
    assert (first["name"], second["public_id"]) == ("默认仓", south["public_id"])
    moving = {"sku": code, "source": first["public_id"], "target": south["public_id"], "count": 4}
    assert api("POST", "stock/transfers", moving) == (204, None)
    assert api("POST", "stock/transfers", {**moving, "count": 7})[1]["code"] == "bad_input"
    counts = {"rows": [{"sku": code, "warehouse": south["public_id"], "count": 9}]}
    assert api("POST", "stock/counts", counts) == (200, {"rows": 1, "changed": 1})
    rows = api("GET", "stock")[1]["items"]
    assert [(row["warehouse_name"], row["free"]) for row in rows] == [("默认仓", 6), ("南仓", 9)]
    assert api("PUT", f"skus/{code}/hot", {"on": True}) == (204, None)
    assert Stock.objects.count() == 32
    assert api("GET", "stock/transfer-suggestions")[1]["items"] == []


def test_a_shop_says_what_sending_costs_and_how_much_one_may_buy() -> None:
    api, code = cast()
    status, made = api("POST", "shipping", TEMPLATE)
    assert (status, made["zones"][0]["first_minor"]) == (201, 1000)
    status, changed = api("PUT", f"shipping/{made['public_id']}", {**TEMPLATE, "name": "快递二"})
    assert (status, changed["name"]) == (200, "快递二")
    assert [one["name"] for one in api("GET", "shipping")[1]["items"]] == ["快递二"]
    public_id = goods.sku_by_code(code).goods_public_id
    terms = {"limit_per_person": 2, "shipping": made["public_id"]}
    assert api("PUT", f"goods/{public_id}/terms", terms) == (204, None)
    assert goods.sku_by_code(code).limit_per_person == 2
    assert api("POST", "shipping", {**TEMPLATE, "zones": []})[0] == 422


CALLS: tuple[tuple[str, str, Any], ...] = (
    ("GET", "warehouses", None), ("POST", "warehouses", {"name": "南仓"}), ("GET", "stock", None),
    ("POST", "stock/counts", {"rows": [{"sku": "x", "count": 1}]}),
    ("POST", "stock/transfers", {"sku": "x", "source": "a", "target": "b", "count": 1}),
    ("GET", "stock/transfer-suggestions", None), ("PUT", "skus/x/hot", {"on": True}),
    ("GET", "shipping", None), ("POST", "shipping", TEMPLATE), ("PUT", "shipping/x", TEMPLATE),
    ("PUT", "goods/x/terms", {}),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_nobody_else_sees_or_moves_anything(method: str, path: str, body: Any) -> None:
    cast()
    eve = people.sign_up(identifier="eve@example.com", password="vine-and-grape-7", name="Eve")
    assert Api(None)(method, path, body)[0] == 401
    status, answer = Api(eve)(method, path, body)
    assert (status, answer["code"]) == (404, "goods.shop_not_found")
    assert (Warehouse.objects.count(), ShippingTemplate.objects.count()) == (1, 0)
