"""The local day of a moment, in SQL. On SQLite Django calls Python for every row; here SQLite reckons itself, where a day is a fixed shift."""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any

from django.db.models.functions import TruncDate
from django.utils import timezone

YEARS = range(2000, 2038)


class LocalDay(TruncDate):
    """As TruncDate in the current zone."""

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        shift = fixed_shift()
        if shift is None:
            told: tuple[str, Any] = super().as_sql(compiler, connection, **extra)
            return told
        sql, params = compiler.compile(self.lhs)
        return f"date({sql}, '{shift:+d} seconds')", params


def fixed_shift() -> int | None:
    """Seconds east of Greenwich in the current zone; None where the clock is put forward and back, now or since 2000."""
    return _shift_of(timezone.get_current_timezone())


@lru_cache(maxsize=32)
def _shift_of(zone: tzinfo) -> int | None:
    shifts = {
        datetime(year, month, 1, tzinfo=UTC).astimezone(zone).utcoffset()
        for year in YEARS
        for month in (1, 4, 7, 10)
    }
    only = shifts.pop()
    return None if shifts or only is None else int(only.total_seconds())
