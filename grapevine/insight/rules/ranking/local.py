"""Local EASE: where there are too many people to invert over, a ridge regression per item over its nearest items.

Costs items × neighbours³, however many people there are.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from grapevine.insight.rules.ranking.evidence import Evidence, Matrix, Numbers
from grapevine.insight.rules.ranking.simple import NearSettings, item_neighbours


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
    columns = evidence.chosen.tocsc()
    copies = evidence.weights
    values = np.zeros(near.nnz, dtype=np.float32)
    for item in range(near.shape[0]):
        start, end = near.indptr[item], near.indptr[item + 1]
        if start == end:
            continue
        others = near.indices[start:end]
        part = columns[:, others]
        gram = (part.T @ part).toarray().astype(np.float64)
        own = part.T @ columns[:, [item]]
        # Copies of a neighbour share its weight: a ridge on each is a ridge divided by their number on the one.
        gram[np.diag_indices_from(gram)] += ridge / copies[others]
        values[start:end] = cho_solve(cho_factor(gram), own.toarray().ravel())
    made = sparse.csr_matrix((values, near.indices, near.indptr), shape=near.shape)
    turned: sparse.csr_matrix = made.T.tocsr()
    return turned
