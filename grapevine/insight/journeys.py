"""Counting people's ways: journeys, times between steps, dwell, paths and a goods' pulse, all shops in one pass.

The engine says of each row of the log what it is; `rules/ways.py` and `rules/walks.py` make arrays of it, a turn at a time.

The days of the last quarter are counted anew, whole, and put in the place of the old ones in one transaction; older
days stay as they were. What a browser did before its person signed in is the person's. Nothing about a person is kept.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from itertools import groupby
from operator import add
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from ibis.expr.types import Table

from grapevine.goods import facade as goods
from grapevine.insight import engine, lake, metrics
from grapevine.insight.firsts import firsts
from grapevine.insight.models import (
    DwellCell,
    FunnelCell,
    GapCell,
    JourneyBuild,
    PathCell,
    PulseCell,
)
from grapevine.insight.rules import walks, ways
from grapevine.insight.rules.turns import Place, count_of, places
from grapevine.insight.rules.walks import Pages
from grapevine.insight.rules.ways import Acts
from grapevine.insight.steps import (
    RANK,
    STEPS,
)
from grapevine.insight.storing import store
from grapevine.kit import clock
from grapevine.scene import facade as scene

ROWS_A_MEGABYTE = 1_000
"""Rows of the log counted at once for each megabyte of the engine's memory: a row takes some 600 bytes at most while it is
counted, as three or four rows of whole numbers in a dozen columns."""
COUNTED_DAYS = 92
LEAD_DAYS = 14
"""Read before them, so that a journey that began earlier is not taken for a new one."""
DAY = 86_400
DWELL_MAX = 3600
PLACES = {"goods": "g", "note": "n", "shop": "b", "group": "j", "feed": "f", "topic": "f", "person": "u"}  # fmt: skip
"""What kind of page → its letter in a path; `s` a search, `h` a share link, `c` the cart, `q` the order page, `p` paid."""
ACTS = {
    "search": "s", "open_share": "h", "spread.share_visited": "h", "cart": "c", "checkout": "q",
    "campaigns.group_joined": "k", "campaigns.group_opened": "k", "trade.order_paid": "p",
}  # fmt: skip
LETTERS = tuple(dict.fromkeys([*ACTS.values(), *PLACES.values()]))
EPOCH = date(1970, 1, 1)
SHELF = pa.schema([("goods", pa.int64()), ("public_id", pa.string()), ("shelf_shop", pa.int64())])
TAGS = pa.schema([("note", pa.string()), ("tagged", pa.int64())])
CELLS: dict[str, type[models.Model]] = {
    "funnels": FunnelCell, "gaps": GapCell, "dwells": DwellCell, "paths": PathCell, "pulses": PulseCell,
}  # fmt: skip
SUMMED = frozenset({
    "people", "visits", "viewers", "buyers", "share_visits", "note_views", "group_buyers",
})  # fmt: skip
"""Columns of cells that add up."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are counted."""

    first: date
    last: date


def build() -> Span | None:
    """Count what changed; None if nothing did. Safe to run at any time."""
    today = timezone.localdate()
    span = Span(today - timedelta(days=COUNTED_DAYS - 1), today)
    since = span.first - timedelta(days=LEAD_DAYS)
    days = [day for day in lake.days() if since <= day <= span.last]
    digest = _digest(days)
    last = JourneyBuild.objects.order_by("-built_at").first()
    if not days or (last is not None and (last.digest, last.last) == (digest, span.last)):
        return None
    with engine.opened() as connection:
        _save(counted(connection, days, span), span, digest)
    return span


def _digest(days: Sequence[date]) -> str:
    names = ",".join(file.name for day in days for file in lake.files_of(day))
    return hashlib.sha256(names.encode()).hexdigest()


def counted(connection: Any, days: Sequence[date], span: Span) -> dict[str, pa.Table]:
    """The cells of the span's days, from the log of `days`: of a large log some shops, or some people of one, at a time."""
    planned = places(_sizes(connection, days), rows_a_turn())
    is_sliced = any(place.slices > 1 for place in planned)
    with _turns(connection, told_of(connection, days), planned) as turns:
        found = [_counted(rows, span) for rows in turns]
    return {
        name: _joined([part[name] for part in found], is_sliced=is_sliced) for name in CELLS
    }  # fmt: skip


@contextmanager
def _turns(connection: Any, rows: Table, planned: Sequence[Place]) -> Iterator[Iterable[Table]]:
    if count_of(planned) == 1:
        with engine.kept(connection, rows) as kept:
            yield [kept]
        return
    with engine.parted(connection, _placed(connection, rows, planned), "turn") as parts:
        # DuckDB adds days to a date as a moment, which Ibis takes for a date.
        yield (part.drop("turn").mutate(day=part.day.cast("date")) for part in parts)


