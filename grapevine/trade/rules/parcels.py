"""What scans and clocks mean: the order of a timeline, late, stalled, delivered, and what may still be put right."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from grapevine.trade.parcels import ScanStatus, ScanView

STALL = timedelta(hours=48)
CORRECT_WITHIN = timedelta(hours=24)
SHIP_HOURS = 48
SHIP_HOURS_MAX = 720
FUTURE_MAX = timedelta(minutes=10)
"""Clocks of scanners run apart; a scan further ahead than this is none."""
_RANK = {
    ScanStatus.COLLECTED: 0, ScanStatus.MOVING: 1, ScanStatus.PROBLEM: 1, ScanStatus.DELIVERING: 2,
    ScanStatus.RETURNING: 3, ScanStatus.DELIVERED: 4, ScanStatus.RETURNED: 5,
}  # fmt: skip
"""Which of two scans of the same second comes first."""


def in_order(scans: Iterable[ScanView]) -> list[ScanView]:
    """By the moment of the scan, however they arrived; within one second by what usually comes first."""
    return sorted(scans, key=lambda one: (one.at, _RANK[ScanStatus(one.status)], one.text))


def outcome(scans: Sequence[ScanView]) -> tuple[datetime | None, datetime | None]:
    """When it was delivered and when it went back to the sender, by the last of these words.

    A scan after "delivered" that is neither does not undo it: desks often scan once more. Going back does.
    """
    delivered = returned = None
    for one in in_order(scans):
        if one.status == ScanStatus.DELIVERED:
            delivered, returned = one.at, None
        elif one.status in (ScanStatus.RETURNING, ScanStatus.RETURNED):
            delivered, returned = None, returned or one.at
    return delivered, returned


def is_stalled(last: datetime, now: datetime) -> bool:
    """No news since `last` for as long as STALL."""
    return now - last >= STALL


def ship_by(ready_at: datetime, hours: int) -> datetime:
    return ready_at + timedelta(hours=hours)


def may_correct(
    *, shipped_at: datetime, delivered_at: datetime | None, returned_at: datetime | None, now: datetime
) -> bool:  # fmt: skip
    """For a day, as long as the carrier has not brought it anywhere."""
    return delivered_at is None and returned_at is None and now - shipped_at <= CORRECT_WITHIN


def fits(wanted: Mapping[int, int], left: Mapping[int, int]) -> bool:
    """Whether every wanted count is above zero and still there."""
    return bool(wanted) and all(0 < count <= left.get(key, 0) for key, count in wanted.items())
