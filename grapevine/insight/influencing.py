"""What of other people met buyers before they paid, counted from the log: the last 92 days, all shops, every six hours.

A friend's share that was opened, a note or share of somebody with many followers, the reviews of the goods, and what others
say of the goods in notes and under them: those of one's own circle (`circles`: who shares with whom, as the whole log has it) apart from all others. Not one's own, and not the shop's. Whoever switched personalisation off is looked at
in no way: of their orders it is only known that they are there. A visit before sign-in is theirs as everywhere (`stitching`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from django.db import transaction
from django.utils import timezone
from ibis.expr.types import Table

from grapevine.goods import facade as goods
from grapevine.insight import circles, engine, lake, metrics, sources
from grapevine.insight.models import InfluenceCell, InfluencedOrder
from grapevine.insight.rules import influence as rules
from grapevine.insight.rules.influence import (
    CIRCLE,
    CROWD,
    FRIEND,
    KOL,
    NONE,
    REVIEW,
    UNSEEN,
    Touch,
)
from grapevine.kit.sealed import blind_index
from grapevine.people import facade as people
from grapevine.spread import facade as spread

DAYS = 92
DAY = 86_400
CODE_LENGTH = 8
BATCH, PART, SHOPS_MAX = 1_000, 5_000, 500
PUBLISHED = ("scene.note_published", "scene.note_changed")
COMMENTED, SHARED = "scene.note_commented", "spread.share_visited"
CREATED, IMPORTED = "spread.share_created", "import"
NOTES = pa.schema([("note", pa.string()), ("author", pa.int64()), ("note_shop", pa.int64())])
AROUND = pa.schema([("member", pa.int64()), ("circle", pa.int64())])
STAFF = pa.schema([("staff_shop", pa.int64()), ("staff_person", pa.int64())])
WEEKS = pa.schema([("day", pa.date32()), ("week", pa.date32()), ("week_end", pa.int64())])
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Read of the log: orders, the touches before each, both sorted by shop, and visitors of a week who bought nothing."""

    orders: pa.Table
    touches: pa.Table
    visitors: Mapping[int, Sequence[Row]]

    def shops(self) -> list[int]:
        return sorted({*self.orders.column("shop_id").unique().to_pylist(), *self.visitors})


def build() -> int:
    """Count anew and put it in the place of what was counted, some shops at a time; how many orders.

    A shop's readers see all the old or all the new. Rows become objects for some thousand orders at a time: memory is that of the
    tables, and nobody waits long to write.
    """
    today = timezone.localdate()
    first = today - timedelta(days=DAYS)
    found = _found([day for day in lake.days() if day >= first - timedelta(days=rules.WINDOW_DAYS)], first)  # fmt: skip
    if found is None:
        return 0
    buyers = found.orders.column("person_id").unique().to_pylist()
    off = people.not_personalised(one for one in buyers if one is not None)
    for shops in _parts(found):
        _save(found, shops, off)
    _forget_others(set(found.shops()))
    return int(found.orders.num_rows)


def _parts(found: Found) -> Iterator[list[int]]:
    """Shops, in their order, with about PART orders together."""
    counts = Counter(found.orders.column("shop_id").to_pylist())
    part: list[int] = []
    for shop in found.shops():
        part.append(shop)
        if sum(counts[one] for one in part) >= PART or len(part) == SHOPS_MAX:
            yield part
            part = []
    if part:
        yield part


def _save(found: Found, shops: Sequence[int], off: set[int]) -> None:
    rows = _of(found.orders, shops)
    met: defaultdict[str, list[Row]] = defaultdict(list)
    for row in _of(found.touches, shops):
        met[row["number"]].append(row)
    orders = [_order(row, met.get(row["number"], ()), off) for row in rows]
    cells = _cells(orders, rows, [row for shop in shops for row in found.visitors.get(shop, ())])
    with transaction.atomic():
        InfluencedOrder.objects.filter(shop_id__in=shops).delete()
        InfluencedOrder.objects.bulk_create(orders, batch_size=BATCH)
        InfluenceCell.objects.filter(shop_id__in=shops).delete()
        InfluenceCell.objects.bulk_create(cells, batch_size=BATCH)


