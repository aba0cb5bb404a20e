"""A partner's goods in a shop: two of ten, labelled, only what completes it, only while it is agreed."""

from datetime import timedelta

import pytest
from django.test import Client

from grapevine.discovery import facade
from grapevine.discovery.rules.choosing import among
from grapevine.discovery.tests.market_cast import Market, market
from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShopCard
from grapevine.kit import clock
from grapevine.spread import facade as spread


def test_never_before_the_fifth_place_never_more_than_two_of_ten() -> None:
    assert among([1, 2, 3], [10], size=9) == [1, 2, 3]
    found = among(list(range(40)), [100, 101, 102, 103, 104], size=20)
    assert [place for place, one in enumerate(found) if one >= 100] == [4, 9, 14, 19]
    assert all(sum(one >= 100 for one in found[at : at + 10]) == 2 for at in range(11))


def shop_of(town: Market, slug: str) -> ShopCard:
    return goods.shops([town.shops[slug]])[town.shops[slug]]


@pytest.mark.django_db
def test_partners_show_each_others_goods_only_while_they_agree() -> None:
    town = market(
        {"pots": {"陶": 20, "灯": 4}, "tea": {"茶": 6, "书": 6, "陶": 6}, "rest": {"茶": 9}},
        ["Owner", "Ann"],
    )
    ann, owner = town.people["Ann"], town.people["Owner"]
    pots, tea = shop_of(town, "pots"), shop_of(town, "tea")

    def theirs(person_id: int | None) -> list[tuple[str, str, str]]:
        found = facade.recommend_goods(person_id, pots.id, 20)
        assert len(found) == 20
        return [
            (one.goods.category, one.channel, one.via) for one in found if one.goods.shop_id != pots.id
        ]  # fmt: skip

    now = clock.now()
    new = spread.NewCooperation("tea", 1500, now, now + timedelta(days=9), categories=["茶", "陶"])
    made = spread.propose(shop=pots, new=new, actor_id=owner)
    assert theirs(ann) == theirs(None) == []
    spread.accept(shop=tea, public_id=made, actor_id=owner)
    for reader in (ann, None):  # never pots: both sell them; never books: they are not agreed on
        assert theirs(reader) == [("茶", "partner", made)] * 4
    page = Client().get("/shop/pots/").content.decode()
    assert page.count(f"?via={made}") == 2  # picture and title of one in six
    assert "合作店铺" in page
    told = Client().get("/api/v1/recommendations?shop=pots&limit=10").json()["items"]
    assert [(one["shop"], one["reason"], one["via"]) for one in told if one["via"]] == [
        ("tea", "合作店铺", made)
    ] * 2
    spread.end(shop=tea, public_id=made, actor_id=owner)
    assert theirs(ann) == theirs(None) == []
    assert "?via=" not in Client().get("/shop/pots/").content.decode()
