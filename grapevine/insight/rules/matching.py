"""Which days a span is compared with. Pure.

A day counts only beside days that are like it: the same weekday, and no holiday beside an ordinary day. Holidays that
have nothing to stand beside are left out, unless that would leave less than half of the span. The days just before are taken as
they are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from grapevine.insight.contracts import Baseline
from grapevine.insight.rules.holidays import holiday_on, same_day_last_year

WEEK = 7
WEEKS_BEFORE = 4
YEAR_OF_WEEKS = 364
Partners = Callable[[date], list[date]]


@dataclass(frozen=True, slots=True)
class Matched:
    """`pairs`: each day that counts, with the days beside it."""

    first: date
    last: date
    days: int
    baseline: Baseline
    pairs: tuple[tuple[date, tuple[date, ...]], ...]
    left_out: tuple[str, ...]
    """Names of holidays whose days were left out on either side."""
    taken_in: tuple[str, ...]
    """Names of holidays that stand beside other days."""

    @property
    def now(self) -> tuple[date, ...]:
        return tuple(day for day, _ in self.pairs)

    @property
    def before(self) -> dict[date, float]:
        """The days beside them with their weights, which add up to as many days."""
        weights: dict[date, float] = defaultdict(float)
        for _, partners in self.pairs:
            for partner in partners:
                weights[partner] += 1 / len(partners)
        return dict(weights)


def match(last: date, days: int, baseline: Baseline = Baseline.WEEKS) -> Matched:
    """The span of `days` that ends with `last`, and what it is compared with."""
    first = last - timedelta(days=days - 1)
    span = [first + timedelta(days=number) for number in range(days)]
    raw = _partners(baseline, first, days)
    if baseline is Baseline.BEFORE:
        kept = [(day, raw(day)) for day in span]
        seen = _names([*span, *(one for _, partners in kept for one in partners)])
        return _matched(first, last, days, baseline, kept, left_out=(), taken_in=seen)
    pairs = [(day, _alike(day, raw(day))) for day in span]
    left = [(day, partners) for day, partners in pairs if partners]
    if len(left) * 2 < days:
        kept = [(day, _plain(day, raw)) for day in span]
        return _matched(first, last, days, baseline, kept, left_out=(), taken_in=_names(span))
    met = [*span, *(partner for day in span for partner in raw(day))]
    used = {day for day, _ in left} | {one for _, partners in left for one in partners}
    left_out = _names(day for day in met if day not in used)
    return _matched(first, last, days, baseline, left, left_out=left_out, taken_in=())


def _matched(
    first: date, last: date, days: int, baseline: Baseline, pairs: list[tuple[date, list[date]]],
    *, left_out: tuple[str, ...], taken_in: tuple[str, ...],
) -> Matched:  # fmt: skip
    told = tuple((day, tuple(partners)) for day, partners in pairs)
    return Matched(first, last, days, baseline, told, left_out, taken_in)


def _partners(baseline: Baseline, first: date, days: int) -> Partners:
    """Days that could stand beside a day."""

    def weeks(day: date) -> list[date]:
        nearest = first - timedelta(days=(first - day).days % WEEK or WEEK)
        return [nearest - timedelta(days=WEEK * number) for number in range(WEEKS_BEFORE)]

    def before(day: date) -> list[date]:
        return [day - timedelta(days=days)]

    def year(day: date) -> list[date]:
        if holiday_on(day):
            mine = same_day_last_year(day)
            return [mine] if mine else []
        return [day - timedelta(days=YEAR_OF_WEEKS)]

    return {Baseline.WEEKS: weeks, Baseline.BEFORE: before, Baseline.YEAR: year}[baseline]


def _alike(day: date, partners: Iterable[date]) -> list[date]:
    mine = holiday_on(day)
    return [
        one
        for one in partners
        if (other := holiday_on(one)) is mine or (mine and other and mine.name == other.name)
    ]


def _plain(day: date, raw: Partners) -> list[date]:
    """Partners of a day in a span that is nearly all holiday: ordinary ones if there are any."""
    found = raw(day) or [day - timedelta(days=YEAR_OF_WEEKS)]
    return [one for one in found if not holiday_on(one)] or found


def _names(days: Iterable[date]) -> tuple[str, ...]:
    found = (holiday for day in days if (holiday := holiday_on(day)))
    return tuple(dict.fromkeys(holiday.name for holiday in found))
