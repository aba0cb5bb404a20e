"""Days on which trade is unlike other weeks, as data: 春节, 国庆, 618 and 双11.

春节 and 国庆: the days off in the State Council's yearly notices (2024: 国办发明电〔2023〕7号; 2025: 国办发明电〔2024〕12号; 2026:
notice of 4 November 2025, https://politics.gmw.cn/2025-11/04/content_38391083.htm). A year without a notice yet has the days that
the Regulation on National Festivals (全国年节及纪念日放假办法, State Council Order 795, in force 2025-01-01) and the lunar calendar
give: from New Year's Eve to the seventh day of the first month, and 1 to 7 October. 618 and 双11 have no law; their last
four days, when the sales of the whole market peak, are set here. On the long holidays, 春节, 五一 and 国庆, shops themselves are
away: a week with three such days says nothing about a shop.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from grapevine.kit.text import marked


@dataclass(frozen=True, slots=True)
class Holiday:
    name: str
    first: date
    last: date

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


SPRING, NATIONAL, JUNE, NOVEMBER = marked("春节"), marked("国庆"), marked("618"), marked("双11")
SPRING_DAYS = {
    2024: (date(2024, 2, 10), date(2024, 2, 17)),
    2025: (date(2025, 1, 28), date(2025, 2, 4)),
    2026: (date(2026, 2, 15), date(2026, 2, 23)),
    2027: (date(2027, 2, 5), date(2027, 2, 12)),
    2028: (date(2028, 1, 25), date(2028, 2, 1)),
    2029: (date(2029, 2, 12), date(2029, 2, 19)),
    2030: (date(2030, 2, 2), date(2030, 2, 9)),
}
NATIONAL_ENDS = {2025: 8}
"""The last day of October's holiday where it is not the seventh: 中秋 fell into it."""
HOLIDAYS: tuple[Holiday, ...] = tuple(
    holiday
    for year, spring in SPRING_DAYS.items()
    for holiday in (
        Holiday(SPRING, *spring),
        Holiday(JUNE, date(year, 6, 15), date(year, 6, 18)),
        Holiday(NATIONAL, date(year, 10, 1), date(year, 10, NATIONAL_ENDS.get(year, 7))),
        Holiday(NOVEMBER, date(year, 11, 8), date(year, 11, 11)),
    )
)
AWAY_DAYS_MIN = 3
LONG_HOLIDAYS: tuple[tuple[date, date], ...] = tuple(
    sorted(
        [(one.first, one.last) for one in HOLIDAYS if one.name in (SPRING, NATIONAL)]
        + [(date(year, 5, 1), date(year, 5, 5)) for year in SPRING_DAYS]
    )
)
"""五一: five days in the notices of 2024 to 2026, and so expected of later years."""
KNOWN_UNTIL = date(max(SPRING_DAYS), 12, 31)
_BY_DAY = {day: holiday for holiday in HOLIDAYS for day in holiday.days()}
_BY_YEAR = {(holiday.name, holiday.first.year): holiday for holiday in HOLIDAYS}


def holiday_on(day: date) -> Holiday | None:
    return _BY_DAY.get(day)


def same_day_last_year(day: date) -> date | None:
    """The day of last year's holiday of this name that stands at the same place in it; None if it had fewer days."""
    holiday = _BY_DAY[day]
    before = _BY_YEAR.get((holiday.name, holiday.first.year - 1))
    if before is None:
        return None
    found = before.first + (day - holiday.first)
    return found if found <= before.last else None


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def is_away(day: date) -> bool:
    return any(first <= day <= last for first, last in LONG_HOLIDAYS)


@lru_cache(maxsize=1024)
def is_holiday_week(monday: date) -> bool:
    return sum(is_away(monday + timedelta(days=n)) for n in range(7)) >= AWAY_DAYS_MIN


def plain_weeks(first: date, last: date) -> list[date]:
    """The Mondays from `first` to `last`, holiday weeks left out: on this line four weeks are "28 days"."""
    span = range((last - first).days // 7 + 1)
    mondays = [first + timedelta(weeks=n) for n in span]
    return [monday for monday in mondays if not is_holiday_week(monday)]


def quiet_days(since: date, today: date) -> int:
    """Days from `since` to `today` on which somebody could have been there: holidays do not count."""
    away = sum(
        max(0, (min(last, today) - max(first, since + timedelta(days=1))).days + 1)
        for first, last in LONG_HOLIDAYS
    )
    return max(0, (today - since).days - away)
