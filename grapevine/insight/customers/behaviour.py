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
from grapevine.insight.rules.customers.likelihood import Array

WINDOW_DAYS = 28
WEEKS_TAUGHT = 10
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

    Of a past week those who had not bought when it began. The log is read once.
    """
    with engine.opened() as connection:
        log = engine.log(connection, lake.days())
        if log is None:
            return [], []
        with engine.kept(connection, _known(log)) as known:
            rows = engine.rows(
                _answered(_signals(known, engine.given(connection, _weeks(now))), known)
            )
    for row in rows:
        row["begun"] = now - timedelta(days=7 * row["week"])
    today = [row for row in rows if not row["week"]]
    waiting = [
        row for row in rows if row["week"] and not (row["first"] and row["first"] < row["begun"])
    ]
    return today, waiting


def person_weeks(rows: Sequence[Row], follows: Follows) -> PersonWeeks:
    """Rows of past weeks as arrays; bought: the first order fell into the seven days after it began."""
    bought = [
        float(row["first"] is not None and row["first"] < row["begun"] + timedelta(days=7))
        for row in rows
    ]
    weeks = np.array([row["week"] for row in rows], dtype=np.int64)
    return PersonWeeks(raw_of(rows, follows), np.array(bought), weeks)


def _weeks(now: datetime) -> pa.Table:
    begun = [now - timedelta(days=7 * week) for week in range(WEEKS_TAUGHT + 1)]
    return pa.table({
        "week": pa.array(range(WEEKS_TAUGHT + 1), pa.int64()),
        "until": pa.array(begun, pa.timestamp("us", "UTC")),
        "since": pa.array([at - timedelta(days=WINDOW_DAYS) for at in begun], pa.timestamp("us", "UTC")),
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


def _signals(known: Table, weeks: Table) -> Table:
    """(week, shop, person) with the counts of the 28 days before the week began; week 0 begins now."""
    paired = known.join(weeks, [known.ts >= weeks.since, known.ts < weeks.until])
    opens = paired.verb.isin(["view", "click"])
    rows = paired.mutate(
        is_read=opens & (paired.object_type == "note"),
        is_goods=opens & (paired.object_type == "goods"),
        is_group=opens & (paired.object_type == "group"),
        seconds=ibis.ifelse(paired.verb == "dwell", paired.position.fill_null(0), 0),
        sharer=paired.props.re_extract(r'"sharer_id":\s*(\d+)', 1).nullif("").cast("int64"),
    )
    own = rows.filter(rows.verb.isin([*metrics.SEEN, *ALSO_SEEN]))
    firsts = _firsts(known, "buyer_")
    joined = own.left_join(
        firsts, [own.shop_id == firsts.buyer_shop, own.sharer == firsts.buyer_person]
    )
    return joined.group_by("week", "shop_id", "person_id").aggregate(
        reads=lambda t: t.is_read.sum(), goods=lambda t: t.is_goods.sum(),
        carts=lambda t: (t.verb == "cart").sum(), comments=lambda t: (t.verb == "comment").sum(),
        groups=lambda t: t.is_group.sum(), minutes=lambda t: t.seconds.sum() / 60,
        inviters=lambda t: (t.buyer_first < t.until).fill_null(ibis.literal(0) == 1).sum(),
        seen=lambda t: t.ts.max(),
    )  # fmt: skip


def _firsts(known: Table, prefix: str) -> Table:
    """(shop, person) → the first paid order there, under names that do not meet others'."""
    told = metrics.first_orders(known.filter(known.verb == metrics.PAID))
    names = {"shop": "shop_id", "person": "person_id", "first": "first_ts"}
    return told.select(**{f"{prefix}{new}": told[old] for new, old in names.items()})


def _answered(signals: Table, known: Table) -> Table:
    firsts = _firsts(known, "own_")
    joined = signals.left_join(
        firsts, [signals.shop_id == firsts.own_shop, signals.person_id == firsts.own_person]
    )
    told = joined.mutate(first=joined.own_first).drop("own_shop", "own_person", "own_first")
    return told.order_by("week", "shop_id", "person_id")
