"""Spreadsheets (XLSX; ECMA-376 part 1, SpreadsheetML): the one place where they are written and read, row by row.

No formula is ever written or read: a cell is its text, or a number. Writing holds one row in memory, reading one row
and the strings the sheet shares. Reading is bounded in bytes unpacked, in columns and in shared strings, and refuses a
document type, and with it entities.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape

Cell = str | int | Decimal
BYTES_MAX = 512 * 1024 * 1024
STRINGS_MAX = 1_000_000
COLUMNS_MAX = 16_384
ROWS_MAX = 1_048_576
CHUNK = 65_536
LEVEL = 3
"""Of compression: a sheet is mostly the same words, and more effort takes three times as long for a tenth."""
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SHEET = "xl/worksheets/sheet1.xml"
_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    ),
}
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, ParseError, ExpatError, ValueError, IndexError, EOFError,
    NotImplementedError, RuntimeError, OSError,
)  # fmt: skip


class NotASheet(Exception):
    """Not a workbook, or one larger than anybody means."""


def write(rows: Iterable[Sequence[Cell]], target: IO[bytes]) -> None:
    """A workbook of one sheet. Text stays text, so that long numbers keep their digits and nothing is run.

    A row beyond the last a sheet may have is left out.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as box:
        for name, text in _PARTS.items():
            box.writestr(name, _HEAD + text)
        with box.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{NS[1:-1]}"><sheetData>'.encode())
            for count, row in enumerate(rows):
                if count == ROWS_MAX:
                    break
                sheet.write(f"<row>{''.join(map(_cell, row))}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")


def written(rows: Iterable[Sequence[Cell]]) -> bytes:
    """As `write`, for what is small."""
    out = io.BytesIO()
    write(rows, out)
    return out.getvalue()


def _cell(value: Cell) -> str:
    if not isinstance(value, str):
        return f"<c><v>{value}</v></c>"
    text = escape(_UNPRINTABLE.sub("", value))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def read(source: IO[bytes], *, bytes_max: int | None = None) -> Iterator[list[str]]:
    """The first sheet, row by row. NotASheet for what is none, also in the middle."""
    try:
        with zipfile.ZipFile(source) as box:
            most = BYTES_MAX if bytes_max is None else bytes_max
            if sum(one.file_size for one in box.infolist()) > most:
                raise NotASheet
            names = set(box.namelist())
            sheets = sorted(
                (name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)),
                key=lambda name: (len(name), name),
            )
            if not sheets:
                raise NotASheet
            shared = _shared(box) if "xl/sharedStrings.xml" in names else []
            for row in _elements(box, sheets[0], f"{NS}row"):
                yield _cells(row, shared)
    except _DAMAGED as error:
        raise NotASheet from error


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


def _elements(box: zipfile.ZipFile, name: str, tag: str) -> Iterator[Element]:
    """Each finished element of a tag; what was given is forgotten, so that memory stays flat."""
    with box.open(name) as head:
        _check_prolog(head)
    parser: Any = XMLPullParser(["start", "end"])
    above: list[Element] = []
    with box.open(name) as part:
        while chunk := part.read(CHUNK):
            parser.feed(chunk)
            for kind, element in parser.read_events():
                if kind == "start":
                    above.append(element)
                    continue
                above.pop()
                if element.tag == tag:
                    yield element
                    element.clear()
                    if above:
                        above[-1].remove(element)
        parser.close()


def _shared(box: zipfile.ZipFile) -> list[str]:
    found: list[str] = []
    for item in _elements(box, "xl/sharedStrings.xml", f"{NS}si"):
        found.append("".join(one.text or "" for one in item.iter(f"{NS}t")))
        if len(found) > STRINGS_MAX:
            raise NotASheet
    return found


def _cells(row: Element, shared: Sequence[str]) -> list[str]:
    found: list[str] = []
    for cell in row.iter(f"{NS}c"):
        place = _column(cell.get("r", "")) if cell.get("r") else len(found)
        found += [""] * (min(place, COLUMNS_MAX) - len(found))
        found.append(_text(cell, shared))
    return found


def _column(reference: str) -> int:
    """A1 is 0, AA7 is 26."""
    place = 0
    for letter in re.sub(r"[^A-Z]", "", reference.upper())[:3]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _text(cell: Element, shared: Sequence[str]) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{NS}v")
    if kind == "s" and value is not None:
        return shared[int(value or "0")]
    if kind == "inlineStr" or value is None:
        return "".join(one.text or "" for one in cell.iter(f"{NS}t"))
    return _whole(value) if kind == "n" else value


def _whole(value: str) -> str:
    """A number as its owner typed it: without the ".0" or the exponent spreadsheets put there."""
    if re.fullmatch(r"-?\d+\.0+", value):
        return value.partition(".")[0]
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d{1,2}", value, re.IGNORECASE):
        return f"{float(value):.0f}" if float(value) < 2**53 else value
    return value
