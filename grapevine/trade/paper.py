"""What a warehouse prints: address labels of A6, packing lists of A4, and one list for walking along the shelves.

Chinese text uses STSong-Light, one of the Asian fonts every PDF reader brings (ISO 32000-1, 9.7.5.2), so no font
file travels with the product or the document.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _, ngettext
from reportlab.graphics.barcode import code128
from reportlab.lib.pagesizes import A4, A6
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
ORDERS_MAX = 200
LINES_ON_LABEL = 6


@dataclass(frozen=True, slots=True)
class Piece:
    title: str
    option: str
    count: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An order as it is printed. `phone` and `place` whole: whoever prints it may see them."""

    number: str
    shop: str
    warehouse: str
    name: str
    phone: str
    place: str
    message: str
    paid_at: datetime
    pieces: tuple[Piece, ...]
    carrier: str = ""
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class Pick:
    """A SKU to fetch from a shelf: how many pieces, for how many orders."""

    warehouse: str
    code: str
    title: str
    option: str
    count: int
    orders: int


def labels(sheets: Iterable[Sheet]) -> bytes:
    """One A6 page for each, with the receiver in large letters and the number as a bar code."""

    def draw(canvas: Canvas) -> None:
        for sheet in sheets:
            _label(canvas, sheet)
            canvas.showPage()

    return _drawn(draw, A6, _("快递标签"))


def packing_lists(sheets: Iterable[Sheet]) -> bytes:
    """A page for each order, more if its lines need them."""

    def draw(canvas: Canvas) -> None:
        for sheet in sheets:
            _packing_list(canvas, sheet)

    return _drawn(draw, A4, _("装箱单"))


def pick_list(picks: Sequence[Pick], *, shop: str, orders: int, at: datetime) -> bytes:
    """Every SKU once, summed over the orders, warehouse by warehouse."""

    def draw(canvas: Canvas) -> None:
        rows = [
            (one.warehouse, one.code, f"{one.title} {one.option}".strip(), str(one.count), str(one.orders))
            for one in picks
        ]  # fmt: skip
        heading = (_("仓库"), _("编码"), _("商品"), _("件数"), _("订单数"))
        said = ngettext("%(n)d 个订单", "%(n)d 个订单", orders) % {"n": orders}
        _table(
            canvas, title=f"{_('拣货单')} · {shop}", below=f"{said} · {at:%Y-%m-%d %H:%M}",
            heading=heading, rows=rows, widths=(30, 34, 84, 16, 16),
        )  # fmt: skip

    return _drawn(draw, A4, _("拣货单"))


def _drawn(draw: Callable[[Canvas], None], size: tuple[float, float], title: str) -> bytes:
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor("")
    draw(canvas)
    canvas.save()
    return out.getvalue()


def wrapped(text: str, *, size: float, width: float, most: int) -> list[str]:
    """Lines that fit, broken between any two signs as Chinese is; the last ends in … where something is left."""
    lines, line = [], ""
    for sign in " ".join(text.split()):
        if pdfmetrics.stringWidth(line + sign, FONT, size) > width:
            lines.append(line)
            line = ""
        line += sign
    lines += [line] if line else []
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1] + "…"]
    return lines


def _label(canvas: Canvas, sheet: Sheet) -> None:
    width, height = A6
    left, right, y = 6 * mm, width - 6 * mm, height - 10 * mm
    canvas.setFont(FONT, 11)
    canvas.drawString(left, y, sheet.carrier or sheet.shop)
    canvas.setFont(FONT, 8)
    canvas.drawRightString(right, y, sheet.warehouse)
    y -= 4 * mm
    canvas.line(left, y, right, y)
    y -= 8 * mm
    canvas.setFont(FONT, 16)
    canvas.drawString(left, y, f"{_('收')}  {sheet.name}"[:20])
    canvas.drawRightString(right, y, sheet.phone)
    y -= 7 * mm
    canvas.setFont(FONT, 12)
    for line in wrapped(sheet.place, size=12, width=right - left, most=4):
        canvas.drawString(left, y, line)
        y -= 5.5 * mm
    y -= 1 * mm
    canvas.line(left, y, right, y)
    y -= 5 * mm
    canvas.setFont(FONT, 8)
    for piece in sheet.pieces[:LINES_ON_LABEL]:
        text = f"{piece.count} × {piece.title} {piece.option}".strip()
        canvas.drawString(left, y, wrapped(text, size=8, width=right - left, most=1)[0])
        y -= 4 * mm
    if len(sheet.pieces) > LINES_ON_LABEL:
        canvas.drawString(left, y, _("…共 %(n)d 种") % {"n": len(sheet.pieces)})
    _bars(canvas, sheet.tracking or sheet.number, left, right, 12 * mm)
    canvas.setFont(FONT, 8)
    canvas.drawString(left, 5 * mm, f"{_('订单')} {sheet.number}")


