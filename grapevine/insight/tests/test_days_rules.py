from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from grapevine.insight.rules.days import EPOCH, Span, days_between


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns"]
)
def test_a_moment_has_the_day_clocks_show(zone: str) -> None:
    """Half a year in which clocks go back, some of them by half an hour; every 17 minutes is asked."""
    first, last, clock = date(2026, 9, 1), date(2027, 2, 28), ZoneInfo(zone)
    days = days_between(first, last, clock)
    begins = int(datetime(2026, 9, 1, tzinfo=clock).timestamp())
    ends = int(datetime(2027, 3, 1, tzinfo=clock).timestamp())
    seconds = np.append(np.arange(begins, ends, 1020), ends - 1)
    told = [(datetime.fromtimestamp(at, clock).date() - EPOCH).days for at in seconds.tolist()]
    assert days.of(seconds).tolist() == told


def test_a_span_has_its_first_and_its_last_day() -> None:
    span = Span.of(date(2026, 11, 1), date(2026, 11, 30))
    assert (span.length, span.dates) == (30, (date(2026, 11, 1), date(2026, 11, 30)))
    around = np.array([span.first - 1, span.first, span.last, span.last + 1])
    assert span.has(around).tolist() == [False, True, True, False]
