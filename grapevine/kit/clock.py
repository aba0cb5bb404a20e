"""The only clock. Tests move it; nothing else in the house asks the machine for the time."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return timezone.now()


def today_start() -> datetime:
    """Midnight of the current local day (Asia/Shanghai by default), aware."""
    return timezone.localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
