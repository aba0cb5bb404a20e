"""Counting people's ways: journeys, times between steps, dwell, paths and a goods' pulse, all shops in one pass.

The days of the last quarter are counted anew, whole, and put in the place of the old ones in one transaction; older
days stay as they were. What a browser did before its person signed in is the person's. Nothing about a person is kept.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

import ibis
import pyarrow as pa
from django.conf import settings
from django.db import connection as database, models, transaction
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
from grapevine.insight.rules.funnels import PARTS
from grapevine.insight.rules.turns import Place, count_of, places
from grapevine.insight.steps import (
    LATE,
    LATE_DAYS,
    LONGEST_DAYS,
    PAIRS,
    QUIET_DAYS,
    RANK,
    STEPS,
)
from grapevine.kit import clock
from grapevine.scene import facade as scene

ROWS_A_MEGABYTE = 400
"""Rows of the log held at once for each megabyte of the engine's memory: what is kept of a row takes some 560 bytes."""
COUNTED_DAYS = 92
LEAD_DAYS = 14
"""Read before them, so that a journey that began earlier is not taken for a new one."""
DAY = 86_400
VISIT_SECONDS = 1800
DWELL_MAX = 3600
PATH_STEPS = 5
ROWS_A_STATEMENT = 10_000
PLACES = {"goods": "g", "note": "n", "shop": "b", "group": "j", "feed": "f", "topic": "f", "person": "u"}  # fmt: skip
"""What kind of page → its letter in a path; `s` a search, `h` a share link, `c` the cart, `q` the order page, `p` paid."""
ACTS = {
    "search": "s", "open_share": "h", "spread.share_visited": "h", "cart": "c", "checkout": "q",
    "campaigns.group_joined": "k", "campaigns.group_opened": "k", "trade.order_paid": "p",
}  # fmt: skip
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
    first_paid = first_payments(connection)
    rows = acts(connection, days).drop("visitor_id", "share_token")
    planned = places(_sizes(connection, days), rows_a_turn())
    if count_of(planned) == 1:
        return _counted(connection, rows, first_paid, span)
    with engine.parted(connection, _placed(connection, rows, planned), "turn") as parts:
        # DuckDB adds days to a date as a moment, which Ibis takes for a date.
        rows_of = (part.drop("turn").mutate(day=part.day.cast("date")) for part in parts)
        found = [_counted(connection, some, first_paid, span) for some in rows_of]
    is_sliced = any(place.slices > 1 for place in planned)
    return {
        name: _joined([part[name] for part in found], is_sliced=is_sliced) for name in CELLS
    }  # fmt: skip


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


def _counted(
    connection: Any, acts_of_turn: Table, first_paid: Table, span: Span
) -> dict[str, pa.Table]:
    with (
        engine.kept(connection, acts_of_turn) as rows,
        engine.kept(connection, steps_of(rows)) as steps,
    ):
        tables = {"dwells": dwells(rows), "paths": paths(rows), "pulses": pulses(steps)}
        found = {name: _within(table, span).to_pyarrow() for name, table in tables.items()}
        with engine.kept(connection, journeys_of(steps, first_paid)) as journeys:
            tables = {"funnels": funnels(journeys), "gaps": gaps(journeys)}
            return found | {
                name: _within(table, span).to_pyarrow() for name, table in tables.items()
            }


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


def first_payments(connection: Any) -> Table:
    """(shop, who) → the second of their first payment there, of the whole lake."""
    found = firsts(connection)
    return found.select(
        first_shop="shop_id", first_who=ibis.literal("p") + found.person_id.cast("string"),
        first_at=engine.second(found.first_ts),
    )  # fmt: skip


def steps_of(rows: Table) -> Table:
    """(shop, who, goods, at, day, channel, step): each step of each goods, and of the shop as a whole under 0.

    What a delivery is of is known by its order.
    """
    parts = [
        rows.filter(step.of(rows)).select(
            "shop_id", "who", "goods", "at", "day", "channel", "order",
            step=ibis.literal(step.letter), rank=ibis.literal(RANK[step.letter]),
        )
        for step in STEPS
    ]  # fmt: skip
    found = ibis.union(*parts)
    of_order = found.filter((found.step == "p") & (found.order != "")).select("order", sold="goods")
    late = found.filter((found.goods == 0) & (found.step == "r")).inner_join(
        of_order.distinct(), "order"
    )
    columns = ["shop_id", "who", "goods", "at", "day", "channel", "step", "rank"]
    named = late.drop("goods").rename(goods="sold").select(*columns)
    own = found.filter(found.goods != 0).select(*columns)
    whole = found.mutate(goods=ibis.literal(0, "int64")).select(*columns)
    return ibis.union(whole, own, named).distinct()


