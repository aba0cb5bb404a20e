"""The lake: the behaviour log as Parquet, one folder a day. Spool files come in, nothing gets lost, nothing is there twice.

A spool file is read, its new rows are written as one file per day (under another name, on the disk, then renamed), and only then
is it packed away. If the process dies in between, it is read again and finds its ids in the lake. Files of about one size
become one when there are many; the new file names those it stands for, and whoever reads leaves these out from the moment
it has its name. One process writes at a time (flock). Memory: one chunk of spool files, or one batch of rows, at a time.
"""

import fcntl
import io
import json
import logging
import math
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.json as pj
import pyarrow.parquet as pq
from django.conf import settings
from django.utils import timezone

from grapevine.insight import idindex
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.signals import facade as signals
from grapevine.signals.contracts import COLUMNS

logger = logging.getLogger(__name__)
CHUNK_BYTES = 32_000_000
BATCH_ROWS = 65_536
FILES_MAX = 12
LEVEL_BYTES, LEVELS = 1_000_000, 3
"""Files below a megabyte, below eight, below 64: twelve of a kind become one. Larger ones stay as they are."""
GRACE_SECONDS = 600
"""How long a replaced file stays for those who had begun to read."""
BYTES_A_PASS, DAYS_A_PASS = 150_000_000, 31
"""Compressed bytes of the log counted together, some millions of rows, and of how many days at most."""
QUARTER = 900_000_000
WHOLE_LEAST = -(2**63)
REPLACES, PACKED = ".replaces", ".jsonl.zst"
KINDS = {
    "text": pa.string(), "whole": pa.int64(), "real": pa.float64(),
    "moment": pa.timestamp("us", "UTC"),
}  # fmt: skip
SCHEMA = pa.schema([(column.name, KINDS[column.kind]) for column in COLUMNS])
MOMENTS = [column.name for column in COLUMNS if column.kind == "moment"]
_WRITTEN = pa.schema(
    [(field.name, pa.string() if field.name in MOMENTS else field.type) for field in SCHEMA]
)
Change = Callable[[pa.Table], pa.Table]


