"""A database of the simulation's own: migrated once, as new for every history.

What is committed in a ledger cannot be deleted, so on SQLite a fresh copy is made in memory, and on PostgreSQL the
rows are removed with triggers off, which only its superuser may do.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import connection, connections


class Fresh(Protocol):
    """Makes the database new, or as it was when it was kept."""

    def empty(self) -> None: ...

    def keep(self) -> None: ...

    def restore(self) -> bool:
        """False if nothing is kept here."""


@contextmanager
def own_database() -> Iterator[Fresh]:
    """Connect this thread to a copy of the current database."""
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
        yield _Lite(before.connection) if lite else _Postgres()
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


class _Lite:
    def __init__(self, migrated: sqlite3.Connection) -> None:
        self._new = sqlite3.connect(":memory:")
        migrated.backup(self._new)
        self._kept = sqlite3.connect(":memory:")

    def empty(self) -> None:
        connection.ensure_connection()
        self._new.backup(connection.connection)

    def keep(self) -> None:
        connection.connection.backup(self._kept)

    def restore(self) -> bool:
        self._kept.backup(connection.connection)
        return True


class _Postgres:
    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
            tables = sorted(connection.introspection.table_names(cursor))
            self._tables = [one for one in tables if not _has_rows(cursor, one)]

    def empty(self) -> None:
        with connection.cursor() as cursor:
            used = [one for one in self._tables if _has_rows(cursor, one)]
            cursor.execute("SET session_replication_role = replica")
            for one in used:
                cursor.execute(f'DELETE FROM "{one}"')
            cursor.execute("SET session_replication_role = origin")

    def keep(self) -> None:
        """Nothing is kept here: what was opened is opened again."""

    def restore(self) -> bool:
        return False


def _has_rows(cursor: Any, table: str) -> bool:
    cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
    return bool(cursor.fetchone()[0])
