"""Plain SQL for the few hot paths, prepared by the server, the same text on both databases.

The ORM is the language of the house; a statement here costs a third of the same through the ORM (no compiling, no
models). Placeholders are `%s`. Tables and columns are constants of the code, never input.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.dateparse import parse_datetime
from psycopg import Cursor
from psycopg.types.numeric import Int8Dumper

PREPARED_MAX = 400
_cursors: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""One cursor a connection: what a statement brought is read before the next one runs."""


def rows(text: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a query, or a write with RETURNING."""
    found: list[tuple[Any, ...]] = _run(text, params, _fetched)
    return found


def changed(text: str, params: Sequence[Any] = ()) -> int:
    """Run a write; how many rows it touched."""
    count: int = _run(text, params, _counted)
    return count


def _fetched(cursor: Any) -> list[tuple[Any, ...]]:
    return list(cursor.fetchall())


def _counted(cursor: Any) -> int:
    return int(cursor.rowcount)


def _run(text: str, params: Sequence[Any], read: Any) -> Any:
    """On PostgreSQL by a cursor of psycopg's own, unless somebody listens to Django's."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        adapt = connection.ops.adapt_datetimefield_value
        given = [adapt(one) if isinstance(one, datetime) else one for one in params]
    elif connection.execute_wrappers or connection.queries_logged:
        given = list(params)
    else:
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            return read(_prepared(connection).execute(text, params, prepare=True))
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        return read(cursor)


def _prepared(connection: Any) -> Any:
    """A psycopg cursor that binds on the server, on Django's own connection and transaction."""
    connection.ensure_connection()
    raw = connection.connection
    known = _cursors.get(raw)
    if known is None:
        # Django's own cursors bind on the client and are never prepared, whatever this says.
        raw.prepared_max, raw.prepare_threshold = PREPARED_MAX, 0
        raw.adapters.register_dumper(int, Int8Dumper)  # one plan a statement, however large it is
        known = _cursors[raw] = Cursor(raw)
    return known


@lru_cache(maxsize=1000)
def places(count: int, width: int = 1) -> str:
    """`%s, %s, %s`, or `(%s, %s), (%s, %s)` for a width above one."""
    one = "%s" if width == 1 else f"({', '.join(['%s'] * width)})"
    return ", ".join([one] * count)


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
