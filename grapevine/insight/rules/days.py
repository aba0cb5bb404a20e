"""Local days as numbers, counted from 1970: of moments, and from a first to a last. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import numpy as np

from grapevine.insight.rules.keys import Array

EPOCH = date(1970, 1, 1)
QUARTER = 900
"""Seconds; a local day begins with one, wherever it is."""


def date_of(day: int) -> date:
    return EPOCH + timedelta(days=day)


def number_of(day: date) -> int:
    return (day - EPOCH).days


@dataclass(frozen=True, slots=True)
class Days:
    """The local day of each quarter of an hour from `begins` on, a second that begins one."""

    begins: int
    quarters: Array

    def of(self, at: Array) -> Array:
        """The days of these seconds, which lie between the first and the last of the table."""
        found: Array = self.quarters[(at - self.begins) // QUARTER]
        return found


def days_between(first: date, last: date, zone: tzinfo) -> Days:
    """The table of these days and all between them, as clocks of the zone go."""
    count = (last - first).days + 1
    midnights = [
        datetime.combine(first + timedelta(days=n), time(), zone) for n in range(count + 1)
    ]
    seconds = np.array([int(moment.timestamp()) for moment in midnights])
    numbers = np.arange(count) + number_of(first)
    return Days(int(seconds[0]), np.repeat(numbers, np.diff(seconds) // QUARTER))


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the last."""

    first: int
    last: int

    @classmethod
    def of(cls, first: date, last: date) -> "Span":
        return cls(number_of(first), number_of(last))

    @property
    def dates(self) -> tuple[date, date]:
        return date_of(self.first), date_of(self.last)

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def has(self, day: Array) -> Array:
        found: Array = (day >= self.first) & (day <= self.last)
        return found
