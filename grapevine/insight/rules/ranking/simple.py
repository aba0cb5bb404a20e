"""Recommenders without fitting: what all choose, what ties choose, what is chosen together, and tastes of categories."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from grapevine.insight.rules.ranking.evidence import (
    Evidence,
    Matrix,
    Numbers,
    degrees,
    rows_to_one,
    spread_hash,
)


class Popularity:
    """The logarithm of how many chose it."""

    def __init__(self, evidence: Evidence) -> None:
        self._row = np.log1p(degrees(evidence.chosen, 0)).astype(np.float32)

    def scores(self, people: Numbers) -> Matrix:
        return np.tile(self._row, (len(people), 1))


class Friends:
    """What ties chose and, weighing `far`, what their ties chose; each person's weights sum to one.

    `popular` breaks the many ties of few friends: it weighs the item's share of all choices.
    """

    def __init__(self, evidence: Evidence, far: float = 0.5, popular: float = 0.0) -> None:
        self._chosen = evidence.chosen
        self._ties = evidence.ties
        self._far = far
        counts = degrees(evidence.chosen, 0)
        self._base = (popular * counts / max(counts.max(initial=0.0), 1.0)).astype(np.float32)

    def scores(self, people: Numbers) -> Matrix:
        near = self._ties[people]
        weights = rows_to_one(near)
        if self._far:
            far = (near @ self._ties).tocoo()
            others = far.col != people[far.row]
            at = (far.row[others], far.col[others])
            far = sparse.csr_matrix((far.data[others], at), shape=far.shape)
            weights = weights + self._far * rows_to_one(far)
        found = (weights @ self._chosen).toarray()
        found += self._base
        return np.asarray(found, dtype=np.float32)


class Tastes:
    """The smoothed logarithm of how much of what a person chose lies in the item's categories."""

    def __init__(self, evidence: Evidence, smooth: float = 3.0) -> None:
        assert evidence.categories is not None
        self._member = rows_to_one(evidence.categories).astype(np.float32)
        counted = evidence.chosen @ sparse.diags(evidence.weights.astype(np.float32))
        self._seen = (counted @ self._member).tocsr()
        whole = degrees(self._seen, 0)
        self._share = (whole + 1) / (whole + 1).sum()
        self._smooth = smooth

    def scores(self, people: Numbers) -> Matrix:
        seen = self._seen[people].toarray()
        share = (seen + self._smooth * self._share) / (
            seen.sum(axis=1, keepdims=True) + self._smooth
        )
        return np.ascontiguousarray((self._member @ np.log(share).astype(np.float32).T).T)


@dataclass(frozen=True, slots=True)
class NearSettings:
    """Likeness of two items: how many chose both / (degree^`source` · degree^`target` + `shrink`)."""

    neighbours: int = 100
    source: float = 0.5
    target: float = 0.5
    shrink: float = 0.0


class ItemNeighbours:
    """Items near those one has; each item listens to its nearest only."""

    def __init__(self, evidence: Evidence, settings: NearSettings | None = None) -> None:
        self._chosen = evidence.chosen
        self._near = item_neighbours(evidence.chosen, settings or NearSettings()).T.tocsr()

    def scores(self, people: Numbers) -> Matrix:
        return np.asarray((self._chosen[people] @ self._near).toarray(), dtype=np.float32)


def item_neighbours(chosen: sparse.csr_matrix, settings: NearSettings) -> sparse.csr_matrix:
    """Items × items: in each item's row its nearest others and how near. By blocks of items."""
    counts = np.maximum(degrees(chosen, 0), 1.0)
    source, target = counts**settings.source, counts**settings.target
    turned = chosen.T.tocsr()
    rows = []
    for start in range(0, turned.shape[0], 2048):
        block = np.arange(start, min(start + 2048, turned.shape[0]))
        together = (turned[block] @ chosen).tocoo()
        apart = together.col != block[together.row]
        row, column = together.row[apart], together.col[apart]
        scale = target[block[row]] * source[column] + settings.shrink
        values = together.data[apart] / scale
        shape = (len(block), turned.shape[0])
        part = sparse.csr_matrix((values, (row, column)), shape=shape)
        rows.append(largest(part, settings.neighbours))
    made: sparse.csr_matrix = sparse.vstack(rows).tocsr()
    return made


def largest(matrix: sparse.csr_matrix, keep: int) -> sparse.csr_matrix:
    """The `keep` largest of every row; equal values by a hash of the column, never by its index."""
    parts = []
    hashes = spread_hash(np.arange(matrix.shape[1]))
    for row in range(matrix.shape[0]):
        start, end = matrix.indptr[row], matrix.indptr[row + 1]
        columns, values = matrix.indices[start:end], matrix.data[start:end]
        if len(values) > keep:
            least = np.partition(values, len(values) - keep)[len(values) - keep]
            near = np.flatnonzero(values >= least)
            kept = near[np.lexsort((hashes[columns[near]], -values[near]))[:keep]]
            columns, values = columns[kept], values[kept]
        parts.append((columns, values))
    ends = np.cumsum([0, *(len(columns) for columns, _ in parts)])
    indices = np.concatenate([np.zeros(0, dtype=np.int32), *(columns for columns, _ in parts)])
    data = np.concatenate([np.zeros(0), *(values for _, values in parts)])
    made: sparse.csr_matrix = sparse.csr_matrix((data, indices, ends), shape=matrix.shape)
    return made


def top(scores: Matrix, hashes: NDArray[np.float64], k: int) -> Numbers:
    """The k best columns of each row, best first; equal scores by hash, never by index."""
    wide = min(4 * k, scores.shape[1])
    candidates = np.argpartition(-scores, wide - 1, axis=1)[:, :wide]
    values = np.take_along_axis(scores, candidates, axis=1)
    order = np.lexsort((hashes[candidates], -values), axis=1)[:, :k]
    return np.asarray(np.take_along_axis(candidates, order, axis=1))
