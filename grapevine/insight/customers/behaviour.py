"""What people did at each shop before a moment, from the log: signals for the list of who may buy next. Uses the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table

from grapevine.insight import engine, lake, metrics, stitching
from grapevine.insight.firsts import firsts
from grapevine.insight.rules.customers.likelihood import Array

WINDOW_DAYS = 28
WEEKS_TAUGHT = 10
PARTS = WINDOW_DAYS // 7
PARTS_READ = WEEKS_TAUGHT + PARTS
TAUGHT_MAX = 400_000
"""Rows a fit is made from: more of them say the same, and would not fit into memory."""
SUMMED = ("reads", "goods", "carts", "comments", "groups", "seconds")
COUNTS = ("reads", "goods", "carts", "comments", "groups", "minutes")
ALSO_SEEN = ("dwell", "comment", "follow", "checkout", metrics.PAID, "spread.share_visited")
Row = dict[str, Any]
Follows = Mapping[tuple[int, int], datetime]
"""(shop, person) → since when they follow its owner."""


@dataclass(frozen=True, slots=True)
class PersonWeeks:
    """Rows of people at shops where they had not bought when the week began; `week` counts back from now, 1 the newest."""

    raw: Array
    bought: Array
    week: np.ndarray[Any, np.dtype[np.int64]]


def looked_back(now: datetime) -> tuple[list[Row], list[Row]]:
    """(shop, person) with the signals of the last 28 days; and the same of each of the last ten weeks, with the answer.

    Of a past week those who had not bought when it began, at most TAUGHT_MAX rows, all weeks of some people rather than some
    weeks of all. The log is read once, as far back as it is asked about.
    """
    since = (now - timedelta(days=7 * PARTS_READ + 1)).date()
    with engine.opened() as connection:
        log = engine.log(connection, [day for day in lake.days() if day >= since])
        if log is None:
            return [], []
        first_orders = firsts(connection)
        signals = _signals(
            _known(log), engine.given(connection, _parts(now)), engine.given(connection, _weeks(now)),
            first_orders,
        )  # fmt: skip
        with engine.kept(connection, _answered(signals, first_orders)) as told:
            today, past = told.filter(told.week == 0), told.filter(told.week > 0)
            past = past.filter(past["first"].isnull() | (past["first"] >= past.until))
            parts = -(-past.count().to_pyarrow().as_py() // TAUGHT_MAX)
            lot = (past.person_id * 40_503 + past.shop_id * 7_919) % max(parts, 1)
            rows = [engine.rows(_ordered(today)), engine.rows(_ordered(past.filter(lot == 0)))]
    for row in (*rows[0], *rows[1]):
        row["begun"] = now - timedelta(days=7 * row["week"])
    return rows[0], rows[1]


def person_weeks(rows: Sequence[Row], follows: Follows) -> PersonWeeks:
    """Rows of past weeks as arrays; bought: the first order fell into the seven days after it began."""
    bought = [
        float(row["first"] is not None and row["first"] < row["begun"] + timedelta(days=7))
        for row in rows
    ]
    weeks = np.array([row["week"] for row in rows], dtype=np.int64)
    return PersonWeeks(raw_of(rows, follows), np.array(bought), weeks)


def _parts(now: datetime) -> pa.Table:
    """Seven days each, counted back from now: a week's window is four of them."""
    ends = [now - timedelta(days=7 * part) for part in range(PARTS_READ + 1)]
    return pa.table({
        "part": pa.array(range(PARTS_READ), pa.int64()),
        "until": pa.array(ends[:-1], pa.timestamp("us", "UTC")),
        "since": pa.array(ends[1:], pa.timestamp("us", "UTC")),
    })  # fmt: skip


def _weeks(now: datetime) -> pa.Table:
    """Each week with the parts of its window, and when it begins."""
    told = [(week, week + n) for week in range(WEEKS_TAUGHT + 1) for n in range(PARTS)]
    return pa.table({
        "week": pa.array([week for week, _ in told], pa.int64()),
        "part": pa.array([part for _, part in told], pa.int64()),
        "until": pa.array([now - timedelta(days=7 * week) for week, _ in told], pa.timestamp("us", "UTC")),
    })  # fmt: skip


