"""What each factor of a product added to its change, of many shops at once: the logarithmic mean Divisia index I.

Exact, no residual, symmetric in time (B. W. Ang, The LMDI approach to decomposition analysis, Energy Policy 33, 2005). Zeros take
the limit of the index (B. W. Ang and N. Liu, Handling zero values in the LMDI approach, Energy Policy 35, 2007): what vanished
or came from nothing takes the whole change. Rows are shops, the last axis is factors.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ALIKE = 1e-9


def log_mean(a: Array, b: Array) -> Array:
    """The logarithmic mean of two numbers; their value where they are equal, 0 where one is not positive."""
    positive = (a > 0) & (b > 0)
    x, y = np.where(positive, a, 1.0), np.where(positive, b, 1.0)
    gap = np.log(x / y)
    alike = np.abs(gap) < ALIKE
    mean = np.where(alike, (x + y) / 2, (x - y) / np.where(alike, 1.0, gap))
    return np.where(positive, mean, 0.0)


def factors(change: Array, mean: Array, now: Array, before: Array) -> Array:
    """The parts of `change`; `mean` is the logarithmic mean of what changed, 0 where one side of it is 0."""
    regular = np.logical_and(now > 0, before > 0)
    safe = regular.all(axis=-1, keepdims=True)
    ratios = np.where(safe, now, 1.0) / np.where(safe, before, 1.0)
    parts = mean[..., None] * np.log(ratios)
    turned = (now > 0) != (before > 0)
    count = turned.sum(axis=-1)
    alone = np.where(turned, (change / np.maximum(count, 1))[..., None], 0.0)
    return np.where(safe, parts, alone)


def addends(change: Array, mean: Array, now: Array, before: Array) -> Array:
    """The parts of `change` where what changed is a sum: each moved so far."""
    return worth(change, mean, now.sum(axis=-1), before.sum(axis=-1))[..., None] * (now - before)


def worth(change: Array, mean: Array, now: Array, before: Array) -> Array:
    """What one unit of a factor added, if the factor went from `before` to `now` and that added `change`."""
    gap = now - before
    small = np.abs(gap) <= ALIKE * np.maximum(np.abs(now), np.abs(before))
    inner = log_mean(now, before)
    near = mean / np.where(inner > 0, inner, 1.0) * (inner > 0)
    return np.where(small, near, change / np.where(small, 1.0, gap))


def to_the_cent(
    whole: NDArray[np.int64], parts: Array, present: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Whole cents that add up to `whole`: each part rounded down, what is left goes to the largest rests.

    At least one part of each row must be present; the others get nothing.
    """
    parts = np.where(present, parts, 0.0)
    down = np.floor(parts)
    found = down.astype(np.int64)
    left = whole - found.sum(axis=-1)
    count = present.sum(axis=-1)
    even, odd = np.divmod(left, np.maximum(count, 1))
    rests = np.where(present, parts - down, -1.0)
    rank = np.argsort(np.argsort(-rests, axis=-1, kind="stable"), axis=-1, kind="stable")
    return found + np.where(present, even[..., None] + (rank < odd[..., None]), 0)


def quotient(above: Array, below: Array, otherwise: Array | float = 0.0) -> Array:
    """A ratio; `otherwise` where there is nothing to divide by."""
    has = below > 0
    found: Array = np.where(has, above / np.where(has, below, 1.0), otherwise)
    return found


def quotients(now: tuple[Array, Array], before: tuple[Array, Array]) -> tuple[Array, Array]:
    """A ratio on both sides; where one side has none, it is taken to be as the other."""
    a, b = quotient(*now), quotient(*before)
    return np.where(now[1] > 0, a, b), np.where(before[1] > 0, b, a)
