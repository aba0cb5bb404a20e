"""What webhooks tell: names and bodies that outsiders may build upon, made from the house's own events.

Version 1. A body only ever gains keys; a change of meaning gets a new name. No buyer's name, telephone number or
address is in any of them: who needs those asks `GET /shops/{slug}/orders` with a right to.
"""

from collections.abc import Callable
from typing import Any

from grapevine.campaigns import contracts as campaigns
from grapevine.gateway.contracts import EventKind
from grapevine.goods import contracts as goods
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event
from grapevine.trade import contracts as trade

VERSION = "1"
TEST = "test.ping"
Body = Callable[[Any], dict[str, Any]]


def _order(event: Any) -> dict[str, Any]:
    return {"order": event.order_number}


def _placed(event: trade.OrderPlaced) -> dict[str, Any]:
    return {
        **_order(event), "total_minor": event.total_minor, "currency": event.currency,
        "channel": event.source.get("channel", "direct"),
    }  # fmt: skip


def _paid(event: trade.OrderPaid) -> dict[str, Any]:
    return {
        **_order(event), "total_minor": event.total_minor, "currency": event.currency,
        "items": event.items, "channel": event.source.get("channel", "direct"),
    }  # fmt: skip


def _amount(event: Any) -> dict[str, Any]:
    return {**_order(event), "amount_minor": event.amount_minor}


def _group(event: Any) -> dict[str, Any]:
    return {"group": event.object_id}


def _goods(event: Any) -> dict[str, Any]:
    return {"goods": event.object_id}


_ORDER = {"order": "d7kq2mzx9hwa"}
_PRICED = {"total_minor": 12800, "currency": "CNY", "channel": "note"}
MAPPED: list[tuple[type[Event], EventKind, Body]] = [
    (trade.OrderPlaced, EventKind("order.placed", marked("有人下单"), {**_ORDER, **_PRICED}), _placed),
    (trade.OrderPaid, EventKind("order.paid", marked("订单已付款"), {**_ORDER, **_PRICED, "items": 2}), _paid),
    (trade.OrderCancelled, EventKind("order.cancelled", marked("订单取消"), _ORDER), _order),
    (trade.OrderShipped, EventKind("order.shipped", marked("订单已发货"), _ORDER), _order),
    (trade.OrderReceived, EventKind("order.received", marked("买家已收货"), _ORDER), _order),
    (trade.OrderRefunded, EventKind("order.refunded", marked("订单已退款"), {**_ORDER, "amount_minor": 5800}), _amount),
    (trade.OrderSettled, EventKind("order.settled", marked("订单已完成，过了退货期"), {**_ORDER, "amount_minor": 12800}), _amount),
    (campaigns.GroupOpened, EventKind("group.opened", marked("有人开团"), {"group": "m4x8r2tq6kwz"}), _group),
    (campaigns.GroupFilled, EventKind("group.filled", marked("拼团成功"), {"group": "m4x8r2tq6kwz"}), _group),
    (campaigns.GroupExpired, EventKind("group.expired", marked("拼团没有凑满"), {"group": "m4x8r2tq6kwz"}), _group),
    (goods.GoodsListed, EventKind("goods.listed", marked("商品上架"), {"goods": "p6h3w9kzt2mr"}), _goods),
    (goods.GoodsChanged, EventKind("goods.changed", marked("商品有改动"), {"goods": "p6h3w9kzt2mr"}), _goods),
    (goods.GoodsDelisted, EventKind("goods.delisted", marked("商品下架"), {"goods": "p6h3w9kzt2mr"}), _goods),
]  # fmt: skip
KINDS: dict[str, EventKind] = {kind.name: kind for _event, kind, _body in MAPPED}


def envelope(name: str, *, at: str, shop: str, data: dict[str, Any]) -> dict[str, Any]:
    """The body of a message: `type`, `timestamp` and `data` as Standard Webhooks has them, and ours beside."""
    return {"type": name, "version": VERSION, "timestamp": at, "shop": shop, "data": data}
