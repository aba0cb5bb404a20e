"""Sessions of feeds, as this process knows them.

The order of a session is never changed, only made longer, so what was read of it once holds: going on in a feed costs no
read of it, until places are asked for that were not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grapevine.discovery import artifacts
from grapevine.discovery.models import FeedSession
from grapevine.kit import sql
from grapevine.kit.memory import Memory
from grapevine.people import facade as people

HELD_MAX = 1_000
HELD_SECONDS = 3_600
REOPENED_SECONDS = 30
OPENED_MAX = 20_000

MARK = """
SELECT (SELECT MAX(id) FROM discovery_taste WHERE person_id = %s),
       (SELECT at FROM discovery_steered WHERE person_id = %s),
       (SELECT MAX(at) FROM discovery_shown WHERE person_id = %s),
       (SELECT MAX(id) FROM discovery_phrase WHERE person_id = %s), ({follows}),
       words.number, words.newest, bonds.number, bonds.newest,
       (SELECT MAX(id) FROM discovery_entry), (SELECT MAX(id) FROM discovery_popular),
       (SELECT MAX(id) FROM discovery_trending), rule.channel, rule.weight, rule.is_on
FROM (SELECT COUNT(*) AS number, MAX(at) AS newest FROM discovery_tagword WHERE person_id = %s) words
CROSS JOIN (SELECT COUNT(*) AS number, MAX(at) AS newest FROM discovery_bond WHERE person_id = %s) bonds
LEFT JOIN discovery_channelrule rule ON 1 = 1 ORDER BY rule.channel
"""

STEERED = "SELECT at FROM discovery_steered WHERE person_id = %s"

_held: Memory[str, FeedSession] = Memory(HELD_MAX, HELD_SECONDS)
_opened: Memory[tuple[int, str], "Opened"] = Memory(OPENED_MAX, REOPENED_SECONDS)


@dataclass(frozen=True, slots=True)
class Opened:
    """A feed that was just opened, and what was known of its reader then."""

    mark: tuple[Any, ...]
    key: str


def session_by_key(key: str) -> FeedSession | None:
    """From memory, or by one query; of memory's the newest places may be missing."""
    return _held.get(key) or read_session(key)


def read_session(key: str) -> FeedSession | None:
    found = FeedSession.objects.filter(pk=key).first()
    return found if found is None else keep(found)


def own_places(person_id: int, needed: Mapping[str, int]) -> dict[str, Sequence[Any]]:
    """Session → its places, of those that are this person's; `needed`: session → how many are asked for. One query, none
    where memory holds them all."""
    held = {key: one for key in needed if (one := _held.get(key)) is not None}
    found = {
        key: one for key, one in held.items()
        if one.person_id != person_id or len(one.places) >= needed[key]
    }  # fmt: skip
    missing = needed.keys() - found.keys()
    if missing:
        for one in FeedSession.objects.filter(pk__in=missing, person_id=person_id):
            found[one.pk] = keep(one)
    return {key: one.places for key, one in found.items() if one.person_id == person_id}


def keep(session: FeedSession) -> FeedSession:
    return _held.put(session.pk, session)


def steered_aside(person_id: int) -> sql.Aside:
    """When this person last said what they want to see, or took it back."""
    return sql.Aside(STEERED, (person_id,))


def steered_at(person_id: int) -> Any:
    """The same by a query of its own."""
    rows = sql.rows(STEERED, [person_id])
    return rows[0][0] if rows else None


def reader_mark(person_id: int) -> tuple[Any, ...]:
    """Changes with whatever makes this person's feed another one. One query."""
    follows = people.follow_aside(person_id)
    text = MARK.format(follows=follows.text)
    rows = tuple(sql.rows(text, [*[person_id] * 4, *follows.params, person_id, person_id]))
    return (rows, *artifacts.versions_in_force())


def just_opened(person_id: int, feed: str, mark: tuple[Any, ...]) -> FeedSession | None:
    """The session of the same feed, opened within half a minute in this process, if nothing has changed since."""
    opened = _opened.get((person_id, feed))
    return session_by_key(opened.key) if opened and opened.mark == mark else None


def remember_opened(person_id: int, feed: str, mark: tuple[Any, ...], session: FeedSession) -> None:
    _opened.put((person_id, feed), Opened(mark, session.pk))
