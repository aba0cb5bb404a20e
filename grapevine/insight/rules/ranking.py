"""Recommenders in closed form, by numpy and scipy alone, and how they are measured.

Interactions are a sparse people × items matrix of ones, ties a sparse symmetric people × people matrix. Scores
are dense people × items. The social kernel extends EASE (Steck, WWW 2019) in its dual form over people, so that
ties between people enter as a second kernel beside what they chose in common.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

Matrix = NDArray[np.float64]
NEIGHBOURS = 100
BLOCK = 512


@dataclass(frozen=True, slots=True)
class Settings:
    """Of the social kernel. `ridge` λ, `item_power` p, `person_power` q, `tie` a, `tie2` b, `debias` γ, `popular` g."""

    ridge: float = 100.0
    item_power: float = 0.0
    person_power: float = 0.0
    tie: float = 0.0
    tie2: float = 0.0
    debias: float = 1.0
    popular: float = 0.0


GRID: Mapping[str, tuple[float, ...]] = {
    "ridge": (3.0, 10.0, 30.0, 60.0, 100.0, 200.0, 400.0, 800.0),
    "tie": (0.0, 0.3, 1.0, 3.0, 10.0, 30.0),
    "tie2": (0.0, 0.3, 1.0, 3.0, 10.0, 30.0),
    "item_power": (0.0, 0.2, 0.4, 0.6),
    "person_power": (0.0, 0.25, 0.5, 0.75, 1.0),
    "popular": (0.0, 0.1, 0.2, 0.3, 0.4),
}


def popularity(chosen: sparse.csr_matrix) -> Matrix:
    counts = np.asarray(chosen.sum(axis=0)).ravel()
    return np.broadcast_to(counts, chosen.shape).astype(float)


def friends(chosen: sparse.csr_matrix, ties: sparse.csr_matrix) -> Matrix:
    """How many of one's ties chose the item."""
    return np.asarray((ties @ chosen).toarray(), dtype=float)


def friends_two_hops(chosen: sparse.csr_matrix, ties: sparse.csr_matrix) -> Matrix:
    """Ties count whole, ties of ties by a half, each person's weights summing to one."""
    near, far = _normal(ties), _normal(_two_hops(ties))
    return np.asarray(((near + 0.5 * far) @ chosen).toarray(), dtype=float)


def item_knn(chosen: sparse.csr_matrix, neighbours: int = NEIGHBOURS) -> Matrix:
    """Cosine between items, each item's nearest `neighbours` only."""
    return np.asarray((chosen @ item_neighbours(chosen, neighbours)).toarray(), dtype=float)


def item_neighbours(chosen: sparse.csr_matrix, neighbours: int = NEIGHBOURS) -> sparse.csr_matrix:
    """Items × items: cosine with log damping of popular pairs, the nearest of each row kept."""
    counts = np.asarray(chosen.sum(axis=0)).ravel()
    scale = sparse.diags(1 / np.sqrt(np.maximum(counts, 1)))
    together = (scale @ (chosen.T @ chosen) @ scale).tocsr()
    together.setdiag(0)
    together.eliminate_zeros()
    return _largest(together, neighbours)


def _largest(matrix: sparse.csr_matrix, keep: int) -> sparse.csr_matrix:
    """The `keep` largest of every row; equal values by a hash of the column, never by its index."""
    rows = []
    for i in range(matrix.shape[0]):
        start, end = matrix.indptr[i], matrix.indptr[i + 1]
        columns, values = matrix.indices[start:end], matrix.data[start:end]
        order = np.lexsort((spread_hash(columns), -values))[:keep]
        rows.append((columns[order], values[order]))
    indptr = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in rows])])
    data = np.concatenate([values for _, values in rows]) if rows else np.zeros(0)
    indices = np.concatenate([columns for columns, _ in rows]) if rows else np.zeros(0, dtype=int)
    kept: sparse.csr_matrix = sparse.csr_matrix((data, indices, indptr), shape=matrix.shape)
    return kept


def spread_hash(ids: NDArray[np.signedinteger[Any]]) -> NDArray[np.uint64]:
    """A fixed mixing of integers (splitmix64), to break ties without favour."""
    with np.errstate(over="ignore"):
        z = (np.asarray(ids).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(
            0xBF58476D1CE4E5B9
        )
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)))


