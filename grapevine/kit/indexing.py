"""Indexes of tables that are written to while they are built: for migrations that are not atomic.

PostgreSQL documentation, CREATE INDEX, "Building Indexes Concurrently": a build that was interrupted leaves an index
that is not valid, costs every write and serves no read.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently

STATE = "SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(%s)"
STATE_SQLITE = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = %s"
Act = Callable[..., None]


def _is_valid(editor: Any, name: str) -> bool | None:
    """Whether an index serves reads; None where there is none."""
    with editor.connection.cursor() as cursor:
        cursor.execute(STATE if _is_postgres(editor) else STATE_SQLITE, [name])
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def _is_postgres(editor: Any) -> bool:
    return bool(editor.connection.vendor == "postgresql")


def _build(name: str, editor: Any, beside: Act, plain: Act, *states: Any) -> None:
    """One that is there stays; one that was left half built goes first."""
    assert not editor.connection.in_atomic_block, "say atomic = False in the migration"
    valid = _is_valid(editor, name)
    if valid is False:
        editor.execute(f"DROP INDEX CONCURRENTLY {editor.quote_name(name)}")
    if not valid:
        (beside if _is_postgres(editor) else plain)(*states)


def _drop(name: str, editor: Any, beside: Act, plain: Act, *states: Any) -> None:
    assert not editor.connection.in_atomic_block, "say atomic = False in the migration"
    if _is_valid(editor, name) is not None:
        (beside if _is_postgres(editor) else plain)(*states)


class BuildIndex(AddIndexConcurrently):
    """`AddIndex` that locks nobody out; an index that is there already stays."""

    def database_forwards(self, *given: Any) -> None:
        plain = super(AddIndexConcurrently, self).database_forwards
        _build(self.index.name, given[1], super().database_forwards, plain, *given)

    def database_backwards(self, *given: Any) -> None:
        plain = super(AddIndexConcurrently, self).database_backwards
        _drop(self.index.name, given[1], super().database_backwards, plain, *given)


class DropIndex(RemoveIndexConcurrently):
    """`RemoveIndex` that locks nobody out; one that is gone already is no error."""

    def database_forwards(self, *given: Any) -> None:
        plain = super(RemoveIndexConcurrently, self).database_forwards
        _drop(self.name, given[1], super().database_forwards, plain, *given)

    def database_backwards(self, *given: Any) -> None:
        plain = super(RemoveIndexConcurrently, self).database_backwards
        _build(self.name, given[1], super().database_backwards, plain, *given)
