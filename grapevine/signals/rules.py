"""What a page may put into the log: shapes, moments, consent. All by msgspec, in one pass: thousands of rows a second come here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from grapevine.signals.contracts import (
    BOTH,
    PAGE_VERBS,
    PERSONALISE,
    SCHEMA_VERSION,
    SERVICE,
    source_from,
)

EVENTS_MAX = 500
LATE_MAX = timedelta(days=7)
CLOCK_TOLERANCE = timedelta(seconds=5)
"""A batch takes a moment on its way: less than this is no wrong clock."""
SCOPE_OF = {verb.name: verb.scope for verb in PAGE_VERBS}
EVENT_ID = re.compile(r"(?!outbox-)[\w-]{8,64}")
NAME = re.compile(r"[\w.:-]*")

Short = Annotated[str, Meta(max_length=80)] | None
Number = int | str | None


class Seen(msgspec.Struct, gc=False, rename={"source": "from"}):
    """One event as a page sends it."""

    id: str
    verb: str
    ts: datetime | None = None
    surface: Short = None
    object_type: Short = None
    object_id: Short = None
    request_id: Short = None
    region: Short = None
    session_id: Short = None
    model_version: Short = None
    source: Short = None
    shop_id: Number = None
    position: Number = None
    propensity: float | None = None


class Batch(msgspec.Struct):
    events: list[Seen]
    sent_at: datetime | None = None
    version: int = SCHEMA_VERSION


class LooseBatch(msgspec.Struct):
    """The same, with events that may be anything: to find out which of them is wrong."""

    events: list[Any]
    sent_at: datetime | None = None
    version: int = SCHEMA_VERSION


class Row(msgspec.Struct, gc=False, omit_defaults=True):
    """One line of a spool file; the names are LOG_COLUMNS."""

    id: str
    ts: datetime
    verb: str
    received_at: datetime
    origin: str
    consent: str
    version: int
    client_ts: datetime | None = None
    person_id: int | None = None
    visitor_id: str | None = None
    shop_id: int | None = None
    surface: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    position: int | None = None
    request_id: str | None = None
    share_token: str | None = None
    channel: str | None = None
    region: str | None = None
    session_id: str | None = None
    propensity: float | None = None
    model_version: str | None = None
    device: str | None = None


class Refusal(msgspec.Struct):
    """Why one event of a batch was not taken; `index` is its place in what was sent."""

    index: int
    id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose batch it is, and how it is to be kept."""

    person_id: int | None
    visitor_id: str
    origin: str
    is_recognised: bool
    share_token: str = ""
    device: str | None = None


@dataclass(slots=True)
class Judged:
    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


class NotABatch(ValueError):
    """The body is no batch at all; the text says where."""


_batch = msgspec.json.Decoder(Batch)
_loose = msgspec.json.Decoder(LooseBatch)
_lines = msgspec.json.Encoder()


def lines_of(rows: Sequence[Row]) -> bytes:
    return _lines.encode_lines(rows)


def judge(body: bytes, sender: Sender, *, now: datetime) -> Judged:
    """The rows and refusals of a batch. Raises NotABatch.

    An event that is wrong never takes the others with it.
    """
    judged = Judged()
    seen: Sequence[tuple[int, Seen]]
    try:
        batch: Batch | LooseBatch = _batch.decode(body)
        seen = list(enumerate(batch.events))
    except (msgspec.DecodeError, UnicodeDecodeError):
        batch, seen = _decoded_one_by_one(body, judged)
    if len(batch.events) > EVENTS_MAX:
        raise NotABatch(f"at most {EVENTS_MAX} events")
    if not 1 <= batch.version <= SCHEMA_VERSION:
        raise NotABatch(f"version is 1 to {SCHEMA_VERSION}")
    ahead = _ahead(batch.sent_at, now)
    for index, event in seen:
        row = _row(event, sender, ahead, now)
        if isinstance(row, Row):
            judged.rows.append(row)
        else:
            judged.refusals.append(Refusal(index, event.id[:64], *row))
    return judged


def _decoded_one_by_one(body: bytes, judged: Judged) -> tuple[LooseBatch, list[tuple[int, Seen]]]:
    try:
        batch = _loose.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotABatch(str(error)) from None
    seen: list[tuple[int, Seen]] = []
    if len(batch.events) > EVENTS_MAX:
        return batch, seen
    for index, raw in enumerate(batch.events):
        try:
            seen.append((index, msgspec.convert(raw, Seen)))
        except msgspec.ValidationError as error:
            given = str(raw.get("id", "")) if isinstance(raw, dict) else ""
            judged.refusals.append(Refusal(index, given[:64], "malformed", str(error)))
    return batch, seen


