"""How evenly showings are spread over authors."""

from collections.abc import Sequence


def gini(counts: Sequence[int]) -> float:
    """0: everybody is shown as often; near 1: one author has all. Authors who were never shown belong in `counts` as 0."""
    ordered = sorted(counts)
    total = sum(ordered)
    if not total:
        return 0.0
    size = len(ordered)
    weighted = sum(rank * count for rank, count in enumerate(ordered, 1))
    return 2 * weighted / (size * total) - (size + 1) / size


def top_share(counts: Sequence[int], percent: int = 1) -> float:
    """The share of all showings that the most shown `percent` of authors have; at least one author is taken."""
    total = sum(counts)
    if not total:
        return 0.0
    taken = max(1, len(counts) * percent // 100)
    return sum(sorted(counts, reverse=True)[:taken]) / total
