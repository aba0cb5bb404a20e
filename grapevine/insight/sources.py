"""The rows that measures are counted from, of some days and all shops at once.

`sales`, `lines`: what trade says was paid and given back. `visits`: what was seen and clicked, most of the log. `moves`: what
became true in the house, by verb, with trade's parcels and offers. `notes`: what is about notes with goods of a shop. `people`:
one row for each person, shop and day. Every row has a shop, a day and a text for each dimension; "" is not known, and is
counted as such. An id is in the lake once, so nobody looks for doubles here; every kind of rows is read from the files by
itself, with the few columns it needs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import pyarrow as pa
from django.utils import timezone
from ibis.expr.types import Table

from grapevine.goods import facade as goods
from grapevine.insight import engine, lake, stitching
from grapevine.insight.measures import ASPECTS
from grapevine.insight.metrics import SEEN, min_by, turn
from grapevine.trade import facade as trade

ROWS_A_PART = 20_000
ORDER = pa.schema([
    ("verb", pa.string()), ("shop_id", pa.int64()), ("day", pa.date32()), ("hour", pa.int64()),
    ("at", pa.int64()), ("person_id", pa.int64()), ("region", pa.string()), ("city", pa.string()), ("channel", pa.string()),
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
SIGHT = (
    "shop_id", "day", "person_id", "browser", "verb", "channel", "region", "city", "device", "customer",
    "at",
)  # fmt: skip
WITHIN = ("day",)
"""A day is counted by its own rows: whatever days are counted together, the cells are the same."""
CASE, ALARM = "trade.after_sales_moved", "trade.parcel_alarm"
MOVED = sorted({
    {"case": CASE, "alarm": ALARM}.get(verb.partition(".")[0], verb)
    for aspect in ASPECTS.values() if aspect.source == "moves" for verb in aspect.verbs
})  # fmt: skip
"""The log's verbs of which moves are made."""


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
    """The log's rows of these days with their local day and hour. Days with one offset from UTC are read together."""
    by_offset: defaultdict[int, list[date]] = defaultdict(list)
    for day in days:
        if lake.files_of(day):
            by_offset[_offset_seconds(day)].append(day)
    parts = [_log_of(connection, some, offset) for offset, some in by_offset.items()]
    return ibis.union(*parts) if len(parts) > 1 else next(iter(parts), None)


def _offset_seconds(day: date) -> int:
    offset = timezone.get_default_timezone().utcoffset(datetime.combine(day, time(12)))
    return int(offset.total_seconds()) if offset else 0


def _log_of(connection: Any, days: Sequence[date], offset: int) -> Table:
    table = engine.read(connection, [str(file) for day in days for file in lake.files_of(day)])
    device = table.device if "device" in table.columns else ibis.literal("")
    return table.select(
        "id", "ts", "verb", "person_id", "visitor_id", "shop_id", "object_type", "object_id",
        "channel", "region", "props", "day", device=device.fill_null(""),
        hour=(engine.second(table.ts) + offset) // 3600 % 24,
    )  # fmt: skip


def _number(table: Table, name: str) -> Any:
    return table.props.re_extract(rf'"{name}":\s*(\d+)', 1).nullif("").cast("int64")


def _word(table: Table, name: str) -> Any:
    return table.props.re_extract(rf'"{name}":\s*"([^"]*)"', 1)


def visits(log: Table) -> Table:
    """What was done on the pages of shops: nothing is joined and no text is taken apart."""
    rows = log.filter(log.shop_id.notnull())
    return rows.select("shop_id", "day", "hour", "verb", "device", channel=_channel(rows))


def _channel(rows: Table) -> Any:
    return ibis.coalesce(rows.channel.nullif(""), ibis.literal("direct"))


def moves(log: Table, shelf: Table, others: Table) -> Table:
    """What became true in the house, by verb, and trade's own rows of the same form."""
    rows = log.filter(log.shop_id.notnull() & log.verb.isin(MOVED)).left_join(
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
        channel=_channel(rows),
        device=rows.device,
        goods=ibis.ifelse(
            by_number, _number(rows, "goods_id").cast("string"), rows.goods
        ).fill_null(""),
        sharer=ibis.cases(
            (rows.verb == "spread.share_visited", _number(rows, "sharer_id").cast("string")),
            (told.contains('"side": "invited"'), ""),
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
        city=ibis.literal(""), customer=ibis.literal(""), pieces=rows.amount, amount=ibis.literal(0, "int64"),
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
        channel=_channel(placed),
    )  # fmt: skip


def people(log: Table, sales: Table) -> Table:
    """(shop, day, who): what they did, under one channel, region, city and device.

    The channel is that of their first order of the day, else the first that is not `direct`. What a browser did before
    its person signed in that day is the person's. Who is a person, or a browser nobody was signed in on.
    """
    rows = ibis.union(*(part.select(*SIGHT) for part in (_came(log), _bought(sales))))
    place = ibis.cases((rows.verb == "paid", 0), (rows.channel != "direct", 1), else_=2)

    def did(verb: str) -> Any:
        return lambda t: (t.verb == verb).any()

    found = rows.group_by("shop_id", "day", "person_id", "browser").aggregate(
        channel=min_by(rows.channel, turn(place, rows.at, rows.channel)),
        region=rows.region.max(),
        city=rows.city.max(),
        device=rows.device.max(),
        is_new=lambda t: (t.customer == "new").any(),
        is_old=lambda t: (t.customer == "old").any(),
        searched=did("search"),
        carted=did("cart"),
        bought=did("paid"),
    )
    is_again = found.is_old & ~found.is_new
    return found.mutate(
        customer=ibis.cases((found.is_new, "new"), (found.is_old, "old"), else_=""),
        first=found.is_new,
        again=is_again,
    )


def _came(log: Table) -> Table:
    """Who saw something of a shop, or searched in it."""
    seen = log.filter(log.shop_id.notnull() & log.verb.isin([*SEEN, "search"]))
    named = stitching.stitched(seen, stitching.ties(log, WITHIN), WITHIN)
    whose = named.filter(named.person_id.notnull() | (named.visitor_id != ""))
    return whose.mutate(
        browser=ibis.ifelse(whose.person_id.isnull(), whose.visitor_id, ""),
        channel=_channel(whose), region=whose.region.fill_null(""), city=ibis.literal(""),
        at=engine.second(whose.ts), customer=ibis.literal(""),
    )  # fmt: skip


def _bought(sales: Table) -> Table:
    paid = sales.filter(sales.verb == "paid")
    return paid.mutate(
        browser=ibis.literal(""), device=ibis.literal(""), at=(paid["at"] // 1_000_000)
    )
