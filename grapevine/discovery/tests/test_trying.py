"""What is new is tried out on people who do not know its author; what was seen does not come again; operators see all of it."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.discovery import facade, jobs
from grapevine.discovery.contracts import Channel, FeedPage
from grapevine.discovery.models import Entry, Phrase, Shown, Trial
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.people.contracts import NewPerson
from grapevine.scene import facade as scene
from grapevine.scene.contracts import NewNote
from grapevine.scene.tests.cast import Cast, gather
from grapevine.signals import facade as signals
from grapevine.signals.contracts import SeenCard

pytestmark = pytest.mark.django_db
SHOWINGS = 2


@pytest.fixture
def cast() -> Cast:
    return gather()


def publish(
    authors: list[int], *, topics: tuple[str, ...] = (), title: str = "新笔记"
) -> list[int]:
    ids = scene.save_notes_bulk([
        NewNote(
            author_id=author, title=f"{title} {n}", topics=topics or (f"话题{n % 12}",),
            published_at=clock.now() - timedelta(minutes=n),
        )
        for n, author in enumerate(authors)
    ])  # fmt: skip
    signals.drain()
    return ids


def crowd(name: str, count: int, region: str = "") -> list[int]:
    return people.save_people_bulk(
        [NewPerson(handle=f"{name}{n}", name=f"{name}{n}", region=region) for n in range(count)]
    )


def make_operator(person_id: int) -> None:
    get_user_model().objects.filter(pk=person_id).update(is_operator=True)


def sign_in(client: Client, person_id: int) -> None:
    client.force_login(get_user_model().objects.get(pk=person_id))


def see(person_id: int, page: FeedPage, *, verb: str = "impression") -> None:
    """What a page tells of cards that were in sight."""
    facade.note_seen(
        [
            SeenCard(person_id, verb, "note", "", page.request_id, item.position)
            for item in page.items
        ]
    )


def count() -> int:
    with clock.at(clock.now() + timedelta(minutes=1)):
        return facade.count_shown()


def scroll(person_id: int, pages: int, limit: int = 20) -> list[FeedPage]:
    found, cursor = [], ""
    for _ in range(pages):
        page = facade.feed(person_id=person_id, cursor=cursor, limit=limit, personalised=True)
        found.append(page)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    return found


def test_a_hundred_new_authors_whom_nobody_follows_are_all_shown(
    cast: Cast, settings: Any, client: Client
) -> None:
    settings.EXPLORE_SHOWINGS = SHOWINGS
    newcomers = crowd("new", 100)
    publish([cast.bob] * 150, title="老作者")
    Trial.objects.all().delete()
    mine = publish(newcomers)
    assert Trial.objects.filter(note_id__in=mine, was_unfollowed=True).count() == 100
    for reader in crowd("reader", 24):
        for page in scroll(reader, 2, 60):
            see(reader, page)
        count()
    explored = Shown.objects.filter(channel=Channel.EXPLORE, note_id__in=mine)
    reached = Counter(explored.values_list("note_id", flat=True))
    assert sum(reached[note_id] >= SHOWINGS for note_id in mine) >= 95
    assert all(0 < chance <= 1 for chance in explored.values_list("propensity", flat=True))
    assert not explored.filter(person_id__in=newcomers).exists()
    report = facade.exposure(7)
    assert (report.trials.authors, report.trials.missed) == (100, 0)
    assert report.trials.met >= 95
    assert report.total == Shown.objects.count() == sum(row.people for row in report.channels)
    assert 0 < report.gini < 1
    assert 0 < report.top_percent <= 1
    make_operator(cast.carol)
    sign_in(client, cast.carol)
    told = client.get("/operator/feed/").content.decode()
    assert f"{report.gini:.3f}" in told
    assert f"{report.trials.met} 位够了，0 位没够" in told


def test_what_was_seen_does_not_come_again_until_nothing_else_is_left(
    cast: Cast, settings: Any
) -> None:
    settings.EXPLORE_SHOWINGS = 0
    ids = publish([cast.bob, cast.eve, cast.carol] * 15)
    first = facade.feed(person_id=cast.alice, limit=20, personalised=True)
    see(cast.alice, first)
    second = facade.feed(person_id=cast.alice, limit=25, personalised=True)
    assert sorted([*first.note_ids, *second.note_ids]) == ids
    see(cast.alice, second)
    third = facade.feed(person_id=cast.alice, limit=45, personalised=True)
    assert set(third.note_ids) == set(ids)
    assert {item.channel for item in third.items} == {Channel.AGAIN}
    assert set(third.note_ids[:20]) == set(first.note_ids)
    assert facade.feed(person_id=cast.dan, limit=20, personalised=True).items
    people.set_personalised(cast.alice, on=False)
    signals.drain()
    assert not Shown.objects.filter(person_id=cast.alice).exists()


def test_a_page_is_mixed_and_two_hundred_cards_have_no_repeat(cast: Cast, settings: Any) -> None:
    settings.EXPLORE_SHOWINGS = 5
    writers = crowd("writer", 60)
    notes = publish([writers[n % 60] for n in range(300)])
    Entry.objects.filter(note_id__in=notes[40:]).update(
        published_at=clock.now() - timedelta(days=30)
    )
    camping = publish([writers[n % 60] for n in range(60)], topics=("露营",))
    people.follow(person_id=cast.alice, other_id=writers[0])
    for note_id in camping[:3]:
        scene.like(person_id=cast.alice, public_id=scene.note_cards([note_id])[note_id].public_id)
    signals.drain()
    facade.count_popular()
    pages = scroll(cast.alice, 10)
    seen = [item.note_id for page in pages for item in page.items]
    assert len(seen) == len(set(seen)) == 200
    known = Entry.objects.in_bulk(seen, field_name="note_id")
    fresh = clock.now() - timedelta(days=14)
    for page in pages[:3]:
        assert len({item.channel for item in page.items}) >= 3
        assert len({known[pk].category for pk in page.note_ids}) >= 5
        assert sum(known[pk].published_at >= fresh for pk in page.note_ids) >= 2
    liked = [pk for pk in pages[0].note_ids if known[pk].category == "露营"]
    assert len(liked) >= 12
    slots = facade.places_of(cast.alice)
    assert [slot.note_id for slot in slots[:20]] == pages[0].note_ids
    assert {bool(slot.propensity) for slot in slots if slot.channel == Channel.EXPLORE} == {True}


def test_who_only_writes_about_running_is_shown_running_until_the_channel_is_off(
    cast: Cast, settings: Any
) -> None:
    settings.EXPLORE_SHOWINGS = 0
    shoes = publish([cast.bob], title="缓震跑鞋跑完一场马拉松", topics=("装备",))
    Entry.objects.update(published_at=clock.now() - timedelta(days=60))
    publish([cast.eve, cast.carol] * 40, title="插花")
    scene.save_notes_bulk([
        NewNote(author_id=cast.alice, title=f"马拉松训练第 {n} 周", body="长距离慢跑，跑鞋磨脚")
        for n in range(3)
    ])  # fmt: skip
    signals.drain()
    jobs.seen()
    first = facade.feed(person_id=cast.alice, limit=10, personalised=True)
    found = {item.note_id: item.channel for item in first.items}
    assert found[shoes[0]] == Channel.WORDS
    assert "马拉松" in set(
        Phrase.objects.filter(person_id=cast.alice).values_list("word", flat=True)
    )
    facade.set_channel(operator_id=cast.carol, channel="words", weight=4, is_on=False)
    second = facade.feed(person_id=cast.alice, limit=10, personalised=True)
    assert Channel.WORDS not in {item.channel for item in second.items}
    assert shoes[0] not in second.note_ids
