"""What the engine counted, straight into a table: COPY on PostgreSQL, one prepared statement on SQLite."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from django.db import connection as database, models

ROWS_A_STATEMENT = 10_000


def store(model: type[models.Model], table: pa.Table) -> None:
    """Each column of the table into the column of its name; what a model has besides must have a default in the database."""
    name = model._meta.db_table
    columns = ", ".join(f'"{column}"' for column in table.column_names)
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            with cursor.cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
                for row in _tuples(table):
                    copy.write_row(row)
            return
        marks = ", ".join(["?"] * table.num_columns)
        cursor.cursor.executemany(
            f'INSERT INTO "{name}" ({columns}) VALUES ({marks})',  # noqa: S608  names of the code
            _tuples(table, dates_as_text=True),
        )


def _tuples(table: pa.Table, *, dates_as_text: bool = False) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(ROWS_A_STATEMENT):
        columns = (_values(column, dates_as_text=dates_as_text) for column in batch.columns)
        yield from zip(*columns, strict=True)


def _values(column: pa.Array, *, dates_as_text: bool) -> list[Any]:
    """Of texts and days each word is made once, however many rows have it."""
    if column.null_count:
        column = (
            column.cast(pa.string()) if dates_as_text and pa.types.is_date(column.type) else column
        )
        nullable: list[Any] = column.to_pylist()
        return nullable
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        numbers: list[Any] = column.to_numpy().tolist()
        return numbers
    coded = column.dictionary_encode()
    words = coded.dictionary.to_pylist()
    if dates_as_text and pa.types.is_date(column.type):
        words = [str(word) for word in words]
    return [words[place] for place in coded.indices.to_numpy().tolist()]
