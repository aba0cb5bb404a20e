"""The rows that measures are counted from, of some days and all shops at once.

`sales`, `lines`: what trade says was paid and given back. `moves`: the behaviour log by verb, with trade's parcels and
offers. `notes`: what of it is about notes with goods of a shop. `people`: one row for each person, shop and day. Every row
has a shop, a day and a text for each dimension; "" is not known, and is counted as such.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import pyarrow as pa
from django.utils import timezone
from ibis.expr.types import Table

from grapevine.goods import facade as goods
from grapevine.insight import engine, lake
from grapevine.insight.metrics import SEEN, with_who
from grapevine.trade import facade as trade

ROWS_A_PART = 20_000
ORDER = pa.schema([
    ("verb", pa.string()), ("shop_id", pa.int64()), ("day", pa.date32()), ("hour", pa.int64()),
    ("at", pa.int64()), ("person_id", pa.int64()), ("region", pa.string()), ("channel", pa.string()),
    ("customer", pa.string()), ("campaign", pa.string()), ("method", pa.string()),
    ("pieces", pa.int64()), ("amount", pa.int64()),
])  # fmt: skip
SALE = pa.schema(
    [*ORDER, *((name, pa.int64()) for name in ("listed", "cut", "shipping", "subsidy"))]
)
LINE = pa.schema([*ORDER, ("goods", pa.string()), ("bought_again", pa.bool_())])
MOVE_TEXTS = (
    "region", "channel", "device", "goods", "category", "sharer", "reason", "campaign", "carrier",
)  # fmt: skip
MOVE = pa.schema([
    ("shop_id", pa.int64()), ("day", pa.date32()), ("hour", pa.int64()), ("verb", pa.string()),
    *((name, pa.string()) for name in MOVE_TEXTS), ("amount", pa.int64()),
])  # fmt: skip
SHELF = pa.schema([
    ("goods", pa.string()), ("public_id", pa.string()), ("shelf_shop", pa.int64()),
    ("category", pa.string()),
])  # fmt: skip
CASE, ALARM = "trade.after_sales_moved", "trade.parcel_alarm"


@dataclass(frozen=True, slots=True)
class Exported:
    """Rows of the house's own tables, of some days."""

    sales: pa.Table
    lines: pa.Table
    others: pa.Table


def shelf() -> pa.Table:
    """Every goods' category and shop."""
    rows = ([str(pk), public, shop, name] for pk, public, shop, name in goods.goods_categories())
    return _table(SHELF, (dict(zip(SHELF.names, row, strict=True)) for row in rows))


