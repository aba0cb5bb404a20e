"""Reading the files of a folder as streams of text rows, the same from CSV and from Parquet."""

import csv
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from grapevine.front.interchange.errors import ImportRefused
from grapevine.front.interchange.tables import TABLES, Table

BATCH = 2000
FIELD_MAX = 1_000_000
"""A field longer than this is a quotation mark that was never closed."""
IGNORED = {"rejects.csv", "readme", "license", "licence", "notice"}
SUFFIXES = {".csv", ".parquet"}


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as text; `line` is where it starts in a CSV (header = 1) or its number in Parquet."""

    line: int
    fields: dict[str, str]
    whole: bool = True
    """False when the row has more or fewer fields than the header."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the folder, checked as a whole."""

    table: Table
    path: Path
    rows: int

    def batches(self) -> Iterator[list[RawRow]]:
        """Rows in groups of at most BATCH; the groups of an unchanged file are always the same."""
        batch: list[RawRow] = []
        for row in _rows(self.path):
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def _refuse(path: Path, reason: str) -> ImportRefused:
    return ImportRefused(reason=f"{path.name}: {reason}")


def _rows(path: Path) -> Iterator[RawRow]:
    return _csv_rows(path) if path.suffix == ".csv" else _parquet_rows(path)


def _csv_rows(path: Path) -> Iterator[RawRow]:
    csv.field_size_limit(FIELD_MAX)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        names = [name.strip() for name in next(reader, [])]
        line = reader.line_num + 1
        for values in reader:
            if values:
                fields = dict(zip(names, values, strict=False))
                yield RawRow(line, fields, len(values) == len(names))
            line = reader.line_num + 1


def _parquet_rows(path: Path) -> Iterator[RawRow]:
    line = 1
    with parquet.ParquetFile(path) as file:
        for part in file.iter_batches(batch_size=BATCH):
            for values in part.to_pylist():
                line += 1
                yield RawRow(line, {name: _as_text(value) for name, value in values.items()})


def _as_text(value: Any) -> str:
    """A typed value as a CSV would hold it."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return "|".join(_as_text(entry) for entry in value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)


def survey(folder: Path) -> list[Source]:
    """Every file of the folder in the order of import, or ImportRefused.

    Reads each file once from end to end, so that nothing is changed by a folder with a file that
    turns out to be unreadable half-way.
    """
    if not folder.is_dir():
        raise ImportRefused(reason=f"{folder}: 不是文件夹 / not a folder")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.is_dir() or path.name.startswith(".") or _ignored(path):
            continue
        if path.suffix not in SUFFIXES or path.stem not in TABLES:
            known = ", ".join(TABLES)
            raise _refuse(path, f"不认识的文件 / unknown file; .csv or .parquet of: {known}")
        if path.stem in found:
            raise _refuse(path, f"与 {found[path.stem].name} 重复 / given twice")
        found[path.stem] = path
    if not found:
        raise ImportRefused(reason=f"{folder}: 没有可导入的文件 / nothing to import")
    return [_checked(TABLES[name], found[name]) for name in TABLES if name in found]


def _ignored(path: Path) -> bool:
    return path.name.lower() in IGNORED or path.stem.lower() in IGNORED


def _checked(table: Table, path: Path) -> Source:
    if path.stat().st_size == 0:
        raise _refuse(path, "文件是空的 / the file is empty (0 bytes)")
    names, rows = _scan_csv(path) if path.suffix == ".csv" else _scan_parquet(path)
    missing = [name for name in table.required if name not in names]
    if missing:
        raise _refuse(path, f"缺少列 / missing column: {', '.join(missing)}")
    known = {column.name for column in table.columns}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise _refuse(path, f"不认识的列 / unknown column: {', '.join(unknown)[:200]}")
    if len(set(names)) != len(names):
        raise _refuse(path, "有重复的列 / a column is given twice")
    return Source(table, path, rows)


def _scan_csv(path: Path) -> tuple[list[str], int]:
    csv.field_size_limit(FIELD_MAX)
    rows = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            names = [name.strip() for name in next(reader, [])]
            try:
                for values in reader:
                    rows += bool(values)
            except csv.Error as error:
                place = f"第 {reader.line_num} 行 / line {reader.line_num}"
                raise _refuse(
                    path, f"{place}: 不是规范的 CSV / not well-formed CSV: {error}"
                ) from None
    except UnicodeDecodeError as error:
        number = _bad_line(path)
        raise _refuse(
            path, f"第 {number} 行不是 UTF-8 / line {number} is not UTF-8: {error.reason}"
        ) from None
    return names, rows


def _bad_line(path: Path) -> int:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _scan_parquet(path: Path) -> tuple[list[str], int]:
    try:
        with parquet.ParquetFile(path) as file:
            return list(file.schema_arrow.names), file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _refuse(
            path, f"读不了这个 Parquet / not a readable Parquet file: {error}"[:300]
        ) from None


def allow_long_fields() -> None:
    """For converters, whose sources may hold whole articles in one field."""
    with suppress(OverflowError):
        csv.field_size_limit(sys.maxsize)
