"""Small indexes of moments by ranges of a table's pages, on PostgreSQL: for rows that are written in the order they are asked for.

Such an index (BRIN) costs next to nothing to write and a few pages to read; SQLite has none. For migrations that are not
atomic: `migrations.RunPython(build(table, column), drop(table, column))`.

Where the last rows are asked for again and again, SQLite gets a plain one (`build_plain`, `drop_plain`), so that half a
million rows are not read for a few thousand. Django does not know of it: a migration that remakes the table (SQLite alters
few columns in place) loses it and has to build it again; a test of `trade` looks.
"""

from collections.abc import Callable
from typing import Any

PAGES = 32
STATE = "SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(%s)"


def build(table: str, column: str) -> Callable[[Any, Any], None]:
    """Beside writes; one that was left half built goes first."""
    name = _name(table, column)

    def forwards(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
        if schema_editor.connection.vendor != "postgresql":
            return
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(STATE, [name])
            state = cursor.fetchone()
        if state == (False,):
            schema_editor.execute(f'DROP INDEX CONCURRENTLY "{name}"')
        schema_editor.execute(
            f'CREATE INDEX CONCURRENTLY IF NOT EXISTS "{name}" ON "{table}" '
            f'USING brin ("{column}") WITH (pages_per_range = {PAGES})'
        )

    return forwards


def drop(table: str, column: str) -> Callable[[Any, Any], None]:
    return _only("postgresql", f'DROP INDEX CONCURRENTLY IF EXISTS "{_name(table, column)}"')


def build_plain(table: str, column: str) -> Callable[[Any, Any], None]:
    name = _name(table, column)
    return _only("sqlite", f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" ("{column}")')


def drop_plain(table: str, column: str) -> Callable[[Any, Any], None]:
    return _only("sqlite", f'DROP INDEX IF EXISTS "{_name(table, column)}"')


def _only(vendor: str, statement: str) -> Callable[[Any, Any], None]:
    """Run it on this database alone."""

    def run(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001  what RunPython gives
        if schema_editor.connection.vendor == vendor:
            schema_editor.execute(statement)

    return run


def _name(table: str, column: str) -> str:
    return f"{table}_{column}_ranges"
