"""What came of an action: its node over the following window, beside what comes by itself."""

from collections.abc import Sequence
from statistics import median

WORKED = 1.05
"""More than the small change that the tree calls nothing."""
DRIFT_ROWS = 20
DRIFT_MOST = 1.5


def worked(observed: float, expected: float) -> bool:
    return observed > 0 and observed > expected * WORKED


def drift(ratios: Sequence[float]) -> float:
    """What a node does where nobody does anything: findings are extremes, and extremes go back by themselves."""
    if len(ratios) < DRIFT_ROWS:
        return 1.0
    return max(1 / DRIFT_MOST, min(DRIFT_MOST, median(ratios)))


def gained(
    observed: float, expected: float, *, now: float, before: float, gap_minor: int, days: int
) -> int:
    """Money over the window, at what a step of the node was worth when it was found (`gap_minor` a week)."""
    if now == before:
        return 0
    worth = gap_minor * days / 7 / abs(now - before)
    return round(worth * (observed - expected))
