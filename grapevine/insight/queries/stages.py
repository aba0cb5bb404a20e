"""Shops by stage for operators, and one shop whole. A page takes three queries; the whole list is streamed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from grapevine.insight.lifecycle import ChangeView, ShopUnjudged, StagePage, StageRow, WeekView
from grapevine.insight.models import ShopStage, ShopWeek, StageChange
from grapevine.insight.queries import followups
from grapevine.insight.rules import support
from grapevine.insight.rules.holidays import is_holiday_week, monday_of
from grapevine.insight.rules.stages import Reason, Signals, Stage
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor

ORDERS = ("risk", "trend", "contact", "since", "opened")
HISTORY_MAX = 60
WEEKS_SHOWN = 12
OFFSET_MAX = 100_000


@dataclass(frozen=True, slots=True)
class StageFilter:
    """`stage` "" is all that are not closed, "all" those too; `order` one of ORDERS."""

    stage: str = ""
    query: str = ""
    order: str = "risk"


def _matching(wanted: StageFilter) -> QuerySet[ShopStage]:
    rows = ShopStage.objects.all()
    if not wanted.stage:
        rows = rows.exclude(stage=Stage.CLOSED)
    elif wanted.stage != "all":
        rows = rows.filter(stage=wanted.stage)
    if wanted.query:
        rows = rows.filter(name__icontains=wanted.query)
    keys = {
        "risk": F("chance").desc(nulls_last=True), "trend": F("trend_percent").asc(nulls_last=True),
        "contact": F("last_contact_at").asc(nulls_first=True), "since": F("since").desc(),
        "opened": F("opened_on").desc(),
    }  # fmt: skip
    return rows.order_by(keys[wanted.order], "shop_id")


def _row(row: ShopStage) -> StageRow:
    return StageRow(
        row.shop_id, row.slug, row.name, row.opened_on, Stage(row.stage), row.since,
        [Reason(**one) for one in row.reasons], row.trend_percent, row.next_step, row.chance,
        row.chance_before, row.last_contact_at,
    )  # fmt: skip


def stage_page(
    wanted: StageFilter, *, cursor: str | None = None, limit: int | None = None
) -> Page[StageRow]:
    """The shops that fit, with their open task. The cursor is a place in the list: orders change with every day."""
    size = clamp(limit)
    start = min(max(0, decode_cursor(cursor, [int])[0]), OFFSET_MAX) if cursor else 0
    found = list(_matching(wanted)[start : start + size + 1])
    tasks = followups.open_of([row.shop_id for row in found[:size]])
    rows = [replace(_row(row), follow_up=tasks.get(row.shop_id)) for row in found[:size]]
    return Page(rows, encode_cursor(start + size) if len(found) > size else None)


EVERY = StageFilter("all")


def stage_rows(wanted: StageFilter = EVERY) -> Iterator[StageRow]:
    for row in _matching(wanted).iterator(2000):
        yield _row(row)


def stage_counts() -> dict[str, int]:
    return dict(ShopStage.objects.values_list("stage").annotate(n=Count("id")).order_by("stage"))


def stage_of(slug: str) -> StagePage:
    """Seven queries. Raises ShopUnjudged."""
    row = ShopStage.objects.filter(slug=slug).first()
    if row is None:
        raise ShopUnjudged(slug)
    changes = StageChange.objects.filter(shop_id=row.shop_id).order_by("-on")[:HISTORY_MAX]
    tasks = followups.follow_ups_of(row.shop_id)
    mine = next((one for one in tasks if one.closed_at is None), None)
    return StagePage(
        replace(_row(row), follow_up=mine), row.signals, row.chance_reasons,
        [
            ChangeView(one.before, Stage(one.after), one.on, [Reason(**r) for r in one.reasons])
            for one in changes
        ],
        _weeks(row.shop_id, timezone.localdate()), tasks, followups.contacts_of(row.shop_id),
        followups.is_held_out(row.shop_id),
    )  # fmt: skip


def _weeks(shop_id: int, today: date) -> list[WeekView]:
    """The last twelve, the oldest first; weeks without anything are there with nought."""
    mondays = [monday_of(today) - timedelta(weeks=n) for n in range(WEEKS_SHOWN - 1, -1, -1)]
    rows = {row.week: row for row in ShopWeek.objects.filter(shop_id=shop_id, week__in=mondays)}
    return [_week(monday, rows.get(monday) or ShopWeek()) for monday in mondays]


def _week(monday: date, row: ShopWeek) -> WeekView:
    return WeekView(
        monday, row.seen_days, row.orders, row.payments_minor, row.listings, row.tickets,
        is_holiday_week(monday),
    )  # fmt: skip


def steps_of(shop_id: int) -> tuple[str, list[support.Step]]:
    """For the shop itself: its next step and the list of its stage; ("", []) where it was never judged. One query."""
    row = ShopStage.objects.filter(shop_id=shop_id).first()
    if row is None:
        return "", []
    stage, shown = Stage(row.stage), Signals(**row.signals)
    return support.next_step(stage, shown).code, list(support.steps(stage, shown))
