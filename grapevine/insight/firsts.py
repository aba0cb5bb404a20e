"""Who bought where first, and when: kept beside the lake, so that a build reads new files alone and not the whole past.

`LAKE_DIR/firsts.parquet` holds (shop, person) → the moment of their first paid order, and the names of the files it was
made from. It can be thrown away at any time: whoever asks next makes it anew.
"""

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from ibis.expr.types import Table

from grapevine.insight import engine, lake, metrics
from grapevine.kit.ids import new_id

SCHEMA = pa.schema(
    [("shop_id", pa.int64()), ("person_id", pa.int64()), ("first_ts", pa.timestamp("us", "UTC"))]
)
FILES = b"files"


def firsts(connection: Any) -> Table:
    """(shop_id, person_id) → first_ts, of the whole lake."""
    known, read = _kept()
    files = {file.name: str(file) for day in lake.days() for file in lake.files_of(day)}
    new = [path for name, path in files.items() if name not in read]
    if new:
        found = metrics.first_orders(metrics.paid(engine.read(connection, new))).to_pyarrow()
        known = _earliest(pa.concat_tables([known, found.cast(SCHEMA)]))
    if new or not files.keys() >= read:
        _keep(known, sorted(files))
    return engine.given(connection, known)


def forget() -> None:
    """Throw it away: somebody's rows were taken out of the lake."""
    _path().unlink(missing_ok=True)


def _earliest(rows: pa.Table) -> pa.Table:
    sums = rows.group_by(["shop_id", "person_id"]).aggregate([("first_ts", "min")])
    return sums.rename_columns({"first_ts_min": "first_ts"}).select(SCHEMA.names)


def _path() -> Path:
    return Path(settings.LAKE_DIR) / "firsts.parquet"


def _kept() -> tuple[pa.Table, set[str]]:
    try:
        table = pq.read_table(_path(), partitioning=None)
    except FileNotFoundError:
        return SCHEMA.empty_table(), set()
    names = set(json.loads(table.schema.metadata[FILES]))
    return table.replace_schema_metadata(None), names


def _keep(table: pa.Table, names: list[str]) -> None:
    fresh = _path().with_name(f"firsts.{new_id()}")
    pq.write_table(table.replace_schema_metadata({FILES: json.dumps(names)}), fresh)
    os.replace(fresh, _path())
