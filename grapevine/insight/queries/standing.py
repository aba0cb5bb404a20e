"""A shop's signals on a day, from its weeks."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.insight.models import ShopWeek
from grapevine.insight.rules.holidays import is_holiday_week, monday_of, quiet_days
from grapevine.insight.rules.stages import Signals

WINDOW = 4


def weeks_of(shop_ids: Iterable[int]) -> dict[int, list[ShopWeek]]:
    """Each shop's weeks, the oldest first."""
    found: dict[int, list[ShopWeek]] = defaultdict(list)
    rows = ShopWeek.objects.filter(shop_id__in=list(shop_ids)).order_by("shop_id", "week")
    for row in rows.iterator(2000):
        found[row.shop_id].append(row)
    return found


class Past:
    """A shop's weeks, summed up as far as each of them, so that many days of it are judged in little time."""

    def __init__(self, rows: Sequence[ShopWeek]) -> None:
        self.mondays = [row.week for row in rows]
        self.by_week = {row.week: row for row in rows}
        self.orders = list(accumulate(row.orders for row in rows))
        self.listings = list(accumulate(row.listings for row in rows))
        self.seen = list(accumulate((row.last_seen or date.min for row in rows), max))
        self.ordered = list(accumulate((row.last_order or date.min for row in rows), max))

    def until(self, day: date) -> int:
        """How many weeks had begun by this day."""
        return bisect_right(self.mondays, day)

    def total(self, name: str, weeks: Sequence[date]) -> int:
        return sum(getattr(self.by_week[week], name) for week in weeks if week in self.by_week)


@lru_cache(maxsize=1024)
def _window(day: date, *, is_whole: bool) -> tuple[list[date], list[date]]:
    """Four plain weeks up to `day` and the four before. `is_whole`: the week that is not over is left out."""
    monday = monday_of(day + timedelta(days=1)) - timedelta(weeks=1) if is_whole else monday_of(day)
    mondays: list[date] = []
    while len(mondays) < 2 * WINDOW:
        if not is_holiday_week(monday):
            mondays.append(monday)
        monday -= timedelta(weeks=1)
    return mondays[:WINDOW], mondays[WINDOW:]


def signals_on(day: date, shop: goods.CountedShop, past: Past) -> Signals:
    """What is known of a shop at the end of `day`; later weeks are not looked at.

    Money, orders and what was done count whole weeks; days seen count this week too, so that who comes back is noticed.
    A shop in its first week is judged by that week.
    """
    opened = timezone.localdate(shop.opened_at)
    known = past.until(day)
    is_young = monday_of(opened) >= monday_of(day)
    now, before = _window(day, is_whole=not is_young)
    seen, seen_before = _window(day, is_whole=False)
    shipped, minutes = past.total("shipped", now), past.total("ship_minutes", now)
    return Signals(
        age_days=max(0, (day - opened).days), is_closed=_is_closed(shop, day),
        goods=max(shop.goods, past.listings[known - 1] if known else 0),
        orders_ever=past.orders[known - 1] if known else 0,
        seen_days=past.total("seen_days", seen),
        seen_days_before=past.total("seen_days", seen_before),
        quiet_days=quiet_days(_latest(past.seen, known, day, opened), day),
        orderless_days=quiet_days(_latest(past.ordered, known, day, opened), day),
        orders=past.total("orders", now), orders_before=past.total("orders", before),
        payments_minor=past.total("payments_minor", now),
        payments_before_minor=past.total("payments_minor", before), pages=_most(past, now),
        listings=past.total("listings", now), campaigns=past.total("campaigns", now),
        replies=past.total("replies", now),
        ship_hours=round(minutes / 60 / shipped, 1) if shipped else None,
        tickets=past.total("tickets", now),
    )  # fmt: skip


def _is_closed(shop: goods.CountedShop, day: date) -> bool:
    return shop.closed_at is not None and timezone.localdate(shop.closed_at) <= day


def _latest(days: Sequence[date], known: int, day: date, opened: date) -> date:
    """The last such day, or the day it opened."""
    found = days[known - 1] if known else date.min
    return min(day, found if found != date.min else opened)


def _most(past: Past, weeks: Sequence[date]) -> int:
    """Parts of the console used in the week that used most."""
    return max((past.by_week[week].pages for week in weeks if week in past.by_week), default=0)
