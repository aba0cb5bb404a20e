"""Days in addresses, and tables as files with safe cells: what the pages of people's ways share."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpResponse

from grapevine.kit import workbook
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked, safe_cell
from grapevine.kit.workbook import Cell

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
DIGITS_MAX = 15
"""More than these a spreadsheet does not keep."""


def day_of(text: str) -> date | None:
    """A day as an address writes it; BadInput for nonsense."""
    try:
        return date.fromisoformat(text[:20]) if text else None
    except ValueError:
        raise BadInput(fields={"first": marked("日期写成 2026-01-31 这样")}) from None


def sheet_of(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of rows, the heads first: numbers are numbers that can be added up; heads and what names a row stay text."""
    body = [[row[0], *map(_number, row[1:])] if row else [] for row in rows[1:]]
    return workbook.written([*rows[:1], *body])


def _number(text: str) -> Cell:
    return Decimal(text) if len(text) <= DIGITS_MAX and NUMBER.fullmatch(text) else text


def file_answer(rows: Sequence[Sequence[str]], name: str, kind: str) -> HttpResponse:
    """The rows as CSV or XLSX; the first cell of each is somebody's words and made safe."""
    safe = [[safe_cell(row[0]), *row[1:]] if row else [] for row in rows]
    if kind == "xlsx":
        response = HttpResponse(sheet_of(safe), content_type=workbook.CONTENT_TYPE)
    else:
        out = io.StringIO()
        csv.writer(out).writerows(safe)
        response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
