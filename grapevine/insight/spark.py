"""PySpark as the analytics engine: its session, and what Ibis says to it otherwise. Loaded only where it is set.

One session of this process serves all who have it open at the same time, each with tables of their own; the last to leave
closes it. Spark's Java process ends with ours.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import ibis
import pyarrow as pa
import sqlglot.expressions as sge
from django.conf import settings
from ibis.backends.pyspark import Backend
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.formats.pyarrow import PyArrowData
from pyspark.sql import SparkSession

_lock = Lock()
_guests = 0


class Compiler(PySparkCompiler):  # type: ignore[misc,unused-ignore]
    """Ibis's own, where it refuses what this Spark has."""

    __slots__ = ()

    def visit_GroupConcat(  # noqa: N802  Ibis's name
        self, op: Any, *, arg: Any, sep: Any, where: Any, order_by: Any
    ) -> Any:
        """In an order, which Spark has since 4.0."""
        if not order_by:
            return super().visit_GroupConcat(op, arg=arg, sep=sep, where=where, order_by=order_by)
        told = arg if where is None else self.if_(where, arg, sge.Null())
        order = sge.Order(expressions=list(order_by))
        return sge.WithinGroup(this=self.f.anon.listagg(told, sep), expression=order)


class Moments(PyArrowData):  # type: ignore[misc,unused-ignore]
    """Columns of the types Ibis says, but moments stay moments: that Spark's are UTC, Ibis does not say."""

    @classmethod
    def convert_column(cls, column: Any, dtype: Any) -> Any:
        zone = getattr(column.type, "tz", None)
        if zone and dtype.is_timestamp():
            dtype = dtype.copy(timezone=zone)
        return super().convert_column(column, dtype)

    @classmethod
    def convert_table(cls, table: Any, schema: Any) -> Any:
        columns = [cls.convert_column(table[name], dtype) for name, dtype in schema.items()]
        return pa.Table.from_arrays(columns, names=list(schema))


class Spark(Backend):  # type: ignore[misc,unused-ignore]
    """Ibis's own, but columns come as they are and not by way of pandas, where whole numbers turn into others."""

    compiler = Compiler()

    def to_pyarrow(
        self, expr: Any, /, *, params: Any = None, limit: Any = None, **kwargs: Any
    ) -> Any:
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        query = self.compile(table, params=params, limit=limit, **kwargs)
        found = self._session.sql(query).toArrow()
        return expr.__pyarrow_result__(found, data_mapper=Moments)


Spark.register_options()


@contextmanager
def opened() -> Iterator[Any]:
    """A connection with tables of its own."""
    global _guests
    with _lock:
        session = _session()
        _guests += 1
    try:
        yield Spark().connect(session.newSession())
    finally:
        with _lock:
            _guests -= 1
            if not _guests:
                session.stop()


def _session() -> SparkSession:
    """On this machine, within its share of memory and cores; or wherever `SPARK_CONF_DIR` says."""
    builder = SparkSession.builder.appName("grapevine").config("spark.sql.session.timeZone", "UTC")
    if "SPARK_CONF_DIR" not in os.environ:
        spill = str(Path(settings.LAKE_DIR) / ".spill")
        builder = (
            builder.master(f"local[{settings.ANALYTICS_THREADS}]")
            .config("spark.driver.memory", f"{settings.ANALYTICS_MEMORY_MB}m")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", spill)
            .config("spark.sql.warehouse.dir", spill)
            .config("spark.sql.shuffle.partitions", str(settings.ANALYTICS_THREADS * 2))
            .config("spark.ui.enabled", "false")
            .config("spark.log.level", "ERROR")
        )
    return builder.getOrCreate()


def read(connection: Any, files: list[str]) -> Any:
    reading = connection._session.read.option("mergeSchema", "true")
    return _named(connection, reading.option("basePath", str(settings.LAKE_DIR)).parquet(*files))


def given(connection: Any, table: Any) -> Any:
    return _named(connection, connection._session.createDataFrame(table))


def _named(connection: Any, frame: Any) -> Any:
    name = ibis.util.gen_name("given")
    frame.createOrReplaceTempView(name)
    return connection.table(name)
