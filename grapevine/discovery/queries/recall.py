"""Recall channels: each turns what is known of the reader into a SELECT of candidate notes.

`recall` runs the asked channels as one statement. A channel that has nothing to go by gives None.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from grapevine.discovery.contracts import Channel
from grapevine.discovery.queries import recall_sql as sql
from grapevine.discovery.rules.blending import Candidate
from grapevine.discovery.rules.heads import Known
from grapevine.discovery.rules.tasting import strongest
from grapevine.kit import clock

GOODS_MAX = 60
NOTES_MAX = 60
INTERESTS_MAX = 6
WORDS_MAX = 10
NOTES_PER_GOODS = 4
NOTES_PER_INTEREST = 20
NOTES_PER_WORD = 12
AUTHORS_MAX = 1_000
NEARBY_MAX = 40
OWED_MAX, TRIED_MAX = 40, 20
AGAIN_MAX = 200
NEW_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Scope:
    """Only notes with this trait: kind is category, topic or shop."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What recall may use about who reads. Everything empty: the impersonal feed.

    `depth`: how many rows the newest-first channels bring. With as many as were served plus as many
    as are wanted, too few left means that there are no more. `person_id`: whose seen notes stay out.
    """

    person_id: int | None = None
    followees: frozenset[int] = frozenset()
    near_goods: Mapping[str, float] = field(default_factory=dict)
    social_goods: Mapping[str, float] = field(default_factory=dict)
    social_notes: Mapping[str, float] = field(default_factory=dict)
    model_goods: Mapping[str, float] = field(default_factory=dict)
    categories: Mapping[str, float] = field(default_factory=dict)
    topics: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, float] = field(default_factory=dict)
    region: str = ""
    scope: Scope | None = None
    depth: int = 100
    steered_by: int | None = None
    """Whose words hold where nothing else is known of the reader: who reads those they follow."""
    known: Known = field(default_factory=Known)
    """What ranking may use."""


@dataclass(frozen=True, slots=True)
class Select:
    """`summed`: a note counts for all its traits together; else for the heaviest."""

    text: str
    params: Sequence[Any]
    weights: Mapping[str, float] = field(default_factory=dict)
    summed: bool = False


def _scope(reader: Reader) -> tuple[str, list[Any]]:
    text, params = _wanted(reader)
    if reader.person_id is not None:
        text, params = text + sql.UNSEEN, [*params, reader.person_id]
    return text, params


def _wanted(reader: Reader) -> tuple[str, list[Any]]:
    """In the scope, and of no subject the reader does not want."""
    text, params = "", list[Any]()
    if reader.scope is not None:
        text, params = sql.IN_SCOPE, [reader.scope.kind, reader.scope.key]
    who = reader.person_id if reader.person_id is not None else reader.steered_by
    if who is not None:
        text, params = text + sql.UNMUTED, [*params, who, who, who]
    return text, params


def _newest(
    channel: Channel, reader: Reader, among: str, given: Sequence[Any], depth: int
) -> Select:
    scope, params = _scope(reader)
    text = sql.NEWEST.format(channel=channel.value, among=among, scope=scope)
    return Select(text, [*given, *params, depth])


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
    each = sql.BY_GOODS_LATERAL if connection.vendor == "postgresql" else sql.BY_GOODS
    rows = ", ".join(["(%s)"] * len(keys))
    text = each.format(channel=channel.value, rows=rows, scope=scope)
    return Select(text, [*keys, "goods", *params, NOTES_PER_GOODS], weights)


def _by_traits(
    channel: Channel, reader: Reader, kind: str, weights: Mapping[str, float], most: int, each: int
) -> Select | None:
    """A trait may have any number of notes, so each is read from its newest end alone."""
    keys = strongest(weights, most)
    if not keys:
        return None
    scope, given = _scope(reader)
    if kind == "word" and reader.person_id is not None:
        scope, given = f"{scope} AND e.author_id <> %s", [*given, reader.person_id]
    one = sql.ONE_TRAIT.format(scope=scope)
    text = sql.NEWEST_OF_TRAIT.format(
        channel=channel.value, parts=" UNION ALL ".join([one] * len(keys))
    )
    params = [value for key in keys for value in (kind, key, *given, each)]
    return Select(text, params, weights, summed=kind == "word")


def follows(reader: Reader) -> Select | None:
    """The newest notes of people the reader follows."""
    if not reader.followees:
        return None
    authors = sorted(reader.followees)[:AUTHORS_MAX]
    among = f" AND e.author_id IN ({_places(authors)})"
    return _newest(Channel.FOLLOWS, reader, among, authors, reader.depth)


def fresh(reader: Reader) -> Select | None:
    """The newest notes of all."""
    return _newest(Channel.FRESH, reader, "", (), reader.depth)


def nearby(reader: Reader) -> Select | None:
    """The newest notes from the reader's city, as both wrote it in their profiles."""
    if not reader.region:
        return None
    among = " AND e.region = %s AND e.region <> ''"
    return _newest(Channel.NEARBY, reader, among, (reader.region,), NEARBY_MAX)


def _scored(channel: Channel, reader: Reader) -> Select:
    scope, params = _scope(reader)
    text = sql.SCORED.format(channel=channel.value, scope=scope)
    return Select(text, [*params, reader.depth])


def popular(reader: Reader) -> Select | None:
    """What most people like now, from the table the job fills."""
    return _scored(Channel.POPULAR, reader)


def trending(reader: Reader) -> Select | None:
    """What people apart from each other turn to now, from the table the job fills."""
    return _scored(Channel.TRENDING, reader)


