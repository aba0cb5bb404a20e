"""Tables as files that people open in a spreadsheet: CSV while it is read, XLSX into a temporary file, both row by row.

The one place where a cell is made safe (OWASP, "CSV Injection"): text that a spreadsheet would run gets an apostrophe.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from grapevine.kit import workbook
from grapevine.kit.text import safe_cell
from grapevine.kit.workbook import Cell

KINDS = ("csv", "xlsx")
CSV_TYPE = "text/csv; charset=utf-8"
BLOCK = 200


class _Echo:
    """What csv writes to: gives back what it was given."""

    def write(self, text: str) -> str:
        return text


def moment(when: datetime) -> str:
    """A moment on the clock of the place, as a spreadsheet reads it."""
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M:%S")


def yuan(minor: int) -> Decimal:
    """Two decimals, exact: a number a spreadsheet adds up."""
    return Decimal(minor).scaleb(-2)


def export(
    kind: str,
    name: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    sealed: bool = False,
) -> HttpResponse:
    """As CSV, or XLSX where `kind` says so. It streams; views are typed for a plain response.

    `sealed`: the rows are safe already, in a way that is undone when they are read back.
    """
    table = _table(heads, rows, sealed=sealed)
    response: FileResponse | StreamingHttpResponse
    if kind == "xlsx":
        file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
        workbook.write(table, file)
        file.seek(0)
        response = FileResponse(file, content_type=workbook.CONTENT_TYPE)
    else:
        response = StreamingHttpResponse(_lines(table), content_type=CSV_TYPE)
    ending = "xlsx" if kind == "xlsx" else "csv"
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return cast("HttpResponse", response)


def _table(
    heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, sealed: bool
) -> Iterator[Sequence[Cell]]:
    if heads:
        yield heads if sealed else [safe_cell(head) for head in heads]
    for row in rows:
        yield (
            row if sealed else [safe_cell(cell) if isinstance(cell, str) else cell for cell in row]
        )


def _lines(table: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    block = ["\ufeff"]
    for row in table:
        block.append(writer.writerow(row))
        if len(block) == BLOCK:
            yield "".join(block)
            block.clear()
    yield "".join(block)
