"""Goods for a person: own shop only inside a shop, the switch, the artifacts."""

from random import Random

import numpy as np
import pytest
from django.db import transaction

from grapevine.discovery import facade
from grapevine.discovery.actions import learning
from grapevine.discovery.models import Entry, Taste
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.scene.tests.cast import Cast, gather, sell, write
from grapevine.signals import facade as signals
from grapevine.trade.contracts import OrderPaid

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = gather()
    signals.drain()
    return cast


def near(item: GoodsCard, *others: GoodsCard) -> None:
    ids = np.array([item.id, *[other.id for other in others]])
    neighbours = np.zeros((len(ids), len(others)), dtype=np.int64)
    scores = np.zeros((len(ids), len(others)))
    neighbours[0] = [other.id for other in others]
    scores[0] = [1.0 / (place + 1) for place in range(len(others))]
    facade.publish_artifact(
        "item_item", {"item_ids": ids, "neighbour_ids": neighbours, "neighbour_scores": scores}, {}
    )


def shown(*args: object, **kwargs: object) -> list[tuple[str, str]]:
    return [(s.goods.title, s.channel) for s in facade.recommend_goods(*args, **kwargs)]  # type: ignore[arg-type]


def test_without_anything_known_what_sells_best(cast: Cast) -> None:
    assert shown(None) == [("小口花瓶", "popular"), ("粗陶马克杯", "popular")]
    learning.learn_from_goods(person_id=cast.eve, act="order", goods_ids=[cast.cup.id])
    assert shown(None) == [("粗陶马克杯", "popular"), ("小口花瓶", "popular")]


def test_what_people_take_together_comes_first(cast: Cast) -> None:
    lamp = sell(cast.shop, "台灯")
    signals.drain()
    near(cast.cup, cast.vase, lamp)
    learning.learn_from_goods(person_id=cast.alice, act="order", goods_ids=[cast.cup.id])
    assert [title for title, _ in shown(cast.alice)] == ["小口花瓶", "台灯"]  # not the cup again
    assert shown(cast.alice)[0] == ("小口花瓶", "items")
    assert shown(None, beside=cast.cup.id)[0] == ("小口花瓶", "items")
    assert "粗陶马克杯" not in [title for title, _ in shown(None, beside=cast.cup.id)]


@pytest.mark.walk
def test_a_thousand_times_inside_a_shop_nothing_of_another_shop_whoever_looks_at_whatever(
    cast: Cast,
) -> None:
    other = goods.open_shop(owner_id=cast.eve, slug="other", name="别家", colour="#123456", bio="")
    theirs = [sell(other, f"别家 {i}") for i in range(8)]
    signals.drain()
    near(cast.cup, *theirs, cast.vase)
    facade.publish_artifact(
        "popular",
        {"item_ids": np.array([g.id for g in theirs]), "scores": np.ones(len(theirs))},
        {},
    )
    learning.learn_from_goods(person_id=cast.alice, act="order", goods_ids=[cast.cup.id])
    assert shown(cast.alice, cast.shop.id)[0] == ("小口花瓶", "items")
    chance, shown_in = Random(4), {cast.shop.id: 0, other.id: 0}
    for _call in range(1_000):
        who = chance.choice([None, cast.alice, cast.bob, cast.eve])
        shop_id = chance.choice(list(shown_in))
        beside = chance.choice([None, cast.cup.id, cast.vase.id, theirs[0].id, theirs[7].id])
        seen = chance.sample([cast.cup.id, *(one.id for one in theirs)], chance.randrange(4))
        found = facade.recommend_goods(
            who, shop_id, chance.randrange(1, 11), beside=beside, seen=seen
        )
        assert {entry.goods.shop_id for entry in found} <= {shop_id}
        shown_in[shop_id] += len(found)
    assert min(shown_in.values()) > 400


def test_goods_off_sale_are_not_recommended(cast: Cast) -> None:
    goods.set_on_sale(shop_id=cast.shop.id, public_id=cast.vase.public_id, on=False)
    assert "小口花瓶" not in [title for title, _ in shown(None)]
    signals.drain()
    assert "小口花瓶" not in [title for title, _ in shown(None)]


def test_the_switch_leaves_only_what_is_popular(cast: Cast) -> None:
    near(cast.cup, cast.vase)
    learning.learn_from_goods(person_id=cast.alice, act="order", goods_ids=[cast.cup.id])
    people.set_personalised(cast.alice, on=False)
    assert shown(cast.alice) == shown(cast.eve, personalised=False) == shown(None)
    assert {channel for _, channel in shown(cast.alice)} == {"popular"}


def test_a_paid_order_is_taste_and_heat(cast: Cast) -> None:
    note = write(cast.bob, goods_public_ids=(cast.cup.public_id,))
    paid = OrderPaid(
        order_number="A1", person_id=cast.alice, shop_id=cast.shop.id, goods_ids=[cast.cup.id],
        items=1, total_minor=6900, currency="CNY", source={"note": note.public_id}, claim="",
        at=clock.now().isoformat(),
    )  # fmt: skip
    with transaction.atomic():
        signals.emit(paid)
    signals.drain()
    tastes = Taste.objects.filter(person_id=cast.alice).values_list("kind", "key", "weight")
    assert set(tastes) == {("goods", str(cast.cup.id), 5.0), ("category", "家居", 5.0)}
    assert Entry.objects.get(note_id=note.id).points == 5


def test_tastes_can_be_forgotten(cast: Cast) -> None:
    learning.learn_from_goods(person_id=cast.alice, act="order", goods_ids=[cast.cup.id])
    assert Taste.objects.count() == 2
    assert facade.forget_tastes(cast.alice) == 2
    assert not Taste.objects.exists()
