"""Building the cube: the days that changed, all shops in one pass, some days at a time, each time in one transaction."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils import timezone
from ibis.expr.types import Table

from grapevine.insight import engine, keeping, lake, sources
from grapevine.insight.measures import ASPECTS, Aspect
from grapevine.insight.models import CubeBlock, CubeDay
from grapevine.insight.rules.days import date_of
from grapevine.insight.rules.packing import Cells, Coded, packed
from grapevine.insight.storing import store_blocks
from grapevine.kit import clock
from grapevine.trade import facade as trade

RECENT_DAYS = 8
Place = tuple[int, date]
Export = Callable[[Sequence[date]], sources.Exported]
LOG = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "verb", "visitor_id", "object_type", "object_id")),
        *((name, pa.string()) for name in ("channel", "region", "props", "device")),
        ("ts", pa.timestamp("us", "UTC")), ("person_id", pa.int64()), ("shop_id", pa.int64()),
        ("day", pa.date32()), ("hour", pa.int64()),
    ]
)  # fmt: skip


@dataclass(slots=True)
class Built:
    days: list[date]
    cells: int = 0


def build(
    *,
    whole: bool = True,
    export: Export = sources.exported,
    shelf: Callable[[], pa.Table] = sources.shelf,
) -> Built:
    """Count what changed; with `whole` all days are looked at, else the last eight. Safe to run at any time.

    `export` and `shelf` say what trade and goods have.
    """
    due = _due(whole=whole)
    built = Built(sorted(due))
    if due:
        with engine.opened() as connection:
            known = engine.given(connection, shelf())
            for days in lake.passes(sorted(due)):
                cells = counted(connection, days, known, export(days))
                built.cells += _save(days, cells, due)
    return built


def _due(*, whole: bool) -> dict[date, tuple[str, str]]:
    """day → what it is to be counted from, and what went before it, where that is not what it was.

    Who is new depends on the past: with `whole`, days after one whose orders came late are due as well. A day that was
    counted and has lost its pages' rows since is not counted again.
    """
    since = None if whole else _midnight(timezone.localdate() - timedelta(days=RECENT_DAYS))
    told = trade.fact_days(since)
    known = {day for day in lake.days() if since is None or day >= since.date()} | set(told)
    built = {day: (digest, past) for day, digest, past in CubeDay.objects.values_list("day", "digest", "past")}  # fmt: skip
    past, due = hashlib.sha256(), {}
    for day in sorted(known):
        names = ",".join(file.name for file in lake.files_of(day))
        digest = hashlib.sha256(f"{names}|{told.get(day, '')}".encode()).hexdigest()
        before = past.hexdigest() if whole else ""
        mine = built.get(day, ("", ""))
        is_stale = mine[0] != digest or (whole and mine[1] != before)
        if is_stale and not (day in built and keeping.is_final(day)):
            due[day] = (digest, before)
        past.update(told.get(day, "").encode())
    return due


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def counted(
    connection: Any, days: Sequence[date], shelf: Table, exported: sources.Exported
) -> Iterator[tuple[str, pa.Table]]:
    """Every aspect with its cells of these days, all shops at once, sorted by shop and day."""
    found = sources.log_of(connection, days)
    log = found if found is not None else engine.given(connection, LOG.empty_table())
    sales = engine.given(connection, exported.sales)
    others = engine.given(connection, exported.others)
    with engine.kept(connection, sources.moves(log, shelf, others)) as moves:
        rows = {
            "sales": sales,
            "visits": sources.visits(log),
            "moves": moves,
            "lines": sources.lines(engine.given(connection, exported.lines), shelf, moves),
            "notes": sources.notes(log, shelf),
            "people": sources.people(log, sales),
        }
        for name, aspect in ASPECTS.items():
            yield name, cells_of(aspect, rows[aspect.source]).to_pyarrow()


def cells_of(aspect: Aspect, rows: Table) -> Table:
    """The sums of an aspect by shop, day and its dimensions."""
    if aspect.verbs:
        rows = rows.filter(rows.verb.isin(aspect.verbs))
    sums = {measure.name: measure.of for measure in aspect.counted if measure.of is not None}
    cells = rows.group_by("shop_id", "day", *aspect.dimensions).aggregate(**sums)
    return cells.order_by("shop_id", "day")


def _save(
    days: Sequence[date],
    cells: Iterator[tuple[str, pa.Table]],
    due: dict[date, tuple[str, str]],
) -> int:
    """Put the new blocks in the place of the old ones: readers see all the old or all the new.

    Everything is counted and packed before the transaction begins, so that nobody waits for it.
    """
    count = 0
    blocks: defaultdict[Place, dict[str, bytes]] = defaultdict(dict)
    for name, table in cells:
        count += table.num_rows
        for place, block in blocks_of(ASPECTS[name], table):
            blocks[place][name] = block
    with transaction.atomic():
        CubeBlock.objects.filter(day__in=days).delete()
        store_blocks(CubeBlock, tuple(ASPECTS), blocks)
        now = clock.now()
        CubeDay.objects.filter(day__in=days).delete()
        CubeDay.objects.bulk_create(
            [CubeDay(day=day, digest=due[day][0], past=due[day][1], built_at=now) for day in days]
        )
    return count


def blocks_of(aspect: Aspect, table: pa.Table) -> Iterator[tuple[Place, bytes]]:
    """Cells that are sorted by shop and day, packed: one block for each shop and day that has some."""
    shops = table.column("shop_id").to_numpy()
    days = table.column("day").cast(pa.int32()).to_numpy()
    is_first = np.append(True, (shops[1:] != shops[:-1]) | (days[1:] != days[:-1]))
    starts = np.flatnonzero(is_first[: table.num_rows])
    cells = Cells(
        table.num_rows,
        {name: _coded(table.column(name)) for name in aspect.dimensions},
        {measure.name: table.column(measure.name).to_numpy() for measure in aspect.counted},
    )
    dates = [date_of(day) for day in days[starts].tolist()]
    return zip(zip(shops[starts].tolist(), dates, strict=True), packed(starts, cells), strict=True)


def _coded(column: pa.ChunkedArray) -> Coded:
    whole = pc.fill_null(column.cast(pa.string()), "").combine_chunks().dictionary_encode()
    return Coded(whole.dictionary.to_pylist(), whole.indices.to_numpy())
