"""Turning the keys: every sealed column is sealed anew with the first of SEAL_KEYS, a batch at a time.

Safe to stop at any moment and to run again: a batch is one transaction, and what carries the new key's id already is
passed over. A row that changes meanwhile is left to whoever changed it, who sealed with the new key. Until nothing is
left of it, an old key stays in SEAL_KEYS and opens what it sealed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps as installed
from django.conf import settings
from django.db import connection, transaction

from grapevine.kit.sealed import SealedTextField, seal, unseal

BATCH = 500


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed text; `context` is what it is bound to."""

    table: str
    key: str
    column: str
    context: str


def sealed_columns() -> list[SealedColumn]:
    """All of the house, in one order."""
    found = [
        SealedColumn(
            model._meta.db_table, str(model._meta.pk.column), str(field.column), field.context()
        )
        for model in installed.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedTextField)
    ]
    return sorted(found, key=lambda one: (one.table, one.column))


def _select(column: SealedColumn, what: str, ending: str) -> str:
    quote = connection.ops.quote_name
    return f"SELECT {what} FROM {quote(column.table)} WHERE {ending}".replace(  # noqa: S608  the schema's own names
        "{column}", quote(column.column)
    ).replace("{key}", quote(column.key))


def keys_in_use() -> dict[str, int]:
    """How many sealed values carry which key's id; a key with none may leave SEAL_KEYS."""
    counts = dict.fromkeys(settings.SEAL_KEYS, 0)
    with connection.cursor() as cursor:
        for column in sealed_columns():
            cursor.execute(_select(column, "{column}", "{column} LIKE 'v1:%%'"), [])
            for (value,) in cursor:
                key_id = value.split(":", 2)[1]
                counts[key_id] = counts.get(key_id, 0) + 1
    return counts


def _stale(column: SealedColumn, after: int) -> list[tuple[int, str]]:
    """The next rows that another key sealed: (primary key, sealed text)."""
    mark = f"v1:{next(iter(settings.SEAL_KEYS))}:"
    with connection.cursor() as cursor:
        cursor.execute(
            _select(
                column, "{key}, {column}",
                "{key} > %s AND {column} LIKE 'v1:%%' AND substr({column}, 1, %s) <> %s "
                "ORDER BY {key} LIMIT %s",
            ),
            [after, len(mark), mark, BATCH],
        )  # fmt: skip
        return list(cursor.fetchall())


def reseal() -> Iterator[int]:
    """Seal every stale value anew; yields the count of each batch. Raises SealBroken if a key is missing."""
    quote = connection.ops.quote_name
    for column in sealed_columns():
        change = (
            f"UPDATE {quote(column.table)} SET {quote(column.column)} = %s "  # noqa: S608  as above
            f"WHERE {quote(column.key)} = %s AND {quote(column.column)} = %s"
        )
        last = 0
        while rows := _stale(column, last):
            done = 0
            with transaction.atomic(), connection.cursor() as cursor:
                for pk, old in rows:
                    new = seal(unseal(old, context=column.context), context=column.context)
                    cursor.execute(change, [new, pk, old])
                    done += cursor.rowcount
            last = rows[-1][0]
            yield done
