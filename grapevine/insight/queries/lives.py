"""Shops' weeks as lives on the line of plain weeks. One query over weeks, three over shops."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta

from django.db.models import Min
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.insight.models import ShopWeek
from grapevine.insight.rules.holidays import monday_of, plain_weeks
from grapevine.insight.rules.leaving import NOTHING, Life, Week

YEARS = timedelta(weeks=156)
"""How far back anything is learnt from."""
FIGURES = tuple(one.name for one in fields(Week))


@dataclass(frozen=True, slots=True)
class Lives:
    """`line`: the plain Mondays; the last of them is over."""

    line: Sequence[date]
    lives: Sequence[Life]

    @property
    def last(self) -> int:
        return len(self.line) - 1


def last_whole_week(today: date) -> date:
    """The Monday of the last week that is over on `today`; a Sunday's is over."""
    return monday_of(today + timedelta(days=1)) - timedelta(weeks=1)


def lives(today: date, shops: Iterable[goods.CountedShop]) -> Lives:
    """Every shop's life up to the last whole week."""
    end = last_whole_week(today)
    first = ShopWeek.objects.aggregate(first=Min("week"))["first"] or end
    line = plain_weeks(max(first, monday_of(end - YEARS)), end)
    place = {monday: number for number, monday in enumerate(line)}
    rows: dict[int, dict[int, Week]] = defaultdict(dict)
    weeks = ShopWeek.objects.filter(week__in=line).values_list("shop_id", "week", *FIGURES)
    for shop_id, week, *figures in weeks.iterator(5000):
        rows[shop_id][place[week]] = Week(*figures)
    found = []
    for shop in shops:
        began = _began(shop, line, rows[shop.id])
        if began is not None:
            mine = rows[shop.id]
            found.append(
                Life(shop.id, began, [mine.get(n, NOTHING) for n in range(began, len(line))])
            )
    return Lives(line, found)


def _began(shop: goods.CountedShop, line: Sequence[date], rows: dict[int, Week]) -> int | None:
    """The week it opened in, or of its first sign of life if that is earlier; None if it is younger than a week."""
    opened = monday_of(timezone.localdate(shop.opened_at))
    after = next((n for n, monday in enumerate(line) if monday >= opened), None)
    starts = [n for n in (after, min(rows, default=None)) if n is not None]
    return min(starts) if starts else None
