"""Plain SQL for the few hot paths, prepared by the server, the same text on both databases.

The ORM is the language of the house; a statement here costs a third of the same through the ORM (no compiling, no
models). Placeholders are `%s`. Tables and columns are constants of the code, never input.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.dateparse import parse_datetime
from psycopg import Cursor
from psycopg.types.numeric import Int8Dumper

PREPARED_MAX = 400
_cursors: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""One cursor a connection: what a statement brought is read before the next one runs."""


@contextmanager
def _cursor() -> Iterator[Any]:
    if (
        connection.vendor != "postgresql"
        or connection.queries_logged
        or connection.execute_wrappers
    ):
        with connection.cursor() as cursor:
            yield cursor
        return
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        yield _prepared()


def _prepared() -> Any:
    """A psycopg cursor that binds on the server, on Django's own connection and transaction."""
    connection.ensure_connection()
    raw: Any = connection.connection
    known = _cursors.get(raw)
    if known is None:
        raw.prepared_max = PREPARED_MAX
        raw.adapters.register_dumper(
            int, Int8Dumper
        )  # one plan a statement, however large the number
        known = _cursors[raw] = Cursor(raw)
    return known


def _execute(cursor: Any, text: str, params: Sequence[Any]) -> None:
    adapt = connection.ops.adapt_datetimefield_value
    given = [adapt(one) if isinstance(one, datetime) else one for one in params]
    if isinstance(cursor, CursorWrapper):
        cursor.execute(text, given)
    else:
        cursor.execute(text, given, prepare=True)


def rows(text: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a query, or a write with RETURNING."""
    with _cursor() as cursor:
        _execute(cursor, text, params)
        return list(cursor.fetchall())


def changed(text: str, params: Sequence[Any] = ()) -> int:
    """Run a write; how many rows it touched."""
    with _cursor() as cursor:
        _execute(cursor, text, params)
        return int(cursor.rowcount)


@lru_cache(maxsize=1000)
def places(count: int, width: int = 1) -> str:
    """`%s, %s, %s`, or `(%s, %s), (%s, %s)` for a width above one."""
    one = "%s" if width == 1 else f"({', '.join(['%s'] * width)})"
    return ", ".join([one] * count)


def insert(
    table: str, columns: str, values: Sequence[Sequence[Any]], *, ending: str = ""
) -> list[tuple[Any, ...]]:
    """Insert rows in one statement. `ending` is ON CONFLICT or RETURNING; with RETURNING its rows come back."""
    if not values:
        return []
    width = len(values[0])
    spots = places(len(values), width) if width > 1 else f"({'), ('.join(['%s'] * len(values))})"
    text = f"INSERT INTO {table} ({columns}) VALUES {spots} {ending}"  # noqa: S608  constants
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
