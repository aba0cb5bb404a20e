"""Every metric, once, as an Ibis expression over the log, by day. `docs/FLOWS.md` has the columns.

A *visitor* is somebody who saw something of the shop that day: a person, or a browser that did not sign in
that day. A *buyer* is a person with a paid order that day. Each counts under one channel a day: that of
the first order if they bought, else the first channel that is not `direct`.
"""

from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr.types import Table

from grapevine.insight import engine, stitching

SEEN = (
    "view",
    "click",
    "impression",
    "like",
    "collect",
    "cart",
    "open_share",
    "spread.share_visited",
)
SECONDS_MAX, TURNS = 1 << 36, 1 << 10
PLACED = "trade.order_placed"
PAID = "trade.order_paid"
REFUNDED = "trade.order_refunded"
GROUPS = {
    "campaigns.group_opened": "opened",
    "campaigns.group_filled": "filled",
    "campaigns.group_expired": "expired",
}


def _number(table: Table, name: str) -> Any:
    """A whole number inside props."""
    return table.props.re_extract(rf'"{name}":\s*(\d+)', 1).nullif("").cast("int64").fill_null(0)


def with_who(log: Table, within: Sequence[str] = (), known: Table | None = None) -> Table:
    """Add `who`: the person, also for what their browser did before signing in (`within` the same day).

    `known` are the ties of more rows than these.
    """
    rows = stitching.stitched(log, known, within)
    return rows.mutate(
        who=ibis.coalesce(
            ibis.literal("p") + rows.person_id.cast("string"),
            ibis.literal("v") + rows.visitor_id.nullif(""),
        ),
        channel=ibis.coalesce(rows.channel.nullif(""), ibis.literal("direct")),
    )


def paid(log: Table) -> Table:
    """One row per paid order."""
    orders = log.filter((log.verb == PAID) & log.shop_id.notnull())
    return orders.mutate(amount=_number(orders, "total_minor"), items=_number(orders, "items"))


def first_orders(all_paid: Table) -> Table:
    """(shop, person) → the moment of their first paid order there."""
    return all_paid.group_by("shop_id", "person_id").aggregate(first_ts=lambda t: t.ts.min())


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]
def min_by(value: str, key: int) -> str:  # type: ignore[empty-body]
    """The value with the least key, by the function of this name that both engines have: Ibis's own sorts for it."""


def turn(place: Any, at: Any, channel: Any) -> Any:
    """What comes first: the lower place, then the earlier second, then by the channel's first letter and length, which no two
    share.
    """
    return (place * SECONDS_MAX + at) * TURNS + channel.ascii_str() % 128 * 8 + channel.length() % 8


def visitors(log: Table) -> Table:
    """(day, shop, who) → the one channel they count under that day, and how far they came: looked at goods, or further; at
    the till, or further.
    """
    rows = log.filter(log.shop_id.notnull() & log.who.notnull())
    is_paid = rows.verb == PAID
    came = rows.verb.isin(SEEN) | is_paid
    at_goods = (rows.object_type.fill_null("") == "goods") & rows.verb.isin(["view", "click"])
    at_till = rows.verb.isin(["cart", PLACED, PAID])
    place = ibis.cases((is_paid, 0), (~came, 3), (rows.channel != "direct", 1), else_=2)
    found = rows.group_by("day", "shop_id", "who").aggregate(
        channel=min_by(rows.channel, turn(place, engine.second(rows.ts), rows.channel)),
        came=came.any(),
        looked=(at_goods | at_till).any().cast("int64"),
        carted=at_till.any().cast("int64"),
    )
    return found.filter(found.came).drop("came")


def daily(log: Table, firsts: Table) -> Table:
    """Facts by day, shop and channel, without refunds."""
    places = visitors(log)
    orders = paid(log).join(firsts, ["shop_id", "person_id"])
    mine = orders.group_by("day", "shop_id", "who").aggregate(
        orders=lambda t: t.count(),
        items=lambda t: t.items.sum(),
        payments_minor=lambda t: t.amount.sum(),
        payments_square=lambda t: (t.amount.cast("float64") ** 2).sum(),
        is_new=lambda t: (t.ts == t.first_ts).any().cast("int64"),
    )
    joined = places.left_join(mine, ["day", "shop_id", "who"])
    return joined.group_by("day", "shop_id", "channel").aggregate(
        visitors=lambda t: t.count(),
        lookers=lambda t: t.looked.sum(),
        carters=lambda t: t.carted.sum(),
        buyers=lambda t: t.orders.notnull().cast("int64").sum(),
        new_buyers=lambda t: t.is_new.fill_null(0).sum(),
        orders=lambda t: t.orders.fill_null(0).sum(),
        items=lambda t: t["items"].fill_null(0).sum(),
        payments_minor=lambda t: t.payments_minor.fill_null(0).sum(),
        payments_square=lambda t: t.payments_square.fill_null(0.0).sum(),
    )


def refunds(log: Table) -> Table:
    rows = log.filter((log.verb == REFUNDED) & log.shop_id.notnull())
    return rows.group_by("day", "shop_id", "channel").aggregate(
        refunds_minor=_number(rows, "amount_minor").sum()
    )


def by_goods(log: Table) -> Table:
    """Orders and payments by goods: an order of several counts for each, its payment in equal parts."""
    orders = paid(log)
    listed = orders.mutate(
        goods=orders.props.re_extract(r'"goods_ids":\s*\[([\d, ]*)\]', 1).split(",")
    )
    each = listed.mutate(parts=listed.goods.length(), goods=listed.goods.unnest())
    valid = each.filter(each.goods.strip() != "")
    return valid.group_by(
        "day", "shop_id", "channel", goods_id=valid.goods.strip().cast("int64")
    ).aggregate(
        orders=lambda t: t.count(),
        payments_minor=lambda t: (t.amount / t.parts).round().cast("int64").sum(),
    )


def by_hour(log: Table) -> Table:
    """Payments by hour of the local day."""
    return (
        paid(log)
        .group_by("day", "shop_id", "hour")
        .aggregate(orders=lambda t: t.count(), payments_minor=lambda t: t.amount.sum())
    )


def by_region(log: Table) -> Table:
    """Groups opened, filled and expired by region."""
    rows = log.filter(log.verb.isin(list(GROUPS)) & log.shop_id.notnull())
    named = rows.mutate(region=ibis.coalesce(rows.region, ibis.literal("")))
    return named.group_by("day", "shop_id", "region").aggregate(
        opened=lambda t: (t.verb == "campaigns.group_opened").cast("int64").sum(),
        filled=lambda t: (t.verb == "campaigns.group_filled").cast("int64").sum(),
        expired=lambda t: (t.verb == "campaigns.group_expired").cast("int64").sum(),
    )
