"""Browsing and buying as one: what one person did, and who looked often and did not buy. Never shown to a shop by name."""

from typing import Any

from ibis.expr.types import Table

from grapevine.insight import engine, lake, metrics, stitching

TOLD = (
    "id",
    "ts",
    "verb",
    "shop_id",
    "object_type",
    "object_id",
    "surface",
    "channel",
    "visitor_id",
)


def path_of(person_id: int, *, limit: int) -> list[dict[str, Any]]:
    """The latest `limit` rows of a person, oldest first, with those of visits that are theirs."""
    with engine.opened() as connection:
        log = engine.log(connection, lake.days())
        if log is None:
            return []
        whole = stitching.stitched(log)
        mine = whole.filter(whole.person_id == person_id)
        latest = mine.order_by([mine.ts.desc(), mine.id.desc()]).limit(limit).select(*TOLD)
        return list(reversed(engine.rows(latest)))


def viewed_not_bought(goods_public_id: str, goods_id: int, *, times: int) -> list[int]:
    """People with `times` or more views of the goods' page and no paid order with it in the log."""
    with engine.opened() as connection:
        log = engine.log(connection, lake.days())
        if log is None:
            return []
        seen = _often_seen(stitching.stitched(log), goods_public_id, times)
        rest = seen.anti_join(_bought(log, goods_id), "person_id")
        return [row["person_id"] for row in engine.rows(rest.order_by("person_id"))]


def _often_seen(rows: Table, goods_public_id: str, times: int) -> Table:
    views = rows.filter(
        (rows.verb == "view")
        & (rows.object_type == "goods")
        & (rows.object_id == goods_public_id)
        & rows.person_id.notnull()
    )
    counted = views.group_by("person_id").aggregate(views=lambda t: t.count())
    return counted.filter(counted.views >= times).select("person_id")


def _bought(log: Table, goods_id: int) -> Table:
    paid = log.filter((log.verb == metrics.PAID) & log.person_id.notnull())
    listed = paid.props.re_search(rf'"goods_ids":\s*\[(?:\d+, ?)*{goods_id}(?:, ?\d+)*\]')
    return paid.filter(listed).select("person_id").distinct()
