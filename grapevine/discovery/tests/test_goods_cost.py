"""What a list of goods costs somebody who is signed in and of whom everything is known."""

from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grapevine.discovery import facade
from grapevine.discovery.actions import learning
from grapevine.discovery.models import Phrase, Regional
from grapevine.discovery.rules.goodsheads import GOODS_FEATURES
from grapevine.discovery.tests.market_cast import Market, bought, did, market
from grapevine.goods.models import Goods
from grapevine.people import facade as people
from grapevine.scene.tests.cast import picture
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
    width = len(GOODS_FEATURES)
    heads = {
        "weights": np.random.default_rng(3).normal(0, 0.5, (4, width)),
        "intercepts": np.zeros(4), "worths": np.ones(4),
    }  # fmt: skip
    facade.publish_artifact("goods_heads", heads, {"features": list(GOODS_FEATURES)})
    return found


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
    assert {"items", "social", "visit", "interests"} <= channels
    assert all(item["cover"] for items in told.values() for item in items)
    assert {item["shop"] for item in told["/recommendations?shop=north"]} == {"north"}
