"""What really moved: a test of every node, of many shops at once. Rows are shops, columns are nodes.

A fixed ±5 % rule colours most weeks of a shop where nothing changed. Here Δ = ln(now/before) is set beside its error, se² =
k(1/n₁ + 1/n₀) + 2φ²: n are counts (orders, buyers, visitors), k what one of them spreads (1 + cv² for payments), φ the
shop's own weekly noise. What could not be found if it halved (80 % power at 10 %) is unknown. Children are tested only if their
parent moved, or if they oppose each other so that it could not; at each level of the tree the false discovery rate is held
at 10 % (Y. Benjamini and Y. Hochberg, J. R. Stat. Soc. B 57, 1995; D. Yekutieli, J. Am. Stat. Assoc. 103, 2008).
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from grapevine.insight.rules.lmdi import Array

Mask = NDArray[np.bool_]
Z90 = 1.645
POWER_80 = 0.842
SMALL = 0.05
DISCOVERY = 0.1
DETECTABLE_MAX = 0.5
ERROR_MAX = -log(1 - DETECTABLE_MAX) / (Z90 + POWER_80)
"""With a larger error a fall by half would be missed too often: nothing is said."""
COUNT_MIN = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of each node: Δ, what Δ is counted from on both sides, what one of them spreads, φ², whether the node is there.

    `weight` (shops × 1) is what one of the days before counts: a quarter where four weeks stand beside one.
    """

    delta: Array
    now: Array
    before: Array
    spread: Array
    noise: Array
    present: Mask
    weight: Array

    def error(self) -> Array:
        """se of Δ."""
        now, before = (
            np.maximum(self.now, COUNT_MIN),
            np.maximum(self.before, COUNT_MIN * self.weight),
        )
        found: Array = np.sqrt(self.spread * (1 / now + self.weight / before) + 2 * self.noise)
        return found

    def error_at_rest(self) -> Array:
        """se of Δ if nothing had moved: both sides have what they have together. What can be found depends on this."""
        pooled = (self.now + self.before / self.weight) / (1 + 1 / self.weight)
        pooled = np.maximum(pooled, COUNT_MIN)
        found: Array = np.sqrt(self.spread * (1 + self.weight) / pooled + 2 * self.noise)
        return found

    def is_known(self) -> Mask:
        return self.present & (self.error_at_rest() <= ERROR_MAX)


def moved(evidence: Evidence, parents: NDArray[np.int64]) -> NDArray[np.int8]:
    """1 up, -1 down, 0 neither. `parents` are columns, -1 for the root; parents stand before their children."""
    error = evidence.error()
    score = evidence.delta / error
    chance = 2 * ndtr(-np.abs(score))
    able = evidence.is_known()
    large = np.abs(evidence.delta) > SMALL
    found = np.zeros(score.shape, np.int8)
    for columns in _levels(parents):
        above = parents[columns]
        asked = able[:, columns] & _opened(found, score, able, parents, above)
        rejected = discoveries(chance[:, columns], asked) & large[:, columns]
        found[:, columns] = np.where(rejected, np.sign(evidence.delta[:, columns]), 0)
    return found


def _levels(parents: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    depth = np.zeros(len(parents), np.int64)
    for column, parent in enumerate(parents):
        depth[column] = 0 if parent < 0 else depth[parent] + 1
    return [np.flatnonzero(depth == level) for level in range(depth.max() + 1)]


def _opened(
    found: NDArray[np.int8],
    score: Array,
    able: Mask,
    parents: NDArray[np.int64],
    above: NDArray[np.int64],
) -> Mask:
    """Whether each node of a level, whose parents are `above`, is to be tested."""
    if (above < 0).any():
        return np.ones((len(found), len(above)), np.bool_)
    gates = {}
    for parent in np.unique(above):
        children = parents == parent
        rises = (able & (score > Z90))[:, children].any(axis=1)
        falls = (able & (score < -Z90))[:, children].any(axis=1)
        gates[parent] = (found[:, parent] != 0) | (rises & falls)
    return np.stack([gates[parent] for parent in above], axis=1)


def discoveries(chance: Array, asked: Mask) -> Mask:
    """Benjamini-Hochberg along each row, among those asked."""
    count = asked.sum(axis=1, keepdims=True)
    order = np.argsort(np.where(asked, chance, 2.0), axis=1, kind="stable")
    ranked = np.take_along_axis(np.where(asked, chance, 2.0), order, axis=1)
    places = np.arange(1, chance.shape[1] + 1)
    passes = ranked <= DISCOVERY * places / np.maximum(count, 1)
    last = np.where(passes, places, 0).max(axis=1, keepdims=True)
    kept = places <= last
    found = np.zeros_like(asked)
    np.put_along_axis(found, order, kept, axis=1)
    return found & asked


def counts_needed(spread: Array, noise: Array, weight: Array) -> Array:
    """How large the count must be for anything to be said; infinite where the noise alone forbids it."""
    room = ERROR_MAX**2 - 2 * noise
    return np.where(room > 0, spread * (1 + weight) / np.where(room > 0, room, 1.0), np.inf)
