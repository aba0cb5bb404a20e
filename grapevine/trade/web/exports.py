"""Statements as files: CSV as it is read, XLSX row by row into a temporary file. A few hundred rows are in memory."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, cast

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook

from grapevine.kit.text import safe_cell

Cell = str | int | Decimal
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_MAX = 1_000_000
"""A sheet ends at 1,048,576."""


class _Echo:
    """What csv writes to: gives back what it was given."""

    def write(self, text: str) -> str:
        return text


def yuan(minor: int) -> Decimal:
    """Two decimals, exact: a number a spreadsheet adds up."""
    return Decimal(minor).scaleb(-2)


def moment(when: Any) -> str:
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M:%S")


def export(
    kind: str, name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """As CSV, or XLSX where `kind` says so. It streams; views are typed for a plain response."""
    response: FileResponse | StreamingHttpResponse = (
        _xlsx(heads, rows) if kind == "xlsx" else _csv(heads, rows)
    )
    ending = "xlsx" if kind == "xlsx" else "csv"
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return cast("HttpResponse", response)


def _safe(cell: Cell) -> Cell:
    return safe_cell(cell) if isinstance(cell, str) else cell


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff"
        yield writer.writerow([_safe(head) for head in heads])
        for row in rows:
            yield writer.writerow([_safe(cell) for cell in row])

    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")


def _xlsx(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([_safe(head) for head in heads])
    for count, row in enumerate(rows, 1):
        sheet.append([_safe(cell) for cell in row])
        if count == ROWS_MAX:
            break
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, content_type=XLSX)
