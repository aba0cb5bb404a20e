"""The worker: delivers events and runs what is due, until told to stop.

Four loops, so that neither an event nor a short job ever waits for a long one, nor any for another machine: a payment is
asked after and a group learns of it while the day's numbers are being built and a shop's own system is slow to answer.
"""

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from django.db import close_old_connections

from grapevine.gateway import facade as gateway
from grapevine.signals import facade as signals

logger = logging.getLogger(__name__)
TICK_SECONDS = 0.2
PAUSE_SECONDS = 2.0
"""After a failure of the loop itself, a database that is away for example."""


def _loop(step: Callable[[], int], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            step()
        except Exception:
            logger.exception("the worker's %s failed; it goes on", step.__name__)
            close_old_connections()  # kept from tick to tick, and made anew if it is the one that failed
            stop.wait(PAUSE_SECONDS)
        stop.wait(TICK_SECONDS)


def run() -> None:
    """Loop until SIGTERM or SIGINT. What is in progress is finished first."""
    stop = threading.Event()

    def leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    sender = gateway.Sender()
    steps = {"jobs": signals.run_short, "long jobs": signals.run_long, "webhooks": sender.step}
    beside = [
        threading.Thread(target=_loop, args=(step, stop), name=name) for name, step in steps.items()
    ]
    for thread in beside:
        thread.start()
    _loop(signals.drain, stop)
    for thread in beside:
        thread.join()
    sender.close()