def _of(table: pa.Table, shops: Sequence[int]) -> list[Row]:
    """The rows of neighbouring shops, of a table sorted by shop."""
    ids = table.column("shop_id").to_numpy()
    start, end = np.searchsorted(ids, shops[0]), np.searchsorted(ids, shops[-1], side="right")
    found: list[Row] = table.slice(start, end - start).to_pylist()
    return found


def _forget_others(shops: set[int]) -> None:
    """Shops that have neither orders nor visitors any more."""
    for model in (InfluencedOrder, InfluenceCell):
        rows = model._default_manager
        for shop in {*rows.order_by().values_list("shop_id", flat=True).distinct()} - shops:
            rows.filter(shop_id=shop).delete()


def _found(days: Sequence[date], first: date) -> Found | None:
    with engine.opened() as connection:
        log = engine.log(connection, days)
        if log is None:
            return None
        notes = engine.given(connection, _notes(connection))
        shelf = engine.given(connection, sources.shelf())
        whole = metrics.with_who(log).filter(lambda t: t.who.notnull())
        staff = engine.given(connection, _staff())
        around = engine.given(connection, _around(connection))
        with engine.kept(connection, _touches(whole, notes, shelf, staff, around)) as touches:
            paid = metrics.paid(whole).filter(lambda t: t.day >= first)
            orders = paid.select(
                "shop_id", "day", "person_id", "who", paid_at=_second(paid), amount_minor=paid.amount,
                number=paid.props.re_extract(r'"order_number":\s*"([^"]*)"', 1),
                carries_share=paid.props.re_search(r'"share_token":\s*"[^"]'),
            )  # fmt: skip
            told = orders.order_by(["shop_id", "paid_at", "number"]).to_pyarrow()
            met = _before(orders, touches).to_pyarrow()
            weeks = engine.given(connection, _weeks(days, first))
            visitors = engine.rows(_visitors(whole, orders, touches, weeks))
    by_shop: defaultdict[int, list[Row]] = defaultdict(list)
    for row in visitors:
        by_shop[row["shop_id"]].append(row)
    return Found(told, met, by_shop)


def _second(table: Table) -> Any:
    return engine.second(table.ts)


def _weeks(days: Iterable[date], first: date) -> pa.Table:
    """Of each local day the Monday, and the second in which its week ends."""
    zone = timezone.get_default_timezone()
    rows = []
    for day in days:
        if day >= first:
            week = _monday(day)
            end = datetime.combine(week + timedelta(days=7), time(), tzinfo=zone)
            rows.append({"day": day, "week": week, "week_end": int(end.timestamp())})
    return pa.Table.from_pylist(rows, schema=WEEKS)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _notes(connection: Any) -> pa.Table:
    """(note, author, shop): every note with goods, by the shops of its goods, whenever it was written."""
    log = engine.log(connection, lake.days())
    assert log is not None
    told = log.filter(log.verb.isin(PUBLISHED) & log.person_id.notnull())
    rows = engine.rows(
        told.select(
            "person_id", note=told.object_id,
            goods=told.props.re_extract(r'"goods_ids":\s*\[([\d, ]*)\]', 1),
        )
    )  # fmt: skip
    shop_of = {str(pk): shop for pk, _public, shop, _category in goods.goods_categories()}
    found = {
        (row["note"], row["person_id"], shop_of[one.strip()])
        for row in rows
        for one in (row["goods"] or "").split(",")  # a note without goods says nothing of them
        if one.strip() in shop_of
    }
    return pa.Table.from_pylist(
        [dict(zip(NOTES.names, one, strict=True)) for one in sorted(found)], schema=NOTES
    )


def _around(connection: Any) -> pa.Table:
    """(member, circle): everybody who shares with somebody."""
    log = engine.log(connection, lake.days())
    assert log is not None
    rows = [{"member": person, "circle": one} for person, one in circles.found(log).items()]
    return pa.Table.from_pylist(rows, schema=AROUND)


