"""Weeks in which everybody is away: data, not code.

The long holidays of mainland China as the State Council's yearly notices set them (国务院办公厅关于部分节假日安排的通知);
a year that is not here has no holiday weeks, and pages say until when the calendar reaches.
"""

from datetime import date, timedelta
from functools import lru_cache

AWAY_DAYS_MIN = 3
"""A week with so many days of a long holiday says nothing about a shop."""
LONG_HOLIDAYS: tuple[tuple[date, date], ...] = (
    (date(2024, 2, 10), date(2024, 2, 17)),
    (date(2024, 5, 1), date(2024, 5, 5)),
    (date(2024, 10, 1), date(2024, 10, 7)),
    (date(2025, 1, 28), date(2025, 2, 4)),
    (date(2025, 5, 1), date(2025, 5, 5)),
    (date(2025, 10, 1), date(2025, 10, 8)),
    (date(2026, 2, 15), date(2026, 2, 23)),
    (date(2026, 5, 1), date(2026, 5, 5)),
    (date(2026, 10, 1), date(2026, 10, 7)),
)
KNOWN_UNTIL = date(2026, 12, 31)


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
