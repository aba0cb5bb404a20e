"""What people say of what they are shown: it holds from the next page on, of notes and goods, feed and search, and can be taken back."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from grapevine.discovery import facade
from grapevine.discovery.contracts import FeedPage, Kind, NothingToSteer, Tab
from grapevine.discovery.models import Steered, TagWord, Taste
from grapevine.discovery.tests.test_trying import crowd, make_operator, publish, sign_in
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.tests.cast import Cast, gather, sell, write
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.EXPLORE_SHOWINGS = 0
    cast = gather()
    signals.drain()
    return cast


def read(person_id: int, cursor: str = "", limit: int = 20) -> FeedPage:
    return facade.feed(person_id=person_id, cursor=cursor, limit=limit, personalised=True)


def to_the_end(person_id: int, cursor: str | None) -> list[int]:
    shown: list[int] = []
    while cursor:
        page = read(person_id, cursor)
        shown += page.note_ids
        cursor = page.next_cursor
    return shown


def public(note_id: int) -> str:
    return scene.note_cards([note_id])[note_id].public_id


def say(person_id: int, kind: str, key: str, *, wanted: bool = False, channel: str = "") -> None:
    facade.wish(person_id=person_id, kind=kind, key=key, is_wanted=wanted, channel=channel)


def test_what_is_not_wanted_is_on_no_next_page_and_what_was_served_stays(cast: Cast) -> None:
    writers = crowd("w", 12)
    ids = publish([writers[n % 12] for n in range(150)])
    first = read(cast.alice)
    handle = people.cards([writers[3]])[writers[3]].handle
    later = next(pk for pk in ids if pk not in first.note_ids and pk % 12 != ids[3] % 12)
    say(cast.alice, "note", public(later))
    say(cast.alice, "author", handle)
    say(cast.alice, "topic", "话题5")
    gone = {later, *ids[3::12], *ids[5::12]}
    shown = to_the_end(cast.alice, first.next_cursor)
    assert not gone & set(shown)
    assert len(shown) == len(set(shown)) == 150 - len(gone | set(first.note_ids))
    assert not set(shown) & set(first.note_ids)
    hundred = read(cast.alice, limit=100)
    assert not gone & set(hundred.note_ids)
    people.follow(person_id=cast.alice, other_id=writers[3])
    following = facade.feed(person_id=cast.alice, tab=Tab.FOLLOWING, personalised=True)
    assert not following.items
    facade.take_back(person_id=cast.alice, kind="author", key=handle)
    facade.take_back(person_id=cast.alice, kind="topic", key="话题5")
    facade.take_back(person_id=cast.alice, kind="note", key=public(later))
    assert facade.wishes_of(cast.alice) == []
    assert set(to_the_end(cast.alice, read(cast.alice).next_cursor)) & gone


def test_taking_back_is_told_once_and_only_what_was_said(cast: Cast) -> None:
    (pk,) = publish([cast.bob])
    facade.take_back(person_id=cast.alice, kind="note", key=public(pk))
    say(cast.alice, "note", public(pk))
    for _ in "12":
        facade.take_back(person_id=cast.alice, kind="note", key=public(pk))
    rows = apps.get_model("signals", "OutboxEvent").objects.filter(name__startswith="discovery.")
    told = [
        (row.name, {name: row.payload[name] for name in ("person_id", "object_type", "object_id")})
        for row in rows.order_by("id")
    ]
    about = {"person_id": cast.alice, "object_type": "note", "object_id": public(pk)}
    assert told == [("discovery.not_wanted", about), ("discovery.word_taken_back", about)]


def test_more_of_this_brings_more_on_the_next_page_and_taking_it_back_less(cast: Cast) -> None:
    writers = crowd("w", 30)
    camping = set(publish([writers[n % 30] for n in range(40)], topics=("露营",)))
    publish([writers[n % 30] for n in range(160)])
    first = read(cast.alice)
    before = len(camping & set(read(cast.alice, first.next_cursor or "").note_ids))
    one = min(camping)
    say(cast.alice, "note", public(one), wanted=True)
    second = read(cast.alice, first.next_cursor or "")
    assert len(camping & set(second.note_ids)) >= before + 5
    assert not set(second.note_ids) & set(first.note_ids)
    kinds = Taste.objects.filter(person_id=cast.alice).values_list("kind", flat=True)
    assert set(kinds) == {"note", "author", "topic"}
    facade.take_back(person_id=cast.alice, kind="note", key=public(one))
    assert not Taste.objects.filter(person_id=cast.alice).exists()
    assert len(camping & set(read(cast.alice).note_ids)) < len(camping & set(second.note_ids))


def test_goods_shops_categories_and_topics_are_kept_out_of_goods_and_search(cast: Cast) -> None:
    tent = sell(cast.shop, "露营帐篷", "户外")
    mat = sell(cast.shop, "防潮垫", "户外")
    note = write(cast.bob, "周末帐篷里的一天", goods_public_ids=(tent.public_id,), topics=("露营",))
    signals.drain()

    def goods_ids() -> set[int]:
        return {one.goods.id for one in facade.recommend_goods(cast.alice, None, 20)}

    def found(query: str, kind: Kind) -> set[int]:
        told = facade.search(query=query, kind=kind, viewer_id=cast.alice, steered_by=cast.alice)
        return {
            *(one.id for one in told.notes), *(one.id for one in told.goods),
            *(one.id for one in told.shops),
        }  # fmt: skip

    assert goods_ids() == {cast.cup.id, cast.vase.id, tent.id, mat.id}
    say(cast.alice, "goods", cast.cup.public_id, channel="popular")
    say(cast.alice, "topic", "露营")
    assert goods_ids() == {cast.vase.id, mat.id}
    assert found("马克杯", Kind.GOODS) == set()
    assert found("帐篷", Kind.NOTE) == found("帐篷", Kind.GOODS) == set()
    assert found("露营", Kind.NOTE) == {note.id}  # asked for by name
    assert found("露营帐篷", Kind.GOODS) == {tent.id}
    say(cast.alice, "category", "户外")
    assert goods_ids() == {cast.vase.id}
    assert {one.goods.id for one in facade.recommend_goods(cast.alice, cast.shop.id, 20)} == {
        cast.vase.id, tent.id, mat.id,
    }  # fmt: skip
    say(cast.alice, "shop", cast.shop.slug)
    assert goods_ids() == set()
    assert found("半日", Kind.SHOP) == set()
    inside = facade.search(
        query="小口花瓶", kind=Kind.GOODS, shop_id=cast.shop.id, steered_by=cast.alice
    )
    assert [card.id for card in inside.goods] == [cast.vase.id]
    assert facade.search(query="帐篷", kind=Kind.GOODS, viewer_id=cast.eve).goods
    people.set_personalised(cast.alice, on=False)
    assert goods_ids() == {cast.cup.id, cast.vase.id, tent.id, mat.id}
    with pytest.raises(NothingToSteer):
        say(cast.alice, "goods", "nosuchgoods1")
    with pytest.raises(BadInput):
        say(cast.alice, "shop", cast.shop.slug, wanted=True)


def test_without_a_script_a_tap_is_said_shown_and_taken_back(cast: Cast, client: Client) -> None:
    note = write(cast.bob, "粗陶杯", topics=("器物",))
    signals.drain()
    sign_in(client, cast.alice)
    at = reverse("scene:note", args=[note.public_id])
    line = client.get(at).content.decode()
    assert f"/steer/note/{note.public_id}/?next={at}" in line
    page = client.get(f"/steer/note/{note.public_id}/").content.decode()
    for words in ("不感兴趣", "多来点这样的", "不看 Bob 的", "不看 #器物"):
        assert words in page
    there = f"/steer/note/{note.public_id}/word/"
    answer = client.post(there, {"word": f"note|0|{note.public_id}"}, follow=True)
    assert "不感兴趣：粗陶杯" in answer.content.decode()
    part = client.post(there, {"word": "topic|0|器物"}, headers={"HX-Request": "true"})
    assert part.content.decode().startswith('<div class="steerbox"')
    own = client.get("/privacy/tags/").content.decode()
    assert "我的兴趣" in own
    assert "不感兴趣：粗陶杯" in own
    assert "不看这个话题" not in own.split("推荐时用到的")[0]  # under what is not to be used
    back = {"do": "wish-back", "kind": "note", "key": note.public_id}
    assert client.post("/privacy/tags/correction/", back).status_code == 303
    client.post(there, {"word": "topic|back|器物"})
    assert not TagWord.objects.filter(person_id=cast.alice).exists()
    off = client.post("/settings/personalised/", {"on": "0", "next": "/privacy/tags/"})
    assert off["Location"] == "/privacy/tags/"
    assert "说了先记着" in client.get(f"/steer/note/{note.public_id}/").content.decode()
    assert client.post(there, {"word": "nonsense"}).status_code == 404


def test_the_same_over_the_api_and_it_goes_with_the_person(cast: Cast) -> None:
    program = Client(headers={"X-Requested-With": "test"})
    program.force_login(get_user_model().objects.get(pk=cast.alice))
    body = {"key": cast.cup.public_id, "wanted": False, "channel": "words"}
    put = program.put(
        "/api/v1/interests/goods", json.dumps(body), content_type="application/json",
        headers={"Idempotency-Key": "a"},
    )  # fmt: skip
    assert put.status_code == 204, put.content
    assert TagWord.objects.get(person_id=cast.alice).channel == "g.words"
    [told] = program.get("/api/v1/interests").json()["items"]
    assert (told["kind"], told["key"], told["wanted"]) == ("goods", cast.cup.public_id, False)
    assert {"kind": "goods", "key": cast.cup.public_id, "source": "unwanted"} in facade.own_tags(
        cast.alice
    )
    gone = program.delete(
        f"/api/v1/interests/goods?key={cast.cup.public_id}", headers={"Idempotency-Key": "b"}
    )
    assert gone.status_code == 204
    assert program.get("/api/v1/interests").json()["items"] == []
    say(cast.alice, "topic", "露营")
    facade.erase_words(cast.alice)
    assert not TagWord.objects.filter(person_id=cast.alice).exists()
    assert not Steered.objects.filter(person_id=cast.alice).exists()


def test_a_note_remembers_which_channel_had_brought_it(cast: Cast) -> None:
    ids = publish([cast.bob, cast.eve] * 5)
    page = read(cast.alice)
    say(cast.alice, "note", public(page.note_ids[0]))
    assert TagWord.objects.get(person_id=cast.alice).channel == page.items[0].channel == "fresh"
    say(cast.carol, "note", public(ids[0]))
    assert TagWord.objects.get(person_id=cast.carol).channel == ""


def test_operators_see_dislikes_by_channel_and_topic_but_never_of_few(
    cast: Cast, client: Client
) -> None:
    ids = publish([cast.bob] * 2, topics=("露营",))
    readers = crowd("r", 12)
    for reader in readers[:9]:
        read(reader)
        say(reader, "note", public(ids[0]))
    assert facade.dislikes(7).by_channel == {}
    assert facade.dislikes(7).by_topic == []
    for reader in readers[9:]:
        read(reader)
        say(reader, "note", public(ids[1]))
    say(readers[0], "topic", "露营")  # the same person once
    assert facade.dislikes(7).by_channel == {"fresh": 10}
    assert facade.dislikes(7).by_topic == [("露营", 10)]
    make_operator(cast.carol)
    sign_in(client, cast.carol)
    told = client.get("/operator/feed/").content.decode()
    assert '<td>#露营</td><td class="r num">10</td>' in told
    facade.take_back(person_id=readers[1], kind="note", key=public(ids[0]))
    facade.take_back(person_id=readers[2], kind="note", key=public(ids[0]))
    facade.take_back(person_id=readers[3], kind="note", key=public(ids[0]))
    assert facade.dislikes(7).by_topic == []
