"""Recall channels: each turns what is known of the reader into a SELECT of candidate notes.

`recall` runs the asked channels as one statement. A channel that has nothing to go by gives None.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from grapevine.discovery.contracts import Channel
from grapevine.discovery.queries import recall_sql as sql
from grapevine.discovery.rules.blending import Candidate
from grapevine.discovery.rules.heads import Known
from grapevine.discovery.rules.tasting import strongest

GOODS_MAX = 60
INTERESTS_MAX = 6
NOTES_PER_GOODS = 4
NOTES_PER_INTEREST = 20
AUTHORS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Only notes with this trait: kind is category, topic or shop."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What recall may use about who reads. Everything empty: the impersonal feed.

    `depth`: how many rows the newest-first channels bring. With as many as were served plus as many
    as are wanted, too few left means that there are no more.
    """

    followees: frozenset[int] = frozenset()
    near_goods: Mapping[str, float] = field(default_factory=dict)
    social_goods: Mapping[str, float] = field(default_factory=dict)
    model_goods: Mapping[str, float] = field(default_factory=dict)
    categories: Mapping[str, float] = field(default_factory=dict)
    topics: Mapping[str, float] = field(default_factory=dict)
    scope: Scope | None = None
    depth: int = 100
    known: Known = field(default_factory=Known)
    """What ranking may use."""


@dataclass(frozen=True, slots=True)
class Select:
    text: str
    params: Sequence[Any]
    weights: Mapping[str, float] = field(default_factory=dict)


def _scope(reader: Reader) -> tuple[str, list[Any]]:
    if reader.scope is None:
        return "", []
    return sql.IN_SCOPE, [reader.scope.kind, reader.scope.key]


def _newest(channel: Channel, reader: Reader, authors: Sequence[int]) -> Select:
    scope, params = _scope(reader)
    among = f" AND e.author_id IN ({_places(authors)})" if authors else ""
    text = sql.NEWEST.format(channel=channel.value, authors=among, scope=scope)
    return Select(text, [*authors, *params, reader.depth])


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _by_goods(
    channel: Channel,
    reader: Reader,
    weights: Mapping[str, float],
) -> Select | None:
    keys = strongest(weights, GOODS_MAX)
    if not keys:
        return None
    scope, params = _scope(reader)
    text = sql.BY_GOODS.format(channel=channel.value, keys=_places(keys), scope=scope)
    return Select(text, ["goods", *keys, *params, NOTES_PER_GOODS], weights)


def follows(reader: Reader) -> Select | None:
    """The newest notes of people the reader follows."""
    if not reader.followees:
        return None
    return _newest(Channel.FOLLOWS, reader, sorted(reader.followees)[:AUTHORS_MAX])


def fresh(reader: Reader) -> Select | None:
    """The newest notes of all."""
    return _newest(Channel.FRESH, reader, ())


def popular(reader: Reader) -> Select | None:
    """What most people like now, from the table the job fills."""
    scope, params = _scope(reader)
    return Select(sql.POPULAR.format(scope=scope), [*params, reader.depth])


def items(reader: Reader) -> Select | None:
    """Notes with goods near those the reader bought, liked, kept or looked at, or with these."""
    return _by_goods(Channel.ITEMS, reader, reader.near_goods)


def social(reader: Reader) -> Select | None:
    """Notes with goods that people tied to the reader chose."""
    return _by_goods(Channel.SOCIAL, reader, reader.social_goods)


def model(reader: Reader) -> Select | None:
    """Notes with goods the trained model chose for the reader."""
    return _by_goods(Channel.MODEL, reader, reader.model_goods)


def interests(reader: Reader) -> Select | None:
    """Notes of the topics the reader keeps coming back to; of the categories where no topic.

    A topic may have any number of notes, so each is read from its newest end alone.
    """
    kind, weights = ("topic", reader.topics) if reader.topics else ("category", reader.categories)
    keys = strongest(weights, INTERESTS_MAX)
    if not keys:
        return None
    scope, given = _scope(reader)
    one = sql.ONE_TRAIT.format(scope=scope)
    text = sql.NEWEST_OF_TRAIT.format(
        channel=Channel.INTERESTS.value, parts=" UNION ALL ".join([one] * len(keys))
    )
    params = [value for key in keys for value in (kind, key, *given, NOTES_PER_INTEREST)]
    return Select(text, params, weights)


CHANNELS: Mapping[Channel, Callable[[Reader], Select | None]] = {
    Channel.FOLLOWS: follows,
    Channel.SOCIAL: social,
    Channel.ITEMS: items,
    Channel.MODEL: model,
    Channel.INTERESTS: interests,
    Channel.FRESH: fresh,
    Channel.POPULAR: popular,
}


def recall(reader: Reader, channels: Sequence[Channel]) -> dict[Channel, list[Candidate]]:
    """Candidates of every asked channel, best first. One query."""
    selects = {channel: CHANNELS[channel](reader) for channel in channels}
    asked = {channel: select for channel, select in selects.items() if select is not None}
    if not asked:
        return {}
    text = " UNION ALL ".join(sql.PART.format(part=select.text) for select in asked.values())
    params = [value for select in asked.values() for value in select.params]
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        rows = cursor.fetchall()
    ranked: dict[Channel, dict[int, tuple[float, int, int]]] = {channel: {} for channel in asked}
    for name, note_id, author_id, trait, place in rows:
        channel = Channel(name)
        weight = asked[channel].weights.get(trait, 0.0)
        known = ranked[channel].get(note_id)
        if known is None or weight > -known[0]:
            ranked[channel][note_id] = (-weight, place, author_id)
    return {
        channel: [
            Candidate(note_id, found[note_id][2], channel)
            for note_id in sorted(found, key=lambda pk: (found[pk][0], found[pk][1]))
        ]
        for channel, found in ranked.items()
    }
