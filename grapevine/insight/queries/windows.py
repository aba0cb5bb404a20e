"""Totals for today, beside the same day of last week. Seven queries."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone

from grapevine.insight.contracts import Hour, State, TodayView, Totals
from grapevine.insight.models import BuiltDay, DailyFact, HourFact
from grapevine.insight.queries.trees import tree_of
from grapevine.insight.rules import tree as rules

WEEK = 7
MEASURES = (
    "visitors", "buyers", "new_buyers", "orders", "items", "payments_minor", "payments_square",
)  # fmt: skip


def local_day() -> date:
    return timezone.localdate()


def _totals(rows: Iterable[DailyFact]) -> Totals:
    sums: dict[str, float] = dict.fromkeys(MEASURES, 0)
    for row in rows:
        for name in MEASURES:
            sums[name] += getattr(row, name)
    square = sums.pop("payments_square")
    return Totals(**{name: int(value) for name, value in sums.items()}, payments_square=square)


def today(shop_id: int) -> TodayView:
    """Today until now beside the same weekday last week until the same hour, and the tree."""
    day, hour = local_day(), timezone.localtime().hour
    last_week = day - timedelta(days=WEEK)
    facts = list(DailyFact.objects.filter(shop_id=shop_id, day__in=[day, last_week]))
    hours = list(HourFact.objects.filter(shop_id=shop_id, day__in=[day, last_week]))
    now = _totals(row for row in facts if row.day == day)
    whole = _totals(row for row in facts if row.day == last_week)
    until = sum(row.payments_minor for row in hours if row.day == last_week and row.hour <= hour)
    orders_until = sum(row.orders for row in hours if row.day == last_week and row.hour <= hour)
    before = Totals(
        visitors=whole.visitors, buyers=whole.buyers, new_buyers=whole.new_buyers, orders=orders_until,
        payments_minor=until,
    )  # fmt: skip
    variance = (1 + rules.spread(now)) * (
        1 / max(now.orders, 0.5) + 1 / max(orders_until, 0.5)
    ) + 0.02
    tree = tree_of(shop_id)
    built = BuiltDay.objects.order_by("-built_at").values_list("built_at", flat=True).first()
    return TodayView(
        day=day, hour=hour, today=now, before=before, before_whole_minor=whole.payments_minor,
        state=rules.judge(now.payments_minor, until, variance) if now.orders or orders_until else State.UNKNOWN,
        change=(now.payments_minor - until) / until if until else 0.0,
        hours=_hours(hours, day, hour), tree=tree,
        fresh_at=timezone.localtime(built).strftime("%H:%M") if built else "",
    )  # fmt: skip


def _hours(rows: list[HourFact], day: date, hour: int) -> list[Hour]:
    """Running totals of both days, hour by hour."""
    found, a, b = [], 0, 0
    for h in range(24):
        a += sum(r.payments_minor for r in rows if r.day == day and r.hour == h)
        b += sum(r.payments_minor for r in rows if r.day != day and r.hour == h)
        found.append(Hour(h, a if h <= hour else -1, b))
    return found
