"""What recommenders learn from: who chose what, who is tied to whom, and what things are.

People and items are numbered from 0. Matrices are sparse: interactions people × items of ones, ties people × people,
symmetric, without a diagonal.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Matrix = NDArray[np.float32]
Numbers = NDArray[np.int64]


def degrees(matrix: sparse.csr_matrix, axis: int) -> NDArray[np.float64]:
    return np.asarray(matrix.sum(axis=axis), dtype=np.float64).ravel()


def rows_to_one(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows summing to one; empty rows stay empty."""
    sums = degrees(matrix, 1)
    scale = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    rows: sparse.csr_matrix = (sparse.diags(scale) @ matrix).tocsr()
    return rows


def spread_hash(ids: NDArray[np.integer[Any]]) -> NDArray[np.uint64]:
    """A fixed mixing of integers (splitmix64), to break ties without favour."""
    with np.errstate(over="ignore"):
        z = (np.asarray(ids).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(
            0xBF58476D1CE4E5B9
        )
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)))


def ones(rows: Numbers, columns: Numbers, shape: tuple[int, int]) -> sparse.csr_matrix:
    """A matrix of ones; what is named twice counts once."""
    made = sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    made.data[:] = 1.0
    return made


def mutual(ties: sparse.csr_matrix) -> sparse.csr_matrix:
    """Ties in both directions, nobody tied to themselves."""
    both = ties.maximum(ties.T).tocsr()
    both.setdiag(0)
    both.eliminate_zeros()
    return both


@dataclass(frozen=True, slots=True)
class Evidence:
    """`categories`: items × categories, `shared`: people × items passed on or received; None where unknown.

    `copies` says how many items a column stands for and `column_of` which column stands for an item (see `folded`).
    """

    chosen: sparse.csr_matrix
    ties: sparse.csr_matrix
    categories: sparse.csr_matrix | None = None
    shared: sparse.csr_matrix | None = None
    copies: NDArray[np.float64] | None = None
    column_of: Numbers | None = None

    @property
    def people(self) -> int:
        return int(self.chosen.shape[0])

    @property
    def weights(self) -> NDArray[np.float64]:
        return np.ones(self.chosen.shape[1]) if self.copies is None else self.copies

    def folded(self) -> "Evidence":
        """The same with one column for all items that nothing tells apart: equal choosers, equal categories.

        In sparse data most items are such twins; every model here scores twins alike, so it need do so only once.
        """
        if self.column_of is not None:
            return self
        signs = _signs(self.chosen)
        if self.categories is not None:
            with np.errstate(over="ignore"):
                signs = signs * np.uint64(3) + _signs(self.categories.T.tocsr())
        if self.shared is not None:
            with np.errstate(over="ignore"):
                signs = signs * np.uint64(5) + _signs(self.shared)
        _, first, column_of, counts = np.unique(
            signs, return_index=True, return_inverse=True, return_counts=True
        )
        return replace(
            self,
            chosen=self.chosen.tocsc()[:, first].tocsr(),
            categories=None if self.categories is None else self.categories.tocsr()[first],
            shared=None if self.shared is None else self.shared.tocsc()[:, first].tocsr(),
            copies=counts.astype(np.float64),
            column_of=column_of.ravel().astype(np.int64),
        )

    def of_people(self, people: Numbers) -> "Evidence":
        """The part of these people alone, with all items; unfolded evidence only."""
        shared = None if self.shared is None else self.shared[people]
        ties = self.ties[people].tocsc()[:, people].tocsr()
        return replace(self, chosen=self.chosen[people], ties=ties, shared=shared)


def _signs(matrix: sparse.csr_matrix) -> NDArray[np.uint64]:
    """For each column a number that columns with the same rows share (a sum of 64-bit hashes of the rows)."""
    columns = matrix.tocsc()
    hashes = spread_hash(columns.indices.astype(np.int64) + 1)
    with np.errstate(over="ignore"):
        sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(hashes, dtype=np.uint64)])
        return np.asarray(sums[columns.indptr[1:]] - sums[columns.indptr[:-1]])


def snowball(ties: sparse.csr_matrix, size: int, seed: int) -> Numbers:
    """About `size` people found by following ties from random beginnings, so that their ties stay dense.

    A random sample of people would thin ties by the square of its share.
    """
    people = int(ties.shape[0])
    if people <= size:
        return np.arange(people)
    order = np.random.default_rng(seed).permutation(people)
    taken = np.zeros(people, dtype=bool)
    found: list[int] = []
    queue: deque[int] = deque()
    starts = iter(order.tolist())
    while len(found) < size:
        person = queue.popleft() if queue else next(starts)
        if taken[person]:
            continue
        taken[person] = True
        found.append(person)
        queue.extend(ties.indices[ties.indptr[person] : ties.indptr[person + 1]].tolist())
    return np.sort(np.array(found, dtype=np.int64))