def _bars(canvas: Canvas, value: str, left: float, right: float, y: float) -> None:
    """The number as Code 128 and in letters, as wide as there is room."""
    bar = code128.Code128(value, barHeight=14 * mm, barWidth=1)
    scale = min(1.2, (right - left) / bar.width)
    bar = code128.Code128(value, barHeight=14 * mm, barWidth=scale)
    bar.drawOn(canvas, (left + right - bar.width) / 2, y)
    canvas.setFont(FONT, 9)
    canvas.drawCentredString((left + right) / 2, y - 3.6 * mm, value)


def _packing_list(canvas: Canvas, sheet: Sheet) -> None:
    rows = [(one.code, f"{one.title} {one.option}".strip(), str(one.count)) for one in sheet.pieces]
    total = sum(one.count for one in sheet.pieces)
    said = [f"{_('收')} {sheet.name} {sheet.phone} {sheet.place}"]
    if sheet.message:
        said.append(f"{_('留言')} {sheet.message}")
    said.append(ngettext("共 %(n)d 件", "共 %(n)d 件", total) % {"n": total})
    paid = f"{_('付款时间')} {sheet.paid_at:%Y-%m-%d %H:%M}"
    _table(
        canvas, title=f"{_('装箱单')} · {sheet.shop}",
        below=f"{_('订单')} {sheet.number} · {paid} · {sheet.warehouse}",
        heading=(_("编码"), _("商品"), _("件数")), rows=rows, widths=(44, 120, 16), said=said,
        bars=sheet.number,
    )  # fmt: skip


def _table(
    canvas: Canvas, *, title: str, below: str, heading: Sequence[str],
    rows: Sequence[Sequence[str]], widths: Sequence[float], said: Sequence[str] = (), bars: str = "",
) -> None:  # fmt: skip
    """A table over as many pages as it needs, the heading on each; `said` above it on the first."""
    width, height = A4
    left, right = 15 * mm, width - 15 * mm
    y = 0.0

    def page(*, is_first: bool) -> float:
        canvas.setFont(FONT, 16)
        canvas.drawString(left, height - 20 * mm, title)
        canvas.setFont(FONT, 9)
        canvas.drawString(left, height - 27 * mm, below)
        top = height - 35 * mm
        if is_first:
            canvas.setFont(FONT, 11)
            for text in said:
                for line in wrapped(text, size=11, width=right - left, most=3):
                    canvas.drawString(left, top, line)
                    top -= 6 * mm
            if bars:
                bar = code128.Code128(bars, barHeight=11 * mm, barWidth=0.8)
                bar.drawOn(canvas, right - bar.width, height - 24 * mm)
        _row(canvas, heading, widths, left, top)
        canvas.line(left, top - 2 * mm, right, top - 2 * mm)
        return float(top - 8 * mm)

    y = page(is_first=True)
    for row in rows:
        if y < 18 * mm:
            canvas.showPage()
            y = page(is_first=False)
        y -= _row(canvas, row, widths, left, y)
    canvas.showPage()


def _row(
    canvas: Canvas, cells: Sequence[str], widths: Sequence[float], left: float, y: float
) -> float:
    """Draw one row; how much room it took. Cells break into up to three lines."""
    canvas.setFont(FONT, 10)
    tallest, x = 1, left
    for cell, share in zip(cells, widths, strict=True):
        lines = wrapped(cell, size=10, width=(share - 2) * mm, most=3) or [""]
        for n, line in enumerate(lines):
            canvas.drawString(x, y - n * 5 * mm, line)
        tallest, x = max(tallest, len(lines)), x + share * mm
    return float(tallest * 5 * mm + 2 * mm)
