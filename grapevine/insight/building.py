"""Building rollups: the days whose files changed, some days in one pass, each pass in one transaction."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from django.db import models, transaction
from ibis.expr.types import Table

from grapevine.insight import engine, keeping, lake, metrics, sources
from grapevine.insight.firsts import firsts
from grapevine.insight.models import BuiltDay, DailyFact, GoodsFact, HourFact, RegionFact
from grapevine.insight.storing import store
from grapevine.kit import clock

KEY = ("day", "shop_id", "channel")
UNASKED = ("visitor_id", "object_id", "device")
"""Columns of the log that no fact is made of: they are not held."""
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
    whole = metrics.with_who(rows, sources.WITHIN).drop(*UNASKED)
    with engine.kept(connection, whole) as log:
        daily, refunds = metrics.daily(log, known).to_pyarrow(), metrics.refunds(log).to_pyarrow()
        tables: Sequence[tuple[type[models.Model], pa.Table]] = (
            (DailyFact, _merged(daily, refunds)),
            (GoodsFact, metrics.by_goods(log).to_pyarrow()),
            (HourFact, metrics.by_hour(log).to_pyarrow()),
            (RegionFact, metrics.by_region(log).to_pyarrow()),
        )
    with transaction.atomic():
        for model, found in tables:
            model._default_manager.filter(day__in=days).delete()
            store(model, found)
        BuiltDay.objects.filter(day__in=days).delete()
        BuiltDay.objects.bulk_create(
            [BuiltDay(day=day, files=digests[day], built_at=clock.now()) for day in days]
        )


def _merged(facts: pa.Table, back: pa.Table) -> pa.Table:
    """Facts with the refunds of their place; where there is nothing else, with refunds alone."""
    whole = facts.join(back, list(KEY), join_type="full outer")
    return pa.table({
        name: whole.column(name) if name in KEY else whole.column(name).fill_null(0)
        for name in whole.column_names
    })  # fmt: skip
