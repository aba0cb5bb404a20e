"""Windows of totals for the tree and for today. Two to four queries each."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Sum
from django.utils import timezone

from grapevine.insight.contracts import Hour, State, TodayView, Totals, Tree, Window
from grapevine.insight.models import BuiltDay, DailyFact, HourFact
from grapevine.insight.rules import tree as rules

WEEK = 7
MONTH = 28
NOISE_WEEKS = 9
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


def window_of(shop_id: int, days: int, *, last: date | None = None) -> Window:
    """`days` whole days up to `last` (yesterday), beside as many before."""
    end = last or local_day() - timedelta(days=1)
    middle, first = end - timedelta(days=days), end - timedelta(days=2 * days)
    rows = list(DailyFact.objects.filter(shop_id=shop_id, day__gt=first, day__lte=end))
    now = [row for row in rows if row.day > middle]
    before = [row for row in rows if row.day <= middle]

    def channels(part: list[DailyFact]) -> dict[str, Totals]:
        return {
            name: _totals(r for r in part if r.channel == name)
            for name in {r.channel for r in part}
        }

    return Window(
        days=days, first=middle + timedelta(days=1), last=end, now=_totals(now), before=_totals(before),
        channels_now=channels(now), channels_before=channels(before), noise=_noise(shop_id, first),
    )  # fmt: skip


def _noise(shop_id: int, end: date) -> float:
    """From the weeks before the window, so that what is judged does not judge itself."""
    start = end - timedelta(days=WEEK * NOISE_WEEKS)
    rows = DailyFact.objects.filter(shop_id=shop_id, day__gt=start, day__lte=end)
    by_day = rows.values_list("day").annotate(total=Sum("payments_minor")).order_by("day")
    weeks: dict[int, int] = {}
    for day, total in by_day:
        weeks[(end - day).days // WEEK] = weeks.get((end - day).days // WEEK, 0) + total
    return rules.noise_of([weeks[index] for index in sorted(weeks, reverse=True)])


def tree_of(shop_id: int, days: int | None = None) -> Tree:
    """The tree of the last week, or of four weeks where a week has too few orders to say anything."""
    if days is not None:
        return rules.build(window_of(shop_id, days))
    week = window_of(shop_id, WEEK)
    enough = min(week.now.orders, week.before.orders) >= rules.ORDERS_FOR_A_WEEK
    return rules.build(week if enough else window_of(shop_id, MONTH))


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