def journeys_of(steps: Table, first_paid: Table) -> Table:
    """Each journey's steps: (journey, step, first_at, last_at, …) with its day, channel and customer."""
    key = ["shop_id", "who", "goods"]
    early = steps.filter(~steps.step.isin(LATE))
    by_time = ibis.window(group_by=key, order_by=["at", "rank"])
    marked = early.mutate(
        at_before=early["at"].lag().over(by_time), step_before=early.step.lag().over(by_time)
    )
    is_fresh = (
        marked.at_before.isnull()
        | (marked["at"] - marked.at_before > QUIET_DAYS * DAY)
        | (marked.step_before == "p")
    )
    running = ibis.cumulative_window(group_by=key, order_by=["at", "rank"])
    chained = marked.mutate(fresh=is_fresh.cast("int64"))
    chained = chained.mutate(chain=chained.fresh.sum().over(running))
    begun = ibis.window(group_by=[*key, "chain"])
    aged = chained.mutate(age=chained["at"] - chained["at"].min().over(begun))
    block = (aged.age // (LONGEST_DAYS * DAY)).cast("int64")
    columns = [*key, "at", "day", "channel", "step", "rank"]
    numbered = aged.mutate(journey=aged.chain * 1000 + block).select(*columns, "journey")
    late = steps.filter(steps.step.isin(LATE)).mutate(journey=ibis.null("int64"))
    both = ibis.union(numbered, late.select(*columns, "journey"))
    paid = ibis.ifelse(both.step == "p", both.journey, ibis.null("int64"))
    tied = both.mutate(paid_journey=paid.max().over(running))
    whole = tied.mutate(journey=ibis.coalesce(tied.journey, tied.paid_journey))
    return _described(whole.filter(whole.journey.notnull()), first_paid)


def _described(rows: Table, first_paid: Table) -> Table:
    key = ["shop_id", "who", "goods", "journey"]
    channel = ibis.coalesce(rows.channel.nullif(""), ibis.literal("direct"))
    rows = rows.mutate(channel=channel)
    weight = ibis.cases((rows.step == "p", 0), (rows.channel != "direct", 1), else_=2)
    rows = rows.mutate(order_of=weight * 10**12 + rows["at"])
    heads = rows.group_by(key).aggregate(
        began_at=rows["at"].min(), began=rows.day.min(), from_channel=rows.channel.argmin(rows.order_of)
    )  # fmt: skip
    grouped = rows.group_by([*key, "step", "rank"]).aggregate(
        first_at=rows["at"].min(), last_at=rows["at"].max(),
        first_day=rows.day.min(), last_day=rows.day.max(),
    )  # fmt: skip
    known = grouped.join(heads, key)
    known = known.left_join(
        first_paid, [known.shop_id == first_paid.first_shop, known.who == first_paid.first_who]
    )
    is_old = known.first_at_right if "first_at_right" in known.columns else known.first_at
    old = ibis.ifelse((is_old < known.began_at).fill_null(False), "old", "new")  # noqa: FBT003
    return known.select(
        *key, "step", "rank", "first_at", "last_at", "first_day", "last_day",
        day=known.began, channel=known.from_channel, customer=old,
    ).filter(lambda t: t.first_day.delta(t.day, unit="day") <= LATE_DAYS)  # fmt: skip


CELL = ["shop_id", "day", "goods", "channel", "customer"]
JOURNEY = [*CELL, "who", "journey"]


def funnels(journeys: Table) -> Table:
    """Journeys by what they did, in order."""

    def points(at: str, day: str, rows: Table) -> Table:
        age = rows[day].delta(rows.day, unit="day").cast("string")
        text = rows.step + ibis.ifelse(age == "0", "", age)
        return rows.select(*JOURNEY, "rank", at=rows[at], text=text)

    again = journeys.filter(
        (journeys.last_at > journeys.first_at)
        & (journeys.last_day.delta(journeys.day, unit="day") <= LATE_DAYS)
    )
    both = ibis.union(
        points("first_at", "first_day", journeys), points("last_at", "last_day", again)
    )
    ways = both.group_by(JOURNEY).aggregate(
        way=both.text.group_concat(sep="", order_by=[both["at"], both["rank"]])
    )
    return ways.group_by([*CELL, "way"]).aggregate(people=lambda t: t.count())


def gaps(journeys: Table) -> Table:
    """Times from the first of one step to the first of another after it, in classes."""
    here = journeys.select(*JOURNEY, a=journeys.step, a_at=journeys.first_at)
    there = journeys.select(*JOURNEY, b=journeys.step, b_at=journeys.first_at, b_last=journeys.last_at)  # fmt: skip
    pairs = here.join(there, JOURNEY)
    pairs = pairs.mutate(pair=pairs.a + pairs.b)
    pairs = pairs.filter(pairs.pair.isin(PAIRS) & (pairs.b_last >= pairs.a_at))
    seconds = ibis.ifelse(pairs.b_at >= pairs.a_at, pairs.b_at, pairs.b_last) - pairs.a_at
    classes = (ibis.greatest(seconds, 1).log2() * PARTS).floor().cast("int64")
    timed = pairs.mutate(bucket=classes)
    return timed.group_by([*CELL, "pair", "bucket"]).aggregate(people=lambda t: t.count())


def dwells(rows: Table) -> Table:
    """How long a visit stayed on a page, all its stays together."""
    stays = rows.filter((rows.verb == "dwell") & rows.position.notnull())
    each = stays.distinct(on=["id", "shop_id"], keep="first")
    visits = each.group_by(
        "shop_id", "day", "who", kind="object_type", page="object_id", visit="session_id",
    ).aggregate(seconds=lambda t: t.position.sum(), channel=lambda t: t.channel.argmin(t["at"]))  # fmt: skip
    seconds = ibis.least(visits.seconds, DWELL_MAX)
    told = visits.mutate(seconds=ibis.ifelse(seconds < 600, seconds, seconds // 10 * 10).cast("int64"))  # fmt: skip
    return told.group_by(
        "shop_id", "day", "kind", "channel", "seconds", object_id=told.page.fill_null(""),
    ).aggregate(visits=lambda t: t.count())  # fmt: skip


def paths(rows: Table) -> Table:
    """The last pages of a visit before a payment, or before the visit ended without one."""
    letter = ibis.cases(
        *((rows.verb == verb, text) for verb, text in ACTS.items()),
        *(((rows.verb == "view") & (rows.object_type == kind), text) for kind, text in PLACES.items()),
        else_="",
    )  # fmt: skip
    told = rows.mutate(letter=letter)
    told = told.filter(told.letter != "").distinct(on=["id", "shop_id"], keep="first")
    key = ["shop_id", "who"]
    by_time = ibis.window(group_by=key, order_by=["at", "id"])
    told = told.mutate(
        at_before=told["at"].lag().over(by_time), letter_before=told.letter.lag().over(by_time)
    )
    is_fresh = (
        told.at_before.isnull()
        | (told["at"] - told.at_before > VISIT_SECONDS)
        | (told.letter_before == "p")
    )
    running = ibis.cumulative_window(group_by=key, order_by=["at", "id"])
    told = told.mutate(fresh=is_fresh)
    told = told.mutate(visit=told.fresh.cast("int64").sum().over(running))
    told = told.filter(told.fresh | (told.letter != told.letter_before))
    of_visit = ibis.window(group_by=[*key, "visit"])
    pages = told.mutate(is_paid=(told.letter == "p").any().over(of_visit))
    pages = pages.filter(pages.letter != "p")
    backwards = ibis.window(group_by=[*key, "visit"], order_by=[ibis.desc("at"), ibis.desc("id")])
    pages = pages.mutate(place=ibis.row_number().over(backwards))
    pages = pages.filter(pages.place < PATH_STEPS)
    ends = pages.group_by([*key, "visit"]).aggregate(
        day=pages.day.min(), is_paid=pages.is_paid.any(),
        path=pages.letter.group_concat(sep="", order_by=[ibis.desc("place")]),
    )  # fmt: skip
    return ends.group_by(
        "shop_id", "day", "path", kind=ibis.ifelse(ends.is_paid, "buy", "leave")
    ).aggregate(visits=lambda t: t.count())


def pulses(steps: Table) -> Table:
    """A goods' day in people. Whoever is somebody else every day (no consent) is not counted among those who looked."""
    own = steps.filter((steps.goods != 0) & ~steps.who.startswith("v~"))

    def people(step: str) -> Any:
        return own.who.nunique(where=own.step == step)

    def brought(step: str, channel: str) -> Any:
        return own.who.nunique(where=(own.step == step) & (own.channel == channel))

    return own.group_by("shop_id", "day", "goods").aggregate(
        viewers=people("g"), buyers=people("p"), share_visits=people("h"), note_views=people("n"),
        group_buyers=brought("p", "group"),
    ).filter(lambda t: t.viewers + t.buyers + t.share_visits + t.note_views > 0)  # fmt: skip


def _save(cells: dict[str, pa.Table], span: Span, digest: str) -> None:
    """Put the new cells in the place of the old ones: readers see all the old or all the new."""
    with transaction.atomic():
        for name, table in cells.items():
            CELLS[name]._default_manager.filter(day__gte=span.first, day__lte=span.last).delete()
            _insert(CELLS[name]._meta.db_table, table)
        JourneyBuild.objects.all().delete()
        JourneyBuild.objects.create(
            digest=digest, first=span.first, last=span.last, built_at=clock.now()
        )


def _insert(name: str, table: pa.Table) -> None:
    """Straight into the table: COPY on PostgreSQL, one prepared statement on SQLite."""
    columns = ", ".join(f'"{column}"' for column in table.column_names)
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            with cursor.cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
                for row in _tuples(table):
                    copy.write_row(row)
            return
        marks = ", ".join(["?"] * table.num_columns)
        cursor.cursor.executemany(
            f'INSERT INTO "{name}" ({columns}) VALUES ({marks})',  # noqa: S608  names of the code
            _tuples(table, dates_as_text=True),
        )


def _tuples(table: pa.Table, *, dates_as_text: bool = False) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(ROWS_A_STATEMENT):
        columns = [
            column.cast(pa.string()) if dates_as_text and pa.types.is_date(column.type) else column
            for column in batch.columns
        ]
        yield from zip(*(column.to_pylist() for column in columns), strict=True)
