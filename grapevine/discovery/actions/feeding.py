"""Serving a feed: a session's order is made once, grown as it is scrolled, and read in slices."""

import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from grapevine.discovery.contracts import Channel, FeedPage, Served, Tab
from grapevine.discovery.models import FeedSession
from grapevine.discovery.queries import sessions
from grapevine.discovery.queries.ranking import ranked
from grapevine.discovery.queries.readers import reader_for
from grapevine.discovery.queries.recall import Reader, Scope, recall
from grapevine.discovery.queries.steering import common_state
from grapevine.discovery.queries.valuing import drawn, valued
from grapevine.discovery.queries.weights import weights_for
from grapevine.discovery.rules.adapting import SCALE, segment_of
from grapevine.discovery.rules.arranging import EXPLORED_EVERY, SHOP_WINDOW, Placed, arrange
from grapevine.discovery.rules.blending import (
    COMMON_WEIGHTS,
    FOLLOWING_WEIGHTS,
    Candidate,
    blend,
    in_force,
)
from grapevine.discovery.rules.places import coarse
from grapevine.kit import clock
from grapevine.kit.paging import BadCursor, clamp, decode_cursor, encode_cursor
from grapevine.kit.sql import moment
from grapevine.people import facade as people
from grapevine.scene import facade as scene
from grapevine.scene.contracts import CardFacts

