"""What to take up next: the planted winner stands first, each other candidate fails by one thing, few people stay unseen."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client
from hypothesis import given, strategies as st
from PIL import Image

from grapevine.discovery import facade as discovery
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewSku, ShopCard
from grapevine.insight.queries.selection import selection_of
from grapevine.insight.rules.selection import PEOPLE_LEAST, Candidate, ranked, score, seen
from grapevine.insight.tests.test_slow import person
from grapevine.kit import clock
from grapevine.media import facade as media
from grapevine.scene import facade as scene
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder

GOOD = Candidate(searchers=12, keepers=20, trend=1.5, price_minor=9000, cost_minor=4000, rivals=2)
WORSE = {
    "nobody searched": Candidate(0, 20, 1.5, 9000, 4000, 2),
    "nobody keeps it": Candidate(12, 0, 1.5, 9000, 4000, 2),
    "falling": Candidate(12, 20, 0.5, 9000, 4000, 2),
    "little margin": Candidate(12, 20, 1.5, 9000, 8500, 2),
    "everybody has it": Candidate(12, 20, 1.5, 9000, 4000, 30),
    "cost unknown": Candidate(12, 20, 1.5, 9000, None, 2),
}


def test_each_thing_alone_makes_a_candidate_worse() -> None:
    found = [*WORSE.values(), GOOD]
    assert next(n for n, _told in ranked(found)) == len(WORSE)
    assert score(GOOD).score == pytest.approx(56 * 56 / 61 * 1.5 * 5000 / 3)
    assert (score(WORSE["cost unknown"]).margin_minor, score(GOOD).is_margin_known) == (2700, True)


def test_what_earns_nothing_or_nobody_wants_is_left_out() -> None:
    none = Candidate(PEOPLE_LEAST - 1, PEOPLE_LEAST - 1, 4.0, 9000, 100, 0)
    loss = Candidate(50, 50, 4.0, 9000, 9000, 0)
    assert ranked([none, loss]) == []
    assert (seen(PEOPLE_LEAST - 1), seen(PEOPLE_LEAST)) == (0, PEOPLE_LEAST)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 50))
def test_more_people_never_make_it_worse_and_more_shops_never_better(
    searchers: int, keepers: int, rivals: int
) -> None:
    one = score(Candidate(searchers, keepers, 1.0, 100, 50, rivals)).score
    assert score(Candidate(searchers + 1, keepers, 1.0, 100, 50, rivals)).score >= one
    assert score(Candidate(searchers, keepers + 1, 1.0, 100, 50, rivals)).score >= one
    assert score(Candidate(searchers, keepers, 1.0, 100, 50, rivals + 1)).score <= one


def picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (400, 400), "#c05050").save(out, "JPEG")
    out.seek(0)
    return out


def shop_of(name: str) -> ShopCard:
    return goods.open_shop(owner_id=person(name), slug=f"{name}s", name=name, colour="#8d3b1f")


@pytest.fixture
def world() -> tuple[ShopCard, list[int]]:
    """A shop with a dozen fans, drafts of its own and three others that sell baskets, candles and lamps."""
    bob, others = shop_of("bob"), [shop_of(name) for name in ("eve", "dan", "kim")]
    fans = [person(f"fan{n}") for n in range(12)]
    tie = apps.get_model("spread", "FanTie")
    tie.objects.bulk_create(
        tie(shop_id=bob.id, person_id=fan, orders=1, spent_minor=1, since=clock.now())
        for fan in fans
    )
    start = clock.today_start() - timedelta(days=100)

    def made(shop: ShopCard, title: str, category: str, cost: int | None, *, on: bool) -> Any:
        sku = NewSku("", 9000, 9, cost_minor=cost)
        row = NewGoods(shop.id, title, category, "", [sku], on_sale=on, listed_at=start)
        return goods.save_goods_bulk([row])[0]

    baskets = [made(one, f"竹编提篮 {one.slug}", "竹编", None, on=True) for one in others]
    made(others[0], "香薰", "香薰", None, on=True)
    lamp = made(others[0], "台灯", "灯具", None, on=True)
    discovery.index_goods([basket.goods_id for basket in baskets])
    for title, category, cost in (
        ("竹编提篮", "竹编", 4000), ("竹编托盘亏本", "竹编", 9500), ("没人要的杯", "杯子", 100),
    ):  # fmt: skip
        made(bob, title, category, cost, on=False)
    for fan in fans[:8]:
        discovery.remember_search(person_id=fan, query="竹编")
        discovery.remember_search(person_id=fan, query="藤编椅")
    for fan in fans[:4]:
        discovery.remember_search(person_id=fan, query="少数人的词")
    eve = others[0].owner_id
    shot = media.store_picture(owner_id=eve, file=picture())
    note = scene.publish_note(
        author_id=eve,
        title="灯",
        body="灯",
        picture_ids=[shot.id],
        goods_public_ids=[lamp.public_id],
    )
    for fan in fans[:6]:
        scene.collect(person_id=fan, public_id=note.public_id)
    trade.import_paid_orders([
        ImportedOrder(fans[n], one.id, basket.sku_ids[0], basket.goods_id, 4, 9000, "received",
                      clock.today_start() - timedelta(days=n + 1), goods_public_id=basket.public_id)
        for n, (one, basket) in enumerate(zip(others, baskets, strict=True))
    ])  # fmt: skip
    return bob, fans


@pytest.mark.django_db
def test_the_planted_winner_stands_first(world: tuple[ShopCard, list[int]]) -> None:
    bob, fans = world
    found = selection_of(bob.id)
    assert found.fans == len(fans)
    assert [(one.title, one.searchers, one.keepers, one.rivals) for one in found.choices] == [
        ("竹编提篮", 8, 0, 3), ("灯具", 0, 6, 1),
    ]  # fmt: skip
    assert found.choices[0].trend == pytest.approx((12 + 5) / 5)
    assert (found.choices[0].told.margin_minor, found.choices[1].told.is_margin_known) == (5000, False)  # fmt: skip
    assert [(word, people) for word, people, _fill in found.missed] == [("藤编椅", 8)]


@pytest.mark.django_db
def test_the_page_opens_the_form_with_what_is_wanted(world: tuple[ShopCard, list[int]]) -> None:
    bob, _fans = world
    client = Client()
    client.force_login(get_user_model().objects.get(pk=bob.owner_id))
    page = client.get("/console/bobs/slow/").content.decode()
    assert "少数人的词" not in page
    for fill in ("title=%E8%97%A4%E7%BC%96%E6%A4%85", "category=%E7%81%AF%E5%85%B7"):
        assert f"/console/bobs/goods/new/?{fill}" in page
    form = client.get("/console/bobs/goods/new/?title=藤编椅&category=家居").content.decode()
    assert 'value="藤编椅"' in form
    assert 'value="家居"' in form
