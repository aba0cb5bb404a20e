"""The goods page tells what is known of the goods, and nothing that is not."""

import re

import pytest
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Facts, NewSku
from grapevine.people import facade as people

pytestmark = pytest.mark.django_db


def shelf() -> tuple[int, str]:
    """A shop with one piece of goods: the shop's id, and the goods' public id."""
    bob = people.sign_up(identifier="bob@example.com", password="vine-and-grape-7", name="Bob")
    shop = goods.open_shop(owner_id=bob, slug="tea-house", name="茶舍", colour="#1d5a41")
    card = goods.list_goods(
        shop_id=shop.id, title="龙井", category="茶", body="明前。", skus=[NewSku("", 900, 10)]
    )
    return shop.id, card.public_id


def told(public_id: str, language: str = "zh-hans") -> list[tuple[str, str]]:
    """Names and values of the page's list of facts, in its order."""
    client = Client()
    client.cookies["django_language"] = language
    page = client.get(f"/goods/{public_id}/").content.decode()
    assert "明前。" in page
    return re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page)


def test_goods_of_which_nothing_more_is_known_have_no_list() -> None:
    _shop_id, public_id = shelf()
    assert told(public_id) == []


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (Facts(origin="杭州"), [("类型", "商品"), ("产地", "杭州")]),
        (Facts(supplier="龙坞茶厂"), [("类型", "商品"), ("供货", "龙坞茶厂")]),
        (Facts(kind="service"), [("类型", "服务")]),
        (
            Facts("goods", "杭州", "龙坞茶厂", (("净含量", "50 g"), ("<b>", "a & b"))),
            [("类型", "商品"), ("产地", "杭州"), ("供货", "龙坞茶厂"), ("净含量", "50 g"), ("&lt;b&gt;", "a &amp; b")],
        ),
    ],
)  # fmt: skip
def test_what_is_known_is_told_in_its_order(facts: Facts, said: list[tuple[str, str]]) -> None:
    shop_id, public_id = shelf()
    goods.set_facts(shop_id=shop_id, public_id=public_id, facts=facts)
    assert told(public_id) == said


def test_seven_days_are_promised_only_where_they_are_given() -> None:
    shop_id, public_id = shelf()
    assert Client().get(f"/goods/{public_id}/").content.decode().count("7 天无理由") == 2
    goods.set_returns(shop_id=shop_id, public_id=public_id, returns="custom")
    page = Client().get(f"/goods/{public_id}/").content.decode()
    assert "7 天无理由" not in page
    assert "付款前会再请你确认" in page


def test_it_is_told_in_english_too() -> None:
    shop_id, public_id = shelf()
    goods.set_facts(
        shop_id=shop_id,
        public_id=public_id,
        facts=Facts("service", "杭州", "茶厂", (("人数", "2"),)),
    )
    assert told(public_id, "en") == [
        ("Kind", "Service"), ("Origin", "杭州"), ("Supplied by", "茶厂"), ("人数", "2"),
    ]  # fmt: skip
