"""A shop's signals on a day, from its weeks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.insight.models import ShopWeek
from grapevine.insight.rules.holidays import is_holiday_week, monday_of, quiet_days
from grapevine.insight.rules.stages import Signals

WINDOW = 4
Rows = Sequence[ShopWeek]


def weeks_of(shop_ids: Iterable[int]) -> dict[int, list[ShopWeek]]:
    """Each shop's weeks, the oldest first."""
    found: dict[int, list[ShopWeek]] = defaultdict(list)
    rows = ShopWeek.objects.filter(shop_id__in=list(shop_ids)).order_by("shop_id", "week")
    for row in rows.iterator(2000):
        found[row.shop_id].append(row)
    return found


def _window(day: date, *, is_whole: bool) -> tuple[list[date], list[date]]:
    """Four plain weeks up to `day` and the four before. `is_whole`: the week that is not over is left out."""
    monday = monday_of(day + timedelta(days=1)) - timedelta(weeks=1) if is_whole else monday_of(day)
    mondays: list[date] = []
    while len(mondays) < 2 * WINDOW:
        if not is_holiday_week(monday):
            mondays.append(monday)
        monday -= timedelta(weeks=1)
    return mondays[:WINDOW], mondays[WINDOW:]


def signals_on(day: date, shop: goods.CountedShop, rows: Rows) -> Signals:
    """What is known of a shop at the end of `day`; later rows are not looked at.

    Money, orders and what was done count whole weeks; days seen count this week too, so that who comes back is noticed.
    A shop in its first week is judged by that week.
    """
    opened = timezone.localdate(shop.opened_at)
    past = [row for row in rows if row.week <= day]
    is_young = monday_of(opened) >= monday_of(day)
    (now, before), (seen, seen_before) = (
        _window(day, is_whole=not is_young),
        _window(day, is_whole=False),
    )
    by_week = {row.week: row for row in past}

    def total(name: str, weeks: Sequence[date]) -> int:
        return sum(getattr(by_week[week], name) for week in weeks if week in by_week)

    seen_on = _latest([row.last_seen for row in past], day, opened)
    ordered_on = _latest([row.last_order for row in past], day, opened)
    shipped = total("shipped", now)
    return Signals(
        age_days=max(0, (day - opened).days), is_closed=_is_closed(shop, day),
        goods=max(shop.goods, sum(row.listings for row in past)),
        orders_ever=sum(row.orders for row in past),
        seen_days=total("seen_days", seen), seen_days_before=total("seen_days", seen_before),
        quiet_days=quiet_days(seen_on, day), orderless_days=quiet_days(ordered_on, day),
        orders=total("orders", now), orders_before=total("orders", before),
        payments_minor=total("payments_minor", now),
        payments_before_minor=total("payments_minor", before), pages=_most(by_week, now),
        listings=total("listings", now), campaigns=total("campaigns", now),
        replies=total("replies", now),
        ship_hours=round(total("ship_minutes", now) / 60 / shipped, 1) if shipped else None,
        tickets=total("tickets", now),
    )  # fmt: skip


def _is_closed(shop: goods.CountedShop, day: date) -> bool:
    return shop.closed_at is not None and timezone.localdate(shop.closed_at) <= day


def _latest(found: Sequence[date | None], day: date, opened: date) -> date:
    return max([one for one in found if one is not None and one <= day], default=min(opened, day))


def _most(by_week: Mapping[date, ShopWeek], weeks: Sequence[date]) -> int:
    """Parts of the console used in the week that used most."""
    return max((by_week[week].pages for week in weeks if week in by_week), default=0)
