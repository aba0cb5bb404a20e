"""What a page may put into the log: shapes, moments, consent. All by msgspec, in one pass: thousands of rows a second come here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
NAMES = re.compile(r"[\w.:\-\n]*")
"""Any of the short columns, joined by line ends."""

Short = Annotated[str, Meta(max_length=80)] | None
Number = int | str | None


class Seen(msgspec.Struct, rename={"source": "from"}):
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


class Row(msgspec.Struct, omit_defaults=True):
    """One line of a segment; the names are LOG_COLUMNS."""

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
        seen = list(enumerate(batch.events))  # type: ignore[arg-type]
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


def _row(event: Seen, sender: Sender, ahead: timedelta, now: datetime) -> Row | tuple[str, str]:
    """The row, or the code and the words of a refusal."""
    scope = SCOPE_OF.get(event.verb)
    if scope is None:
        return "unknown_verb", f"{event.verb[:40]!r} is none of the verbs of docs/EVENTS.md"
    if not EVENT_ID.fullmatch(event.id):
        return "bad_id", "an id has 8 to 64 letters, digits, _ or -"
    names = (
        f"{event.surface or ''}\n{event.object_type or ''}\n{event.object_id or ''}\n{event.request_id or ''}\n"
        f"{event.region or ''}\n{event.session_id or ''}\n{event.model_version or ''}"
    )
    if names.count("\n") != 6 or not NAMES.fullmatch(names):
        return "bad_name", "names have letters, digits, _ . : -"
    if scope == PERSONALISE and not sender.is_recognised:
        return "no_consent", "is kept only with consent"
    ts = event.ts
    if ts is None:
        moment = now
    elif ts.tzinfo is None:
        return "bad_time", "ts needs a time zone"
    else:
        # What has come in has happened: a clock that says otherwise is ahead.
        moment = min(ts + ahead, now)
        if moment < now - LATE_MAX:
            return "too_late", "more than seven days ago"
    return _kept(event, sender, moment, now)


def _kept(event: Seen, sender: Sender, moment: datetime, now: datetime) -> Row:
    source = source_from(event.source or "", share_token=sender.share_token)
    row = Row(
        id=event.id, ts=moment, verb=event.verb, received_at=now, origin=sender.origin,
        consent=BOTH if sender.is_recognised else SERVICE, version=SCHEMA_VERSION,
        client_ts=event.ts, visitor_id=sender.visitor_id, shop_id=_whole(event.shop_id),
        surface=event.surface, object_type=event.object_type, object_id=event.object_id,
        position=_whole(event.position), channel=source.channel, region=event.region,
        propensity=event.propensity, model_version=event.model_version,
    )  # fmt: skip
    if sender.is_recognised:
        row.person_id, row.share_token = sender.person_id, source.share_token
        row.request_id, row.session_id = event.request_id, event.session_id
    return row


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
