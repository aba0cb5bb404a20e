"""Counting people's ways: journeys, times between steps, dwell, paths and a goods' pulse, all shops in one pass.

The engine says of each row of the log what it is (`telling.py`); `rules/ways.py` and `rules/walks.py` make arrays of it, a
turn at a time: some shops, or some people of one.

The days of the last quarter are counted anew, whole, and put in the place of the old ones, a turn in a transaction; older
days stay as they were. What a browser did before its person signed in is the person's. Nothing about a person is kept.
"""

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from ibis.expr.types import Table

from grapevine.insight import engine, lake, stitching, telling
from grapevine.insight.models import JourneyBlock, JourneyBuild, PulseCell
from grapevine.insight.rules import turns, walks, ways
from grapevine.insight.rules.counting import Coded, Counted, blocks, summed
from grapevine.insight.rules.days import Days, Span, date_of, days_between
from grapevine.insight.rules.keys import Array
from grapevine.insight.rules.turns import Place
from grapevine.insight.rules.ways import Acts
from grapevine.insight.storing import store, store_blocks
from grapevine.kit import clock

ROWS_A_MEGABYTE = 1_000
"""Rows of the log held at once for each megabyte of the engine's memory, for all turns that are counted side by side: a row takes
some 600 bytes at most while it is counted, as three or four rows of whole numbers in a dozen columns."""
COUNTED_DAYS = 92
LEAD_DAYS = 14
"""Read before them, so that a journey that began earlier is not taken for a new one."""
DWELL_MAX = 3600
BLOCKS = ("funnels", "gaps", "dwells", "paths")
Cells = Mapping[str, Counted]
Turn = tuple[Acts, Counted]


def build() -> Span | None:
    """Count what changed; None if nothing did. Safe to run at any time, and again where one was stopped."""
    today = timezone.localdate()
    span = Span.of(today - timedelta(days=COUNTED_DAYS - 1), today)
    since = date_of(span.first - LEAD_DAYS)
    days = [day for day in lake.days() if since <= day <= today]
    digest = _digest(days)
    last = JourneyBuild.objects.order_by("-built_at").first()
    if not days or (last is not None and (last.digest, last.last) == (digest, today)):
        return None
    known: set[int] = set()
    with engine.opened() as connection:
        for cells in counted(connection, days, span):
            known |= _save(cells, span)
    _end(known, span, digest)
    return span


def _digest(days: Sequence[date]) -> str:
    names = ",".join(file.name for day in days for file in lake.files_of(day))
    return hashlib.sha256(names.encode()).hexdigest()


def counted(connection: Any, days: Sequence[date], span: Span) -> Iterator[Cells]:
    """The cells of the span's days, from the log of `days`: a shop is in one of these only."""
    planned = turns.places(_sizes(connection, days), rows_a_turn())
    # A row's day in the lake is not always the local one: the zone may have been another.
    around = days[0] - timedelta(days=1), days[-1] + timedelta(days=1)
    local = days_between(*around, timezone.get_default_timezone())
    with (
        _turns(connection, days, planned) as parts,
        ThreadPoolExecutor(settings.ANALYTICS_THREADS) as pool,
    ):
        told = ((acts_of(rows), _dwells(rows, span)) for rows in parts)
        left = _ahead(pool, lambda turn: _counted(*turn, local, span), told)
        for some in turns.rounds(planned):
            found = [next(left) for _turn in some]
            yield {name: summed([one[name] for one in found]) for name in found[0]}


def _ahead(
    pool: ThreadPoolExecutor, count: Callable[[Turn], Cells], told: Iterable[Turn]
) -> Iterator[Cells]:
    """The cells of each turn in order; while one is waited for, others are counted, and the next is read."""
    waiting: deque[Future[Cells]] = deque()
    for turn in told:
        waiting.append(pool.submit(count, turn))
        if len(waiting) >= settings.ANALYTICS_THREADS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


@contextmanager
def _turns(
    connection: Any, days: Sequence[date], planned: Sequence[Place]
) -> Iterator[Iterable[Table]]:
    """The rows of each turn. Ties are of all days: somebody may sign in weeks after the visit."""
    with engine.kept(connection, stitching.ties(telling.log_of(connection, days))) as ties:
        if turns.count_of(planned) == 1:
            with engine.kept(connection, telling.told_of(connection, days, ties)) as rows:
                yield [rows]
            return
        some = (
            _placed(connection, telling.told_of(connection, part, ties), planned)
            for part in lake.passes(days)
        )
        with engine.parted(connection, some, "turn", turns.count_of(planned)) as parts:
            yield parts


def rows_a_turn() -> int:
    most: int = settings.ANALYTICS_MEMORY_MB * ROWS_A_MEGABYTE // settings.ANALYTICS_THREADS
    return most


def _sizes(connection: Any, days: Sequence[date]) -> dict[int, int]:
    """How many rows each shop has."""
    log = telling.log_of(connection, days)
    counts = (
        log.filter(log.shop_id.notnull()).group_by("shop_id").aggregate(size=lambda t: t.count())
    )
    return {row["shop_id"]: row["size"] for row in engine.rows(counts)}