def items(reader: Reader) -> Select | None:
    """Notes with goods near those the reader bought, liked, kept or looked at, or with these."""
    return _by_goods(Channel.ITEMS, reader, reader.near_goods)


def social(reader: Reader) -> Select | None:
    """Notes that people tied to the reader chose, and notes with goods that they chose."""
    told = _by_goods(Channel.SOCIAL, reader, reader.social_goods)
    keys = strongest(reader.social_notes, NOTES_MAX)
    if not keys:
        return told
    scope, params = _scope(reader)
    text = sql.BY_NOTES.format(channel=Channel.SOCIAL.value, keys=_places(keys), scope=scope)
    weights = {f"note:{key}": weight for key, weight in reader.social_notes.items()}
    given: list[Any] = [*map(int, keys), *params]
    if told is None:
        return Select(text, given, weights)
    both = f"{sql.PART.format(part=told.text)} UNION ALL {text}"
    return Select(both, [*told.params, *given], {**told.weights, **weights})


def model(reader: Reader) -> Select | None:
    """Notes with goods the trained model chose for the reader."""
    return _by_goods(Channel.MODEL, reader, reader.model_goods)


def interests(reader: Reader) -> Select | None:
    """Notes of the topics the reader keeps coming back to; of the categories where no topic."""
    kind, weights = ("topic", reader.topics) if reader.topics else ("category", reader.categories)
    return _by_traits(Channel.INTERESTS, reader, kind, weights, INTERESTS_MAX, NOTES_PER_INTEREST)


def words(reader: Reader) -> Select | None:
    """Notes of others about the words the reader writes, reads and searches for."""
    return _by_traits(Channel.WORDS, reader, "word", reader.words, WORDS_MAX, NOTES_PER_WORD)


def explore(reader: Reader) -> Select | None:
    """New notes that are being tried out, by people the reader does not follow. Personal feeds alone."""
    if reader.person_id is None:
        return None
    scope, params = _scope(reader)
    authors = [reader.person_id, *sorted(reader.followees)[:AUTHORS_MAX]]
    texts, given = [], list[Any]()
    for text, most in ((sql.OWED, OWED_MAX), (sql.TRIED, TRIED_MAX)):
        told = text.format(authors=_places(authors), scope=scope)
        texts.append(sql.PART.format(part=told))
        now = connection.ops.adapt_datetimefield_value(clock.now())
        given += [now, *authors, *params, most]
    return Select(" UNION ALL ".join(texts), given)


def again(reader: Reader) -> Select | None:
    """What the reader saw, longest ago first: for when nothing else is left."""
    if reader.person_id is None:
        return None
    scope, params = _wanted(reader)
    text = sql.AGAIN.format(scope=scope)
    return Select(text, [reader.person_id, *params, AGAIN_MAX])


CHANNELS: Mapping[Channel, Callable[[Reader], Select | None]] = {
    Channel.FOLLOWS: follows,
    Channel.SOCIAL: social,
    Channel.ITEMS: items,
    Channel.MODEL: model,
    Channel.INTERESTS: interests,
    Channel.WORDS: words,
    Channel.NEARBY: nearby,
    Channel.FRESH: fresh,
    Channel.TRENDING: trending,
    Channel.POPULAR: popular,
    Channel.EXPLORE: explore,
    Channel.AGAIN: again,
}


def moment(value: Any) -> datetime:
    """A moment as a bare cursor gives it: SQLite tells it as text in UTC."""
    told: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def recall(reader: Reader, channels: Sequence[Channel]) -> dict[Channel, list[Candidate]]:
    """Candidates of every asked channel, best first. One query."""
    selects = {channel: CHANNELS[channel](reader) for channel in channels}
    asked = {channel: select for channel, select in selects.items() if select is not None}
    if not asked:
        return {}
    parts = " UNION ALL ".join(sql.PART.format(part=select.text) for select in asked.values())
    params = [value for select in asked.values() for value in select.params]
    with connection.cursor() as cursor:
        cursor.execute(sql.WHOLE.format(parts=parts), params)
        rows = cursor.fetchall()
    return {channel: _ordered(channel, select, rows) for channel, select in asked.items()}


def _ordered(channel: Channel, select: Select, rows: Sequence[Sequence[Any]]) -> list[Candidate]:
    """One channel's rows by weight and place, each note once."""
    weights: dict[int, float] = {}
    best: dict[int, Sequence[Any]] = {}
    heaviest: dict[int, float] = {}
    for row in rows:
        if row[0] != channel.value:
            continue
        note_id, weight = row[1], select.weights.get(row[3], 0.0)
        total = weights.get(note_id, 0.0) + weight if select.summed else weight
        weights[note_id] = max(weights.get(note_id, 0.0), total)
        if note_id not in best or weight > heaviest[note_id]:
            best[note_id], heaviest[note_id] = row, weight
    order = sorted(best, key=lambda pk: (-weights[pk], best[pk][4]))
    since = clock.now() - NEW_FOR
    return [
        _candidate(channel, best[note_id], place, since) for place, note_id in enumerate(order, 1)
    ]


def _candidate(channel: Channel, row: Sequence[Any], place: int, since: datetime) -> Candidate:
    return Candidate(
        note_id=row[1], author_id=row[2], channel=channel, place=place, shop_id=row[5],
        category=row[6], is_new=moment(row[7]) >= since, vector=bytes(row[8]), why=row[3],
    )  # fmt: skip
