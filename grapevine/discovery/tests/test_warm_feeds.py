"""What is remembered must stay right: reading on, opening again, cards from pieces."""

import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grapevine.discovery import facade
from grapevine.discovery.actions import bonding
from grapevine.discovery.api.cards import held
from grapevine.discovery.api.schemas import FeedOut, NoteItem
from grapevine.discovery.models import FeedSession
from grapevine.discovery.tests.test_feed import many
from grapevine.discovery.web import cards
from grapevine.goods import facade as goods
from grapevine.kit import frames
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.tests.cast import Cast, gather, write
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade

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
        lambda: bonding.tie_brought(person_id=cast.alice, by_id=cast.eve),
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
        told = [q["sql"].count("feedsession") for q in captured]
        assert told == [0, 0]  # blocks; words and facts
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


def test_two_people_on_one_warm_process_get_their_own_pages(cast: Cast) -> None:
    ids = many(cast.bob, 30, topics=("露营",), goods_ids=(cast.cup.id,))
    liked = scene.note_cards(ids[:2])
    scene.like(person_id=cast.alice, public_id=liked[ids[0]].public_id)
    scene.like(person_id=cast.eve, public_id=liked[ids[1]].public_id)
    line = goods.goods_detail(cast.cup.public_id).skus[0]
    trade.add_to_cart(buyer_id=cast.alice, lines=[(line, 2)])
    signals.drain()
    clients = {name: Client(headers={"User-Agent": "Mobi"}) for name in ("Alice", "Eve", "")}
    for name, pk in (("Alice", cast.alice), ("Eve", cast.eve)):
        clients[name].force_login(get_user_model().objects.get(pk=pk))
    clients["Eve"].cookies["gv_look"] = "dark"
    clients["Eve"].cookies["django_language"] = "en"

    def pages(name: str) -> tuple[str, str]:
        """The home page and what scrolling adds, but for what is signed anew each time: form tokens, the bell's name."""
        first = clients[name].get("/")
        more = re.search(r'hx-get="(\?[^"]+)"', first.content.decode())
        assert more
        path = "/" + more[1].replace("&amp;", "&")
        second = clients[name].get(path, headers={"HX-Request": "true"})
        assert (first.status_code, second.status_code) == (200, 200)
        signed = re.compile(r'(?<=csrfmiddlewaretoken" value=")[^"]+|(?<=data-live=")[^"]+')
        own = "notices:" + str({"Alice": cast.alice, "Eve": cast.eve}.get(name, ""))
        told = [
            signals.channel_of(one)
            for one in re.findall(r'data-live="([^"]+)', first.content.decode())
        ]
        assert told == [own] * bool(name)
        return signed.sub("", first.content.decode()), signed.sub("", second.content.decode())

    warm = {name: pages(name) for name in clients}
    for _turn in range(3):
        assert {name: pages(name) for name in clients} == warm
    for name in clients:  # drawn for each of them alone
        for memory in (frames._frames, cards.held, cards._like_forms):
            memory.forget()
        assert pages(name) == warm[name]
    alice, eve, stranger = (warm[name][0] + warm[name][1] for name in clients)
    pressed = {
        name: re.findall(
            r'/note/(\w+)/like/[^>]+>(?:(?!</form>).)*aria-pressed="true"', text, re.DOTALL
        )
        for name, text in (("Alice", alice), ("Eve", eve), ("", stranger))
    }
    assert pressed == {
        "Alice": [liked[ids[0]].public_id], "Eve": [liked[ids[1]].public_id], "": [],
    }  # fmt: skip
    requests = [
        set(re.findall(r'data-request="([^".]+)\.', text)) for text in (alice, eve, stranger)
    ]
    assert [len(one) for one in requests] == [1, 1, 1]
    assert len(set.union(*requests)) == 3
    assert ["data-signed-in" in text for text in (alice, eve, stranger)] == [True, True, False]
    assert ['data-theme="dark"' in text for text in (alice, eve, stranger)] == [False, True, False]
    assert ['<html lang="en"' in text for text in (alice, eve, stranger)] == [False, True, False]
    assert ['class="badge' in text for text in (alice, eve, stranger)] == [True, False, False]


def test_what_is_said_while_scrolling_holds_on_the_next_page(cast: Cast) -> None:
    """Asked together with the facts of notes whose places are known, by itself where places are missing."""
    many(cast.bob, 90, topics=("露营",))
    page = facade.feed(person_id=cast.alice, limit=20, personalised=True)
    for _turn in range(2):
        with CaptureQueriesContext(connection) as captured:
            same = facade.feed(
                person_id=cast.alice, limit=20, cursor=page.next_cursor or "", personalised=True,
                has_blocks=False,
            )  # fmt: skip
        assert len(captured) == 1
    assert same.request_id.split(".")[0] == page.request_id.split(".")[0]
    facade.wish(person_id=cast.alice, kind="topic", key="露营", is_wanted=False)
    after = facade.feed(
        person_id=cast.alice, limit=20, cursor=page.next_cursor or "", personalised=True
    )
    assert after.request_id.split(".")[0] != page.request_id.split(".")[0]
    assert not set(after.note_ids) & set(page.note_ids)