def exported(days: Sequence[date]) -> Exported:
    """What trade has of these days, which follow each other. Streamed into columns, part by part."""
    first, last = _midnight(days[0]), _midnight(days[-1] + timedelta(days=1))
    wanted = set(days)

    def kept(rows: Iterable[Mapping[str, Any]], **more: Any) -> Iterator[dict[str, Any]]:
        for row in rows:
            placed = _placed(row)
            if placed["day"] in wanted:
                yield placed | more

    others = [
        *kept(trade.offer_rows(first, last), verb="offer"),
        *kept(trade.parcel_rows(first, last), verb="parcel"),
    ]
    return Exported(
        sales=_table(SALE, kept(trade.sale_rows(first, last))),
        lines=_table(LINE, kept(trade.line_rows(first, last))),
        others=_table(MOVE, others),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _placed(row: Mapping[str, Any]) -> dict[str, Any]:
    local = timezone.localtime(row["at"])
    again = row.get("again")
    return {
        **row, "verb": row.get("kind", ""), "day": local.date(), "hour": local.hour,
        "at": int(row["at"].timestamp() * 1_000_000), "channel": row["channel"] or "direct",
        "customer": "" if again is None else "old" if again else "new",
        "goods": str(row.get("goods_id", "")), "amount": row.get("amount", row.get("seconds", 0)),
    }  # fmt: skip


def _table(schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as columns; what a row lacks is "" in a text."""
    parts, part = [], []
    for row in rows:
        part.append(row)
        if len(part) == ROWS_A_PART:
            parts.append(_part(schema, part))
            part = []
    return pa.Table.from_batches([*parts, _part(schema, part)], schema=schema)


def _part(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
    arrays = [
        pa.array([row.get(field.name, _nothing(field.type)) for row in rows], field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _nothing(kind: pa.DataType) -> Any:
    return "" if pa.types.is_string(kind) else None


def log_of(connection: Any, days: Sequence[date]) -> Table | None:
    """The log's rows of these days with their local day and hour, each id once."""
    parts = [part for day in days if (part := _log_of_day(connection, day)) is not None]
    if not parts:
        return None
    whole = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return whole.distinct(on="id", keep="first")


def _log_of_day(connection: Any, day: date) -> Table | None:
    files = [str(file) for file in lake.files_of(day)]
    if not files:
        return None
    table = engine.read(connection, files)
    device = table.device if "device" in table.columns else ibis.literal("")
    offset = timezone.get_default_timezone().utcoffset(datetime.combine(day, time(12)))
    seconds = int(offset.total_seconds()) if offset else 0
    of_day = table.ts.hour() * 3600 + table.ts.minute() * 60 + seconds
    return table.select(
        "id", "ts", "verb", "person_id", "visitor_id", "shop_id", "object_type", "object_id",
        "channel", "region", "props", device=device.fill_null(""), day=ibis.literal(day),
        hour=((of_day // 3600) + 24) % 24,
    )  # fmt: skip


def _number(table: Table, name: str) -> Any:
    return table.props.re_extract(rf'"{name}":\s*(\d+)', 1).nullif("").cast("int64")


def _word(table: Table, name: str) -> Any:
    return table.props.re_extract(rf'"{name}":\s*"([^"]*)"', 1)


def moves(log: Table, shelf: Table, others: Table) -> Table:
    """The log of shops by verb, and trade's own rows of the same form."""
    rows = log.filter(log.shop_id.notnull()).left_join(
        shelf.mutate(object_type=ibis.literal("goods")),
        [log.object_id == shelf.public_id, "object_type"],
    )
    told = rows.props.fill_null("")
    rows = rows.mutate(props=told)
    by_number = rows.verb.startswith("care.")
    found = rows.select(
        "shop_id",
        "day",
        "hour",
        verb=ibis.cases(
            (rows.verb == CASE, ibis.literal("case.") + _word(rows, "state")),
            (rows.verb == ALARM, ibis.literal("alarm.") + _word(rows, "kind")),
            else_=rows.verb,
        ),
        region=rows.region.fill_null(""),
        channel=rows.channel.fill_null("").nullif("").fill_null("direct"),
        device=rows.device,
        goods=ibis.ifelse(
            by_number, _number(rows, "goods_id").cast("string"), rows.goods
        ).fill_null(""),
        sharer=ibis.cases(
            (rows.verb == "spread.share_visited", _number(rows, "sharer_id").cast("string")),
            (rows.verb.startswith("spread."), rows.person_id.cast("string")),
            else_="",
        ).fill_null(""),
        reason=ibis.ifelse(rows.verb == CASE, _word(rows, "kind"), ""),
        campaign=ibis.ifelse(rows.verb.startswith("campaigns."), "group", ""),
        carrier=ibis.literal(""),
        amount=ibis.ifelse(
            by_number, _number(rows, "stars"), _number(rows, "amount_minor")
        ).fill_null(0),
    )
    goods_too = found.left_join(shelf.select("goods", "category"), "goods")
    named = goods_too.mutate(category=goods_too.category.fill_null(""))
    return ibis.union(named.select(*MOVE.names), others.select(*MOVE.names))


def reviews(moved: Table) -> Table:
    """Reviews in the form of lines: the stars are the pieces."""
    rows = moved.filter(moved.verb == "care.review_written")
    return rows.select(
        "verb", "shop_id", "day", "hour", "region", "channel", "goods", "category",
        customer=ibis.literal(""), pieces=rows.amount, amount=ibis.literal(0, "int64"),
        bought_again=rows.amount < 0,
    )  # fmt: skip


def lines(sold: Table, shelf: Table, moved: Table) -> Table:
    """What was sold and given back by goods, and what was said of them."""
    joined = sold.left_join(shelf.select("goods", "category"), "goods")
    named = joined.mutate(category=joined.category.fill_null(""))
    said = reviews(moved)
    return ibis.union(named.select(*said.columns), said)


def notes(log: Table, shelf: Table) -> Table:
    """What was done with notes, at the shop whose page it was on, or whose goods the note names first."""
    about = log.filter((log.object_type == "note") | log.verb.startswith("scene.note_"))
    first = about.props.fill_null("").re_extract(r'"goods_ids":\s*\[(\d+)', 1)
    rows = about.mutate(goods=first).left_join(shelf.select("goods", "shelf_shop"), "goods")
    placed = rows.mutate(
        shop_id=ibis.coalesce(rows.shop_id, rows.shelf_shop), note=rows.object_id.fill_null("")
    )
    return placed.filter(placed.shop_id.notnull()).select(
        "shop_id", "day", "hour", "verb", "note",
        channel=placed.channel.fill_null("").nullif("").fill_null("direct"),
    )  # fmt: skip


def people(log: Table, sales: Table) -> Table:
    """(shop, day, who): what they did, under one channel, region and device.

    The channel is that of their first order of the day, else the first that is not `direct`. What a browser did before
    its person signed in that day is the person's.
    """
    seen = with_who(log)
    came = seen.filter(
        seen.shop_id.notnull()
        & seen.who.notnull()
        & (seen.verb.isin(SEEN) | (seen.verb == "search"))
    )
    came = came.select(
        "shop_id", "day", "who", "verb", "channel", "device",
        region=came.region.fill_null(""), at=came.ts.epoch_seconds() * 1_000_000,
        customer=ibis.literal(""),
    )  # fmt: skip
    bought = sales.filter(sales.verb == "paid").mutate(
        who=ibis.literal("p") + sales.person_id.cast("string"), device=ibis.literal("")
    )
    rows = ibis.union(came, bought.select(*came.columns))
    ranked = rows.mutate(
        place=ibis.cases((rows.verb == "paid", 0), (rows.channel != "direct", 1), else_=2)
    )
    key = ["shop_id", "day", "who"]
    window = ibis.window(group_by=key, order_by=["place", "at", "channel"])
    numbered = ranked.mutate(turn=ibis.row_number().over(window))
    first = numbered.turn == 0

    def did(*verbs: str) -> Any:
        return lambda t: t.verb.isin(verbs).any().cast("int64")

    return numbered.group_by(key).aggregate(
        channel=numbered.channel.max(where=first),
        region=numbered.region.max(),
        device=numbered.device.max(),
        customer=lambda t: ibis.ifelse(
            (t.customer == "new").any(), "new", ibis.ifelse((t.customer == "old").any(), "old", "")
        ),
        came=lambda t: t.count().clip(upper=1),
        searched=did("search"),
        carted=did("cart"),
        bought=did("paid"),
        first=lambda t: (t.customer == "new").any().cast("int64"),
        again=lambda t: ((t.customer == "old").any() & ~(t.customer == "new").any()).cast("int64"),
    )
