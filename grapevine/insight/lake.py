"""The lake: the behaviour log as Parquet, one folder a day. Spool segments come in, nothing gets lost.

A segment is read, written as one file per day (under another name, then renamed), and only then removed.
If the process dies in between, the segment is read again and its rows are there twice: an id counts once
whenever the lake is read, and files of a day are merged, without doubles, when they become many.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.utils import timezone

from grapevine.kit.ids import new_id
from grapevine.signals import facade as signals
from grapevine.signals.contracts import LOG_COLUMNS

CHUNK_BYTES = 32_000_000
FILES_MAX = 12
NUMBERS = {"person_id", "shop_id", "position"}
SCHEMA = pa.schema(
    [
        (
            name,
            pa.int64()
            if name in NUMBERS
            else pa.timestamp("us", "UTC")
            if name == "ts"
            else pa.string(),
        )
        for name in LOG_COLUMNS
    ]
)


def append(rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows by way of the spool; they are in the lake after the next `compact`."""
    signals.record(rows)


def compact() -> set[date]:
    """Move ready segments into the lake; returns the days that changed."""
    changed: set[date] = set()
    for group in _chunks(signals.ready_segments()):
        read = [(path, path.stat().st_size) for path in group]
        changed |= write(_rows(path for path, _ in read))
        for path, size in read:
            if path.stat().st_size == size:
                path.unlink()
    for day in changed:
        merge(day)
    return changed


def _chunks(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Groups of segments small enough to be held in memory together."""
    group: list[Path] = []
    size = 0
    for path in paths:
        group.append(path)
        size += path.stat().st_size
        if size >= CHUNK_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _rows(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue  # the torn last line of a process that was killed while writing


def write(rows: Iterable[Mapping[str, Any]]) -> set[date]:
    """Write rows to their days, one new file a day; returns the days."""
    zone = timezone.get_default_timezone()
    days: dict[date, dict[str, list[Any]]] = {}
    for row in rows:
        moment = datetime.fromisoformat(str(row["ts"]))
        columns = days.setdefault(
            moment.astimezone(zone).date(), {name: [] for name in LOG_COLUMNS}
        )
        for name in LOG_COLUMNS:
            value = row.get(name)
            if name == "ts":
                value = moment
            elif name not in NUMBERS and value is not None:
                value = str(value)
            columns[name].append(value)
    for day, columns in days.items():
        _save(pa.table(columns, schema=SCHEMA), day)
    return set(days)


def _save(table: pa.Table, day: date) -> Path:
    folder = folder_of(day)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{new_id()}.parquet"
    part = path.with_suffix(".part")
    pq.write_table(table, part, compression="zstd")
    part.rename(path)
    return path


def folder_of(day: date) -> Path:
    return Path(settings.LAKE_DIR) / f"day={day:%Y-%m-%d}"


def files_of(day: date) -> list[Path]:
    return sorted(folder_of(day).glob("*.parquet"))


def days() -> list[date]:
    """The days there are, oldest first."""
    folders = sorted(Path(settings.LAKE_DIR).glob("day=*"))
    return [date.fromisoformat(folder.name.removeprefix("day=")) for folder in folders]


def merge(day: date) -> None:
    """Make one file of a day's many, each id once."""
    files = files_of(day)
    if len(files) <= FILES_MAX:
        return
    table = pa.concat_tables(
        [pq.read_table(file, schema=SCHEMA, partitioning=None) for file in files]
    )
    seen: set[str] = set()
    keep = []
    for index, event_id in enumerate(table.column("id").to_pylist()):
        if event_id not in seen:
            seen.add(event_id)
            keep.append(index)
    _save(table.take(keep), day)
    for file in files:
        file.unlink()
