"""Orders that were paid before they came here."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from grapevine.campaigns import facade as campaigns
from grapevine.campaigns.contracts import ImportedSeat
from grapevine.discovery import facade as discovery
from grapevine.discovery.contracts import NewAct
from grapevine.front.interchange.checking import Row
from grapevine.front.interchange.loaders.shelves import sku_key
from grapevine.front.interchange.loading import Context, Loaded, RowFault, log_row, parts
from grapevine.goods import facade as goods
from grapevine.goods.contracts import SkuLine
from grapevine.spread import facade as spread
from grapevine.spread.contracts import ImportedSale
from grapevine.trade import facade as trade
from grapevine.trade.contracts import ImportedOrder


def load_orders(rows: Sequence[Row], context: Context) -> Loaded:
    skus = {row.key: _sku_id(row, context) for row in rows}
    lines = goods.sku_lines(set(skus.values()))
    given = [_order(row, lines[skus[row.key]], context) for row in rows]
    numbers = trade.import_paid_orders(given)
    _seat(rows, given, numbers, context)
    _credit(given, numbers)
    discovery.learn_bulk(
        [NewAct(one.buyer_id, "order", one.paid_at, goods_ids=(one.goods_id,)) for one in given]
    )
    loaded = Loaded(ids={row.key: number for row, number in zip(rows, numbers, strict=True)})
    for row, order, number in zip(rows, given, numbers, strict=True):
        loaded.log += _log(row, order, number)
        loaded.log += _brought(row, order, number, context)
    return loaded


def _sku_id(row: Row, context: Context) -> int:
    """The SKU by its code, or the goods' first."""
    if not row["sku"]:
        return int(parts(context.directory.text("goods", row["goods_id"]))[3])
    sku_id = context.directory.number("skus", sku_key(row["goods_id"], row["sku"]))
    if sku_id is None:
        raise RowFault(row, "sku", f"这件商品没有这个规格 / not a SKU of this goods: {row['sku']}")
    return sku_id


def _channel(row: Row) -> str:
    """The channel given, or the most personal one that is known."""
    if row["channel"]:
        return str(row["channel"])
    for column, channel in (("group_id", "group"), ("share_id", "share"), ("note_id", "note")):
        if row[column]:
            return channel
    return "direct"


def _source(row: Row, context: Context) -> dict[str, str]:
    channel = _channel(row)
    share = context.directory.text("shares", row["share_id"])
    note = context.directory.text("notes", row["note_id"])
    return {
        "surface": channel,
        "share_token": parts(share)[0] if share else "",
        "note": parts(note)[1] if note else "",
        "group": parts(context.directory.text("groups", row["group_id"]))[0],
        "channel": channel,
    }


def _order(row: Row, line: SkuLine, context: Context) -> ImportedOrder:
    source = _source(row, context)
    asked = row["unit_price_minor"]
    price, count = line.price_minor if asked is None else asked, row["quantity"] or 1
    cut = row["coupon_minor"] or 0
    if cut > price * count:
        raise RowFault(row, "coupon_minor", "券比订单还多 / more than the order cost")
    return ImportedOrder(
        buyer_id=int(context.directory.text("people", row["buyer_id"])),
        shop_id=line.shop_id,
        shop_name=line.shop_name,
        sku_id=line.sku_id,
        goods_id=line.goods_id,
        goods_public_id=line.goods_public_id,
        title=line.title,
        option=line.option,
        count=count,
        price_minor=price,
        cut_minor=cut,
        currency=line.currency,
        state=row["state"] or "paid",
        paid_at=row["paid_at"] or context.now,
        channel=source["channel"],
        source=source,
        claim=f"group:{source['group']}" if source["group"] else "",
        region=row["region"],
    )


def _seat(
    rows: Sequence[Row], given: Sequence[ImportedOrder], numbers: Sequence[str], context: Context
) -> None:
    """Give the buyers of group orders their places; who was refunded has left."""
    seats = [
        ImportedSeat(
            group_id=int(parts(context.directory.text("groups", row["group_id"]))[1]),
            person_id=order.buyer_id,
            order_number=number,
            state="refunded" if order.state == "refunded" else "paid",
            at=order.paid_at,
        )
        for row, order, number in zip(rows, given, numbers, strict=True)
        if row["group_id"]
    ]
    if seats:
        campaigns.save_seats_bulk(seats)


def _credit(given: Sequence[ImportedOrder], numbers: Sequence[str]) -> None:
    """Tell spread who bought where and whose share brought them; refunded orders do not count."""
    spread.save_sales_bulk(
        [
            ImportedSale(
                shop_id=order.shop_id,
                buyer_id=order.buyer_id,
                amount_minor=order.total_minor,
                order_number=number,
                token=order.source["share_token"],
                at=order.paid_at,
            )
            for order, number in zip(given, numbers, strict=True)
            if order.state != "refunded"
        ]
    )


def _log(row: Row, order: ImportedOrder, number: str) -> list[dict[str, Any]]:
    """What the log says of an order: that it was paid and, if it was, refunded."""
    total = order.total_minor
    facts = {
        "order_number": number,
        "person_id": order.buyer_id,
        "shop_id": order.shop_id,
        "goods_ids": [order.goods_id],
        "items": order.count,
        "total_minor": total,
        "currency": order.currency,
        "source": order.source,
        "claim": order.claim,
        "region": row["region"],
    }
    paid = _order_row(row, order, order.paid_at, "trade.order_paid", number, facts)
    if order.state != "refunded":
        return [paid]
    back = {**facts, "amount_minor": total}
    refunded = _order_row(row, order, order.paid_at, "trade.order_refunded", number, back)
    return [paid, {**refunded, "id": f"{refunded['id']}:refund"}]


def _brought(row: Row, order: ImportedOrder, number: str, context: Context) -> list[dict[str, Any]]:
    """That the share's sharer brought this order, unless it is their own or was refunded."""
    share = context.directory.text("shares", row["share_id"])
    sharer = int(parts(share)[1]) if share else order.buyer_id
    if sharer == order.buyer_id or order.state == "refunded":
        return []
    facts = {
        "buyer_id": order.buyer_id,
        "order_number": number,
        "amount_minor": order.total_minor,
    }
    said = _order_row(row, order, order.paid_at, "spread.order_brought", number, facts)
    return [{**said, "id": f"{said['id']}:brought", "person_id": sharer, "visitor_id": ""}]


def _order_row(
    row: Row, order: ImportedOrder, at: datetime, verb: str, number: str, facts: dict[str, Any]
) -> dict[str, Any]:
    return log_row(
        "orders",
        row,
        at,
        verb,
        person_id=order.buyer_id,
        visitor_id=f"v{row['buyer_id']}",
        shop_id=order.shop_id,
        object_type="order",
        object_id=number,
        share_token=order.source["share_token"],
        channel=order.source["channel"],
        region=row["region"],
        props=json.dumps(facts, ensure_ascii=False),
    )
