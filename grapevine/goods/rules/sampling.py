"""Drawing goods for inspection: at random, the risky ones more often, and the same again from the same seed."""

import hashlib
import math
from collections.abc import Mapping, Sequence

WEIGHTS = {"base": 10, "risk": 20, "dear": 10, "new": 10, "complaint": 20}
"""What a goods' weight is made of: `risk` for each step of its category's, `complaint` for each up to five."""
COMPLAINTS_MAX = 5
SHARE_WHOLE = 10_000


def weight_of(
    weights: Mapping[str, int], *, risk: int, is_dear: bool, is_new: bool, complaints: int
) -> int:
    return (
        weights["base"]
        + weights["risk"] * risk
        + weights["dear"] * is_dear
        + weights["new"] * is_new
        + weights["complaint"] * min(complaints, COMPLAINTS_MAX)
    )


def count_of(population: int, share_bps: int) -> int:
    """How many a share of so many is, rounded up."""
    return -(-population * share_bps // SHARE_WHOLE)


def draw(population: Sequence[tuple[str, int]], *, count: int, seed: int) -> list[str]:
    """So many of (id, weight), without replacement, in the order drawn.

    Weighted random sampling by exponential keys (Efraimidis and Spirakis, 2006), each key from a digest of seed and
    id, so that neither the order of the population nor the version of a generator changes what is drawn.
    """
    keys = {one: (-math.log(_uniform(seed, one)) / weight, one) for one, weight in population}
    return sorted(keys, key=keys.__getitem__)[:count]


def _uniform(seed: int, one: str) -> float:
    """In (0, 1], from the digest's first eight bytes."""
    digest = hashlib.sha256(f"{seed}:{one}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") + 1) / 2**64
