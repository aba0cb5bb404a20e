"""Building rollups: the days whose files changed, some days in one pass, each pass in one transaction."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models, transaction
from ibis.expr.types import Table

from grapevine.insight import engine, keeping, lake, metrics, sources
from grapevine.insight.firsts import firsts
from grapevine.insight.models import BuiltDay, DailyFact, GoodsFact, HourFact, RegionFact
from grapevine.kit import clock

BATCH = 1000
KEY = ("day", "shop_id", "channel")
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
            known = firsts(connection)
            for days in lake.passes(due):
                _build_days(connection, days, known)
    return due


def _digest(day: date) -> str:
    names = ",".join(file.name for file in lake.files_of(day))
    return hashlib.sha256(f"{COUNTED}|{names}".encode()).hexdigest()


def _build_days(connection: Any, days: Sequence[date], known: Table) -> None:
    digests = {day: _digest(day) for day in days}
    rows = sources.log_of(connection, days)
    if rows is None:
        return
    with engine.kept(connection, metrics.with_who(rows, sources.WITHIN)) as log:
        facts = _merged(engine.rows(metrics.daily(log, known)), engine.rows(metrics.refunds(log)))
        tables: Sequence[tuple[type[models.Model], list[dict[str, Any]]]] = (
            (DailyFact, facts),
            (GoodsFact, engine.rows(metrics.by_goods(log))),
            (HourFact, engine.rows(metrics.by_hour(log))),
            (RegionFact, engine.rows(metrics.by_region(log))),
        )
    with transaction.atomic():
        for model, found in tables:
            model._default_manager.filter(day__in=days).delete()
            model._default_manager.bulk_create([model(**row) for row in found], batch_size=BATCH)
        BuiltDay.objects.filter(day__in=days).delete()
        BuiltDay.objects.bulk_create(
            [BuiltDay(day=day, files=digests[day], built_at=clock.now()) for day in days]
        )


def _merged(facts: list[dict[str, Any]], back: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_key = {tuple(row[name] for name in KEY): row for row in facts}
    for row in back:
        key = tuple(row[name] for name in KEY)
        by_key.setdefault(key, dict(zip(KEY, key, strict=True)))["refunds_minor"] = row[
            "refunds_minor"
        ]
    return list(by_key.values())
