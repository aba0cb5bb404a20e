"""What the engine counted, straight into a table: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import connection as database, models

ROWS_A_STATEMENT = 10_000


def store(model: type[models.Model], table: pa.Table) -> None:
    """Each column of the table into the column of its name; what a model has besides must have a default in the database."""
    _insert(model, table.column_names, _tuples(table))


def store_blocks(
    model: type[models.Model],
    names: Sequence[str],
    blocks: Mapping[tuple[int, date], Mapping[str, bytes]],
) -> None:
    """Bytes by shop and day, a column for each of the names; nothing where there is none."""
    rows = (
        (shop, _day(day), *(mine.get(name, b"") for name in names))
        for (shop, day), mine in blocks.items()
    )
    _insert(model, ("shop_id", "day", *names), rows)


def _insert(model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:  # fmt: skip
    columns = ", ".join(f'"{name}"' for name in names)
    table = f'"{model._meta.db_table}" ({columns})'
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["?"] * len(names))
        cursor.cursor.executemany(
            f"INSERT INTO {table} VALUES ({marks})",  # noqa: S608  names of the code
            rows,
        )


def _day(day: date) -> Any:
    """SQLite keeps days as texts."""
    return day if database.vendor == "postgresql" else str(day)


def _tuples(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(ROWS_A_STATEMENT):
        yield from zip(*(_values(column) for column in batch.columns), strict=True)


def _values(column: pa.Array) -> list[Any]:
    """Of texts and days each word is made once, however many rows have it."""
    if not column.null_count and (
        pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    ):
        numbers: list[Any] = column.to_numpy().tolist()
        return numbers
    coded = column.dictionary_encode()
    words = coded.dictionary.to_pylist()
    if pa.types.is_date(column.type):
        words = [_day(word) for word in words]
    places = coded.indices.to_pylist()
    return [None if place is None else words[place] for place in places]
