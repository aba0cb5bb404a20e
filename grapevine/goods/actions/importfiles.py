"""Files of goods on disk: kept, read in any of their forms, and their pictures out of a ZIP with limits."""

import csv
import io
import shutil
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings

from grapevine.goods.models import ImportRun
from grapevine.goods.rules.sheets import own, shopify, woo
from grapevine.goods.sheets import ImportRefused, Sheet
from grapevine.kit import clock, workbook
from grapevine.kit.text import marked

BYTES_MAX = 128 * 1024 * 1024
ROWS_MAX = 500_000
CELL_MAX = 100_000
COLUMNS_MAX = 200
ZIP_FILES_MAX = 20_000
ZIP_BYTES_MAX = 1024 * 1024 * 1024
ZIP_RATIO_MAX = 100
ZIP_SLACK = 1024 * 1024
SHEETS = (".csv", ".xlsx", ".txt")
PICTURES = (".jpg", ".jpeg", ".png", ".webp")
VIDEOS = (".mp4", ".webm")
Rows = Iterator[list[str]]


def folder_of(run: ImportRun) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / run.public_id


def keep(run: ImportRun, file: IO[bytes]) -> None:
    """The upload on disk, as `source` and, where it is a ZIP with a table in it, its pictures beside. Raises ImportRefused."""
    home = folder_of(run)
    home.mkdir(parents=True, exist_ok=True)
    try:
        _receive(file, home / "source")
        if _is_archive(home / "source"):
            _unpack(home / "source", home)
    except ImportRefused:
        forget(run)
        raise


def _receive(file: IO[bytes], source: Path) -> None:
    written = 0
    with source.open("wb") as target:
        while chunk := file.read(1024 * 1024):
            written += len(chunk)
            if written > BYTES_MAX:
                raise ImportRefused(reason=marked("文件超过 128 MB"))
            target.write(chunk)
    if not written:
        raise ImportRefused(reason=marked("文件是空的"))


def forget(run: ImportRun) -> None:
    shutil.rmtree(folder_of(run), ignore_errors=True)


def _is_archive(source: Path) -> bool:
    """A ZIP that is not itself an XLSX."""
    if not zipfile.is_zipfile(source):
        return False
    with zipfile.ZipFile(source) as archive:
        return "[Content_Types].xml" not in archive.namelist()


def _unpack(source: Path, home: Path) -> None:
    """The one table, the pictures and the videos of a ZIP; nothing is written outside `home`, and nothing unfolds beyond limits."""
    with zipfile.ZipFile(source) as archive:
        files = [one for one in archive.infolist() if not one.is_dir()]
        packed = sum(one.compress_size for one in files)
        full = sum(one.file_size for one in files)
        if len(files) > ZIP_FILES_MAX or full > min(
            ZIP_BYTES_MAX, packed * ZIP_RATIO_MAX + ZIP_SLACK
        ):
            raise ImportRefused(reason=marked("压缩包展开后太大"))
        tables = [
            one
            for one in files
            if one.filename.lower().endswith(SHEETS) and "__MACOSX" not in one.filename
        ]
        if len(tables) != 1:
            raise ImportRefused(reason=marked("压缩包里要正好有一个 CSV 或 XLSX"))
        (home / "pictures").mkdir(exist_ok=True)
        left = full
        for one in files:
            name = PurePosixPath(one.filename).name
            if one is tables[0]:
                left -= _copy(archive, one, home / "table", left)
            elif name.lower().endswith(PICTURES + VIDEOS) and not name.startswith("."):
                left -= _copy(archive, one, home / "pictures" / name, left)
    (home / "table").replace(source)


def _copy(archive: zipfile.ZipFile, one: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Bytes written; what the archive says of a size is not believed."""
    written = 0
    try:
        with archive.open(one) as packed, target.open("wb") as file:
            while chunk := packed.read(1024 * 1024):
                written += len(chunk)
                if written > most:
                    raise ImportRefused(reason=marked("压缩包展开后太大"))
                file.write(chunk)
    except (
        zlib.error,
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        EOFError,
        OSError,
    ) as error:
        raise ImportRefused(reason=marked("压缩包坏了或有密码")) from error
    return written


def read_sheet(run: ImportRun) -> Sheet:
    """The whole file in the terms of the house. Raises ImportRefused where it is no table at all."""
    cells = _cells(folder_of(run) / "source")
    header = next(cells, [])
    if len(header) > COLUMNS_MAX:
        raise ImportRefused(reason=marked("列太多了"))
    names = own.header_of(header) if run.form == "own" else [name.strip() for name in header]
    rows = _named(cells, names)
    if run.form == "shopify":
        return shopify.read(rows, names)
    if run.form == "woo":
        return woo.read(rows, names, clock.now().date())
    return own.read(rows, names)


def guess(run: ImportRun) -> str:
    """Which form a file has, by its header."""
    header = {name.strip() for name in next(_cells(folder_of(run) / "source"), [])}
    if {"Handle", "Variant Price"} <= header:
        return "shopify"
    return "woo" if {"Type", "Regular price"} <= header else "own"


def _named(cells: Rows, names: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for line, row in enumerate(cells, start=2):
        if line > ROWS_MAX:
            raise ImportRefused(reason=marked("行太多了，分几个文件"))
        if any(cell.strip() for cell in row):
            yield line, dict(zip(names, row, strict=False))


def _cells(source: Path) -> Rows:
    if zipfile.is_zipfile(source):
        try:
            with source.open("rb") as file:
                yield from workbook.read(file)
        except workbook.NotASheet:
            raise ImportRefused(reason=marked("不是能读的 XLSX")) from None
        return
    csv.field_size_limit(min(sys.maxsize, CELL_MAX))
    try:
        with source.open(encoding=_encoding(source), newline="") as file:
            yield from csv.reader(file, strict=True)
    except UnicodeDecodeError:
        raise ImportRefused(reason=marked("不是 UTF-8 或 GB18030 文本")) from None
    except csv.Error:
        raise ImportRefused(reason=marked("不是规范的 CSV")) from None


def _encoding(source: Path) -> str:
    """UTF-8, else what Excel writes on a Chinese Windows."""
    decoder = io.IncrementalNewlineDecoder(None, translate=False)
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            while file.read(1024 * 1024):
                decoder.reset()
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
