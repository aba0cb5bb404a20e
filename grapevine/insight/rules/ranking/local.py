"""Local EASE: where there are too many people to invert over, a ridge regression per item over its nearest items.

Costs items × neighbours³, however many people there are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from grapevine.insight.rules.ranking.evidence import Evidence, Matrix, Numbers
from grapevine.insight.rules.ranking.simple import NearSettings, item_neighbours

BLOCK_CELLS = 2_000_000
"""Items × people whose choices are laid out side by side at once."""


@dataclass(frozen=True, slots=True)
class LocalSettings:
    ridge: float = 30.0
    neighbours: int = 100


class LocalKernel:
    """Sparse weights between items, from the Gram matrix of each item's neighbourhood."""

    def __init__(self, evidence: Evidence, settings: LocalSettings) -> None:
        self._chosen = evidence.chosen
        near = item_neighbours(evidence.chosen, NearSettings(settings.neighbours))
        self._weights = _solved(evidence, near, settings.ridge)

    def scores(self, people: Numbers) -> Matrix:
        return np.asarray((self._chosen[people] @ self._weights).toarray(), dtype=np.float32)


def _solved(evidence: Evidence, near: sparse.csr_matrix, ridge: float) -> sparse.csr_matrix:
    """Items × items; the column of an item holds how much each neighbour speaks for it."""
    choosers = evidence.chosen.T.tocsr()
    copies = evidence.weights
    items = near.shape[0]
    values = np.zeros(near.nnz, dtype=np.float32)
    step = max(1, min(BLOCK_CELLS // max(evidence.people, 1), 256))
    for start in range(0, items, step):
        block = np.arange(start, min(start + step, items))
        for item, gram in zip(block.tolist(), _grams(choosers, near, block), strict=True):
            first, last = near.indptr[item], near.indptr[item + 1]
            count = last - first
            if not count:
                continue
            # Copies of a neighbour share its weight: a ridge on each is a ridge divided by their number on the one.
            gram[np.arange(count), np.arange(count)] += ridge / copies[near.indices[first:last]]
            _, solved, failed = lapack.dposv(gram[:count, :count], gram[:count, count])
            assert not failed
            values[first:last] = solved
    made = sparse.csr_matrix((values, near.indices, near.indptr), shape=near.shape)
    turned: sparse.csr_matrix = made.T.tocsr()
    return turned


def _grams(
    choosers: sparse.csr_matrix, near: sparse.csr_matrix, block: Numbers
) -> NDArray[np.float64]:
    """For each item of a block how many chose each pair of its neighbours and, behind them, of the item itself.

    One product for all of them: each item's people are columns of its own.
    """
    first, last = near.indptr[block[0]], near.indptr[block[-1] + 1]
    counts = np.diff(near.indptr[block[0] : block[-1] + 2])
    rows = np.insert(near.indices[first:last], np.cumsum(counts), block)
    owners = np.repeat(np.arange(len(block)), counts + 1)
    places = np.arange(len(rows)) - np.repeat(np.cumsum(counts + 1) - counts - 1, counts + 1)
    picked = choosers[rows]
    columns = picked.indices + np.repeat(owners * choosers.shape[1], np.diff(picked.indptr))
    shape = (len(rows), len(block) * choosers.shape[1])
    apart = sparse.csr_matrix((picked.data, columns, picked.indptr), shape=shape)
    together = (apart @ apart.T).tocoo()
    found = np.zeros((len(block), counts.max() + 1, counts.max() + 1))
    found[owners[together.row], places[together.row], places[together.col]] = together.data
    return found
