"""The file a shop downloads, fills in and uploads: its columns, and reading it back in whatever it was saved as."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grapevine.kit import workbook
from grapevine.kit.text import marked
from grapevine.trade.parcels import BadFile
from grapevine.trade.rules.carriers import clean_number

ROWS_MAX = 10_000
BYTES_MAX = 10_000_000
UNPACKED_MAX = 200_000_000
COLUMNS = (
    marked("订单号"), marked("仓库"), marked("商品"), marked("件数"), marked("收件人"), marked("电话"), marked("地址"),
    marked("留言"), marked("付款时间"), marked("快递公司"), marked("快递单号"),
)  # fmt: skip
"""Written in Chinese whoever downloads it: the same file is read back."""
NAMES = {
    "number": ("订单号", "订单编号", "order"), "warehouse": ("仓库", "发货仓", "warehouse"),
    "carrier": ("快递公司", "物流公司", "carrier"), "tracking": ("快递单号", "运单号", "物流单号", "tracking"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileRow:
    """`row` as a spreadsheet counts it: the heading is 1."""

    row: int
    number: str
    warehouse: str
    carrier: str
    tracking: str


def read(content: bytes) -> list[FileRow]:
    """Rows that name an order; those without carrier and number are left out, they are not to be sent yet.

    XLSX, or text separated by commas, semicolons or tabs in UTF-8 or GB 18030. BadFile for anything else, for
    missing columns, and for more than 10,000 rows.
    """
    if not content or len(content) > BYTES_MAX:
        raise BadFile(fields={"file": marked("文件要在 10 MB 以内，不能是空的")})
    try:
        return _read(_rows(content))
    except workbook.NotASheet:
        raise BadFile(fields={"file": marked("这个 Excel 文件打不开")}) from None
    except csv.Error:
        raise BadFile(fields={"file": marked("这个 CSV 文件读不下去")}) from None


def _rows(content: bytes) -> Iterator[list[str]]:
    if content.startswith(b"PK"):
        return workbook.read(io.BytesIO(content), bytes_max=UNPACKED_MAX)
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile(fields={"file": marked("文字编码要是 UTF-8 或 GB18030")})


def _read(rows: Iterator[list[str]]) -> list[FileRow]:
    places = _places(next(rows, []))
    found: list[FileRow] = []
    for row, cells in enumerate(rows, start=2):
        part = {name: _cell(cells, place) for name, place in places.items()}
        if not part["number"] or not (part["carrier"] or part["tracking"]):
            continue
        if len(found) >= ROWS_MAX:
            raise BadFile(fields={"file": marked("一次最多 10000 行，分几个文件上传")})
        found.append(
            FileRow(
                row, part["number"].lower()[:20], part.get("warehouse", "")[:30], part["carrier"][:30],
                clean_number(part["tracking"])[:41],
            )
        )  # fmt: skip
    if not found:
        raise BadFile(fields={"file": marked("没有填好快递公司和单号的行")})
    return found


def _places(heading: Sequence[str]) -> dict[str, int]:
    titles = [title.strip().lower() for title in heading]
    places = {}
    for name, known in NAMES.items():
        place = next((n for n, title in enumerate(titles) if title in known), None)
        if place is not None:
            places[name] = place
    if not {"number", "carrier", "tracking"} <= places.keys():
        raise BadFile(fields={"file": marked("第一行要有“订单号”“快递公司”“快递单号”三列")})
    return places


def _cell(cells: Sequence[str], place: int) -> str:
    """Without the quote that keeps spreadsheets from counting."""
    return cells[place].strip().lstrip("'").strip() if place < len(cells) else ""
