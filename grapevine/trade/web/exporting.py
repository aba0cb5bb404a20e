"""A list of orders as a file, written while it is read."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from grapevine.kit.text import safe_cell
from grapevine.signals import facade as signals
from grapevine.trade.contracts import OrderView
from grapevine.trade.web.orders import state_label

ROWS_AT_ONCE = 200


class _Line:
    """What csv writes into: it hands each written line back."""

    def write(self, text: str) -> str:
        return text


def csv_rows(orders: Iterable[OrderView]) -> Iterator[str]:
    """The file in pieces; text that a spreadsheet would run is made harmless. Amounts are in yuan."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(
        [
            _("订单号"), _("状态"), _("下单时间"), _("付款时间"), _("商品"), _("规格"), _("件数"), _("单价"),
            _("应付"), _("订单实付"), _("运费"), _("币种"), _("来源"), _("留言"),
        ]
    )  # fmt: skip
    rows = (writer.writerow(row) for order in orders for row in _rows(order))
    while piece := "".join(islice(rows, ROWS_AT_ONCE)):
        yield piece


def _rows(order: OrderView) -> Iterator[list[Any]]:
    for line in order.lines:
        yield [
            order.number, state_label(order.state), _moment(order.placed_at),
            _moment(order.paid_at), safe_cell(line.title), safe_cell(line.option), line.count,
            _yuan(line.price_minor), _yuan(line.payable_minor), _yuan(order.total_minor),
            _yuan(order.shipping_minor), order.currency, signals.channel_label(order.source.get("channel", "")),
            safe_cell(order.message),
        ]  # fmt: skip


def _yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _moment(value: Any) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if value else ""
