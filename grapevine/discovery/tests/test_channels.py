"""Channels by people: the city, the trend that no circle makes, ties; and what a person mutes or an operator steers."""

import json
import re
from typing import Any

import numpy as np
import pytest
from django.test import Client

from grapevine.discovery import facade
from grapevine.discovery.actions import bonding, tagging, trending
from grapevine.discovery.contracts import Channel
from grapevine.discovery.models import Bond, Browser, Exposure, Shown, Trending, Trial
from grapevine.discovery.queries.keeping import own_feed
from grapevine.discovery.rules.ties import KINDS, WORTH
from grapevine.discovery.tests.test_trying import count, crowd, make_operator, publish, sign_in
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.tests.cast import Cast, gather, write
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def like(person_id: int, note_id: int) -> None:
    scene.like(person_id=person_id, public_id=scene.note_cards([note_id])[note_id].public_id)


def channels(person_id: int, region: str = "") -> dict[int, str]:
    page = facade.feed(person_id=person_id, limit=60, personalised=True, region=region)
    return {item.note_id: item.channel for item in page.items}


def test_nearby_is_the_city_both_wrote_and_nothing_finer(cast: Cast) -> None:
    near, far = crowd("near", 1, "浙江省 杭州市 西湖区"), crowd("far", 1, "浙江 宁波")
    here = scene_note(near[0])
    scene_note(far[0])
    publish([cast.bob, cast.eve, cast.carol] * 15)
    for note_id in publish([cast.dan] * 3):
        like(cast.eve, note_id)
    signals.drain()
    assert channels(cast.carol, "浙江省 杭州 余杭区")[here] == Channel.NEARBY
    assert Channel.NEARBY not in set(channels(cast.eve, "").values())


def scene_note(author_id: int) -> int:
    card = write(author_id, "门口的桂花")
    signals.drain()
    return card.id


def test_a_trend_is_made_by_circles_not_by_accounts_or_staff(cast: Cast) -> None:
    shop, ring, people_ = publish([cast.carol, cast.carol, cast.carol])
    fans, gang = crowd("fan", 4), crowd("gang", 4)
    for number, one in enumerate(fans):
        like(one, people_)
        trending.note_browser(person_id=one, visitor_id=f"own{number}")
    for one in gang:
        like(one, ring)
        trending.note_browser(person_id=one, visitor_id="the same")
    like(cast.carol, people_)
    signals.drain()
    assert facade.exposure(7).total == 0
    assert trending.count_trending() == 1
    assert list(Trending.objects.values_list("note_id", flat=True)) == [people_]
    assert Browser.objects.filter(person_id__in=gang).values("mark").distinct().count() == 1
    scene.unlike(person_id=fans[0], public_id=scene.note_cards([people_])[people_].public_id)
    scene.unlike(person_id=fans[1], public_id=scene.note_cards([people_])[people_].public_id)
    signals.drain()
    assert trending.count_trending() == 0
    assert shop


def test_ties_bring_what_was_chosen_and_an_artifact_may_weigh_them(cast: Cast) -> None:
    old = publish([cast.bob, cast.carol], title="老笔记")
    publish([cast.carol, cast.dan] * 40)
    like(cast.eve, old[0])
    like(cast.dan, old[1])
    signals.drain()
    assert Channel.SOCIAL not in set(channels(cast.alice).values())
    bonding.tie_brought(person_id=cast.alice, by_id=cast.eve)
    bonding.tie_sharer(person_id=cast.alice, sharer_id=cast.dan)
    bonding.tie_sharer(person_id=cast.alice, sharer_id=cast.dan)
    assert Bond.objects.get(person_id=cast.alice, kind="sharer").times == 2
    found = channels(cast.alice)
    assert found[old[0]] == Channel.SOCIAL
    worth = [0.0 if kind == "inviter" else WORTH[kind] for kind in KINDS]
    facade.publish_artifact("tie_kinds", {"worth": np.array(worth)}, {})
    assert old[0] not in [pk for pk, channel in channels(cast.alice).items() if channel == "social"]
    told = own_feed(cast.alice)
    assert sorted(one["kind"] for one in told["ties"]) == ["inviter", "sharer"]
    facade.forget_person(cast.alice)
    assert not Bond.objects.filter(person_id=cast.alice).exists()