PLACES_MAX = 1_000
PERSONAL_BATCH = 60
COMMON_BATCH = 200
MIXED_MAX = 400
SPARE = 8
ROUNDS_MAX = 5
SESSION_KEPT = timedelta(days=2)
REASONED = frozenset({Channel.INTERESTS})
"""Channels whose name a card tells: why it is here."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose feed, of which kind. `person_id` None is the impersonal feed, shared by all."""

    person_id: int | None
    tab: Tab
    scope: Scope | None
    region: str = ""

    @property
    def text(self) -> str:
        scope = self.scope or Scope("", "")
        return f"{self.tab.value}|{scope.kind}|{scope.key}"

    @property
    def mark(self) -> str:
        """Short enough for a cursor, different for another feed."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:10]


def feed(
    *,
    person_id: int | None,
    cursor: str = "",
    limit: int | None = None,
    tab: Tab = Tab.ALL,
    scope: Scope | None = None,
    shop_id: int | None = None,
    personalised: bool | None = None,
    region: str = "",
    has_blocks: bool | None = None,
) -> FeedPage:
    """One page of the feed. Raises BadCursor for a cursor that is not this reader's.

    `region`: where the reader says they are; no more of it is used than their city. `personalised` and `has_blocks` are
    what the caller knows of the reader already; None where they do not.

    A person who switched personalisation off, and a stranger, read the impersonal feed: popular and
    fresh alone, one order for all of them. Blocked people's notes are left out of the page.
    """
    if shop_id is not None:
        scope = Scope("shop", str(shop_id))
    if person_id is not None and personalised is None:
        personalised = people.personalised(person_id)
    personal = person_id is not None and (bool(personalised) or tab == Tab.FOLLOWING)
    wish = Wish(person_id if personal else None, tab, scope, coarse(region) if personal else "")
    if wish.person_id is None and tab == Tab.FOLLOWING:
        return FeedPage((), None, "", personal=False)
    session, offset = _resumed(wish, cursor) if cursor else (_begun(wish), 0)
    hidden = people.blocked_ids(person_id) if person_id and has_blocks is not False else set()
    size = clamp(limit)
    if not cursor:
        return _page(session, wish, offset, size=size, viewer_id=person_id, hidden=hidden)
    return _continued(session, wish, offset, size=size, viewer_id=person_id, hidden=hidden)


def _resumed(wish: Wish, cursor: str) -> tuple[FeedSession, int]:
    key, told, offset = decode_cursor(cursor, [str, str, int])
    session = sessions.session_by_key(key)
    if session is None and told == wish.mark:
        return _begun(wish), 0  # the session was tidied away: the reader starts anew
    if session is None or session.person_id != wish.person_id or told != wish.mark or offset < 0:
        raise BadCursor
    return session, offset


def _continued(
    session: FeedSession, wish: Wish, offset: int, *, size: int, viewer_id: int | None,
    hidden: Set[int],
) -> FeedPage:  # fmt: skip
    """The page at `offset`. Whether the reader said since then what they want to see is asked together with what is true
    of its notes now; on its own only where places are missing."""
    if wish.person_id is None or viewer_id is None:
        return _page(session, wish, offset, size=size, viewer_id=viewer_id, hidden=hidden)
    facts: Mapping[int, CardFacts] | None = None
    ids = [place[0] for place in session.places[offset : offset + size + SPARE]]
    if len(ids) < size:
        steered_at = sessions.steered_at(wish.person_id)
    else:
        aside = sessions.steered_aside(wish.person_id)
        facts, steered_at = scene.card_facts_beside(ids, viewer_id, aside)
    if steered_at is not None and moment(steered_at) > session.created_at:
        session, facts = _anew(session, wish, offset), None
    return _page(session, wish, offset, size=size, viewer_id=viewer_id, hidden=hidden, facts=facts)


def _anew(session: FeedSession, wish: Wish, offset: int) -> FeedSession:
    """A feed that goes on anew behind what was served."""
    places = session.places[:offset]
    anew = FeedSession(
        person_id=wish.person_id, segment=session.segment, places=places, size=len(places),
        created_at=clock.now(),
    )  # fmt: skip
    anew.save(force_insert=True)
    return sessions.keep(anew)


def _begun(wish: Wish) -> FeedSession:
    """Opening the same feed again at once, with nothing changed in between, is reading on in it."""
    if wish.person_id is None:
        return _common(wish)
    if wish.tab != Tab.ALL:
        return _made(wish)
    name = f"{wish.text}|{wish.region}"
    mark = sessions.reader_mark(wish.person_id)
    known = sessions.just_opened(wish.person_id, name, mark)
    session = known or _made(wish)
    if known is None:
        sessions.remember_opened(wish.person_id, name, mark, session)
    return session


def _made(wish: Wish) -> FeedSession:
    places, done, segment = _more(wish, [])
    session = FeedSession(
        person_id=wish.person_id, segment=segment, places=places, size=len(places), done=done,
        created_at=clock.now(),
    )  # fmt: skip
    session.save(force_insert=True)
    return sessions.keep(session)


def _common(wish: Wish) -> FeedSession:
    """One session for every impersonal reader, until a note comes, what is popular moves or an operator steers."""
    state, rules = common_state()
    key = "c" + hashlib.sha256(f"{wish.text}|{state}".encode()).hexdigest()[:20]
    known = sessions.session_by_key(key)
    if known is not None:
        return known
    places, done, _segment = _more(wish, [], rules=rules)
    session = FeedSession(
        pk=key, places=places, size=len(places), done=done, created_at=clock.now()
    )
    FeedSession.objects.bulk_create([session], ignore_conflicts=True)  # another reader was quicker
    return session


def _more(
    wish: Wish, places: Sequence[Any], segment: str = "", *,
    rules: Mapping[Channel, int] | None = None,
) -> tuple[list[Any], bool, str]:  # fmt: skip
    """The next places of the order, whether recall ran dry, and the segment whose weights were used.

    A feed keeps the segment it began with, so that what comes of it is told to whom it belongs. `rules`: what operators
    said of channels, where it was read already.
    """
    batch = PERSONAL_BATCH if wish.person_id is not None else COMMON_BATCH
    room = min(batch, PLACES_MAX - len(places))
    depth = len(places) + room
    reader = Reader(scope=wish.scope, depth=depth)
    weights: Mapping[Channel, int] = COMMON_WEIGHTS
    if wish.person_id is not None and wish.tab == Tab.FOLLOWING:
        followees = frozenset(people.followee_ids(wish.person_id))
        reader = replace(reader, followees=followees, steered_by=wish.person_id)
        weights = FOLLOWING_WEIGHTS
    elif wish.person_id is not None:
        reader, rules = reader_for(
            wish.person_id, scope=wish.scope, depth=depth, region=wish.region
        )
        segment = segment or segment_of(reader.known)
        said = {channel: weight * SCALE for channel, weight in rules.items()}
        weights = in_force(weights_for(segment), said)
    else:
        weights = in_force(COMMON_WEIGHTS, common_state()[1] if rules is None else rules)
    served = [place[0] for place in places]
    lists = recall(reader, list(weights))
    if wish.tab == Tab.FOLLOWING:
        chosen = blend(lists, weights, served=served, limit=room)
    else:
        chosen = _arranged(lists, reader, weights, places, room)
    added = [_place(pick) for pick in chosen]
    return added, len(added) < room or len(places) + len(added) >= PLACES_MAX, segment


def _arranged(
    lists: Mapping[Channel, Sequence[Candidate]], reader: Reader, weights: Mapping[Channel, int],
    places: Sequence[Any], room: int,
) -> list[Candidate]:  # fmt: skip
    """What is new to the reader first, mixed; then, where that ends, what they saw longest ago."""
    served = [place[0] for place in places]
    trials, seen = lists.get(Channel.EXPLORE, ()), lists.get(Channel.AGAIN, ())
    mixed: Mapping[Channel, Sequence[Candidate]] = {
        channel: found for channel, found in lists.items()
        if channel not in (Channel.EXPLORE, Channel.AGAIN)
    }  # fmt: skip
    if reader.person_id is not None:
        mixed = ranked(mixed, reader, served=served)
    blended = blend(mixed, weights, served=served, limit=MIXED_MAX)
    chosen = arrange(
        valued(blended, reader),
        limit=room,
        explored=drawn(trials, reader, room // EXPLORED_EVERY, served=served),
        recent=[Placed(place[2], _shop(place)) for place in places[-SHOP_WINDOW:]],
        start=len(places),
    )
    if len(chosen) < room:
        gone = {*served, *(one.note_id for one in chosen)}
        left = [one for one in seen if one.note_id not in gone]
        chosen += left[: room - len(chosen)]
    return chosen


def _place(pick: Candidate) -> list[Any]:
    """As a session keeps it: [note, channel, author, shop, propensity, why]"""
    place = [
        pick.note_id,
        pick.channel.value,
        pick.author_id,
        pick.shop_id,
        round(pick.propensity, 4),
    ]
    why = pick.why if pick.channel in REASONED else ""
    return [*place, why]


def _shop(place: Sequence[Any]) -> int:
    return place[3] if len(place) > 3 else 0  # a session begun before shops were kept


def _grown(session: FeedSession, wish: Wish) -> FeedSession:
    """Append the next places; if another request was quicker, take what it wrote."""
    written = sessions.read_session(session.pk)  # memory may be behind
    if written is None or written.done or written.size > session.size:
        return written or FeedSession(
            pk=session.pk, places=session.places, size=session.size, done=True
        )
    added, done, _segment = _more(wish, session.places, session.segment)
    places = [*session.places, *added]
    mine = FeedSession.objects.filter(pk=session.pk, size=session.size).update(
        places=places, size=len(places), done=done
    )
    if not mine:
        return sessions.read_session(session.pk) or session
    written.places, written.size, written.done = places, len(places), done
    return written


def _page(
    session: FeedSession, wish: Wish, offset: int, *, size: int, viewer_id: int | None,
    hidden: Set[int], facts: Mapping[int, CardFacts] | None = None,
) -> FeedPage:  # fmt: skip
    """`facts`: what was read of the first places already."""
    items: list[Served] = []
    at = offset
    for _round in range(ROUNDS_MAX):
        if at + size - len(items) > session.size and not session.done:
            session = _grown(session, wish)
        slice_ = session.places[at : at + size - len(items) + SPARE]
        if not slice_:
            break
        if facts is None:
            facts = scene.card_facts([place[0] for place in slice_], viewer_id)
        for place in slice_:
            if len(items) == size:
                break
            at += 1
            fact = facts.get(place[0])
            if fact is not None and place[2] not in hidden:
                items.append(_served(place, at, fact))
        if len(items) == size:
            break
        facts = None
    more = at < session.size or not session.done
    return FeedPage(
        items=items,
        next_cursor=encode_cursor(session.pk, wish.mark, at) if more else None,
        request_id=f"{session.pk}.{offset}",
        personal=wish.person_id is not None,
    )


def _served(place: Sequence[Any], at: int, fact: CardFacts) -> Served:
    propensity, why = place[4:6] if len(place) > 5 else (0.0, "")
    return Served(
        place[0], at, Channel(place[1]), fact.version, fact.likes, fact.liked, propensity, why
    )


def tidy_sessions() -> int:
    """Drop sessions nobody scrolls any more."""
    old = FeedSession.objects.filter(created_at__lt=clock.now() - SESSION_KEPT)
    return old.delete()[0]