def _placed(connection: Any, rows: Table, planned: Sequence[Place]) -> Table:
    """The rows with the turn in which they are counted. A shop that stands in no row by itself has few."""
    known = engine.given(connection, pa.table({
        "place_shop": pa.array([place.shop_id for place in planned], pa.int64()),
        "begins": pa.array([place.turn for place in planned], pa.int64()),
        "slices": pa.array([place.slices for place in planned], pa.int64()),
    }))  # fmt: skip
    placed = rows.left_join(known, rows.shop_id == known.place_shop)
    lot = ((placed.who % placed.slices) + placed.slices) % placed.slices
    turn = ibis.coalesce(placed.begins + lot, placed.shop_id % turns.count_of(planned))
    return placed.select(*rows.columns, turn=turn)


def _counted(acts: Acts, dwells: Counted, days: Days, span: Span) -> Cells:
    steps = ways.steps_of(acts, days)
    journeys = ways.within(ways.journeys_of(steps), span)
    return {
        "funnels": ways.funnels(steps, journeys, span), "gaps": ways.gaps(steps, journeys, span),
        "dwells": dwells, "paths": walks.paths(acts, days, telling.LETTERS, span),
        "pulses": ways.pulses(steps, span),
    }  # fmt: skip


def acts_of(rows: Table) -> Acts:
    table = (
        rows.filter((rows.steps > 0) | (rows.letter > 0))
        .select(
            "shop_id", "who", "is_lasting", "goods", "at", "channel", "steps", "letter", "order", "first_at"
        )
        .to_pyarrow()
    )  # fmt: skip
    channel = _text(table, "channel")
    return Acts(
        **{name: _whole(table, name) for name in ("who", "goods", "at", "steps", "letter", "first_at")},
        shop=_whole(table, "shop_id"), channel=channel.codes, channels=channel.words or ["direct"],
        order=_text(table, "order").codes, is_lasting=table.column("is_lasting").to_numpy(),
    )  # fmt: skip


def _whole(table: pa.Table, name: str) -> Array:
    found: Array = table.column(name).cast(pa.int64()).to_numpy()
    return found


def _text(table: pa.Table, name: str) -> Coded:
    """The place of each text among the words, which are in order; -1 for none."""
    whole = table.column(name).combine_chunks().dictionary_encode()
    words = whole.dictionary.to_pylist()
    order = sorted(range(len(words)), key=lambda place: words[place])
    places = np.full(len(words) + 1, -1)
    places[order] = np.arange(len(words))
    codes = whole.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return Coded([words[place] for place in order], places[codes])


def _dwells(rows: Table, span: Span) -> Counted:
    """How long a visit stayed on a page, all its stays together."""
    stays = rows.filter(rows.position.notnull() & rows.day.between(*span.dates))
    each = stays.distinct(on=["id", "shop_id"], keep="first")
    visits = each.group_by(
        "shop_id", "day", "who", kind="object_type", page="object_id", visit="session_id",
    ).aggregate(seconds=lambda t: t.position.sum(), channel=lambda t: t.channel.argmin(t["at"]))  # fmt: skip
    seconds = ibis.least(visits.seconds, DWELL_MAX)
    told = visits.mutate(seconds=ibis.ifelse(seconds < 600, seconds, seconds // 10 * 10).cast("int64"))  # fmt: skip
    cells = told.group_by(
        "shop_id", "day", "kind", "channel", "seconds", object_id=told.page.fill_null(""),
    ).aggregate(visits=lambda t: t.count())  # fmt: skip
    table = cells.order_by("shop_id", "day").to_pyarrow()
    return Counted(
        _whole(table, "shop_id"), table.column("day").cast(pa.int32()).cast(pa.int64()).to_numpy(),
        {name: _text(table, name) for name in ("kind", "object_id", "channel")},
        {"seconds": _whole(table, "seconds")}, {"visits": _whole(table, "visits")},
    )  # fmt: skip


def _save(cells: Cells, span: Span) -> set[int]:
    """Put the new cells of these shops in the place of the old ones: readers see all the old or all the new of a shop."""
    found: defaultdict[tuple[int, int], dict[str, bytes]] = defaultdict(dict)
    for name in BLOCKS:
        for place, block in blocks(cells[name]):
            found[place][name] = block
    pulses = cells["pulses"]
    shops = {shop for shop, _day in found} | set(np.unique(pulses.shop).tolist())
    rows = {(shop, date_of(day)): mine for (shop, day), mine in sorted(found.items())}
    with transaction.atomic():
        for model in (JourneyBlock, PulseCell):
            old = model._default_manager.filter(day__range=span.dates)
            old.filter(shop_id__in=shops).delete()
        store_blocks(JourneyBlock, BLOCKS, rows)
        store(PulseCell, pa.table({
            "shop_id": pulses.shop, "day": pa.array(pulses.day.astype(np.int32)).cast(pa.date32()),
            **pulses.numbers, **pulses.counts,
        }))  # fmt: skip
    return shops


def _end(shops: set[int], span: Span, digest: str) -> None:
    """Shops of which nothing is there any more have no cells in these days."""
    with transaction.atomic():
        for model in (JourneyBlock, PulseCell):
            old = model._default_manager.filter(day__range=span.dates)
            gone = set(old.values_list("shop_id", flat=True).distinct()) - shops
            old.filter(shop_id__in=gone).delete()
        JourneyBuild.objects.all().delete()
        first, last = span.dates
        JourneyBuild.objects.create(digest=digest, first=first, last=last, built_at=clock.now())
