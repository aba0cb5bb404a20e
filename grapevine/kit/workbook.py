"""Spreadsheets (XLSX, ECMA-376) as plain rows of text: written with inline strings, read one row at a time.

No formula is ever written or read: a cell is its text. Reading is bounded in rows, columns and bytes unpacked, and
refuses documents that declare entities.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser
from xml.sax.saxutils import escape

UNPACKED_MAX = 200_000_000
STRINGS_MAX = 500_000
COLUMNS_MAX = 200
CHUNK = 65_536
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
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


class NotASheet(Exception):
    """Not a workbook, or one larger than anybody means."""


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one sheet whose every cell is text, so that long numbers keep their digits."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, text in _PARTS.items():
            box.writestr(name, _HEAD + text)
        with box.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{MAIN[1:-1]}"><sheetData>'.encode())
            for row in rows:
                cells = "".join(
                    f'<c t="inlineStr"><is><t xml:space="preserve">{escape(_UNPRINTABLE.sub("", cell))}</t></is></c>'
                    for cell in row
                )
                sheet.write(f"<row>{cells}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


def rows_of(content: bytes) -> Iterator[list[str]]:
    """The first sheet, row by row. NotASheet for what is none, also in the middle."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            if sum(one.file_size for one in box.infolist()) > UNPACKED_MAX:
                raise NotASheet
            names = box.namelist()
            sheets = sorted(
                (name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)),
                key=lambda name: int("".join(sign for sign in name if sign.isdigit())),
            )
            if not sheets:
                raise NotASheet
            shared = _shared(box) if "xl/sharedStrings.xml" in names else []
            for row in _elements(box, sheets[0], f"{MAIN}row"):
                yield _cells(row, shared)
    except (zipfile.BadZipFile, ParseError, RuntimeError, NotImplementedError, EOFError, OSError):
        raise NotASheet from None


def _elements(box: zipfile.ZipFile, name: str, tag: str) -> Iterator[Element]:
    """Each finished element of a tag; what was given is forgotten, so that memory stays flat."""
    parser: Any = XMLPullParser(["start", "end"])
    parent: Any = None
    read, tail = 0, b""
    with box.open(name) as part:
        while chunk := part.read(CHUNK):
            read += len(chunk)
            if read > UNPACKED_MAX or b"<!DOCTYPE" in tail + chunk:
                raise NotASheet
            tail = chunk[-9:]
            parser.feed(chunk)
            for kind, element in parser.read_events():
                if kind == "start" and parent is None:
                    parent = element
                elif kind == "end" and element.tag == tag:
                    yield element
                    element.clear()
                    if parent is not None and element.tag == f"{MAIN}row":
                        _forget(parent)


def _forget(parent: Element) -> None:
    """Drop rows that were read."""
    for data in parent.findall(f"{MAIN}sheetData"):
        data.clear()


def _shared(box: zipfile.ZipFile) -> list[str]:
    found: list[str] = []
    for item in _elements(box, "xl/sharedStrings.xml", f"{MAIN}si"):
        found.append("".join(one.text or "" for one in item.iter(f"{MAIN}t")))
        if len(found) > STRINGS_MAX:
            raise NotASheet
    return found


def _cells(row: Element, shared: Sequence[str]) -> list[str]:
    found: list[str] = []
    for cell in row.iter(f"{MAIN}c"):
        place = _column(cell.get("r", "")) if cell.get("r") else len(found)
        if not len(found) <= place < COLUMNS_MAX:
            raise NotASheet
        found += [""] * (place - len(found))
        found.append(_text(cell, shared))
    return found


def _column(reference: str) -> int:
    """ "C7" is 2."""
    place = 0
    for letter in reference.rstrip("0123456789"):
        place = place * 26 + ord(letter.upper()) - 64
        if not 0 < place <= COLUMNS_MAX:
            raise NotASheet
    return place - 1


def _text(cell: Element, shared: Sequence[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(one.text or "" for one in cell.iter(f"{MAIN}t"))
    value = cell.findtext(f"{MAIN}v") or ""
    if kind == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    return _whole(value) if kind == "n" else value


def _whole(value: str) -> str:
    """A number as its owner typed it: without the ".0" or the exponent spreadsheets put there."""
    if re.fullmatch(r"-?\d+\.0+", value):
        return value.partition(".")[0]
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d{1,2}", value, re.IGNORECASE):
        return f"{float(value):.0f}" if float(value) < 2**53 else value
    return value
