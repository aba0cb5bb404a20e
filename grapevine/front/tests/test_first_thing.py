"""What the first page of a console proposes: who waits, then what cannot be sold, then what would be nice."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.utils import timezone

from grapevine.front.web.first_thing import Pressing, first_thing
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Facts, NewSku, Right, ShopCard, Want
from grapevine.people import facade as people

ALL = frozenset(Right)


@pytest.mark.parametrize(
    ("pressing", "rights", "first"),
    [
        (Pressing(2, 1, True, 3, 1, True), ALL, "ship"),
        (Pressing(0, 1, True, 3, 1, True), ALL, "answer"),
        (Pressing(0, 0, True, 3, 1, True), ALL, "apply"),
        (Pressing(0, 0, False, 3, 1, True), ALL, "list"),
        (Pressing(0, 0, False, 3, 1, False), ALL, "restock"),
        (Pressing(0, 0, False, 0, 1, False), ALL, "help"),
        (Pressing(), ALL, "write"),
        (Pressing(2, 1, True, 3, 1, True), frozenset({Right.TODAY}), "write"),
        (Pressing(2, 1, True, 3, 1, True), frozenset({Right.MARKETING, Right.GOODS}), "list"),
    ],
)
def test_who_waits_comes_first_and_a_note_when_nothing_presses(
    pressing: Pressing, rights: frozenset[Right], first: str
) -> None:
    assert first_thing(pressing, rights) == first


def shelf(shop: ShopCard, title: str, stock: int, sold: int, kind: str = "goods") -> None:
    """Goods of which `sold` were sold just now."""
    card = goods.list_goods(
        shop_id=shop.id, title=title, category="茶", body="", skus=[NewSku("", 900, stock + sold)]
    )
    goods.set_facts(shop_id=shop.id, public_id=card.public_id, facts=Facts(kind))
    sku = goods.goods_detail(card.public_id).skus[0]
    if sold:
        with transaction.atomic():
            soon = timezone.now() + timedelta(minutes=5)
            goods.hold(wants=[Want(title, sku.sku_id, sold)], until=soon)
            goods.sell([title])


@pytest.mark.django_db
def test_restocking_is_proposed_before_a_note_and_leads_to_what_is_gone() -> None:
    bob = people.sign_up(identifier="bob@example.com", password="vine-and-grape-7", name="Bob")
    shop = goods.open_shop(owner_id=bob, slug="bobs", name="半日", colour="#8d3b1f")
    client = Client()
    client.force_login(get_user_model().objects.get(pk=bob))

    def lead() -> tuple[str, str]:
        page: Any = client.get("/console/bobs/").content.decode()
        said = re.search(r'class="lead">(.*?)</p><a class="btn primary" href="(.*?)"', page)
        assert said is not None
        return said[1], said[2]

    assert lead() == ("店里还没有商品，先上架一件。", "/console/bobs/goods/new/")
    shelf(shop, "满仓", 50, 10)
    shelf(shop, "约课", 1, 3, kind="service")
    assert lead()[1] == "/note/new/"
    shelf(shop, "没人买", 1, 0)
    shelf(shop, "卖得快", 4, 28)
    assert lead() == ("2 个规格快缺货了，补一补。", "/console/bobs/goods/table/?state=low")
    order = [(one.line.title, one.days_left) for one in goods.soon_gone(shop.id)]
    assert order == [("卖得快", 2), ("没人买", None)]
    assert "卖得快 剩 4 件，照这样卖约 2 天" in client.get("/console/bobs/").content.decode()
    shelf(shop, "卖完了", 0, 3)
    assert lead() == ("“卖完了”已经卖完，先补货。", "/console/bobs/goods/table/?state=low")
    table = client.get("/console/bobs/goods/table/?state=low").content.decode()
    assert [name in table for name in ("卖完了", "卖得快", "没人买", "满仓")] == [
        True,
        True,
        True,
        False,
    ]
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert [one.days_left for one in goods.soon_gone(shop.id)] == [None, None, None]
