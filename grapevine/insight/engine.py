"""The only place that knows the analytics engine: Ibis expressions, run by DuckDB over Parquet."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import ibis
from ibis.expr.types import Table

from grapevine.insight import lake

MEMORY = "2GB"
THREADS = 2


@contextmanager
def opened() -> Iterator[Any]:
    """A fresh connection in memory; nothing is attached, no extension is loaded."""
    connection = ibis.duckdb.connect(threads=THREADS, memory_limit=MEMORY)
    connection.raw_sql("SET autoinstall_known_extensions = false")
    try:
        yield connection
    finally:
        connection.disconnect()


def log(connection: Any, days: Sequence[date]) -> Table | None:
    """The rows of these days, each id once; None if there are none."""
    files = [str(file) for day in days for file in lake.files_of(day)]
    if not files:
        return None
    table: Table = connection.read_parquet(files, table_name="log")
    return table.distinct(on="id", keep="first")


def rows(expression: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
    return found
