"""What lists cost somebody who is signed in and of whom everything is known."""

from typing import Any

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grapevine.campaigns import facade as campaigns
from grapevine.discovery import facade
from grapevine.discovery.actions import learning
from grapevine.discovery.models import Phrase, Regional
from grapevine.discovery.rules.goodsheads import GOODS_FEATURES
from grapevine.discovery.rules.heads import FEATURES
from grapevine.discovery.tests.market_cast import Market, bought, did, market
from grapevine.discovery.tests.test_feed import many
from grapevine.goods.models import Goods
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.tests.cast import gather, picture
from grapevine.signals import facade as signals
from grapevine.spread import facade as spread

pytestmark = pytest.mark.django_db
QUERIES = {"/recommendations": 10, "/recommendations?shop=north": 11}
"""Their person, all that is known of them, whom nothing may be learned of, what those around chose and their words speak of, what
is on sale, the best of their categories, the words they do not want (in a shop: the shop, its experiment), cards, what was sold, covers."""


@pytest.fixture
def town() -> Market:
    """Ann bought, clicks, writes, follows Fay, opened a link of Ben's; the heads are in force and goods have covers."""
    found = market(
        {"north": {"茶": 16, "陶": 16}, **{f"s{n}": {"茶": 4, "书": 4, "灯": 4} for n in range(8)}},
        ["Owner", "Ann", "Ben", "Fay"],
        region="浙江 杭州",
    )
    ann, ben, fay = (found.people[name] for name in ("Ann", "Ben", "Fay"))
    bought(ann, found.shops["north"], found.shelf["north", "茶"][:3])
    did(ann, "like", sorted(found.of("茶"))[4:9])
    learning.learn_from_goods(person_id=ann, act="click", goods_ids=sorted(found.of("灯"))[:1])
    bought(fay, found.shops["north"], found.shelf["north", "陶"][:6])
    people.set_sharing(fay, on=True)
    people.follow(person_id=ann, other_id=fay)
    shop = spread.share(person_id=ben, object_type="shop", object_id="north")
    spread.visit(token=shop.token, visitor_id="v" * 12, person_id=ann)
    did(ben, "like", sorted(found.of("书"))[:3])
    Regional.objects.create(region="浙江", goods_id=max(found.of("灯")), buyers=9)
    facade.drop_tag(person_id=ann, kind="topic", key="布")
    Phrase.objects.create(person_id=ann, word="s3", weight=2.0)
    cover = picture(found.people["Owner"])
    Goods.objects.update(cover_id=cover)
    ids = np.array(sorted(Goods.objects.values_list("pk", flat=True)))
    near = np.stack([np.roll(ids, -step)[: len(ids)] for step in range(1, 21)], axis=1)
    falling = np.tile(np.linspace(1.0, 0.1, 20), (len(ids), 1))
    facade.publish_artifact(
        "item_item", {"item_ids": ids, "neighbour_ids": near, "neighbour_scores": falling}, {}
    )
    put_in_force("goods_heads", GOODS_FEATURES)
    return found


def put_in_force(name: str, features: tuple[str, ...]) -> None:
    heads = {
        "weights": np.random.default_rng(3).normal(0, 0.5, (4, len(features))),
        "intercepts": np.zeros(4), "worths": np.ones(4),
    }  # fmt: skip
    facade.publish_artifact(name, heads, {"features": list(features)})


def test_a_list_of_goods_for_somebody_known_takes_ten_statements(town: Market) -> None:
    ann = town.people["Ann"]
    caller = Client(headers={"Authorization": f"Bearer {people.issue_token(ann, 'test')}"})
    taken: dict[str, int] = {}
    told: dict[str, list[dict[str, Any]]] = {}
    for path in QUERIES:
        assert caller.get(f"/api/v1{path}").status_code == 200
        with CaptureQueriesContext(connection) as asked:
            told[path] = caller.get(f"/api/v1{path}").json()["items"]
        taken[path] = len(asked)
        assert "discovery_goodsword" in str(asked.captured_queries)
    assert {path: len(items) for path, items in told.items()} == dict.fromkeys(QUERIES, 12)
    assert taken == QUERIES
    channels = {item["channel"] for item in told["/recommendations"]}
    assert {"items", "picked", "visit", "interests"} <= channels
    assert all(item["cover"] for items in told.values() for item in items)
    assert {item["shop"] for item in told["/recommendations?shop=north"]} == {"north"}


def test_a_feed_whose_order_is_made_by_heads_takes_ten_statements_at_most() -> None:
    """With cards that are warm and a group that is open for the goods of a note; on the page the cart's badge is counted, too."""
    cast = gather()
    campaigns.create_plan(
        shop_id=cast.cup.shop_id, goods_public_id=cast.cup.public_id, size=2, price_minor=5000,
        hours=24, actor_id=cast.bob,
    )  # fmt: skip
    many(cast.bob, 12, topics=("露营",), goods_ids=(cast.cup.id,))
    people.follow(person_id=cast.alice, other_id=cast.bob)
    signals.drain()
    facade.count_popular()
    put_in_force("note_heads", FEATURES)
    notes = [note.public_id for note in scene.notes_of(cast.bob).items]
    program = Client(headers={"Authorization": f"Bearer {people.issue_token(cast.alice, 'test')}"})
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Mobi"})
    browser.force_login(get_user_model().objects.get(pk=cast.alice))
    taken = []
    for client, path in ((program, "/api/v1/feed"), (browser, "/")):
        for _turn in range(2):  # a like makes it another order
            scene.like(person_id=cast.alice, public_id=notes.pop())
            signals.drain()
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            assert "INSERT INTO" in str(asked.captured_queries)
        taken.append(len(asked))
    assert taken == [8, 10]