def raw_of(rows: Sequence[Row], follows: Follows) -> Array:
    """A row for each, a column for each of SIGNALS."""
    if not rows:
        return np.zeros((0, len(COUNTS) + 3))
    told = []
    for row in rows:
        since = follows.get((row["shop_id"], row["person_id"]))
        told.append([
            *(float(row[name]) for name in COUNTS), float(since is not None and since < row["begun"]),
            float(row["inviters"] > 0), _fresh(row),
        ])  # fmt: skip
    return np.array(told)


def _fresh(row: Row) -> float:
    gone: float = (row["begun"] - row["seen"]).total_seconds() / 86_400
    return max(0.0, 1.0 - gone / WINDOW_DAYS)


def _known(log: Table) -> Table:
    rows = stitching.stitched(log)
    mine = rows.filter(rows.shop_id.notnull() & rows.person_id.notnull())
    return mine.select(
        "id", "ts", "verb", "shop_id", "person_id", "object_type", "position", "props"
    )


def _signals(known: Table, parts: Table, weeks: Table, first_orders: Table) -> Table:
    """(week, shop, person) with the counts of the 28 days before the week began; week 0 begins now.

    Rows are added up by parts of seven days first, so that none is counted four times over.
    """
    own = known.filter(known.verb.isin([*metrics.SEEN, *ALSO_SEEN]))
    placed = own.join(parts, [own.ts >= parts.since, own.ts < parts.until])
    opens = placed.verb.isin(["view", "click"])
    rows = placed.mutate(
        is_read=opens & (placed.object_type == "note"),
        is_goods=opens & (placed.object_type == "goods"),
        is_group=opens & (placed.object_type == "group"),
        seconds=ibis.ifelse(placed.verb == "dwell", placed.position.fill_null(0), 0),
    )
    by_part = rows.group_by("part", "shop_id", "person_id").aggregate(
        reads=lambda t: t.is_read.sum(), goods=lambda t: t.is_goods.sum(),
        carts=lambda t: (t.verb == "cart").sum(), comments=lambda t: (t.verb == "comment").sum(),
        groups=lambda t: t.is_group.sum(), seconds=lambda t: t.seconds.sum(), seen=lambda t: t.ts.max(),
    )  # fmt: skip
    summed = by_part.join(weeks, "part").group_by("week", "until", "shop_id", "person_id").aggregate(
        **{name: lambda t, name=name: t[name].sum() for name in SUMMED}, seen=lambda t: t.seen.max()
    )  # fmt: skip
    brought = _inviters(rows, weeks, first_orders)
    joined = summed.left_join(
        brought,
        [
            summed.week == brought.by_week,
            summed.shop_id == brought.by_shop,
            summed.person_id == brought.by_person,
        ],
    )
    return joined.mutate(
        minutes=joined.seconds / 60, inviters=joined.inviters.fill_null(0)
    ).drop("by_week", "by_shop", "by_person", "seconds")  # fmt: skip


def _inviters(rows: Table, weeks: Table, first_orders: Table) -> Table:
    """(week, shop, person) → opened links of people who had bought there before the week began."""
    sharer = rows.props.re_extract(r'"sharer_id":\s*(\d+)', 1).nullif("").cast("int64")
    told = rows.filter(rows.props.contains('"sharer_id"')).select(
        "part", "shop_id", "person_id", sharer=sharer
    )
    buyers = _firsts(first_orders, "buyer_")
    known = told.inner_join(
        buyers, [told.shop_id == buyers.buyer_shop, told.sharer == buyers.buyer_person]
    ).join(weeks, "part")
    return known.filter(known.buyer_first < known.until).group_by(
        by_week="week", by_shop="shop_id", by_person="person_id"
    ).aggregate(inviters=lambda t: t.count())  # fmt: skip


def _firsts(first_orders: Table, prefix: str) -> Table:
    """(shop, person) → the first paid order there, under names that do not meet others'."""
    names = {"shop": "shop_id", "person": "person_id", "first": "first_ts"}
    return first_orders.select(
        **{f"{prefix}{new}": first_orders[old] for new, old in names.items()}
    )


def _answered(signals: Table, first_orders: Table) -> Table:
    own = _firsts(first_orders, "own_")
    joined = signals.left_join(
        own, [signals.shop_id == own.own_shop, signals.person_id == own.own_person]
    )
    return joined.mutate(first=joined.own_first).drop("own_shop", "own_person", "own_first")


def _ordered(rows: Table) -> Table:
    return rows.drop("until").order_by("week", "shop_id", "person_id")