def _touches(whole: Table, notes: Table, shelf: Table, staff: Table, around: Table) -> Table:
    """(toucher, touched_shop, at, kind, what, other): what met whom, of other people and not of the shop."""
    leaders = people.well_followed(rules.FOLLOWERS)
    shares = whole.filter((whole.verb == SHARED) & whole.shop_id.notnull())
    sharer = shares.props.re_extract(r'"sharer_id":\s*(\d+)', 1).nullif("").cast("int64")
    opened = _opened(whole)
    talk = ibis.ifelse(whole.object_type == "note", "note:", "talk:") + whole.object_id
    is_read = (whole.verb == "view") & whole.object_type.isin(["note", "discussion"])
    about = whole.mutate(what=ibis.ifelse(whole.verb == COMMENTED, ibis.literal("talk:") + whole.object_id, talk))  # fmt: skip
    said = about.filter(is_read | (whole.verb == COMMENTED)).join(
        notes, about.object_id == notes.note
    )
    said = _with_circles(said, around)
    talk_kind = ibis.ifelse(said.is_near, CIRCLE, CROWD)
    reviews = whole.filter((whole.verb == "view") & (whole.object_type == "reviews")).join(
        shelf, whole.object_id == shelf.public_id
    )
    parts = [
        _part(shares, shares.shop_id, sharer, _led(sharer, leaders, FRIEND), ibis.literal("share:") + sharer.cast("string")),
        _part(opened, opened.shop_id, opened.by, _led(opened.by, leaders, FRIEND), ibis.literal("share:") + opened.by.cast("string")),
        _part(said, said.note_shop, said.author, ibis.ifelse(said.what.startswith("note:"), _led(said.author, leaders, talk_kind), talk_kind), said.what),
        _part(reviews, reviews.shelf_shop, ibis.null("int64"), ibis.literal(REVIEW), ibis.literal("reviews:") + reviews.object_id),
    ]  # fmt: skip
    every = ibis.union(*parts)
    own = ibis.literal("p") + every.other.cast("string")
    of_others = every.filter(every.other.isnull() | (every.toucher != own))
    return of_others.anti_join(
        staff,
        [of_others.touched_shop == staff.staff_shop, of_others.other == staff.staff_person],
    )


def _opened(whole: Table) -> Table:
    """Shares opened elsewhere and brought in: a view with its share; here each opening is told by itself. `by`: whose share."""
    made = whole.filter((whole.verb == CREATED) & whole.share_token.nullif("").notnull())
    made = made.group_by(made=made.share_token).aggregate(by=made.person_id.min())
    brought_in = whole.filter((whole.verb == "view") & (whole.origin == IMPORTED) & whole.shop_id.notnull())  # fmt: skip
    return brought_in.join(made, brought_in.share_token == made.made)


def _with_circles(said: Table, around: Table) -> Table:
    """`is_near`: reader and author are of one circle."""
    mine = around.select(reader=ibis.literal("p") + around.member.cast("string"), mine="circle")
    theirs = around.select(writer="member", theirs="circle")
    both = said.left_join(mine, said.who == mine.reader)
    both = both.left_join(theirs, both.author == theirs.writer)
    return both.mutate(is_near=(both.mine == both.theirs).fill_null(False))  # noqa: FBT003


def _led(other: Any, leaders: Sequence[int], kind: Any) -> Any:
    kind = ibis.literal(kind) if isinstance(kind, str) else kind
    return ibis.ifelse(other.isin(leaders), KOL, kind) if leaders else kind


def _part(rows: Table, shop_id: Any, other: Any, kind: Any, what: Any) -> Table:
    return rows.select(
        toucher=rows.who, touched_shop=shop_id.cast("int64"), at=_second(rows), kind=kind, what=what,
        other=other.cast("int64"),
    )  # fmt: skip


def _staff() -> pa.Table:
    """A shop's own word is no other people's."""
    rows = [
        {"staff_shop": shop.id, "staff_person": person}
        for shop in goods.every_shop()
        for person in shop.staff
    ]
    return pa.Table.from_pylist(rows, schema=STAFF)


