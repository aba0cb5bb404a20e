"""Hits and what may become one, of a shop or of all. Two queries, one more for what sells now."""

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Count, Q

from grapevine.insight.funnels import HitView, Hot, Record
from grapevine.insight.models import Hit, PulseCell
from grapevine.insight.queries.windows import local_day
from grapevine.insight.rules import hits as rules

SHOWN_DAYS = 14
LINES_MAX = 50
CELLS_MAX = 20_000


def rising(shop_id: int | None = None, limit: int = LINES_MAX) -> list[HitView]:
    """What rises, the strongest and newest first: growth counts half as much every three days."""
    today = local_day()
    rows = Hit.objects.filter(day__gt=today - timedelta(days=SHOWN_DAYS))
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    found = [hit_view(row) for row in rows.order_by("-day", "-growth_bps")[: limit * 4]]
    return sorted(found, key=lambda one: (-_weight(one, today), one.goods))[:limit]


def _weight(one: HitView, today: date) -> float:
    age = (today - one.day).days
    return float(one.growth * 0.5 ** (age / rules.HALF_LIFE_DAYS))


def past(shop_id: int | None = None, limit: int = LINES_MAX) -> list[HitView]:
    """What was said before and what became of it, the newest first."""
    rows = Hit.objects.exclude(outcome="")
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    return [hit_view(row) for row in rows.order_by("-day", "id")[:limit]]


def record_of(shop_id: int | None = None) -> Record:
    rows = Hit.objects.all() if shop_id is None else Hit.objects.filter(shop_id=shop_id)
    found = rows.aggregate(
        rose=Count("pk", filter=Q(outcome="rose")), faded=Count("pk", filter=Q(outcome="faded")),
        waiting=Count("pk", filter=Q(outcome="")),
    )  # fmt: skip
    return Record(**found)


def hot(shop_id: int | None = None, limit: int = 20) -> list[Hot]:
    """What sells now: buyers of two weeks, those of yesterday the heaviest."""
    today = local_day()
    rows = PulseCell.objects.filter(day__gt=today - timedelta(days=SHOWN_DAYS), buyers__gt=0)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    days: dict[tuple[int, int], dict[date, int]] = defaultdict(dict)
    viewers: dict[tuple[int, int], int] = defaultdict(int)
    cells = rows.order_by("-day", "-buyers").values_list("shop_id", "goods", "day", "buyers", "viewers")  # fmt: skip
    for shop, goods_id, day, buyers, seen in cells[:CELLS_MAX]:
        days[shop, goods_id][day] = buyers
        viewers[shop, goods_id] += seen
    found = [
        Hot(goods_id, shop, sum(by.values()), viewers[shop, goods_id], rules.heat(by, today))
        for (shop, goods_id), by in days.items()
    ]
    return sorted(found, key=lambda one: (-one.score, one.goods))[:limit]


def hit_view(row: Hit) -> HitView:
    return HitView(
        row.goods, row.shop_id, row.day, row.signal, row.people, row.before_milli / 1000,
        row.growth_bps / 10_000, row.channel, row.outcome, row.top_day, row.top_buyers,
    )  # fmt: skip
