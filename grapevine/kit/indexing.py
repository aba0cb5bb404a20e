"""Indexes of tables that are written to while they are built: for migrations that are not atomic.

PostgreSQL documentation, CREATE INDEX, "Building Indexes Concurrently": a build that was interrupted leaves an index
that is not valid, costs every write and serves no read.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex, RemoveIndex

STATE = "SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(%s)"


def _is_postgres(editor: BaseDatabaseSchemaEditor) -> bool:
    return editor.connection.vendor == "postgresql"


def _is_valid(editor: BaseDatabaseSchemaEditor, name: str) -> bool | None:
    """Whether an index serves reads; None where there is none."""
    with editor.connection.cursor() as cursor:
        if _is_postgres(editor):
            cursor.execute(STATE, [name])
        else:
            cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = %s", [name])
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def build(editor: BaseDatabaseSchemaEditor, model: Any, index: Any) -> None:
    """Build an index while others write; one that is there stays, one that was left half built goes first."""
    valid = _is_valid(editor, index.name)
    if valid is False:
        drop(editor, model, index)
    if not valid:
        how = {"concurrently": True} if _is_postgres(editor) else {}
        editor.add_index(model, index, **how)


def drop(editor: BaseDatabaseSchemaEditor, model: Any, index: Any) -> None:
    """Drop an index while others write, if it is there."""
    if _is_valid(editor, index.name) is not None:
        how = {"concurrently": True} if _is_postgres(editor) else {}
        editor.remove_index(model, index, **how)


class BuildIndex(AddIndex):
    """`AddIndex` that locks nobody out."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002  # fmt: skip
        assert not schema_editor.connection.in_atomic_block, "atomic = False in the migration"
        build(schema_editor, to_state.apps.get_model(app_label, self.model_name), self.index)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002  # fmt: skip
        assert not schema_editor.connection.in_atomic_block, "atomic = False in the migration"
        drop(schema_editor, from_state.apps.get_model(app_label, self.model_name), self.index)


class DropIndex(RemoveIndex):
    """`RemoveIndex` that locks nobody out."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002  # fmt: skip
        assert not schema_editor.connection.in_atomic_block, "atomic = False in the migration"
        index = from_state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        drop(schema_editor, from_state.apps.get_model(app_label, self.model_name), index)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002  # fmt: skip
        assert not schema_editor.connection.in_atomic_block, "atomic = False in the migration"
        index = to_state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        build(schema_editor, to_state.apps.get_model(app_label, self.model_name), index)
