"""What everybody did with goods, for experiments that are drawn by goods: sights, orders, groups, and what guardrails watch.

An order of several counts for each of its goods, its payment and what goes back of it in equal parts. A case counts once,
when it is opened, and once more as a dispute when the platform is called in.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from grapevine.goods import facade as goods
from grapevine.insight import engine, metrics, sources
from grapevine.trade import facade as trade

OPENED, FILLED = "campaigns.group_opened", "campaigns.group_filled"
SHARED, VISITED, BROUGHT = "spread.share_created", "spread.share_visited", "spread.order_brought"
GAVE_BACK = (metrics.REFUNDED, "trade.pieces_refunded")
CASE = "trade.after_sales_moved"
COLUMNS = (
    "views", "orders", "paid_minor", "opened", "filled", "refunded_minor", "cases", "disputes", "reports",
    "hides", "pieces", "margin_minor", "shares", "visits", "brought",
)  # fmt: skip
BEFORE = 5
"""So many of the columns say what was before; of goods there are too few for more."""
SOLD = pa.schema([
    ("goods", pa.string()), ("sold_at", pa.int64()), ("pieces", pa.int64()), ("margin_minor", pa.int64()),
])  # fmt: skip


def outcomes(
    connection: Any, log: Table, shop_id: int, span: tuple[datetime, datetime] | None = None
) -> Table:
    """(who, at, a column an outcome). With a span, what each piece sold in it left over its cost as well."""
    shelf = engine.given(connection, sources.shelf()).filter(lambda t: t.shelf_shop == shop_id)
    mine = log.filter(log.shop_id == shop_id)
    about = log.filter(
        (log.object_type == "goods") & log.verb.isin(["view", "report", "hide", SHARED, VISITED])
    )
    seen = about.join(shelf, [("object_id", "public_id")])
    each = _each(mine)
    back = _of_orders(mine.filter(mine.verb.isin(GAVE_BACK)), each)
    came = _of_orders(mine.filter(mine.verb == BROUGHT), each)
    cases = _of_orders(mine.filter(mine.verb == CASE), each)
    opened = mine.filter(mine.verb == OPENED)
    opened = opened.mutate(goods=opened.props.re_extract(r'"goods_id":\s*(\d+)', 1))
    filled = mine.filter(mine.verb == FILLED).select(group="object_id").distinct()
    full = opened.join(filled, opened.object_id == filled.group)
    parts = [
        _rows(
            seen, seen.goods, views=(seen.verb == "view"), reports=(seen.verb == "report"),
            hides=(seen.verb == "hide"), shares=(seen.verb == SHARED), visits=(seen.verb == VISITED),
        ),
        _rows(each, each.goods, orders=1, paid_minor=whole(each, "total_minor") // each.parts),
        _rows(came, came.goods, brought=1),
        _rows(opened, opened.goods, opened=1),
        _rows(full, full.goods, filled=1),
        _rows(back, back.goods, refunded_minor=whole(back, "amount_minor") // back.parts),
        _rows(
            cases, cases.goods, cases=is_case(cases, "requested"), disputes=is_case(cases, "platform")
        ),
    ]  # fmt: skip
    if span is not None:
        sold = engine.given(connection, _sold(shop_id, *span))
        parts.append(_rows(sold, sold.goods, sold.sold_at, pieces=sold.pieces, margin_minor=sold.margin_minor))  # fmt: skip
    return ibis.union(*parts)


def whole(table: Table, name: str) -> Any:
    return table.props.re_extract(rf'"{name}":\s*(\d+)', 1).nullif("").cast("int64")


def is_case(rows: Table, state: str) -> Any:
    """Whether a case was opened (`requested`, whatever it asks for), or called the platform in (`platform`)."""
    told = rows.props.re_extract(r'"state":\s*"([^"]*)"', 1)
    return (rows.verb == CASE) & (told == state)


def _order(table: Table) -> Any:
    return table.props.re_extract(r'"order_number":\s*"([^"]*)"', 1)


def _each(mine: Table) -> Table:
    """A row for each goods of each paid order, with how many goods it has."""
    paid = mine.filter(mine.verb == metrics.PAID)
    listed = paid.mutate(
        goods=paid.props.re_extract(r'"goods_ids":\s*\[([\d, ]*)\]', 1).split(","),
        number=_order(paid),
    )
    each = listed.mutate(parts=listed.goods.length(), goods=listed.goods.unnest())
    return each.mutate(goods=each.goods.strip())


def _of_orders(rows: Table, each: Table) -> Table:
    """The rows, one for each goods of the order they are about."""
    named = rows.mutate(number=_order(rows)).filter(lambda t: t.number != "")
    return named.join(each.select("number", "goods", "parts"), "number")


def _rows(rows: Table, goods_id: Any, at: Any = None, **found: Any) -> Table:
    second = engine.second(rows.ts) if at is None else at
    columns = {
        name: ibis.literal(value).cast("int64") if isinstance(value, int) else value.cast("int64")
        for name, value in (dict.fromkeys(COLUMNS, 0) | found).items()
    }
    return rows.select(who=ibis.literal("g") + goods_id, at=second.cast("int64"), **columns)


def _sold(shop_id: int, first: datetime, last: datetime) -> pa.Table:
    """What was paid for pieces over what they cost by today's costs; a SKU without a known cost is left out."""
    rows = _margins(shop_id, first, last)
    return pa.Table.from_pylist([dict(zip(SOLD.names, row, strict=True)) for row in rows], SOLD)


def _margins(shop_id: int, first: datetime, last: datetime) -> Iterator[tuple[str, int, int, int]]:
    costs = goods.costs_of_shop(shop_id)
    for line in trade.pieces_sold(shop_id, first, last):
        cost = costs.get(line["sku_id"])
        if cost is not None:
            left = line["paid_minor"] - cost * line["pieces"]
            yield str(line["goods_id"]), int(line["at"].timestamp()), line["pieces"], left
