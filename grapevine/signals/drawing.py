"""Who gets which arm: digests under a key, so that the same unit always gets the same, and nobody can work it out."""

import hmac
from collections.abc import Iterable, Mapping

from grapevine.signals.experiments import WHOLE_BPS


def slot(key: bytes, text: str) -> int:
    """0 to 9,999, evenly."""
    digest = hmac.digest(key, text.encode(), "sha256")
    return int.from_bytes(digest[:8]) % WHOLE_BPS


def is_asked(key: bytes, layer: str, unit: str, *, first: int, count: int) -> bool:
    """Whether the unit's slot of the layer lies in this experiment's part."""
    return first <= slot(key, f"layer:{layer}:{unit}") < first + count


def arm_of(key: bytes, experiment: str, unit: str, shares: Mapping[str, int]) -> str:
    """By the shares, in the order in which they stand; a draw of its own, independent of the layer's."""
    assert sum(shares.values()) == WHOLE_BPS
    place = slot(key, f"arm:{experiment}:{unit}")
    for arm, share in shares.items():
        if place < share:
            return arm
        place -= share
    raise AssertionError("unreachable: the shares are whole")


def free_part(taken: Iterable[tuple[int, int]], count: int) -> int | None:
    """Where the first gap of `count` slots begins beside the (first, count) that are taken; None if there is none."""
    at = 0
    for first, size in sorted(taken):
        if first - at >= count:
            return at
        at = max(at, first + size)
    return at if WHOLE_BPS - at >= count else None
