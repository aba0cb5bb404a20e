"""When a change of a price is large enough to be asked about. Pure."""

LARGE_BPS = 3000


def is_large(before_minor: int, after_minor: int) -> bool:
    """More than 30 % up or down at once."""
    return abs(after_minor - before_minor) * 10_000 > LARGE_BPS * before_minor
