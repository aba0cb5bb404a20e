"""Plain SQL for the few hot paths, prepared by the server, the same text on both databases.

The ORM is the language of the house; a statement here costs a third of the same through the ORM (no compiling, no
models). Placeholders are `%s`. Tables and columns are constants of the code, never input.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.dateparse import parse_datetime
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.types.numeric import Int8Dumper

PREPARED_MAX = 400
PREPARED_PARAMS_MAX = 4_000
"""A statement with more is an import's: hardly two are alike, and each prepared one stays in the server's memory."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A SELECT of one value, which another statement asks along: it costs no statement of its own."""

    text: str
    params: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A SELECT of rows (what, who, number), which another statement takes along by UNION ALL: so several modules are asked at once."""

    text: str
    params: tuple[Any, ...]


def rows(text: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a query, or a write with RETURNING."""
    return _run(text, params)[0]


def changed(text: str, params: Sequence[Any] = ()) -> int:
    """Run a write; how many rows it touched."""
    return _run(text, params)[1]


def _run(text: str, params: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
    """(rows, rows touched): on PostgreSQL straight to the server, unless somebody listens to Django's cursor or there is too much to prepare."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        adapt = connection.ops.adapt_datetimefield_value
        given = [adapt(one) if isinstance(one, datetime) else one for one in params]
    elif (
        connection.execute_wrappers
        or connection.force_debug_cursor
        or len(params) > PREPARED_PARAMS_MAX
    ):
        given = list(params)
    else:
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            return _server(connection).execute(text, params)
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        return list(cursor.fetchall()) if cursor.description else [], int(cursor.rowcount)


class Server:
    """Prepared statements on Django's own connection and transaction, by libpq's calls.

    A cursor of psycopg costs 25 µs a statement more; its types, errors and connection are the same here.
    """

    def __init__(self, raw: Any) -> None:
        raw.adapters.register_dumper(int, Int8Dumper)  # one plan a statement, however large it is
        self._raw, self._libpq, self._types = raw, raw.pgconn, Transformer(raw)
        self._names: dict[tuple[str, Any], bytes] = {}

    def execute(self, text: str, params: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
        types = self._types
        values = types.dump_sequence(params, [PyFormat.AUTO] * len(params))
        name = self._names.get((text, types.types))
        if not self._raw.autocommit and self._libpq.transaction_status == TransactionStatus.IDLE:
            self._checked(self._libpq.exec_(b"BEGIN"))
        if name is None:
            name = self._prepare(text, types.types)
        result = self._checked(self._libpq.exec_prepared(name, values, types.formats))
        types.set_pgresult(result)
        return types.load_rows(0, result.ntuples, tuple), result.command_tuples or 0

    def _prepare(self, text: str, types: Any) -> bytes:
        if len(self._names) >= PREPARED_MAX:
            self._checked(self._libpq.exec_(b"DEALLOCATE ALL"))
            self._names.clear()
        name = f"grapevine_{len(self._names)}".encode()
        numbered = text % tuple(f"${n}" for n in range(1, len(types) + 1))
        self._checked(self._libpq.prepare(name, numbered.encode(), types))
        self._names[text, types] = name
        return name

    def _checked(self, result: Any) -> Any:
        if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise error_from_result(result)
        return result


def _server(connection: Any) -> Server:
    """The one that lives and goes with this connection: it is kept on it."""
    if connection.connection is None:
        connection.ensure_connection()
    raw = connection.connection
    known: Server | None = getattr(raw, "plain_server", None)
    if known is None:
        known = raw.plain_server = Server(raw)
    return known


@lru_cache(maxsize=1000)
def places(count: int, width: int = 1) -> str:
    """`%s, %s, %s`, or `(%s, %s), (%s, %s)` for a width above one."""
    one = "%s" if width == 1 else f"({', '.join(['%s'] * width)})"
    return ", ".join([one] * count)


STEP, LONG_STEP = 8, 64


def stepped(ids: Iterable[int]) -> list[int]:
    """The ids, each once, filled up with the first one to a multiple of eight (of 64, if they are more): few statements
    are prepared for many lengths."""
    wanted = list(dict.fromkeys(ids))
    step = STEP if len(wanted) <= LONG_STEP else LONG_STEP
    return wanted + wanted[:1] * (-len(wanted) % step)


@lru_cache(maxsize=1000)
def _insertion(table: str, columns: str, count: int, width: int, ending: str) -> str:
    spots = places(count, width) if width > 1 else f"({'), ('.join(['%s'] * count)})"
    return f"INSERT INTO {table} ({columns}) VALUES {spots} {ending}"  # noqa: S608  constants


def insert(
    table: str, columns: str, values: Sequence[Sequence[Any]], *, ending: str = ""
) -> list[tuple[Any, ...]]:
    """Insert rows in one statement. `ending` is ON CONFLICT or RETURNING; with RETURNING its rows come back."""
    if not values:
        return []
    text = _insertion(table, columns, len(values), len(values[0]), ending)
    flat = [value for row in values for value in row]
    if "RETURNING" in ending:
        return rows(text, flat)
    changed(text, flat)
    return []


def moment(value: Any) -> datetime:
    """A moment as the database gave it: aware already, or SQLite's in UTC, parsed or as text."""
    found = value if isinstance(value, datetime) else parse_datetime(value)
    assert found is not None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
