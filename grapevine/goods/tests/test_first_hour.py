"""A new owner's first hour: samples nobody can buy, a checklist of what is really there."""

from typing import Any

import pytest
from django.test import Client

from grapevine.goods import facade as goods
from grapevine.goods.models import Goods, Sku, Stock
from grapevine.goods.onboarding import Withheld
from grapevine.goods.tests.opening_cast import draft, shelve, sign_up
from grapevine.goods.tests.test_opening_pages import FORM, as_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reviewing(settings: Any) -> None:
    settings.SHOP_REVIEW, settings.LISTING_REVIEW = "companies", "risky"


def test_from_nothing_to_a_shop_that_sells() -> None:
    bob = sign_up("Bob")
    client = as_person(bob)
    client.post("/shops/new/", {"name": "茶舍", "slug": "tea-house", "colour": "#1d5a41"})
    page = client.get("/console/tea-house/").content.decode()
    for words in (
        "开张清单",
        "填资质，通过后才能卖",
        "传一个店标",
        "上架第一件商品",
        "全国包邮",
        "删掉 3 件示例商品",
    ):
        assert words in page, words
    client.post("/console/tea-house/application/", FORM | {"do": "submit", "agreed": "1"})
    client.post("/console/tea-house/free-shipping/")
    client.post("/console/tea-house/free-shipping/")
    client.post("/console/tea-house/samples/")
    shop = goods.shop_by_slug("tea-house")
    shelve(shop)
    page = client.get("/console/tea-house/").content.decode()
    for words in ("可以卖了", "有 1 件商品", "有运费模板"):
        assert words in page, words
    assert "件示例商品" not in page
    assert len(goods.shipping_templates([shop.id])) == 1


def test_samples_are_not_on_sale_whatever_their_owner_does_and_go_without_a_trace() -> None:
    bob = sign_up("Bob")
    shop = draft(bob)
    mine = shelve(shop)
    assert [goods.add_samples(shop_id=shop.id), goods.add_samples(shop_id=shop.id)] == [3, 0]
    sample = Goods.objects.filter(title="示例：手工陶杯").get()
    with pytest.raises(Withheld):
        goods.set_on_sale(shop_id=shop.id, public_id=sample.public_id, on=True)
    code = goods.goods_detail(sample.public_id).skus[0].code
    goods.set_free(sku_id=goods.sku_by_code(code).sku_id, count=5)
    assert not goods.sku_by_code(code).on_sale
    assert "示例" not in Client().get("/shop/tea-house/").content.decode()
    assert goods.first_steps(shop.id).goods == 1
    assert goods.standing(shop.id).goods_count == 1
    eve = as_person(sign_up("Eve"))
    assert eve.post("/console/tea-house/samples/").status_code == 404
    assert Goods.objects.count() == 4
    assert goods.remove_samples(shop_id=shop.id) == 3
    assert list(Goods.objects.values_list("public_id", flat=True)) == [mine]
    assert (Sku.objects.count(), Stock.objects.count()) == (1, 1)


def test_an_old_shop_has_no_checklist(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from grapevine.kit import clock

    bob = sign_up("Bob")
    shop = goods.open_shop(owner_id=bob, slug="tea-house", name="茶舍", colour="#1d5a41")
    assert goods.first_steps(shop.id).is_new
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "开张清单" not in as_person(bob).get("/console/tea-house/").content.decode()
