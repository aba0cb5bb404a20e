"""Needs nobody spoke of: what people write and read, the topics they follow and those around them bring goods, each by a channel."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grapevine.discovery import facade, jobs
from grapevine.discovery.actions import learning
from grapevine.discovery.contracts import Suggested
from grapevine.discovery.models import GoodsWord, Mark, Phrase
from grapevine.discovery.queries.needs import chosen_and_needed
from grapevine.discovery.queries.ties import Ties
from grapevine.discovery.tests.market_cast import Market, did, market
from grapevine.discovery.web.reasons import said
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewGoods, NewSku
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NewNote
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db
PEOPLE = ["Owner", "Ann", "Ben", "Cat"]


def town_of_runners() -> tuple[Market, set[int]]:
    """Sixty goods of other things, which sell best, and four for who runs: two named so, two that notes of others show."""
    town = market({"north": {"茶": 30, "陶": 30}}, PEOPLE)
    titles = ("马拉松跑鞋", "Marathon running belt", "压缩腿套", "能量胶")
    made = goods.save_goods_bulk([
        NewGoods(town.shops["north"], title, "户外", "", [NewSku("默认", 5000, 99)]) for title in titles
    ])  # fmt: skip
    signals.drain()
    learning.learn_from_goods(
        person_id=town.people["Ben"], act="order", goods_ids=sorted(town.of("茶"))
    )
    cards = goods.goods_cards([one.goods_id for one in made])
    scene.save_notes_bulk([
        NewNote(
            author_id=town.people["Ben"], title="第一次全程马拉松", body="长距离拉练靠它",
            goods_ids=(made[2].goods_id, made[3].goods_id), published_at=clock.now() - timedelta(days=9),
        )
    ])  # fmt: skip
    signals.drain()
    jobs.seen()
    return town, set(cards)


def write(person_id: int, *titles: str) -> None:
    scene.save_notes_bulk([
        NewNote(author_id=person_id, title=title, body="week after week", published_at=clock.now())
        for title in titles
    ])  # fmt: skip
    signals.drain()
    jobs.seen()


def shown(person_id: int, limit: int = 10) -> dict[int, Suggested]:
    return {one.goods.id: one for one in facade.recommend_goods(person_id, None, limit)}


@pytest.mark.parametrize(
    ("titles", "count"),
    [(("马拉松训练第一周", "马拉松训练第二周"), 3), (("Marathon training log", "My marathon"), 1)],
)
def test_who_only_writes_about_marathons_is_shown_what_runners_need_until_the_channel_is_off(
    titles: tuple[str, ...], count: int
) -> None:
    town, needed = town_of_runners()
    ann = town.people["Ann"]
    assert not needed & shown(ann).keys()
    write(ann, *titles)
    found = shown(ann)
    hits = needed & found.keys()
    assert len(hits) == count
    assert {(found[pk].channel, said(found[pk])) for pk in hits} == {
        ("words", "和你写过、看过的有关")
    }
    assert not needed & shown(town.people["Cat"]).keys()
    facade.set_channel(operator_id=town.people["Owner"], channel="g.words", weight=3, is_on=False)
    assert not needed & shown(ann).keys()
    facade.set_channel(operator_id=town.people["Owner"], channel="g.words", weight=3, is_on=True)
    people.set_personalised(ann, on=False)
    signals.drain()
    assert not needed & shown(ann).keys()
    assert not Phrase.objects.filter(person_id=ann).exists()


def test_a_topic_that_is_followed_is_a_need_and_one_that_is_dropped_is_none() -> None:
    town, needed = town_of_runners()
    cat = town.people["Cat"]
    facade.want_tag(person_id=cat, kind="topic", key="马拉松")
    assert len(needed & shown(cat).keys()) == 3
    facade.drop_tag(person_id=cat, kind="topic", key="马拉松")
    assert not needed & shown(cat).keys()
    facade.take_back_tag(person_id=cat, kind="topic", key="马拉松")
    assert not needed & shown(cat).keys()


def test_what_those_around_like_comes_by_itself_and_can_be_switched_off() -> None:
    town = market({"north": {"茶": 40, "陶": 12, "书": 12}}, PEOPLE)
    ann, ben = town.people["Ann"], town.people["Ben"]
    people.follow(person_id=ann, other_id=ben)
    did(ann, "order", sorted(town.of("茶"))[:6])
    did(ben, "order", sorted(town.of("书"))[:4])

    def around() -> set[int]:
        return {pk for pk, one in shown(ann, 40).items() if one.channel == "neighbours"}

    brought = around()
    assert brought
    assert brought <= town.of("书") - set(sorted(town.of("书"))[:4])
    assert "Ben" not in {said(one) for one in shown(ann, 40).values()}
    facade.set_channel(operator_id=ben, channel="g.neighbours", weight=1, is_on=False)
    assert around() == set()


def test_goods_that_were_there_before_get_their_words_once_and_those_gone_lose_them() -> None:
    town, _needed = town_of_runners()
    before = GoodsWord.objects.count()
    GoodsWord.objects.all().delete()
    jobs.popular()
    assert GoodsWord.objects.count() == before
    place = Mark.objects.get(name="words of goods").place
    jobs.popular()
    assert Mark.objects.get(name="words of goods").place == place
    gone = town.shelf["north", "茶"][0].goods_id
    card = goods.goods_cards([gone])[gone]
    goods.set_on_sale(
        shop_id=card.shop_id, public_id=card.public_id, on=False, actor_id=town.people["Owner"]
    )
    signals.drain()
    assert not GoodsWord.objects.filter(goods_id=gone).exists()
    with CaptureQueriesContext(connection) as asked:
        chosen_and_needed(town.people["Ann"], Ties(), {f"词{n}": 1.0 for n in range(30)})
        chosen_and_needed(town.people["Ann"], Ties(), {})
    assert len(asked) == 1


def test_operators_see_each_channel_of_goods_with_its_weight_and_change_it(client: Client) -> None:
    town = market({"north": {"茶": 1}}, PEOPLE)
    operator = town.people["Owner"]
    get_user_model().objects.filter(pk=operator).update(is_operator=True)
    client.force_login(get_user_model().objects.get(pk=operator))
    told = client.get("/operator/feed/").content.decode()
    for words in ("商品推荐的渠道", "身边人的口味", 'name="channel" value="g.words"'):
        assert words in told
    changed = {"channel": "g.words", "weight": "7"}
    assert client.post("/operator/feed/channel/", changed).status_code == 303
    row = next(one for one in facade.goods_channels() if one.key == "g.words")
    assert (row.weight, row.usual_weight, row.is_on) == (7, 3, False)
    with pytest.raises(BadInput):
        facade.set_channel(operator_id=operator, channel="g.nearby", weight=3, is_on=True)
    assert facade.exposure(7).channels[0].weight == 5
