"""Building rollups: the days whose files changed, whole days at a time, each in one transaction."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from grapevine.insight import engine, keeping, lake, metrics
from grapevine.insight.models import BuiltDay, DailyFact, GoodsFact, HourFact, RegionFact
from grapevine.kit import clock

BATCH = 1000
COUNTED = 2
"""Goes up when what is counted changes: every day is then counted again."""


def build() -> list[date]:
    """Compact the spool and rebuild what changed; returns the days. Safe to run at any time."""
    keeping.compact()
    built = dict(BuiltDay.objects.values_list("day", "files"))
    due = [
        day
        for day in lake.days()
        if built.get(day) != _digest(day) and not (day in built and keeping.is_final(day))
    ]
    if due:
        with engine.opened() as connection:
            firsts = _firsts(connection)
            for day in due:
                _build_day(connection, day, firsts)
    return due


def _digest(day: date) -> str:
    names = ",".join(file.name for file in lake.files_of(day))
    return hashlib.sha256(f"{COUNTED}|{names}".encode()).hexdigest()


def _firsts(connection: Any) -> Any:
    """First orders over the whole lake, kept in memory for this run."""
    table = engine.log(connection, lake.days())
    assert table is not None
    return connection.create_table("firsts", metrics.first_orders(metrics.paid(table)), temp=True)


def _build_day(connection: Any, day: date, firsts: Any) -> None:
    digest = _digest(day)
    table = engine.log(connection, [day])
    if table is None:
        return
    connection.raw_sql("DROP TABLE IF EXISTS day")  # `overwrite` writes a statement DuckDB refuses
    log = connection.create_table("day", metrics.with_who(table), temp=True)
    offset = timezone.get_default_timezone().utcoffset(datetime.combine(day, time(12)))
    hours = int(offset.total_seconds() // 3600) if offset else 0
    facts = _merged(engine.rows(metrics.daily(log, firsts)), engine.rows(metrics.refunds(log)))
    tables: Sequence[tuple[type[models.Model], list[dict[str, Any]]]] = (
        (DailyFact, facts),
        (GoodsFact, engine.rows(metrics.by_goods(log))),
        (HourFact, engine.rows(metrics.by_hour(log, hours))),
        (RegionFact, engine.rows(metrics.by_region(log))),
    )
    with transaction.atomic():
        for model, rows in tables:
            model._default_manager.filter(day=day).delete()
            model._default_manager.bulk_create(
                [model(day=day, **row) for row in rows], batch_size=BATCH
            )
        BuiltDay.objects.update_or_create(
            day=day, defaults={"files": digest, "built_at": clock.now()}
        )


def _merged(facts: list[dict[str, Any]], back: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_key = {(row["shop_id"], row["channel"]): row for row in facts}
    for row in back:
        by_key.setdefault(
            (row["shop_id"], row["channel"]), {"shop_id": row["shop_id"], "channel": row["channel"]}
        )["refunds_minor"] = row["refunds_minor"]
    return list(by_key.values())
