"""The only clock. Tests and the demo world move it; nothing else in the house asks the machine for the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("clock_told", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _told.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """What happens in here happened at this moment: for a world that is made up, never for what people do."""
    before = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(before)


def today_start() -> datetime:
    """Midnight of the current local day (Asia/Shanghai by default), aware."""
    return timezone.localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
