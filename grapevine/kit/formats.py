"""How values are said to people: money, counts, moments and time left, in the reader's language.

Plain text only, so that pages, posters, messages and exports say the same thing the same way.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _

from grapevine.kit import clock

SYMBOLS: Final = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$"}
WHOLE_CURRENCIES: Final = frozenset({"JPY", "KRW", "VND"})
MINUS: Final = "−"
DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class PriceParts:
    """A price as typeset: symbol small, whole part large, decimals ("" or ".90") small."""

    symbol: str
    whole: str
    decimals: str

    @property
    def text(self) -> str:
        return f"{self.symbol}{self.whole}{self.decimals}"


def chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def price_parts(amount_minor: int, currency: str = "CNY", *, exact: bool = False) -> PriceParts:
    """`amount_minor` split for typesetting. Round amounts drop ".00" unless `exact`."""
    sign = MINUS if amount_minor < 0 else ""
    symbol = sign + SYMBOLS.get(currency, f"{currency} ")
    if currency in WHOLE_CURRENCIES:
        return PriceParts(symbol, f"{abs(amount_minor):,}", "")
    whole, rest = divmod(abs(amount_minor), 100)
    decimals = f".{rest:02d}" if rest or exact else ""
    return PriceParts(symbol, f"{whole:,}", decimals)


def money_text(amount_minor: int, currency: str = "CNY", *, exact: bool = False) -> str:
    """¥69, ¥69.90; with `exact` always two decimals, for tables and totals: ¥69.00."""
    return price_parts(amount_minor, currency, exact=exact).text


def _short(number: int, unit: int) -> str:
    """One decimal, rounded down: a shop never shows more than it has."""
    tenths = number * 10 // unit
    return f"{tenths // 10:,}" if tenths % 10 == 0 else f"{tenths // 10:,}.{tenths % 10}"


def count_text(number: int) -> str:
    """2,316 · 1.2万 · 3.4亿 in Chinese; 2,316 · 12.3K · 1.2M in English."""
    if number < 10_000:
        return f"{number:,}"
    if chinese():
        return f"{_short(number, 10**8)}亿" if number >= 10**8 else f"{_short(number, 10**4)}万"
    return f"{_short(number, 10**6)}M" if number >= 10**6 else f"{_short(number, 10**3)}K"


def whole_text(number: int) -> str:
    """12,316 to the last digit in either language: for desks, where people compare and add up."""
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


class Whole(int):
    """A count that is said as `whole_text`, and still chooses between one and several."""

    def __str__(self) -> str:
        return whole_text(int(self))


def clock_text(when: datetime) -> str:
    """The full local moment, for titles and records: 2026-11-20 08:12:05."""
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M:%S")


def _day_text(when: datetime, today: datetime) -> str:
    """今天, 昨天, 明天, else the date; the year only when it is another one."""
    days = (when.date() - today.date()).days
    if days == 0:
        return _("今天")
    if days == -1:
        return _("昨天")
    if days == 1:
        return _("明天")
    if when.year != today.year:
        return when.strftime("%Y-%m-%d")
    return when.strftime("%m-%d")


def long_day_text(when: date) -> str:
    """A day with its weekday, whole in either language: 11 月 26 日 星期四 · Thursday, November 26."""
    return date_format(when, "n 月 j 日 l" if chinese() else "l, F j")


def ago_text(when: datetime) -> str:
    """刚刚 · 5 分钟前 · 今天 09:15 · 昨天 21:08 · 11-20 08:12 · 2025-11-20."""
    now = clock.now()
    passed = now - when
    if timedelta(0) <= passed < timedelta(minutes=1):
        return _("刚刚")
    if timedelta(0) <= passed < timedelta(hours=1):
        return _("%(minutes)d 分钟前") % {"minutes": passed.seconds // 60}
    local, today = timezone.localtime(when), timezone.localtime(now)
    day = _day_text(local, today)
    return day if local.year != today.year else f"{day} {local:%H:%M}"


def deadline_text(when: datetime) -> str:
    """The exact end, to the second: 今天 21:15:00."""
    local = timezone.localtime(when)
    return f"{_day_text(local, timezone.localtime(clock.now()))} {local:%H:%M:%S}"


def left_text(when: datetime) -> str:
    """Time left: 1 天 02:03:04 · 02:03:04 · 已截止."""
    seconds = int((when - clock.now()).total_seconds())
    if seconds <= 0:
        return _("已截止")
    days, rest = divmod(seconds, DAY_SECONDS)
    text = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{_('%(days)d 天') % {'days': days}} {text}" if days else text
