"""Indexes for searches by beginning that Django makes beside every unique text on PostgreSQL, where nobody searches so.

Each costs a write with every row. For migrations: `migrations.RunPython(drop(table, column), restore(table, column))`.
"""

from collections.abc import Callable
from typing import Any

FIND = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s AND indexdef LIKE %s"


def drop(table: str, column: str) -> Callable[[Any, Any], None]:
    def forwards(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute(FIND, [table, f"%({column} varchar_pattern_ops)"])
            found = [name for (name,) in cursor.fetchall()]
        for name in found:
            schema_editor.execute(f'DROP INDEX "{name}"')

    return forwards


def restore(table: str, column: str) -> Callable[[Any, Any], None]:
    def backwards(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f'CREATE INDEX "{table}_{column}_like" ON {table} ({column} varchar_pattern_ops)'
            )

    return backwards
