"""Reading the tables of public data sets, plain or gzipped, row by row."""

import csv
import gzip
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO

from grapevine.front.interchange.errors import ConvertRefused

NOMINAL_PRICE = 2900
"""What one piece costs where a data set knows no prices, in minor units of CNY."""
NOMINAL_START = datetime(2021, 1, 1, tzinfo=UTC)
NOMINAL_DAYS = 90


def _open(path: Path) -> TextIO:
    if not path.is_file():
        raise ConvertRefused(reason=f"{path}: 找不到文件 / no such file")
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def rows(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    """Rows of a CSV with a header, or ConvertRefused when one of `columns` is missing."""
    with closing(_open(path)) as stream:
        try:
            reader = csv.DictReader(stream)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                names = ", ".join(missing)
                raise ConvertRefused(reason=f"{path.name}: 缺少列 / missing column: {names}")
            yield from reader
        except (UnicodeDecodeError, csv.Error, gzip.BadGzipFile, EOFError) as error:
            raise ConvertRefused(reason=f"{path.name}: 读不了 / not readable: {error}") from None


def tab_lines(path: Path) -> Iterator[list[str]]:
    """Fields of a tab-separated file without a header."""
    with closing(_open(path)) as stream:
        for line in stream:
            fields = line.strip().split("\t")
            if fields != [""]:
                yield fields


def nominal_moment(number: int, count: int) -> datetime:
    """Moment `number` of `count`, evenly spread: for data sets that know an order but no times."""
    seconds = NOMINAL_DAYS * 86_400 * number // max(1, count)
    return NOMINAL_START + timedelta(seconds=seconds)
