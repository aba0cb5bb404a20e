"""What is unusual about payments: many failures, or several high ones, of one buyer within minutes.

Cards that were stolen are tried in bursts, and spent in a hurry. Honest people do both at times, so this is a
reason to look, never to refuse.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from grapevine.trade.oversight import AlertKind

WINDOW = timedelta(minutes=10)
FAILURES_MIN = 5
HIGH_MINOR = 200_000
"""2,000.00: far above what an order here usually costs."""
HIGH_MIN = 3


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a buyer to pay, failed or paid."""

    buyer_id: int
    payment_id: int
    total_minor: int
    at: datetime
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Burst:
    """`payment_id` is the newest of `count`."""

    kind: AlertKind
    buyer_id: int
    payment_id: int
    count: int


def bursts(tries: Iterable[Try]) -> list[Burst]:
    """The bursts in tries of the last WINDOW."""
    failed: dict[int, list[Try]] = {}
    high: dict[int, list[Try]] = {}
    for one in tries:
        if not one.is_paid:
            failed.setdefault(one.buyer_id, []).append(one)
        elif one.total_minor >= HIGH_MINOR:
            high.setdefault(one.buyer_id, []).append(one)
    return [
        *_bursts(AlertKind.FAILURES, failed.values(), least=FAILURES_MIN),
        *_bursts(AlertKind.HIGH, high.values(), least=HIGH_MIN),
    ]


def _bursts(kind: AlertKind, groups: Iterable[Sequence[Try]], *, least: int) -> Iterable[Burst]:
    for group in groups:
        if len(group) >= least:
            newest = max(group, key=lambda one: one.at)
            yield Burst(kind, newest.buyer_id, newest.payment_id, len(group))
