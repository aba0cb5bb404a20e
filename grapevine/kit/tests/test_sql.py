"""Plain SQL: the same answers, transactions and errors as by Django's own cursor."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import OperationalError, ProgrammingError

from grapevine.kit import sql

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE kit_jar (id bigint PRIMARY KEY, name varchar(20), at timestamp, body bytea)"
            if connection.vendor == "sqlite"
            else "CREATE TABLE kit_jar (id bigint PRIMARY KEY, name varchar(20), at timestamptz, body bytea)"
        )


def put(*ids: int) -> None:
    sql.insert(
        "kit_jar", "id, name, at, body", [(pk, f"罐 {pk} %", NOON, b"\x00\xff") for pk in ids]
    )


def held() -> list[int]:
    return [pk for (pk,) in sql.rows("SELECT id FROM kit_jar ORDER BY id")]


def test_values_come_back_as_they_went_in() -> None:
    put(1, 2**40)
    sql.insert("kit_jar", "id, name, at, body", [(3, None, None, None)])
    [(name, at, body)] = sql.rows("SELECT name, at, body FROM kit_jar WHERE id = %s", (2**40,))
    assert (name, sql.moment(at), bytes(body)) == (f"罐 {2**40} %", NOON, b"\x00\xff")
    assert sql.rows("SELECT id FROM kit_jar WHERE name IS NULL AND id IN (%s, %s)", (3, 1)) == [
        (3,)
    ]
    assert sql.rows("SELECT id FROM kit_jar WHERE name LIKE '%%1 %%'") == [(1,)]
    assert sql.rows("SELECT id FROM kit_jar WHERE id = %s", (9,)) == []


def test_a_write_tells_how_many_rows_it_touched() -> None:
    put(1, 2, 3)
    assert sql.changed("UPDATE kit_jar SET name = %s WHERE id > %s", ("x", 1)) == 2
    assert sql.changed("DELETE FROM kit_jar WHERE id = %s", (9,)) == 0
    assert sql.rows("DELETE FROM kit_jar WHERE id = %s RETURNING id", (2,)) == [(2,)]


def broken(*ids: int) -> None:
    with transaction.atomic():
        put(*ids)
        raise LookupError


def twice(pk: int) -> None:
    with transaction.atomic():
        put(pk + 100)
        put(pk)


def test_a_statement_is_part_of_the_transaction_it_stands_in() -> None:
    with pytest.raises(LookupError):
        broken(1)
    with transaction.atomic():
        put(2)
        with pytest.raises(LookupError):
            broken(3)
    put(4)
    assert held() == [2, 4]


def test_errors_are_djangos_and_undo_what_they_stand_in() -> None:
    put(1)
    with pytest.raises(IntegrityError):
        twice(1)
    with pytest.raises((ProgrammingError, OperationalError)), transaction.atomic():
        sql.rows("SELECT id FROM kit_jar, nowhere")
    assert held() == [1]


def test_the_first_statement_of_a_transaction_begins_it() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL is spoken to directly")
    with psycopg.connect(**connection.get_connection_params()) as raw:
        server = sql.Server(raw)
        server.execute("CREATE TABLE kit_lid (id bigint)", ())
        assert server.execute("INSERT INTO kit_lid VALUES (%s)", (7,)) == ([], 1)
        raw.rollback()
        assert server.execute("SELECT to_regclass('kit_lid')::text", ()) == ([(None,)], 1)
        with pytest.raises(psycopg.errors.UndefinedTable, match="kit_lid"):
            server.execute("SELECT id FROM kit_lid", ())


def test_more_statements_than_are_kept_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "PREPARED_MAX", 3)
    put(1)
    with transaction.atomic():
        for turn in range(10):
            assert sql.rows(f"SELECT id + {turn} FROM kit_jar WHERE id = %s", (1,)) == [(1 + turn,)]
    assert held() == [1]


def test_a_statement_as_large_as_an_imports_is_not_kept_prepared() -> None:
    many = sql.PREPARED_PARAMS_MAX // 4 + 1
    put(*range(many))
    put(many)
    assert held() == list(range(many + 1))
    if connection.vendor == "postgresql":
        kept = sql.rows("SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", ("INSERT INTO kit_jar%",))  # fmt: skip
        assert kept
        assert not [text for (text,) in kept if f"${sql.PREPARED_PARAMS_MAX}" in text]
