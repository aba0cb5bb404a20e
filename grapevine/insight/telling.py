"""What each row of the log is to people's ways: whose it is, at which shop, about which goods, which step, page or stay."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from grapevine.goods import facade as goods
from grapevine.insight import engine, lake, metrics
from grapevine.insight.firsts import firsts
from grapevine.insight.rules.ways import NEVER
from grapevine.insight.steps import RANK, STEPS
from grapevine.scene import facade as scene

PLACES = {"goods": "g", "note": "n", "shop": "b", "group": "j", "feed": "f", "topic": "f", "person": "u"}  # fmt: skip
"""What kind of page → its letter in a path; `s` a search, `h` a share link, `c` the cart, `q` the order page, `p` paid."""
ACTS = {
    "search": "s", "open_share": "h", "spread.share_visited": "h", "cart": "c", "checkout": "q",
    "campaigns.group_joined": "k", "campaigns.group_opened": "k", "trade.order_paid": "p",
}  # fmt: skip
LETTERS = tuple(dict.fromkeys([*PLACES.values(), *ACTS.values()]))
"""That of a payment is the last."""
SHELF = pa.schema([("goods", pa.int64()), ("public_id", pa.string()), ("shelf_shop", pa.int64())])
TAGS = pa.schema([("note", pa.string()), ("tagged", pa.int64())])
ORDERS = ("trade.order_paid", "trade.order_received")


def shelf() -> pa.Table:
    rows = list(goods.goods_categories())
    return pa.table(
        [[pk for pk, *_ in rows], [public for _, public, *_ in rows], [shop for _, _, shop, _ in rows]],
        schema=SHELF,
    )  # fmt: skip


def tags() -> pa.Table:
    """Which goods a note shows."""
    rows = list(scene.tagged_goods())
    return pa.table([[note for note, _ in rows], [pk for _, pk in rows]], schema=TAGS)


def log_of(connection: Any, days: Sequence[date]) -> Table:
    """The log of these days with the local day it is kept under, and whose a row is."""
    table = engine.read(connection, [str(file) for day in days for file in lake.files_of(day)])
    return table.select(
        "id", "ts", "verb", "person_id", "visitor_id", "shop_id", "object_type", "object_id",
        "channel", "session_id", "position", "share_token", "day",
        props=table.props.fill_null(""), at=engine.second(table.ts),
    )  # fmt: skip


def _number(rows: Table, name: str) -> Any:
    return rows.props.re_extract(rf'"{name}":\s*(\d+)', 1).nullif("").cast("int64")


def acts(connection: Any, days: Sequence[date], ties: Table | None = None) -> Table:
    """Rows of shops with who, and the goods they are about (0: none); a row about several goods is there for each.

    `ties` are those of more days than these.
    """
    known = engine.given(connection, shelf())
    tagged = engine.given(connection, tags()).left_join(
        known.rename(tagged="goods").select("tagged", tag_shop="shelf_shop"), "tagged"
    )
    log = metrics.with_who(log_of(connection, days), known=ties)
    log = log.filter(log.who.notnull())
    on_shelf = known.mutate(object_type=ibis.literal("goods"))
    rows = log.left_join(on_shelf, [log.object_id == on_shelf.public_id, "object_type"])
    note = tagged.mutate(object_type=ibis.literal("note"))
    rows = rows.rename(page_type="object_type").drop("object_type_right")
    rows = rows.left_join(
        note.rename(tag_type="object_type"),
        [rows.object_id == note.note, rows.page_type == ibis.literal("note")],
    )
    listed = rows.props.re_extract(r'"goods_ids":\s*\[([\d, ]*)\]', 1)
    numbers = ibis.coalesce(
        rows.goods.cast("string"), rows.tagged.cast("string"), listed.nullif(""),
        _number(rows, "goods_id").cast("string"), ibis.literal("0"),
    )  # fmt: skip
    placed = rows.select(
        "id", "at", "day", "verb", "who", "person_id", "visitor_id", "channel", "session_id",
        "position", "object_id", "share_token",
        shop_id=ibis.coalesce(rows.shop_id, rows.tag_shop, rows.shelf_shop),
        object_type=rows.page_type.fill_null(""), goods=numbers.split(","),
        order=rows.props.re_extract(r'"order_number":\s*"([^"]*)"', 1),
    )  # fmt: skip
    # As a column: as a join it would cost ten times as much.
    each = placed.filter(placed.shop_id.notnull()).mutate(goods=lambda t: t.goods.unnest())
    return each.mutate(goods=each.goods.strip().cast("int64"))


def told_of(connection: Any, days: Sequence[date], ties: Table | None = None) -> Table:
    """Of each act what is counted of it. `who`: a number for a person or a browser, `is_lasting` if it is the same tomorrow;
    `steps`: bit n is set if it is the n-th step; `letter`: its place in LETTERS, from one on; `first_at`: when `who` first
    paid at the shop; what else there is only where it is asked for: an order of what is paid and received, the page of a stay.
    """
    rows = acts(connection, days, ties)
    bits = [ibis.ifelse(step.of(rows), 1 << RANK[step.letter], 0) for step in STEPS]
    letter = ibis.cases(
        *((rows.verb == verb, LETTERS.index(text) + 1) for verb, text in ACTS.items()),
        *(((rows.verb == "view") & (rows.object_type == kind), LETTERS.index(text) + 1) for kind, text in PLACES.items()),
        else_=0,
    )  # fmt: skip
    stay = rows.verb == "dwell"

    def only(condition: Any, name: str) -> Any:
        return ibis.ifelse(condition, rows[name], None)

    told = rows.select(
        "shop_id", "goods", "at", "day", "channel", "person_id",
        who=rows.who.hash(), is_lasting=~rows.who.startswith("v~"),
        steps=reduce(add, bits).cast("int16"), letter=letter.cast("int16"),
        order=only(rows.verb.isin(ORDERS), "order").nullif(""),
        **{name: only(stay, name) for name in ("id", "position", "object_type", "object_id", "session_id")},
    )  # fmt: skip
    told = told.filter((told.steps > 0) | (told.letter > 0) | told.position.notnull())
    first = firsts(connection)
    paid = first.select(
        first_shop="shop_id", first_person="person_id", first_at=engine.second(first.first_ts)
    )
    joined = told.left_join(
        paid, [told.shop_id == paid.first_shop, told.person_id == paid.first_person]
    )
    columns = [name for name in told.columns if name != "person_id"]
    return joined.select(*columns, first_at=joined.first_at.fill_null(NEVER))