def rows_a_turn() -> int:
    most: int = settings.ANALYTICS_MEMORY_MB * ROWS_A_MEGABYTE
    return most


def _sizes(connection: Any, days: Sequence[date]) -> dict[int, int]:
    """How many rows each shop has."""
    log = log_of(connection, days)
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
    lot = ((placed.who.hash() % placed.slices) + placed.slices) % placed.slices
    turn = ibis.coalesce(placed.begins + lot, placed.shop_id % count_of(planned))
    return placed.select(*rows.columns, turn=turn)


def _joined(parts: Sequence[pa.Table], *, is_sliced: bool) -> pa.Table:
    """The cells of all turns, those of one place added up where a shop had several turns."""
    whole = pa.concat_tables(parts)
    if not is_sliced:
        return whole
    keys = [column for column in whole.column_names if column not in SUMMED]
    sums = whole.group_by(keys).aggregate([(c, "sum") for c in whole.column_names if c in SUMMED])
    named = sums.rename_columns([column.removesuffix("_sum") for column in sums.column_names])
    return named.select(whole.column_names).sort_by(
        [("shop_id", "ascending"), ("day", "ascending")]
    )


def _counted(rows: Table, span: Span) -> dict[str, pa.Table]:
    ends = [(day - EPOCH).days for day in (span.first, span.last)]
    acts = acts_of(_columns(rows, rows.steps > 0, "goods", "channel", "steps", "order", "first_at"))
    steps = ways.steps_of(acts)
    journeys = ways.within(ways.journeys_of(steps, acts.channels), *ends)
    pages = pages_of(_columns(rows, rows.letter > 0, "letter", "id"))
    return {
        "funnels": ways.funnels(journeys, acts.channels), "gaps": ways.gaps(journeys, acts.channels),
        "dwells": _within(dwells(rows), span).to_pyarrow(), "paths": walks.paths(pages, LETTERS, *ends),
        "pulses": ways.pulses(steps, acts.channels, *ends),
    }  # fmt: skip


def _columns(rows: Table, are_mine: Any, *names: str) -> pa.Table:
    return rows.filter(are_mine).select("shop_id", "who", "at", "day", *names).to_pyarrow()


def acts_of(table: pa.Table) -> Acts:
    who, people = _coded(table, "who")
    channel, channels = _coded(table, "channel")
    is_lasting = ~pc.starts_with(people, "v~").to_numpy(zero_copy_only=False)
    return Acts(
        shop=_whole(table, "shop_id"), who=who, goods=_whole(table, "goods"), at=_whole(table, "at"),
        day=_day(table), channel=channel, steps=_whole(table, "steps"), order=_coded(table, "order")[0],
        first_at=_whole(table, "first_at"), is_lasting=is_lasting[who],
        channels=channels.to_pylist() or ["direct"],
    )  # fmt: skip


def pages_of(table: pa.Table) -> Pages:
    return Pages(
        shop=_whole(table, "shop_id"), who=_coded(table, "who")[0], at=_whole(table, "at"),
        day=_day(table), letter=_whole(table, "letter"), id=table.column("id").combine_chunks(),
    )  # fmt: skip


def _whole(table: pa.Table, name: str) -> ways.Array:
    found: ways.Array = table.column(name).cast(pa.int64()).to_numpy()
    return found


def _day(table: pa.Table) -> ways.Array:
    found: ways.Array = table.column("day").cast(pa.int32()).cast(pa.int64()).to_numpy()
    return found


def _coded(table: pa.Table, name: str) -> tuple[ways.Array, pa.Array]:
    """The place of each text among the words, -1 for none; and the words."""
    whole = table.column(name).combine_chunks().dictionary_encode()
    return whole.indices.fill_null(-1).cast(pa.int64()).to_numpy(), whole.dictionary


