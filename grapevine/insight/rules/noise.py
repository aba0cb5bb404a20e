"""How much a shop's weeks differ when nothing happens, φ, of many shops at once.

Of each node: the median of the steps of its logarithm from week to week, as a standard deviation, less what chance alone gives with
such counts; then drawn towards its category, the more the fewer weeks and counts there are.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.rules.lmdi import Array

WEEKS = 8
NORMAL = 0.6745
"""The median of the absolute value of a standard normal."""
TOO_LARGE = np.array([1.0, 2.201, 1.888, 1.775, 1.577, 1.472, 1.396, 1.355])
"""By how much the squared median of 1 to 7 steps of a normal series is too large on average (400,000 series were drawn)."""
USUAL = 0.05**2
LEAST, MOST = 0.03**2, 0.3**2
PRIOR_STEPS = 4
SHOPS_MIN = 20


def excess(values: Array, spreads: Array) -> tuple[Array, Array, Array]:
    """(shops × weeks × nodes) values and the variance chance gives them → φ² (may be below 0), chance, number of steps."""
    positive = values > 0
    logs = np.where(positive, np.log(np.where(positive, values, 1.0)), np.nan)
    steps = np.sort(np.abs(np.diff(logs, axis=1)), axis=1)  # what is not known stands last
    count = (~np.isnan(steps)).sum(axis=1)
    middle = _median(steps, count)
    chance = np.where(np.isfinite(spreads), spreads, np.nan)
    usual = _median(np.sort(chance, axis=1), (~np.isnan(chance)).sum(axis=1))
    own = (middle / NORMAL) ** 2 / 2 / TOO_LARGE[count] - usual
    known = count > 0
    return np.where(known, own, 0.0), np.where(known, usual, 1.0), count.astype(np.float64)


def _median(ordered: Array, count: NDArray[np.int64]) -> Array:
    """Along axis 1, of the first `count`; 0 where there are none."""
    low, high = np.maximum((count - 1) // 2, 0), count // 2
    high = np.minimum(high, ordered.shape[1] - 1)
    both = [
        np.take_along_axis(ordered, place[:, None, :], axis=1)[:, 0, :] for place in (low, high)
    ]
    return np.where(count > 0, (both[0] + both[1]) / 2, 0.0)


def shrunk(own: Array, chance: Array, steps: Array, categories: Sequence[str]) -> Array:
    """φ² of each shop and node. A category of few shops is that of all; few shops are a usual one."""
    trust = steps / (steps + PRIOR_STEPS) * (USUAL / (USUAL + chance))
    everybody = _pooled(own, trust, np.full(own.shape[1], USUAL))
    names, places = np.unique(np.asarray(categories, dtype=np.str_), return_inverse=True)
    priors = np.stack(
        [_pooled(own[places == n], trust[places == n], everybody) for n in range(len(names))]
    )
    prior = priors[places]
    return np.clip(trust * own + (1 - trust) * prior, LEAST, MOST)


def _pooled(own: Array, trust: Array, otherwise: Array) -> Array:
    """The mean of what shops have, without their extremes, weighted by how much is known of each."""
    if len(own) < SHOPS_MIN:
        return otherwise
    low, high = np.quantile(own, [0.05, 0.95], axis=0)
    weight = trust**2
    total = weight.sum(axis=0)
    mean = (np.clip(own, low, high) * weight).sum(axis=0) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, np.clip(mean, LEAST, MOST), otherwise)
