"""A database of the simulation's own: migrated once, as new for every seed.

What is committed in a ledger cannot be deleted, so on SQLite a fresh copy is made in memory, and on PostgreSQL the
rows are removed with triggers off, which only its superuser may do.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

Reset = Callable[[], None]


@contextmanager
def own_database() -> Iterator[Reset]:
    """Connect this thread to a copy of the current database; what is given empties it."""
    before = connections["default"]
    before.ensure_connection()
    mine = connections.create_connection("default")
    lite = mine.vendor == "sqlite"
    name = ":memory:" if lite else f"{before.settings_dict['NAME']}_simulation"
    mine.settings_dict = {**before.settings_dict, "NAME": name}
    if not lite:
        _copy(before, name)
    connections["default"] = mine
    try:
        yield _lite_reset(before.connection) if lite else _postgres_reset()
    finally:
        mine.ensure_connection()
        mine.connection.close()
        connections["default"] = before
        if not lite:
            with before._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _copy(before: Any, name: str) -> None:
    source = before.settings_dict["NAME"]
    before.close()
    with before._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def _lite_reset(migrated: sqlite3.Connection) -> Reset:
    template = sqlite3.connect(":memory:")
    migrated.backup(template)

    def reset() -> None:
        connection.ensure_connection()
        template.backup(connection.connection)

    return reset


def _postgres_reset() -> Reset:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        empty = [one for one in sorted(tables) if not _has_rows(cursor, one)]

    def reset() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("; ".join(f'DELETE FROM "{one}"' for one in empty))
            cursor.execute("SET session_replication_role = origin")

    return reset


def _has_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
    return bool(cursor.fetchone()[0])
