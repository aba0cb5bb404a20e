"""Indexes of large tables are built while others write, whatever an interrupted build left behind."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddIndex, CreateModel, RemoveIndex
from django.db.migrations.state import ModelState, ProjectState

from grapevine.kit.indexing import BuildIndex, DropIndex

LARGE = {
    "trade": {"order", "line", "attempt", "providerevent", "shipment"}, "media": {"picture", "video"},
    "goods": {"goods", "sku", "stock", "stockhold", "stockmovement", "goodspicture"},
    "signals": None,
}  # fmt: skip
"""Tables that grow with every order, upload or event; None is every table of the module."""
TABLE = "kit_built_thing"
NAME = "kit_built_by_size"


def test_an_index_of_a_large_table_is_built_without_locking_it() -> None:
    beside: list[str] = []
    for (label, name), migration in MigrationLoader(None).disk_migrations.items():
        if label not in LARGE:
            continue
        made = {one.name_lower for one in migration.operations if isinstance(one, CreateModel)}
        for one in migration.operations:
            if not isinstance(one, (AddIndex, RemoveIndex)):
                continue
            large = LARGE[label]
            if one.model_name_lower in made or (large and one.model_name_lower not in large):
                continue
            assert isinstance(one, (BuildIndex, DropIndex)), (label, name, one.describe())
            assert not migration.atomic, (label, name)
            beside.append(name)
    assert "0017_indexes_beside_writes" in beside


def _state(*indexes: models.Index) -> ProjectState:
    state = ProjectState()
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("size", models.IntegerField()),
    ]
    options = {"db_table": TABLE, "indexes": list(indexes)}
    state.add_model(ModelState("kit", "Thing", fields, options))
    return state


@pytest.fixture
def own_connection(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:  # noqa: ARG001
    """A connection of its own, outside of a transaction, with one table."""
    with django_db_blocker.unblock():
        own = connection.copy()
        with own.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {TABLE} (id bigint PRIMARY KEY, size integer NOT NULL)")
        try:
            yield own
        finally:
            with own.cursor() as cursor:
                cursor.execute(f"DROP TABLE {TABLE}")
            own.close()


def _there(own: Any) -> bool:
    with own.cursor() as cursor:
        return NAME in own.introspection.get_constraints(cursor, TABLE)


def test_an_index_is_built_beside_writes_once_and_dropped_again(own_connection: Any) -> None:
    is_postgres = own_connection.vendor == "postgresql"
    index = models.Index(fields=["size"], name=NAME)
    bare, full = _state(), _state(index)
    build, drop = BuildIndex("thing", index), DropIndex("thing", NAME)
    told: list[str] = []

    def run(act: Any, before: ProjectState, after: ProjectState) -> None:
        def note(execute: Any, sql: str, *rest: Any) -> Any:
            if " INDEX " in sql:
                told.append(sql.partition(" INDEX ")[0] + " INDEX" + " CONCURRENTLY" * ("CONCURRENTLY" in sql))  # fmt: skip
            return execute(sql, *rest)

        with (
            own_connection.execute_wrapper(note),
            own_connection.schema_editor(atomic=False) as editor,
        ):
            act("kit", editor, before, after)

    beside = " CONCURRENTLY" * is_postgres
    run(build.database_forwards, bare, full)
    run(build.database_forwards, bare, full)
    assert (_there(own_connection), told) == (True, [f"CREATE INDEX{beside}"])
    if is_postgres:
        with own_connection.cursor() as cursor:
            cursor.execute(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [NAME]
            )
        told.clear()
        run(build.database_forwards, bare, full)
        assert told == ["DROP INDEX CONCURRENTLY", "CREATE INDEX CONCURRENTLY"]
    told.clear()
    run(build.database_backwards, full, bare)
    run(build.database_backwards, full, bare)
    assert (_there(own_connection), told) == (False, [f"DROP INDEX{beside}"])
    run(drop.database_backwards, bare, full)
    assert _there(own_connection)
    run(drop.database_forwards, full, bare)
    assert not _there(own_connection)
