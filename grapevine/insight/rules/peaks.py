"""When a shop sells most: hours of the day and days of the week that stand out, and are no chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

OVER = 1.4
"""A peak sells this much more than the mean of the others."""
Z = 3.0
LEAST = 20


@dataclass(frozen=True, slots=True)
class Peak:
    """`times`: how much more than the mean of the others."""

    place: int
    count: int
    times: float


def peaks(counts: Mapping[int, int], lengths: Sequence[int]) -> list[Peak]:
    """The places 0…n-1 that stand out, the highest first; `lengths` says how often each place came in the span.

    Each place is compared with the rate of all others; its count must be beyond three standard deviations of a
    Poisson count of that rate, and 1.4 times as high. A span with fewer than twenty sales says nothing.
    """
    total = sum(counts.values())
    if total < LEAST:
        return []
    found = []
    for place, length in enumerate(lengths):
        count = counts.get(place, 0)
        others = sum(lengths) - length
        if not length or not others:
            continue
        expected = (total - count) * length / others
        if count >= OVER * expected and count - expected > Z * sqrt(max(expected, 1.0)):
            found.append(Peak(place, count, count / expected if expected else float(count)))
    return sorted(found, key=lambda peak: (-peak.count / max(1, lengths[peak.place]), peak.place))