def _normal(ties: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows summing to one; rows without ties stay empty."""
    degree = np.asarray(ties.sum(axis=1)).ravel()
    rows: sparse.csr_matrix = (
        sparse.diags(1 / np.maximum(degree, 1e-12) * (degree > 0)) @ ties
    ).tocsr()
    return rows


def _two_hops(ties: sparse.csr_matrix) -> sparse.csr_matrix:
    far: sparse.csr_matrix = (ties @ ties).tocsr()
    far.setdiag(0)
    far.eliminate_zeros()
    return far


class SocialKernel:
    """The pieces of the kernel, made once; `scores` fits for one setting (one Cholesky over people)."""

    def __init__(self, chosen: sparse.csr_matrix, ties: sparse.csr_matrix) -> None:
        self.chosen = chosen.astype(float)
        self.person_degree = np.asarray(self.chosen.sum(axis=1)).ravel()
        self.item_degree = np.asarray(self.chosen.sum(axis=0)).ravel()
        people = self.chosen.shape[0]
        own = (ties + sparse.identity(people)).tocsr()
        degree = np.asarray(own.sum(axis=1)).ravel()
        near = sparse.diags(1 / np.sqrt(degree)) @ own
        far = _normal(_two_hops(ties))
        self.near = np.asarray((near @ near.T).toarray())
        self.far = np.asarray((far @ far.T).toarray())

    def scores(self, settings: Settings) -> Matrix:
        """People × items; higher is better. Items one chose are scored too: mask them."""
        weight = np.maximum(self.item_degree, 1.0) ** -settings.item_power
        mean = max(self.person_degree.mean(), 1e-12)
        scale = (np.maximum(self.person_degree, 1.0) / mean) ** (-settings.person_power / 2)
        kernel = np.asarray((self.chosen @ sparse.diags(weight) @ self.chosen.T).toarray())
        kernel += settings.tie * self.near + settings.tie2 * self.far
        kernel *= scale[:, None] * scale[None, :]
        kernel[np.diag_indices_from(kernel)] += settings.ridge
        inverse = cho_solve(
            cho_factor(kernel, overwrite_a=True), np.diag(scale), check_finite=False
        )
        inverse *= scale[:, None]
        spread = np.asarray((self.chosen.T @ inverse).T)
        own = np.asarray(self.chosen.multiply(spread).sum(axis=0)).ravel()
        left = np.maximum(1 - weight * own, 1e-6)
        factor = left**-settings.debias * np.maximum(self.item_degree, 1.0) ** settings.popular
        return np.asarray(-spread * factor)


def z_scores(scores: Matrix) -> Matrix:
    """Each person's scores with mean 0 and deviation 1."""
    deviation = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.maximum(deviation, 1e-12))


@dataclass(frozen=True, slots=True)
class Quality:
    recall_10: float
    ndcg_10: float
    recall_20: float
    ndcg_20: float

    @property
    def objective(self) -> float:
        return (self.recall_10 + self.ndcg_10 + self.recall_20 + self.ndcg_20) / 4


def measure(scores: Matrix, held_out: sparse.csr_matrix, masked: sparse.csr_matrix) -> Quality:
    """Full ranking over all items, `masked` ones (training) left out, averaged over people with held-out items.

    Recall@k = hits / held-out items; NDCG@k with binary gains against the best possible order.
    """
    people = np.flatnonzero(np.diff(held_out.indptr))
    hashes = spread_hash(np.arange(scores.shape[1])).astype(float) / 2**64
    sums = np.zeros(4)
    discount = 1 / np.log2(np.arange(2, 22))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])
    for start in range(0, len(people), BLOCK):
        block = people[start : start + BLOCK]
        part = np.array(scores[block], dtype=float)
        part[masked[block].toarray() > 0] = -np.inf
        top = _top(part, hashes, 20)
        wanted = held_out[block].toarray() > 0
        hits = np.take_along_axis(wanted, top, axis=1)
        counts = wanted.sum(axis=1)
        for column, k in enumerate((10, 20)):
            found = hits[:, :k]
            sums[2 * column] += (found.sum(axis=1) / counts).sum()
            gain = (found * discount[:k]).sum(axis=1)
            sums[2 * column + 1] += (gain / ideal[np.minimum(counts, k)]).sum()
    return Quality(*(float(value) for value in sums / max(1, len(people))))


def _top(scores: Matrix, hashes: NDArray[np.float64], k: int) -> NDArray[np.int_]:
    """The k best of each row; equal scores by hash, never by index."""
    candidates = np.argpartition(-scores, min(4 * k, scores.shape[1] - 1), axis=1)[:, : 4 * k]
    values = np.take_along_axis(scores, candidates, axis=1)
    order = np.lexsort((hashes[candidates], -values), axis=1)[:, :k]
    return np.asarray(np.take_along_axis(candidates, order, axis=1))


def tune(
    kernel: SocialKernel, held_out: sparse.csr_matrix, *, rounds: int = 2
) -> tuple[Settings, Quality]:
    """Coordinate ascent over GRID on the held-out (validation) items; gains below .0005 are noise."""
    best = Settings()
    quality = measure(kernel.scores(best), held_out, kernel.chosen)
    for _ in range(rounds):
        before = best
        for name, values in GRID.items():
            for value in values:
                if value == getattr(best, name):
                    continue
                tried = replace(best, **{name: value})
                found = measure(kernel.scores(tried), held_out, kernel.chosen)
                if found.objective > quality.objective + 0.0005:
                    best, quality = tried, found
        if best == before:
            break
    return best, quality


WEIGHTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)


def blend(
    parts: Mapping[str, Matrix], held_out: sparse.csr_matrix, masked: sparse.csr_matrix
) -> dict[str, float]:
    """Weights of the z-scored parts, the first fixed at one, the others by coordinate ascent on validation."""
    names = list(parts)
    weights = dict.fromkeys(names, 0.0) | {names[0]: 1.0}
    best = measure(mix(parts, weights), held_out, masked).objective
    for _ in range(2):
        for name in names[1:]:
            for value in WEIGHTS:
                tried = weights | {name: value}
                found = measure(mix(parts, tried), held_out, masked).objective
                if found > best + 0.0005:
                    best, weights = found, tried
    return weights


def mix(parts: Mapping[str, Matrix], weights: Mapping[str, float]) -> Matrix:
    return np.asarray(sum(weights[name] * part for name, part in parts.items() if weights[name]))
