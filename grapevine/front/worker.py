"""The worker: delivers events and runs what is due, until told to stop."""

import signal
import threading
from types import FrameType

from django.db import close_old_connections

from grapevine.signals import facade as signals

TICK_SECONDS = 0.2


def run(*, ticks: int | None = None) -> None:
    """Loop until SIGTERM or SIGINT (or `ticks` times). A job in progress is finished first."""
    stop = threading.Event()

    def leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.set()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)
    done = 0
    while not stop.is_set() and (ticks is None or done < ticks):
        close_old_connections()
        signals.drain()
        signals.run_due()
        done += 1
        stop.wait(TICK_SECONDS)
