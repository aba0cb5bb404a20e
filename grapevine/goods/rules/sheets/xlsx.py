"""The first sheet of an XLSX file as rows of text, and a sheet written. Pure; ECMA-376 part 1, SpreadsheetML.

Bounded: the parts of the archive may not unfold beyond `BYTES_MAX`, a document type (entities) is refused.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO
from xml.etree.ElementTree import ParseError, iterparse
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

from grapevine.goods.rules.sheets.words import CONTROL

BYTES_MAX = 512 * 1024 * 1024
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="goods" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


class NotASheet(Exception):
    """The file is no XLSX that can be read."""


def write(rows: Iterable[Iterable[str]], target: IO[bytes]) -> None:
    """Every cell as text, so that no spreadsheet turns a code into a number or runs a formula."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(
                f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{NS[1:-1]}"><sheetData>'.encode()
            )
            for row in rows:
                cells = "".join(
                    f'<c t="inlineStr"><is><t xml:space="preserve">{escape(CONTROL.sub("", cell))}</t></is></c>'
                    for cell in row
                )
                sheet.write(f"<row>{cells}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")


def read(source: IO[bytes]) -> Iterator[list[str]]:
    """Rows of the first sheet. Raises NotASheet."""
    try:
        with zipfile.ZipFile(source) as archive:
            if sum(one.file_size for one in archive.infolist()) > BYTES_MAX:
                raise NotASheet
            names = set(archive.namelist())
            shared = _shared(archive) if "xl/sharedStrings.xml" in names else []
            sheets = sorted(
                (name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)),
                key=lambda name: (len(name), name),
            )
            if not sheets:
                raise NotASheet
            yield from _rows(archive, sheets[0], shared)
    except (
        zipfile.BadZipFile,
        ParseError,
        ExpatError,
        ValueError,
        IndexError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        zlib.error,
    ) as error:
        raise NotASheet from error


def _open(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    with archive.open(name) as head:
        _check_prolog(head)
    return archive.open(name)


def _check_prolog(part: IO[bytes]) -> None:
    """Read to the root element: only before it may a document type stand (XML 1.0, 2.8), in whatever encoding."""
    began: list[str] = []
    prolog = ParserCreate()
    prolog.StartDoctypeDeclHandler = _refuse
    prolog.StartElementHandler = lambda name, _: began.append(name)
    while not began and (chunk := part.read(4096)):
        prolog.Parse(chunk)


def _refuse(*_: object) -> None:
    raise NotASheet


def _shared(archive: zipfile.ZipFile) -> list[str]:
    found = []
    with _open(archive, "xl/sharedStrings.xml") as part:
        for _, element in iterparse(part):  # noqa: S314  a document type is refused, sizes are bounded
            if element.tag == f"{NS}si":
                found.append("".join(text.text or "" for text in element.iter(f"{NS}t")))
                element.clear()
    return found


def _rows(archive: zipfile.ZipFile, name: str, shared: list[str]) -> Iterator[list[str]]:
    with _open(archive, name) as part:
        for _, element in iterparse(part):  # noqa: S314  a document type is refused, sizes are bounded
            if element.tag != f"{NS}row":
                continue
            row: list[str] = []
            for cell in element.iter(f"{NS}c"):
                place = _column(cell.get("r", "")) if cell.get("r") else len(row)
                row += [""] * (min(place, 16_384) - len(row))
                kind, value = cell.get("t", ""), cell.find(f"{NS}v")
                said = "".join(text.text or "" for text in cell.iter(f"{NS}t"))
                if kind == "s" and value is not None:
                    said = shared[int(value.text or "0")]
                elif kind != "inlineStr":
                    said = (value.text or "") if value is not None else said
                row.append(said)
            yield row
            element.clear()


def _column(reference: str) -> int:
    """A1 → 0, AA7 → 26."""
    place = 0
    for one in re.sub(r"[^A-Z]", "", reference.upper())[:3]:
        place = place * 26 + ord(one) - 64
    return place - 1
