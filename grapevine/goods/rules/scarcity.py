"""Which goods are gone first, by what is left and how fast it sells."""

RATE_DAYS = 14


def days_left(free: int, sold: int, days: int = RATE_DAYS) -> int | None:
    """For how many whole days `free` pieces last if it goes on as in the last `days`; None: nothing was sold in them."""
    assert free >= 0
    return free * days // sold if sold > 0 else None


def urgency(free: int, sold: int, days: int = RATE_DAYS) -> tuple[bool, float, int]:
    """A key that puts what sells out first in front, and what nobody bought lately after all that sells."""
    return sold <= 0, free * days / max(1, sold), free