def _within(table: Table, span: Span) -> Table:
    rows = table.filter(table.day.between(span.first, span.last))
    return rows.order_by("shop_id", "day")


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
    """The log of these days with its local day, and whose a row is; read once for each offset of the local clock."""
    zone = timezone.get_default_timezone()

    def offset(day: date) -> int:
        found = zone.utcoffset(datetime.combine(day, time(12)))
        return int(found.total_seconds()) if found else 0

    parts = []
    for seconds, some in groupby(days, key=offset):
        table = engine.read(connection, [str(f) for day in some for f in lake.files_of(day)])
        at = engine.second(table.ts)
        parts.append(
            table.select(
                "id", "ts", "verb", "person_id", "visitor_id", "shop_id", "object_type",
                "object_id", "channel", "session_id", "position", "share_token", props=table.props.fill_null(""),
                at=at, day=((at + seconds) // DAY),
            )
        )  # fmt: skip
    whole = ibis.union(*parts) if len(parts) > 1 else parts[0]
    epoch = ibis.literal(date(1970, 1, 1))
    return whole.mutate(day=epoch + whole.day.cast("int64").as_interval("D")).mutate(
        day=lambda t: t.day.cast("date")
    )


def _number(rows: Table, name: str) -> Any:
    return rows.props.re_extract(rf'"{name}":\s*(\d+)', 1).nullif("").cast("int64")


def acts(connection: Any, days: Sequence[date]) -> Table:
    """Rows of shops with who, and the goods they are about (0: none); a row about several goods is there for each."""
    known = engine.given(connection, shelf())
    tagged = engine.given(connection, tags()).left_join(
        known.rename(tagged="goods").select("tagged", tag_shop="shelf_shop"), "tagged"
    )
    whole = log_of(connection, days)
    log = metrics.with_who(whole)
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
        "id", "at", "day", "verb", "who", "visitor_id", "channel", "session_id", "position",
        "object_id", "share_token",
        shop_id=ibis.coalesce(rows.shop_id, rows.tag_shop, rows.shelf_shop),
        object_type=rows.page_type.fill_null(""), goods=numbers.split(","),
        order=rows.props.re_extract(r'"order_number":\s*"([^"]*)"', 1),
    )  # fmt: skip
    each = placed.filter(placed.shop_id.notnull()).unnest("goods")
    return each.mutate(goods=each.goods.strip().cast("int64"))


def told_of(connection: Any, days: Sequence[date]) -> Table:
    """Of each act what is counted of it. `steps`: bit n is set if it is the n-th step; `letter`: its place in LETTERS, from
    one on; `first_at`: when `who` first paid at the shop; what else there is only where it is asked for: an order of
    what is paid and received, the page of a stay, an id.
    """
    rows = acts(connection, days)
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
        "shop_id", "who", "goods", "at", "day", "channel",
        steps=reduce(add, bits).cast("int16"), letter=letter.cast("int16"),
        order=only(rows.verb.isin(["trade.order_paid", "trade.order_received"]), "order").nullif(""),
        id=only((letter > 0) | stay, "id"), position=only(stay, "position"),
        **{name: only(stay, name) for name in ("object_type", "object_id", "session_id")},
    )  # fmt: skip
    told = told.filter((told.steps > 0) | (told.letter > 0) | told.position.notnull())
    first = first_payments(connection)
    joined = told.left_join(first, [told.shop_id == first.first_shop, told.who == first.first_who])
    return joined.select(*told.columns, first_at=joined.first_at.fill_null(ways.NEVER))


def first_payments(connection: Any) -> Table:
    """(shop, who) → the second of their first payment there, of the whole lake."""
    found = firsts(connection)
    return found.select(
        first_shop="shop_id", first_who=ibis.literal("p") + found.person_id.cast("string"),
        first_at=engine.second(found.first_ts),
    )  # fmt: skip


def dwells(rows: Table) -> Table:
    """How long a visit stayed on a page, all its stays together."""
    stays = rows.filter(rows.position.notnull())
    each = stays.distinct(on=["id", "shop_id"], keep="first")
    visits = each.group_by(
        "shop_id", "day", "who", kind="object_type", page="object_id", visit="session_id",
    ).aggregate(seconds=lambda t: t.position.sum(), channel=lambda t: t.channel.argmin(t["at"]))  # fmt: skip
    seconds = ibis.least(visits.seconds, DWELL_MAX)
    told = visits.mutate(seconds=ibis.ifelse(seconds < 600, seconds, seconds // 10 * 10).cast("int64"))  # fmt: skip
    return told.group_by(
        "shop_id", "day", "kind", "channel", "seconds", object_id=told.page.fill_null(""),
    ).aggregate(visits=lambda t: t.count())  # fmt: skip


def _save(cells: dict[str, pa.Table], span: Span, digest: str) -> None:
    """Put the new cells in the place of the old ones: readers see all the old or all the new."""
    with transaction.atomic():
        for name, table in cells.items():
            CELLS[name]._default_manager.filter(day__gte=span.first, day__lte=span.last).delete()
            store(CELLS[name], table)
        JourneyBuild.objects.all().delete()
        JourneyBuild.objects.create(
            digest=digest, first=span.first, last=span.last, built_at=clock.now()
        )
