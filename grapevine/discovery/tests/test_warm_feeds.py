"""What is remembered must stay right: reading on, opening again, cards from pieces."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grapevine.discovery import facade
from grapevine.discovery.api.cards import held
from grapevine.discovery.api.schemas import FeedOut, NoteItem
from grapevine.discovery.models import FeedSession
from grapevine.discovery.tests.test_feed import many
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.tests.cast import Cast, gather, write
from grapevine.signals import facade as signals

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def opened(person_id: int) -> str:
    return facade.feed(person_id=person_id, limit=5, personalised=True).request_id


def test_opening_again_is_reading_on_until_something_changes(cast: Cast) -> None:
    ids = many(cast.bob, 30, topics=("露营",))
    first = opened(cast.alice)
    assert opened(cast.alice) == first
    assert opened(cast.eve) != first
    seen = {first}
    public_id = scene.note_cards([ids[3]])[ids[3]].public_id
    acts = (
        lambda: scene.like(person_id=cast.alice, public_id=public_id),
        lambda: people.follow(person_id=cast.alice, other_id=cast.bob),
        lambda: people.unfollow(person_id=cast.alice, other_id=cast.bob),
        lambda: many(cast.eve, 1),
        facade.count_popular,
        lambda: facade.want_tag(person_id=cast.alice, kind="topic", key="露营"),
    )
    for act in acts:
        act()
        signals.drain()
        seen.add(opened(cast.alice))
    assert len(seen) == 1 + len(acts)
    assert opened(cast.alice) in seen


def test_reading_on_reads_no_session_until_it_must_grow(cast: Cast) -> None:
    many(cast.bob, 130)
    page = facade.feed(person_id=cast.alice, limit=20, personalised=True)
    for _ in range(2):
        cursor = page.next_cursor or ""
        with CaptureQueriesContext(connection) as captured:
            page = facade.feed(person_id=cast.alice, limit=20, cursor=cursor, personalised=True)
        assert [q["sql"].count("feedsession") for q in captured] == [0] * 2  # blocks and facts
        assert len(page.items) == 20
    # Another process was quicker and wrote what comes next: its places are taken, not ours.
    session = FeedSession.objects.get(pk=page.request_id.split(".")[0])
    theirs = [*session.places, session.places[0]]
    FeedSession.objects.filter(pk=session.pk).update(places=theirs, size=len(theirs), done=True)
    last = facade.feed(
        person_id=cast.alice, limit=20, cursor=page.next_cursor or "", personalised=True
    )
    assert last.note_ids == [session.places[0][0]]
    assert last.next_cursor is None


def test_cards_from_pieces_are_what_the_schema_says(cast: Cast) -> None:
    card = write(cast.bob, '"likes":-1000000007 "position":')
    many(cast.bob, 3)
    signals.drain()
    caller = Client(headers={"Authorization": f"Bearer {people.issue_token(cast.alice, 'test')}"})
    for turn in range(2):
        body = caller.get("/api/v1/feed?limit=4").content
        page = FeedOut.model_validate_json(body)
        notes = scene.note_cards([card.id])
        mine = next(item for item in page.items if item.public_id == card.public_id)
        exact = NoteItem.of(
            notes[card.id], likes=turn, position=mine.position, channel=mine.channel
        )
        assert mine == exact
        assert json.loads(body) == json.loads(page.model_dump_json())
        assert list(json.loads(body)) == ["items", "next_cursor", "request_id"]
        if not turn:
            assert (held.hits, held.misses) == (0, 4)
            scene.like(person_id=cast.alice, public_id=card.public_id)  # shows at once
    assert (held.hits, held.misses) == (4, 4)
    scene.edit_note(author_id=cast.bob, public_id=card.public_id, title="新标题")
    people.block(person_id=cast.eve, other_id=cast.alice)
    titles = [item["title"] for item in caller.get("/api/v1/feed").json()["items"]]
    assert "新标题" in titles
    people.block(person_id=cast.bob, other_id=cast.alice)
    assert caller.get("/api/v1/feed").json()["items"] == []
