"""Named places where a test kills this very process, to see that nothing is lost there and nothing done twice.

Armed by the variable CRASH_AT alone, which settings refuse outside of tests: "trade.place.before_commit", or
"trade.place.before_commit:2" for the second time that place is passed. Unarmed, a place is one look at a constant.
"""

import os
import signal

from django.conf import settings
from django.db import transaction

_name, _, _count = settings.CRASH_AT.partition(":")
ARMED: str = _name
_left = [int(_count or 1)]


def point(name: str) -> None:
    """Die here if this place is armed."""
    if ARMED and name == ARMED:
        _pass()


def committed(name: str) -> None:
    """Die right after the outermost transaction around this line is committed, if this place is armed."""
    if ARMED and name == ARMED:
        transaction.on_commit(_pass)


def _pass() -> None:
    _left[0] -= 1
    if _left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
