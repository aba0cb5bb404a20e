"""The only place that knows the analytics engine: Ibis expressions, run by DuckDB over Parquet, or by PySpark if set."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from ibis.expr.types import Table

from grapevine.insight import lake


@contextmanager
def opened(name: str = "") -> Iterator[Any]:
    """A fresh connection in memory; nothing is attached, no extension is loaded."""
    if (name or settings.ANALYTICS_ENGINE) == "pyspark":
        with _spark().opened() as connection:
            yield connection
        return
    connection = _duckdb()
    try:
        yield connection
    finally:
        connection.disconnect()


def _duckdb() -> Any:
    """What does not fit into its memory is written beside the lake."""
    connection = ibis.duckdb.connect(
        threads=settings.ANALYTICS_THREADS,
        memory_limit=f"{settings.ANALYTICS_MEMORY_MB}MB",
        temp_directory=str(Path(settings.LAKE_DIR) / ".spill"),
    )
    connection.raw_sql("SET autoinstall_known_extensions = false")
    return connection


def _spark() -> Any:
    if find_spec("pyspark") is None:
        raise ImproperlyConfigured("ANALYTICS_ENGINE=pyspark: pip install 'grapevine[spark]'")
    from grapevine.insight import spark  # noqa: PLC0415  what it imports is not installed by default

    return spark


def read(connection: Any, files: Sequence[str]) -> Table:
    """Parquet files of the lake as one table with their `day`; columns that older files lack are empty there."""
    if connection.name == "duckdb":
        table: Table = connection.read_parquet(
            list(files), union_by_name=True, hive_partitioning=True
        )
        return table
    found: Table = _spark().read(connection, list(files))
    return found


def given(connection: Any, table: pa.Table) -> Table:
    """Rows from elsewhere as a table of the engine's."""
    if connection.name != "duckdb":
        found: Table = _spark().given(connection, table)
        return found
    name = ibis.util.gen_name("given")
    connection.con.register(name, table)
    held: Table = connection.table(name)
    return held


@contextmanager
def kept(connection: Any, expression: Table) -> Iterator[Table]:
    """What the expression gives, worked out once for several that need it."""
    if connection.name != "duckdb":
        with expression.cache() as cached:
            yield cached
        return
    name = ibis.util.gen_name("kept")
    try:
        yield connection.create_table(name, expression, temp=True)
    finally:  # by hand: what Ibis writes for it, this DuckDB refuses
        connection.raw_sql(f'DROP TABLE IF EXISTS "{name}"')


@contextmanager
def parted(
    connection: Any, expressions: Iterable[Table], by: str, count: int
) -> Iterator[Iterator[Table]]:
    """The rows of all expressions by the number in the column `by`, from nothing up to below `count`, each number after the
    other. Each expression is worked out once and written beside the lake, so that no more than one part has to be held. For
    one process at a time; what a killed one left is taken away.
    """
    if connection.name != "duckdb":
        with ibis.union(*expressions, distinct=False).cache() as cached:
            yield (cached.filter(cached[by] == number) for number in range(count))
        return
    folder = Path(settings.LAKE_DIR) / ".parts"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        connection.raw_sql("SET preserve_insertion_order = false")
        empty = None
        for n, expression in enumerate(expressions):
            empty = expression.limit(0) if empty is None else empty
            folder.joinpath(str(n)).mkdir(parents=True)
            connection.to_parquet(expression, folder / str(n), partition_by=by, compression="lz4")
        yield (_part(connection, folder, f"{by}={number}", empty) for number in range(count))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _part(connection: Any, folder: Path, name: str, empty: Any) -> Table:
    files = [str(file) for file in sorted(folder.glob(f"*/{name}/*"))]
    return read(connection, files) if files else empty


def log(connection: Any, days: Sequence[date]) -> Table | None:
    """The rows of these days (the lake has each id once); None if there are none."""
    files = [str(file) for day in days for file in lake.files_of(day)]
    return read(connection, files) if files else None


def rows(expression: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
    return found


def second(moment: Any) -> Any:
    """The whole second a moment lies in. A cast alone goes to the nearest, which may be of the next hour."""
    return moment.epoch_seconds().floor().cast("int64")