@contextmanager
def held() -> Iterator[None]:
    """The right to write, of one process at a time; the system takes it back when the process dies."""
    folder = Path(settings.LAKE_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def append(rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows by way of the spool; they are in the lake after the next `compact`."""
    signals.record(rows)


def compact(change: Change | None = None) -> set[date]:
    """Move ready spool files into the lake; returns the days that changed. `change` sees every table before it is kept."""
    changed: set[date] = set()
    with held():
        for group in _chunks(signals.ready_spool_files()):
            data = b"".join(path.read_bytes() for path in group)
            table = read_lines(data)
            if change is not None:
                before, table = table, change(table)
                data = data if table.equals(before) else lines_of(table)
            changed |= store(table)
            _pack(data)
            for path in group:
                path.unlink()
        for day in changed:
            _merge(day)
    return changed


def _chunks(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Groups of spool files small enough to be held in memory together."""
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


def read_lines(data: bytes) -> pa.Table:
    """Lines of JSON as a table of the lake. Lines that are none are counted, told and left out."""
    if not data.strip():
        return SCHEMA.empty_table()
    try:
        return _cast(
            pj.read_json(
                io.BytesIO(data),
                read_options=pj.ReadOptions(use_threads=False, block_size=CHUNK_BYTES),
                parse_options=pj.ParseOptions(
                    explicit_schema=_WRITTEN, unexpected_field_behavior="ignore"
                ),
            )
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _read_one_by_one(data)


def _cast(table: pa.Table) -> pa.Table:
    columns = [pc.cast(table.column(field.name), field.type) for field in SCHEMA]
    made = pa.table(columns, schema=SCHEMA)
    is_row = pc.and_(pc.is_valid(made.column("id")), pc.is_valid(made.column("ts")))
    return made.filter(is_row)


def _read_one_by_one(data: bytes) -> pa.Table:
    """Slow, for what is not as it should be: a torn line, a number where a text belongs."""
    rows, broken = [], 0
    for line in data.splitlines():
        try:
            rows.append(_row(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError):
            broken += bool(line.strip())
    if broken:
        logger.warning("%s lines of the log were unreadable", broken)
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def lines_of(table: pa.Table) -> bytes:
    """The other way: rows as lines of a spool file."""
    rows = (
        {name: value for name, value in row.items() if value is not None}
        for row in table.to_pylist()
    )
    return b"".join(
        json.dumps(row, ensure_ascii=False, default=datetime.isoformat).encode() + b"\n"
        for row in rows
    )


def _row(raw: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": raw["id"], "ts": raw["ts"]}
    for column in COLUMNS:
        value = raw.get(column.name)
        if value is not None:
            row[column.name] = READERS[column.kind](value)
    return row


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _whole(value: Any) -> int:
    number = int(value)
    if not WHOLE_LEAST <= number <= -WHOLE_LEAST - 1:
        raise ValueError(value)
    return number


READERS: dict[str, Callable[[Any], Any]] = {
    "text": str, "whole": _whole, "real": float, "moment": _moment,
}  # fmt: skip


def write(rows: Iterable[Mapping[str, Any]]) -> set[date]:
    """Write rows to their days; returns the days that changed."""
    with held():
        return store(table_of(rows))


def table_of(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([_row(row) for row in rows], schema=SCHEMA)


def store(table: pa.Table) -> set[date]:
    """Write those rows whose ids are not in the lake, one new file a day. Call it while `held`."""
    digests = idindex.digests_of(table.column("id").to_pylist())
    numbers = _days_of(table)
    is_new = idindex.first_of_each(digests)
    is_pages = _is_of_pages(table)
    changed: set[date] = set()
    for number in np.unique(numbers):
        day = date.fromordinal(int(number))
        mine = (numbers == number) & is_new
        mine[mine] = ~idindex.known(digests[:, mine], _indexes([day]))
        asked = mine & is_pages
        mine[asked] = ~idindex.known(digests[:, asked], _indexes(_around(day)))
        if mine.any():
            _save(table.filter(pa.array(mine)), digests[:, mine], day)
            changed.add(day)
    return changed


def _days_of(table: pa.Table) -> Any:
    """The local day of every row, as ordinals. Zones change at quarters of hours, so each quarter is asked once."""
    quarters = table.column("ts").cast(pa.int64()).to_numpy() // QUARTER
    each, places = np.unique(quarters, return_inverse=True)
    zone = timezone.get_default_timezone()
    days = [datetime.fromtimestamp(int(one) * 900, tz=zone).date().toordinal() for one in each]
    return np.array(days, dtype=np.int64)[places]


def _is_of_pages(table: pa.Table) -> Any:
    """Rows whose moment we made: the same id may come again with another one. Those of the house carry their own."""
    origin = pc.fill_null(table.column("origin"), "")
    return pc.is_in(origin, pa.array(["page", "app"])).to_numpy(zero_copy_only=False)


def _around(day: date) -> list[date]:
    """The other days on which a page's event may have been kept before."""
    near = [day + timedelta(days=n) for n in range(-8, 9) if n]
    return [one for one in near if folder_of(one).exists()]


def _indexes(some: Sequence[date]) -> list[idindex.Digests]:
    return [idindex.opened(file) for day in some for file in files_of(day)]


def _save(
    table: pa.Table | Iterator[pa.RecordBatch],
    digests: idindex.Digests,
    day: date,
    replaced: Sequence[Path] = (),
) -> Path:
    """Index first, then what it stands for, then the rows: a file counts from the moment it has its name."""
    folder = folder_of(day)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{new_id()}.parquet"
    index, part = idindex.path_for(path), path.with_suffix(".part")
    idindex.save(digests, index)
    _flush(index)
    if replaced:
        names = path.with_suffix(REPLACES)
        names.write_text("\n".join(file.name for file in replaced))
        _flush(names)
    with pq.ParquetWriter(part, SCHEMA, compression="zstd") as writer:
        if isinstance(table, pa.Table):
            writer.write_table(table)
        else:
            for batch in table:
                writer.write_batch(batch)
    _flush(part)
    part.rename(path)
    _flush(folder)
    return path


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def folder_of(day: date) -> Path:
    return Path(settings.LAKE_DIR) / f"day={day:%Y-%m-%d}"


def files_of(day: date) -> list[Path]:
    """The files that count; those that another stands for do not."""
    folder = folder_of(day)
    gone = {
        name
        for names in folder.glob(f"*{REPLACES}")
        if names.with_suffix(".parquet").exists()
        for name in names.read_text().split("\n")
    }
    return sorted(file for file in folder.glob("*.parquet") if file.name not in gone)


def days() -> list[date]:
    """The days there are, oldest first."""
    folders = sorted(Path(settings.LAKE_DIR).glob("day=*"))
    return [date.fromisoformat(folder.name.removeprefix("day=")) for folder in folders]


def passes(some: Sequence[date]) -> Iterator[list[date]]:
    """Days, oldest first, to be counted together: of a bounded size and span."""
    part: list[date] = []
    size = 0
    for day in some:
        mine = sum(file.stat().st_size for file in files_of(day))
        if part and (size + mine > BYTES_A_PASS or (day - part[0]).days >= DAYS_A_PASS):
            yield part
            part, size = [], 0
        part.append(day)
        size += mine
    if part:
        yield part


def batches_of(files: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    """The rows of files, a batch at a time; columns that came later are empty in older files."""
    for file in files:
        rows = ds.dataset(str(file), schema=SCHEMA, format="parquet")
        yield from rows.to_batches(batch_size=BATCH_ROWS, batch_readahead=1, fragment_readahead=1)


def merge(day: date) -> None:
    """Make one file of a day's many of about one size."""
    with held():
        _merge(day)


def _merge(day: date) -> None:
    _sweep(day)
    sizes: dict[int, list[Path]] = {}
    for file in files_of(day):
        level = math.ceil(math.log(max(file.stat().st_size, 1) / LEVEL_BYTES, 8))
        sizes.setdefault(max(level, 0), []).append(file)
    for level, files in sorted(sizes.items()):
        if level < LEVELS and len(files) > FILES_MAX:
            _save(batches_of(files), idindex.joined(files), day, replaced=files)


def _sweep(day: date) -> None:
    """Take away replaced files after a while, and what a killed process left half done."""
    folder, counted = folder_of(day), {file.stem for file in files_of(day)}
    for names in folder.glob(f"*{REPLACES}"):
        if names.with_suffix(".parquet").exists() and _is_old(names):
            for name in names.read_text().split("\n"):
                (folder / name).unlink(missing_ok=True)
            names.unlink()
    for left in (
        *folder.glob("*.part"),
        *folder.glob(f"*{idindex.SUFFIX}"),
        *folder.glob(f"*{REPLACES}"),
    ):
        stem = left.name.partition(".")[0]
        if stem not in counted and not (folder / f"{stem}.parquet").exists():
            left.unlink()


def _is_old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > GRACE_SECONDS


def rewrite(day: date, change: Change) -> int:
    """Put every file of a day through `change`, which may drop and alter rows; returns how many rows went.

    Call it while `held`. The old files are gone at once. A file that does not change stays.
    """
    gone = 0
    _merge(day)
    for names in folder_of(day).glob(f"*{REPLACES}"):
        os.utime(names, (0, 0))
    _sweep(day)
    for file in files_of(day):
        count = pq.read_metadata(file).num_rows
        left, is_changed = 0, False
        for batch in batches_of([file]):
            before = pa.Table.from_batches([batch])
            after = change(before)
            left, is_changed = left + after.num_rows, is_changed or not after.equals(before)
        if is_changed:
            _rewrite_file(file, day, change, left)
            gone += count - left
    if not files_of(day):
        shutil.rmtree(folder_of(day))
    return gone


def _rewrite_file(file: Path, day: date, change: Change, left: int) -> None:
    def changed() -> Iterator[pa.RecordBatch]:
        for batch in batches_of([file]):
            yield from change(pa.Table.from_batches([batch])).to_batches()

    if left:
        ids = [one for batch in changed() for one in batch.column("id").to_pylist()]
        new = _save(changed(), idindex.digests_of(ids), day, replaced=[file])
    file.unlink()
    idindex.path_for(file).unlink(missing_ok=True)
    if left:
        new.with_suffix(REPLACES).unlink()


def kept_folder() -> Path:
    return Path(settings.SPOOL_DIR) / "kept"


def kept() -> list[Path]:
    """Packed spool files that are in the lake already, oldest first."""
    return sorted(kept_folder().glob(f"*{PACKED}"))


def _pack(data: bytes) -> None:
    """Keep what came in, packed, so that the lake can be made anew; for SEGMENT_DAYS days."""
    if not settings.SEGMENT_DAYS:
        return
    kept_folder().mkdir(parents=True, exist_ok=True)
    packed(data, kept_folder() / f"{clock.now():%Y%m%d}-{time.time_ns()}-{new_id()}{PACKED}")


def packed(data: bytes, path: Path) -> None:
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(pa.compress(data, codec="zstd", asbytes=True))
    _flush(part)
    part.rename(path)
    _flush(path.parent)
