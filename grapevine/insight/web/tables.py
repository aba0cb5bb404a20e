"""Days in addresses, and tables as files with safe cells: what the pages of people's ways share."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from django.http import HttpResponse

from grapevine.kit import workbook
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked, safe_cell


def day_of(text: str) -> date | None:
    """A day as an address writes it; BadInput for nonsense."""
    try:
        return date.fromisoformat(text[:20]) if text else None
    except ValueError:
        raise BadInput(fields={"first": marked("日期写成 2026-01-31 这样")}) from None


def file_answer(rows: Sequence[Sequence[str]], name: str, kind: str) -> HttpResponse:
    """The rows as CSV or XLSX; the first cell of each is somebody's words and made safe."""
    safe = [[safe_cell(row[0]), *row[1:]] if row else [] for row in rows]
    if kind == "xlsx":
        response = HttpResponse(workbook.written(safe), content_type=workbook.CONTENT_TYPE)
    else:
        out = io.StringIO()
        csv.writer(out).writerows(safe)
        response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