def _before(orders: Table, touches: Table) -> Table:
    """The last touches within the window before each order."""
    joined = orders.join(
        touches, [orders.who == touches.toucher, orders.shop_id == touches.touched_shop]
    )
    ago = joined.paid_at - joined["at"]
    within = joined.filter((ago >= 0) & (ago < rules.WINDOW_DAYS * DAY))
    backwards = ibis.window(group_by="number", order_by=[ibis.desc("at"), ibis.desc("what")])
    ranked = within.mutate(place=ibis.row_number().over(backwards))
    last = ranked.filter(ranked.place < rules.TOUCHES_MAX)
    return last.select("shop_id", "number", "kind", "at", "what", "other").order_by(
        ["shop_id", "number", ibis.desc("at"), ibis.desc("what")]
    )


def _visitors(whole: Table, orders: Table, touches: Table, weeks: Table) -> Table:
    """(shop, week, kind, people) of who came in a week and bought nothing in it, by the last that met them until its end."""
    seen = whole.filter(whole.verb.isin(metrics.SEEN) & whole.shop_id.notnull()).join(weeks, "day")
    came = seen.select("who", "shop_id", "week", "week_end", "person_id").distinct()
    came = came.anti_join(orders.join(weeks, "day"), ["who", "shop_id", "week"])
    met = came.left_join(
        touches,
        [
            came.who == touches.toucher,
            came.shop_id == touches.touched_shop,
            touches["at"] < came.week_end,
            touches["at"] >= came.week_end - rules.WINDOW_DAYS * DAY,
        ],
    )
    last = met.group_by("who", "shop_id", "week", "person_id").aggregate(kind=met.kind.argmax(met["at"]))  # fmt: skip
    off = people.not_personalised(
        row["person_id"] for row in engine.rows(last.select("person_id").distinct()) if row["person_id"]
    )  # fmt: skip
    known = last.filter(~last.person_id.fill_null(0).isin(sorted(off))) if off else last
    told = known.mutate(kind=known.kind.fill_null(NONE))
    return told.group_by("shop_id", "week", "kind").aggregate(people=lambda t: t.who.nunique())


def _order(row: Row, met: Sequence[Row], off: set[int]) -> InfluencedOrder:
    """Of whom nobody looks at nothing is kept but that there was an order."""
    hidden = row["person_id"] in off
    touches = [] if hidden else [Touch(one["kind"], one["at"], _what(row["shop_id"], one)) for one in met]  # fmt: skip
    main = UNSEEN if hidden else rules.main_of(touches, carries_share=bool(row["carries_share"]))
    code = blind_index(row["number"], context=f"insight.influence:{row['shop_id']}")
    return InfluencedOrder(
        shop_id=row["shop_id"], day=row["day"], code=code[:CODE_LENGTH].upper(), main=main,
        touches=[[one.kind, (row["paid_at"] - one.at) // DAY, one.what] for one in touches],
        amount_minor=row["amount_minor"],
    )  # fmt: skip


def _what(shop_id: int, one: Row) -> str:
    """A sharer is told by the shop's own code."""
    if one["what"].startswith("share:"):
        return f"share:{spread.code_of(shop_id, one['other'])[:6]}"
    return str(one["what"])


def _cells(
    orders: Sequence[InfluencedOrder], rows: Sequence[Row], visitors: Sequence[Row]
) -> list[InfluenceCell]:
    """Visitors who bought nothing, and those who did, each under the main influence of their first order of the week."""
    came: defaultdict[tuple[int, date, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in visitors:
        came[row["shop_id"], row["week"], row["kind"]][0] += row["people"]
    bought = set()
    for order, row in zip(orders, rows, strict=True):
        week = _monday(order.day)
        key = (row["who"], order.shop_id, week)
        if order.main != UNSEEN and key not in bought:
            bought.add(key)
            cell = came[order.shop_id, week, order.main]
            cell[0] += 1
            cell[1] += 1
    return [
        InfluenceCell(shop_id=shop, week=week, kind=kind, people=count, buyers=buyers)
        for (shop, week, kind), (count, buyers) in sorted(came.items())
    ]