def test_a_muted_topic_is_in_none_of_the_next_hundred(cast: Cast) -> None:
    writers = crowd("w", 12)
    muted = set(publish([writers[n % 12] for n in range(40)], topics=("露营",)))
    publish([writers[n % 12] for n in range(120)], topics=("读书",))
    first = facade.feed(person_id=cast.alice, limit=20, personalised=True)
    assert muted & set(first.note_ids)
    tagging.drop_tag(person_id=cast.alice, kind="topic", key="露营")
    second = facade.feed(
        person_id=cast.alice, limit=20, cursor=first.next_cursor or "", personalised=True
    )
    again = facade.feed(person_id=cast.alice, limit=100, personalised=True)
    assert len(second.items) == 20
    assert not muted & {*second.note_ids, *again.note_ids}
    assert muted & set(facade.feed(person_id=cast.eve, limit=60, personalised=True).note_ids)


def test_what_pages_tell_is_counted_once_and_only_of_ones_own_feed(
    cast: Cast, settings: Any, client: Client
) -> None:
    settings.EXPLORE_SHOWINGS = 1
    (note_id,) = publish([cast.bob])
    settings.EXPLORE_SHOWINGS = 0
    page = facade.feed(person_id=cast.alice, limit=20, personalised=True)
    foreign = facade.feed(person_id=cast.eve, limit=20, personalised=True)
    sign_in(client, cast.alice)
    for number, (verb, request_id) in enumerate(
        [("impression", page.request_id), ("impression", page.request_id), ("click", page.request_id),
         ("click", page.request_id), ("impression", foreign.request_id)]
    ):  # fmt: skip
        body = {"events": [{
            "id": f"event-000{number}", "verb": verb, "object_type": "note", "object_id": "x",
            "request_id": request_id, "position": 1, "propensity": 1.0,
        }]}  # fmt: skip
        sent = client.post("/api/v1/events", json.dumps(body), content_type="application/json")
        assert sent.status_code == 202, sent.content
    row = Shown.objects.get()
    assert (row.person_id, row.note_id, row.place, row.channel) == (
        cast.alice,
        note_id,
        1,
        "explore",
    )
    assert row.clicked_at is not None
    assert (count(), count()) == (1, 0)
    trial = Trial.objects.get()
    assert (trial.shown, trial.clicks, trial.skips) == (1, 1.0, 0.0)
    assert trial.met_at is not None
    assert list(Exposure.objects.values_list("author_id", "people", "clicks")) == [(cast.bob, 1, 1)]


def test_operators_steer_channels_and_see_why_a_feed_is_as_it_is(
    cast: Cast, client: Client
) -> None:
    publish([cast.bob] * 3)
    facade.count_popular()
    facade.feed(person_id=cast.alice, limit=20, personalised=True)
    sign_in(client, cast.alice)
    assert client.get("/operator/feed/").status_code == 404
    make_operator(cast.carol)
    sign_in(client, cast.carol)
    handle = people.cards([cast.alice])[cast.alice].handle
    page = client.get(f"/operator/feed/?who={handle}").content.decode()
    assert page.count("新笔记 ") >= 3
    assert "0.000" not in page  # nobody was shown anything: that is not everybody alike
    goods_part = page.split("现在会推荐的商品")[1]
    assert re.findall(r"<td[^>]*>(卖得好的|大家在买)</td>", goods_part)[:2] == [
        "卖得好的",
        "大家在买",
    ]
    unasked = client.get("/operator/feed/").content.decode()
    assert "现在会推荐的商品" in unasked
    assert "没有这个藤号" in client.get("/operator/feed/?who=nobody").content.decode()
    wrong = client.post("/operator/feed/channel/", {"channel": "fresh", "weight": "99", "on": "1"})
    assert wrong.status_code == 422
    off = client.post("/operator/feed/channel/", {"channel": "fresh", "weight": "3"})
    assert off.status_code == 303
    assert "fresh" not in set(channels(cast.alice).values())
    assert {item.channel for item in facade.feed(person_id=None).items} == {"popular"}
    table = b"".join(client.get("/operator/feed/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "最新,否,3,0,0" in table
    with pytest.raises(BadInput):
        facade.set_channel(operator_id=cast.carol, channel="visit", weight=3, is_on=True)