def _ahead(sent_at: datetime | None, now: datetime) -> timedelta:
    """How much the sender's clock is behind ours: what to add to its moments."""
    if sent_at is None or sent_at.tzinfo is None:
        return timedelta(0)
    offset = now - sent_at
    return offset if abs(offset) > CLOCK_TOLERANCE else timedelta(0)


@lru_cache(maxsize=32_768)
def _is_name(text: str | None) -> bool:
    return not text or NAME.fullmatch(text) is not None


def _row(event: Seen, sender: Sender, ahead: timedelta, now: datetime) -> Row | tuple[str, str]:
    """The row, or the code and the words of a refusal."""
    scope = SCOPE_OF.get(event.verb)
    if scope is None:
        return "unknown_verb", f"{event.verb[:40]!r} is none of the verbs of docs/EVENTS.md"
    if not EVENT_ID.fullmatch(event.id):
        return "bad_id", "an id has 8 to 64 letters, digits, _ or -"
    if not (
        _is_name(event.object_id)
        and _is_name(event.object_type)
        and _is_name(event.surface)
        and _is_name(event.request_id)
        and _is_name(event.session_id)
        and _is_name(event.region)
        and _is_name(event.model_version)
    ):
        return "bad_name", "names have letters, digits, _ . : -"
    if scope == PERSONALISE and not sender.is_recognised:
        return "no_consent", "is kept only with consent"
    moment = now if event.ts is None else _moment(event.ts, ahead, now)
    if isinstance(moment, tuple):
        return moment
    return _kept(event, sender, moment, now)


def _moment(ts: datetime, ahead: timedelta, now: datetime) -> datetime | tuple[str, str]:
    if ts.tzinfo is None:
        return "bad_time", "ts needs a time zone"
    try:
        moment = ts + ahead if ahead else ts
    except OverflowError:
        return "bad_time", "ts is out of reach"
    if moment >= now:
        return now  # what has come in has happened: a clock that says otherwise is ahead
    if now - moment > LATE_MAX:
        return "too_late", "more than seven days ago"
    return moment


def _kept(event: Seen, sender: Sender, moment: datetime, now: datetime) -> Row:
    """In the order of Row's fields: naming them would cost as much as all the rest."""
    source = source_from(event.source or "", share_token=sender.share_token)
    if sender.is_recognised:
        return Row(
            event.id, moment, event.verb, now, sender.origin, BOTH, SCHEMA_VERSION, event.ts,
            sender.person_id, sender.visitor_id, _whole(event.shop_id), event.surface,
            event.object_type, event.object_id, _whole(event.position), event.request_id,
            source.share_token, source.channel, event.region, event.session_id, event.propensity,
            event.model_version, sender.device,
        )  # fmt: skip
    return Row(
        event.id, moment, event.verb, now, sender.origin, SERVICE, SCHEMA_VERSION, event.ts,
        None, sender.visitor_id, _whole(event.shop_id), event.surface, event.object_type,
        event.object_id, _whole(event.position), None, None, source.channel, event.region, None,
        event.propensity, event.model_version, sender.device,
    )  # fmt: skip


def _whole(value: Number) -> int | None:
    """A whole number that fits; pages send theirs as texts."""
    if not value:
        return 0 if value == 0 else None
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None
    return value if 0 <= value < 10**15 else None


class Recent:
    """Ids of rows that were written lately, between one and two times `size` of them. Forgets in halves."""

    def __init__(self, size: int = 50_000) -> None:
        self._size = size
        self._young: set[str] = set()
        self._old: set[str] = set()

    def fresh(self, rows: Sequence[Row]) -> list[Row]:
        """Those not written lately, each id once."""
        young, old = self._young, self._old
        found: dict[str, Row] = {}
        for row in rows:
            if row.id not in young and row.id not in old:
                found.setdefault(row.id, row)
        return list(found.values())

    def add(self, rows: Sequence[Row]) -> None:
        """Call it when they are written, not before: what could not be written must come again."""
        self._young.update(row.id for row in rows)
        if len(self._young) >= self._size:
            self._old, self._young = self._young, set()

    def forget(self) -> None:
        self._young, self._old = set(), set()
