"""What operators see of money: unusual payments, refunds that failed, days compared. For this module alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class AlertKind(StrEnum):
    """What may be unusual about a payment."""

    FAILURES = "failures"
    HIGH = "high"
    SECOND_CHARGE = "second"
    MISMATCH = "mismatch"
    STUCK = "stuck"
    DISPUTE = "dispute"
    REFUND_FAILED = "refund"


@dataclass(frozen=True, slots=True)
class AlertView:
    """Something unusual about a payment. `detail` is a count, an attempt's number or a code, by kind."""

    id: int
    kind: str
    payment_number: str
    buyer_id: int
    state: str
    total_minor: int
    currency: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FailedRefundView:
    id: int
    payment_number: str
    order_number: str
    method: str
    amount_minor: int
    currency: str
    reason: str
    tries: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReconciliationView:
    """A provider's day: how many movements each side has, and each difference as rules.reconciling names it."""

    provider: str
    day: date
    at: datetime
    ours: int
    theirs: int
    differences: Sequence[Mapping[str, Any]]
