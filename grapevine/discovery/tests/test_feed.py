"""The feed: channels, sessions, blocked people, the switch."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grapevine.discovery import facade
from grapevine.discovery.actions import feeding, learning
from grapevine.discovery.contracts import Channel, FeedPage, NewAct, Tab
from grapevine.discovery.models import Entry, FeedSession, GoodsEntry, Popular, Taste, Trait
from grapevine.discovery.queries.recall import CHANNELS, Reader, Scope, recall
from grapevine.kit import clock
from grapevine.kit.paging import BadCursor
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NewNote, NewReaction
from grapevine.scene.tests.cast import Cast, gather, sell, sign_up, write
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def many(
    author_id: int, count: int, *, topics: tuple[str, ...] = (), goods_ids: tuple[int, ...] = ()
) -> list[int]:
    """Published notes, the first one newest."""
    now = clock.now()
    ids = scene.save_notes_bulk([
        NewNote(
            author_id=author_id, title=f"第 {i} 篇", topics=topics, goods_ids=goods_ids,
            published_at=now - timedelta(minutes=i),
        )
        for i in range(count)
    ])  # fmt: skip
    signals.drain()
    return ids


def walk(person_id: int | None, *, pages: int = 50, **wish: object) -> list[FeedPage]:
    found, cursor = [], ""
    for _ in range(pages):
        page = facade.feed(person_id=person_id, cursor=cursor, limit=20, **wish)  # type: ignore[arg-type]
        found.append(page)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    return found


def ids_of(pages: list[FeedPage]) -> list[int]:
    return [item.note_id for page in pages for item in page.items]


# ---- channels, each alone -----------------------------------------------------------------------


def only(channel: Channel, reader: Reader) -> list[int]:
    return [c.note_id for c in recall(reader, [channel]).get(channel, [])]


def test_follows_brings_the_newest_of_those_followed(cast: Cast) -> None:
    bobs, _eves = many(cast.bob, 3), many(cast.eve, 3)
    assert only(Channel.FOLLOWS, Reader(followees=frozenset({cast.bob}))) == bobs
    assert only(Channel.FOLLOWS, Reader()) == []


def test_fresh_brings_the_newest_of_all(cast: Cast) -> None:
    ids = many(cast.bob, 3)
    assert only(Channel.FRESH, Reader()) == ids


def test_items_brings_notes_of_near_goods_by_nearness(cast: Cast) -> None:
    cups = many(cast.bob, 2, goods_ids=(cast.cup.id,))
    vases = many(cast.eve, 2, goods_ids=(cast.vase.id,))
    near = {str(cast.vase.id): 0.9, str(cast.cup.id): 0.4}
    found = only(Channel.ITEMS, Reader(near_goods=near))
    assert found == [*sorted(vases, reverse=True), *sorted(cups, reverse=True)]
    assert only(Channel.ITEMS, Reader()) == []


def test_at_most_four_notes_of_one_goods_are_recalled(cast: Cast) -> None:
    ids = many(cast.bob, 9, goods_ids=(cast.cup.id,))
    found = only(Channel.MODEL, Reader(model_goods={str(cast.cup.id): 1.0}))
    assert found == sorted(ids, reverse=True)[:4]


def test_social_brings_what_tied_people_chose(cast: Cast) -> None:
    ids = many(cast.bob, 1, goods_ids=(cast.vase.id,))
    many(cast.bob, 1, goods_ids=(cast.cup.id,))
    assert only(Channel.SOCIAL, Reader(social_goods={str(cast.vase.id): 1.0})) == ids


def test_interests_brings_topics_first_then_categories(cast: Cast) -> None:
    camping = many(cast.bob, 2, topics=("露营",))
    home = many(cast.bob, 2, goods_ids=(cast.cup.id,))
    reader = Reader(topics={"露营": 1.0}, categories={"家居": 1.0})
    assert sorted(only(Channel.INTERESTS, reader)) == camping
    assert sorted(only(Channel.INTERESTS, Reader(categories={"家居": 1.0}))) == home


def test_popular_brings_what_the_job_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = many(cast.bob, 3)
    assert only(Channel.POPULAR, Reader()) == []
    scene.like(person_id=cast.alice, public_id=_public(ids[2]))
    signals.drain()
    facade.count_popular()
    assert only(Channel.POPULAR, Reader()) == [ids[2], ids[0], ids[1]]
    monkeypatch.setattr(learning, "POPULAR_LEAST", 1)
    facade.count_popular()  # enough was liked: what nobody did anything for is only new
    assert only(Channel.POPULAR, Reader()) == [ids[2]]


def test_every_channel_stays_in_its_scope(cast: Cast) -> None:
    inside = many(cast.bob, 2, topics=("露营",), goods_ids=(cast.cup.id,))
    many(cast.bob, 2, goods_ids=(cast.cup.id,))
    facade.count_popular()
    reader = Reader(
        followees=frozenset({cast.bob}), near_goods={str(cast.cup.id): 1.0},
        social_goods={str(cast.cup.id): 1.0}, model_goods={str(cast.cup.id): 1.0},
        topics={"露营": 1.0}, scope=Scope("topic", "露营"),
    )  # fmt: skip
    found = recall(reader, list(CHANNELS))
    brought = {channel: sorted(c.note_id for c in got) for channel, got in found.items()}
    assert brought.pop(Channel.TRENDING) == []
    of_people = (Channel.WORDS, Channel.NEARBY, Channel.EXPLORE, Channel.AGAIN)
    assert brought == {
        channel: inside
        for channel in CHANNELS
        if channel not in of_people and channel != Channel.TRENDING
    }


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what is there")
def test_recall_reads_no_table_whole() -> None:
    """SQLite opens what narrows a channel anew for every row: where many rows come to it, opening a feed takes seconds."""
    some = {str(n): 1.0 for n in range(1, 9)}
    reader = Reader(
        person_id=1, followees=frozenset({2}), near_goods=some, social_goods=some, social_notes=some,
        model_goods=some, categories=some, words=some, region="浙江",
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        recall(reader, list(CHANNELS))
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
        steps = [step for *_, step in cursor.fetchall()]
    scans = {step for step in steps if step.startswith(("SCAN e", "SCAN p ", "SCAN t "))}
    assert {step.split(" INDEX ")[-1] for step in scans} == {
        "discovery_entry_newest", "discovery_popular_score", "discovery_trending_score",
        "discovery_trial_owed", "discovery_trial_tried",
    }  # fmt: skip
    of_goods = [step for step in steps if step.startswith("CORRELATED LIST SUBQUERY")]
    assert len(of_goods) == len({Channel.SOCIAL, Channel.ITEMS, Channel.MODEL})


def _public(note_id: int) -> str:
    return scene.note_cards([note_id])[note_id].public_id


# ---- the feed --------------------------------------------------------------------------------


def test_an_empty_house_has_an_empty_feed() -> None:
    page = facade.feed(person_id=None)
    assert (list(page.items), page.next_cursor) == ([], None)


def test_two_hundred_cards_without_a_repeat(cast: Cast) -> None:
    people_ids = [cast.bob, cast.carol, cast.eve]
    for author_id in people_ids:
        many(author_id, 100, topics=("露营",), goods_ids=(cast.cup.id,))
    facade.count_popular()
    people.follow(person_id=cast.alice, other_id=cast.bob)
    scene.like(person_id=cast.alice, public_id=_public(Entry.objects.order_by("id")[0].note_id))
    signals.drain()
    for person_id in (cast.alice, None):
        seen = ids_of(walk(person_id))
        assert len(seen) == len(set(seen)) == 300


def test_the_same_cursor_gives_the_same_page(cast: Cast) -> None:
    many(cast.bob, 50)
    first = facade.feed(person_id=cast.alice, limit=20)
    again = [
        facade.feed(person_id=cast.alice, limit=20, cursor=first.next_cursor or "")
        for _ in range(2)
    ]
    assert again[0].note_ids == again[1].note_ids
    assert [item.position for item in again[0].items] == list(range(21, 41))
    assert again[0].request_id.endswith(".20")


def test_new_notes_do_not_shift_what_is_being_scrolled(cast: Cast) -> None:
    many(cast.bob, 30)
    first = facade.feed(person_id=cast.alice, limit=20)
    write(cast.eve)
    signals.drain()
    second = facade.feed(person_id=cast.alice, limit=20, cursor=first.next_cursor or "")
    assert not set(first.note_ids) & set(second.note_ids)
    assert len(second.items) == 10


def test_a_cursor_of_somebody_else_or_of_another_feed_is_refused(cast: Cast) -> None:
    many(cast.bob, 50)
    cursor = facade.feed(person_id=cast.alice, limit=20).next_cursor or ""
    with pytest.raises(BadCursor):
        facade.feed(person_id=cast.eve, cursor=cursor)
    with pytest.raises(BadCursor):
        facade.feed(person_id=None, cursor=cursor)
    with pytest.raises(BadCursor):
        facade.feed(person_id=cast.alice, cursor=cursor, scope=Scope("topic", "露营"))
    with pytest.raises(BadCursor):
        facade.feed(person_id=cast.alice, cursor="nonsense")


def test_a_session_that_was_tidied_away_starts_anew(cast: Cast) -> None:
    many(cast.bob, 50)
    cursor = facade.feed(person_id=cast.alice, limit=20).next_cursor or ""
    FeedSession.objects.all().delete()
    assert len(facade.feed(person_id=cast.alice, limit=20, cursor=cursor).items) == 20


def test_deleted_notes_leave_at_once_even_before_the_index_knows(cast: Cast) -> None:
    card = write(cast.bob)
    ids = many(cast.eve, 3)
    scene.delete_note(author_id=cast.bob, public_id=card.public_id)
    assert card.id not in facade.feed(person_id=None).note_ids
    signals.drain()
    assert sorted(facade.feed(person_id=None).note_ids) == ids
    assert not Trait.objects.filter(note_id=card.id).exists()


def test_blocked_people_are_in_no_feed_of_each_other(cast: Cast) -> None:
    dans, alices, bobs = many(cast.dan, 25), many(cast.alice, 25), many(cast.bob, 25)
    assert set(ids_of(walk(cast.alice))) == {*alices, *bobs}
    assert set(ids_of(walk(cast.dan))) == {*dans, *bobs}
    assert set(ids_of(walk(cast.eve))) == {*dans, *alices, *bobs}


def test_the_same_author_at_most_once_in_six(cast: Cast) -> None:
    writers = [sign_up(f"w{i}") for i in range(8)]
    for writer in writers:
        many(writer, 10)
    people.follow(person_id=cast.alice, other_id=writers[0])
    authors = {row.note_id: row.author_id for row in Entry.objects.all()}
    first = [authors[pk] for pk in ids_of(walk(cast.alice, pages=2))]
    for start in range(len(first) - 5):
        assert len(set(first[start : start + 6])) == 6


def test_following_shows_only_those_followed_in_order_of_time(cast: Cast) -> None:
    bobs, _eves = many(cast.bob, 30), many(cast.eve, 30)
    assert facade.feed(person_id=cast.alice, tab=Tab.FOLLOWING).items == []
    people.follow(person_id=cast.alice, other_id=cast.bob)
    assert ids_of(walk(cast.alice, tab=Tab.FOLLOWING)) == bobs
    assert facade.feed(person_id=None, tab=Tab.FOLLOWING).items == ()


def test_a_topic_chip_narrows_the_feed(cast: Cast) -> None:
    inside = many(cast.bob, 3, topics=("露营",))
    many(cast.bob, 3)
    assert sorted(ids_of(walk(cast.alice, scope=Scope("topic", "露营")))) == inside
    facade.count_popular()
    assert ("topic", "露营") in facade.chips()


def test_inside_a_shop_only_notes_of_that_shop(cast: Cast) -> None:
    from grapevine.goods import facade as goods

    other = goods.open_shop(owner_id=cast.eve, slug="other", name="别家", colour="#123456", bio="")
    theirs = sell(other, "别家的杯子")
    many(cast.bob, 5, goods_ids=(theirs.id,))
    inside = many(cast.bob, 5, goods_ids=(cast.cup.id,))
    assert sorted(ids_of(walk(cast.alice, shop_id=cast.shop.id))) == inside


# ---- taste -----------------------------------------------------------------------------------


def test_what_a_person_does_becomes_taste_and_changes_their_feed(cast: Cast) -> None:
    old = many(cast.bob, 1, topics=("露营",))
    many(cast.eve, 80)
    Entry.objects.filter(note_id__in=old).update(published_at=clock.now() - timedelta(days=90))
    liked = many(cast.carol, 1, topics=("露营",))
    before = facade.feed(person_id=cast.alice, limit=20)
    assert old[0] not in before.note_ids
    scene.like(person_id=cast.alice, public_id=_public(liked[0]))
    signals.drain()
    after = facade.feed(person_id=cast.alice, limit=20)
    channels = {item.note_id: item.channel for item in after.items}
    assert channels[old[0]] == Channel.INTERESTS
    assert old[0] not in facade.feed(person_id=cast.eve, limit=20).note_ids


def test_taking_a_like_back_takes_the_taste_back(cast: Cast) -> None:
    liked = many(cast.carol, 1, topics=("露营",))
    scene.like(person_id=cast.alice, public_id=_public(liked[0]))
    scene.unlike(person_id=cast.alice, public_id=_public(liked[0]))
    signals.drain()
    weights = Taste.objects.filter(kind="topic").values_list("weight", flat=True)
    assert sorted(weights) == [-1.0, 1.0]
    assert Entry.objects.get(note_id=liked[0]).points == 0


def test_imported_acts_are_tastes_too(cast: Cast) -> None:
    ids = many(cast.bob, 2, topics=("露营",), goods_ids=(cast.cup.id,))
    GoodsEntry.objects.all().delete()
    Trait.objects.all().delete()  # what comes in the same import is in no index yet
    now = clock.now()
    facade.learn_bulk([
        NewAct(cast.alice, "like", now, note_id=ids[0]),
        NewAct(cast.alice, "order", now - timedelta(days=1), goods_ids=[cast.vase.id]),
    ])  # fmt: skip
    rows = Taste.objects.order_by("id").values_list("kind", "key", "weight")
    assert list(rows)[:2] == [("goods", str(cast.vase.id), 5.0), ("category", "家居", 5.0)]
    assert set(list(rows)[2:]) == {
        ("goods", str(cast.cup.id), 1.0), ("category", "家居", 1.0), ("topic", "露营", 1.0),
    }  # fmt: skip


def test_ties_bring_what_they_chose(cast: Cast) -> None:
    facade.publish_artifact(
        "social",
        {
            "person_ids": np.array([cast.alice]),
            "tie_ids": np.array([[cast.eve]]),
            "tie_weights": np.array([[1.0]]),
        },
        {},
    )
    ids = many(cast.bob, 1, goods_ids=(cast.vase.id,))
    Entry.objects.update(published_at=clock.now() - timedelta(days=90))
    many(cast.carol, 60)
    scene.collect(person_id=cast.eve, public_id=_public(ids[0]))
    signals.drain()
    channels = {i.note_id: i.channel for i in facade.feed(person_id=cast.alice).items}
    assert channels[ids[0]] == Channel.SOCIAL


def test_the_trained_model_brings_its_goods(cast: Cast) -> None:
    ids = many(cast.bob, 1, goods_ids=(cast.vase.id,))
    Entry.objects.update(published_at=clock.now() - timedelta(days=90))
    many(cast.carol, 60)
    facade.publish_artifact(
        "person_items",
        {
            "person_ids": np.array([cast.alice]),
            "item_ids": np.array([[cast.vase.id]]),
            "scores": np.array([[1.0]]),
        },
        {},
    )
    channels = {i.note_id: i.channel for i in facade.feed(person_id=cast.alice).items}
    assert channels[ids[0]] == Channel.MODEL
    facade.publish_artifact(
        "person_items",
        {
            "person_ids": np.array([cast.eve]),
            "item_ids": np.array([[cast.vase.id]]),
            "scores": np.array([[1.0]]),
        },
        {},
    )
    assert ids[0] not in facade.feed(person_id=cast.alice).note_ids
    facade.roll_back_artifact("person_items")
    assert ids[0] in facade.feed(person_id=cast.alice).note_ids


def test_with_personalisation_off_two_opposite_people_read_the_same(cast: Cast) -> None:
    camping = many(cast.bob, 30, topics=("露营",), goods_ids=(cast.cup.id,))
    reading = many(cast.carol, 30, topics=("读书",), goods_ids=(cast.vase.id,))
    for person_id, ids, followee in (
        (cast.alice, camping, cast.bob), (cast.eve, reading, cast.carol),
    ):  # fmt: skip
        people.follow(person_id=person_id, other_id=followee)
        for note_id in ids[:10]:
            scene.like(person_id=person_id, public_id=_public(note_id))
    signals.drain()
    facade.count_popular()
    on = [facade.feed(person_id=who).note_ids for who in (cast.alice, cast.eve)]
    assert on[0] != on[1]
    for person_id in (cast.alice, cast.eve):
        people.set_personalised(person_id, on=False)
    off = [walk(who) for who in (cast.alice, cast.eve, None)]
    told = [
        [
            (p.request_id, p.next_cursor, [(i.note_id, i.channel, i.likes) for i in p.items])
            for p in w
        ]
        for w in off
    ]
    assert told[0] == told[1] == told[2]
    assert {i.channel for page in off[0] for i in page.items} == {"popular", "fresh"}


# ---- keeping it bounded -----------------------------------------------------------------------


def test_the_impersonal_feed_is_one_session_until_something_new_comes(cast: Cast) -> None:
    many(cast.bob, 3)
    for _ in range(3):
        facade.feed(person_id=None)
    assert FeedSession.objects.count() == 1
    many(cast.bob, 1)
    facade.feed(person_id=None)
    assert FeedSession.objects.count() == 2


def test_a_session_ends_at_its_bound(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "PLACES_MAX", 70)
    many(cast.bob, 90)
    assert len(ids_of(walk(cast.alice))) == 70


def test_old_sessions_and_old_tastes_go(cast: Cast) -> None:
    many(cast.bob, 3)
    facade.feed(person_id=cast.alice)
    FeedSession.objects.update(created_at=clock.now() - timedelta(days=3))
    assert feeding.tidy_sessions() == 1
    from grapevine.discovery.actions import learning

    for _ in range(260):
        learning.learn_from_goods(person_id=cast.alice, act="order", goods_ids=[cast.cup.id])
    signals.drain()
    rows = Taste.objects.filter(person_id=cast.alice)
    extra = rows.count() - learning.TASTES_KEPT
    assert learning.trim_tastes() == max(extra, 0)
    assert rows.count() == min(500, 500 + extra)
    assert facade.forget_tastes(cast.alice) == rows.count() + min(500, 500 + extra)


def test_imported_likes_are_heat(cast: Cast) -> None:
    ids = many(cast.bob, 2)
    scene.save_likes_bulk([NewReaction(ids[1], who, clock.now()) for who in (cast.eve, cast.dan)])
    signals.drain()
    assert dict(Entry.objects.values_list("note_id", "points")) == {ids[0]: 0, ids[1]: 2}


def test_heat_is_counted_anew(cast: Cast) -> None:
    many(cast.bob, 2)
    facade.count_popular()
    facade.count_popular()
    assert Popular.objects.count() == 2


@pytest.mark.parametrize("count", [1, 12])
def test_feed_queries_do_not_grow(cast: Cast, count: int) -> None:
    many(cast.bob, count, topics=("露营",), goods_ids=(cast.cup.id,))
    people.follow(person_id=cast.alice, other_id=cast.bob)
    with CaptureQueriesContext(connection) as common:
        facade.feed(person_id=None)
    with CaptureQueriesContext(connection) as again:
        facade.feed(person_id=None)
    with CaptureQueriesContext(connection) as personal:
        facade.feed(person_id=cast.alice, personalised=True)
    assert (len(common), len(again), len(personal)) == (5, 3, 6)
