"""Factors by alternating least squares for implicit choices (Hu, Koren, Volinsky, ICDM 2008), with ties and categories.

Ties are further columns and categories further rows of the one matrix that is factorised, so that a person's factors
also explain whom they are tied to and an item's factors what it is. All rows of a side are solved at once by conjugate
gradients from where they were (Takács, Pilászy, Tikk, RecSys 2011).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from grapevine.insight.rules.ranking.evidence import Evidence, Matrix, Numbers, rows_to_one

STEPS, THREADS = 3, 2
BLOCK = 4_096
"""Entries whose factors are at hand at once: a processor's cache holds them through all steps."""
AVERAGED_MAX = 500_000
"""Above so many interactions one beginning is enough: noise falls with what there is to learn from, cost rises."""


@dataclass(frozen=True, slots=True)
class FactorSettings:
    """`weight` is the confidence of what was seen against 1 for what was not; `ridge` is a multiple of it.

    `tie` and `category` say how many times a tie or category counts. More `seeds`, less noise.
    """

    ridge: float = 6.0
    weight: float = 10.0
    tie: float = 0.0
    category: float = 0.0
    width: int = 64
    rounds: int = 12
    seeds: int = 3


class Factors:
    def __init__(self, people: Matrix, items: Matrix) -> None:
        self.people = people
        self.items = items

    def scores(self, people: Numbers) -> Matrix:
        return np.asarray(self.people[people] @ self.items.T)


def fit(evidence: Evidence, settings: FactorSettings, seed: int) -> Factors:
    """The mean of several beginnings, as factors of seeds × width numbers."""
    people, items = evidence.chosen.shape
    seeds = settings.seeds if evidence.chosen.nnz <= AVERAGED_MAX else 1
    parts = [_fit_once(evidence, settings, seed + i) for i in range(seeds)]
    return Factors(
        np.hstack([left[:people] for left, _ in parts]),
        np.hstack([right[:items] for _, right in parts]),
    )


def _fit_once(evidence: Evidence, settings: FactorSettings, seed: int) -> tuple[Matrix, Matrix]:
    matrix, row_count, column_count = _joint(evidence, settings)
    turned = matrix.T.tocsr()
    random = np.random.default_rng(seed)
    left, right = (
        (random.standard_normal((size, settings.width)) * 0.01).astype(np.float32)
        for size in matrix.shape
    )
    for _ in range(settings.rounds):
        left = _half(matrix, right, column_count, left, settings)
        right = _half(turned, left, row_count, right, settings)
    return left, right


def _joint(
    evidence: Evidence, settings: FactorSettings
) -> tuple[sparse.csr_matrix, NDArray[np.float32], NDArray[np.float32]]:
    """The matrix, and how many times each of its rows and columns counts."""
    people = evidence.people
    columns = evidence.weights
    matrix = evidence.chosen
    rows = np.ones(people)
    categories = evidence.categories if settings.category else None
    if settings.tie:
        matrix = sparse.hstack([matrix, evidence.ties])
        columns = np.concatenate([columns, np.full(people, settings.tie)])
    if categories is not None:
        below = rows_to_one(categories).T.tocsr()
        blank = sparse.csr_matrix((below.shape[0], len(columns) - below.shape[1]))
        matrix = sparse.vstack([matrix, sparse.hstack([below, blank])])
        rows = np.concatenate([rows, np.full(below.shape[0], settings.category)])
    return matrix.tocsr().astype(np.float32), rows.astype(np.float32), columns.astype(np.float32)


def _half(
    matrix: sparse.csr_matrix,
    other: Matrix,
    count: NDArray[np.float32],
    start: Matrix,
    settings: FactorSettings,
) -> Matrix:
    """One side's factors, given the other's, of whose rows the i-th counts `count[i]` times. Rows do not know of each other."""
    common = np.asarray((other.T * count) @ other, dtype=np.float32)
    common[np.diag_indices_from(common)] += np.float32(settings.ridge * settings.weight)
    found = np.empty_like(start)

    def solve(block: tuple[int, int]) -> None:
        first, last = block
        part = slice(matrix.indptr[first], matrix.indptr[last])
        columns = matrix.indices[part]
        seen: NDArray[np.float32] = matrix.data[part] * count[columns]
        ends = matrix.indptr[first : last + 1] - matrix.indptr[first]
        found[first:last] = _solved(common, other[columns], seen, ends, start[first:last], settings)

    with ThreadPoolExecutor(THREADS) as threads:
        for _ in threads.map(solve, _blocks(matrix.indptr)):
            pass
    return found


def _blocks(ends: NDArray[np.integer[Any]]) -> Iterator[tuple[int, int]]:
    """Rows one after the other with about BLOCK entries, (first, last + 1) each."""
    first, rows = 0, len(ends) - 1
    while first < rows:
        last = int(np.searchsorted(ends, ends[first] + BLOCK, side="right")) - 1
        last = min(max(last, first + 1), first + BLOCK)
        yield first, last
        first = last


def _solved(
    common: Matrix,
    near: Matrix,
    seen: NDArray[np.float32],
    ends: NDArray[np.integer[Any]],
    start: Matrix,
    settings: FactorSettings,
) -> Matrix:
    """The factors of a block of rows, by conjugate gradients from `start`. `near`: the other side's factors of each entry,
    fetched once, whatever the number of steps."""
    rows = len(start)
    owners = np.repeat(np.arange(rows), np.diff(ends))
    extra = np.float32(settings.weight - 1) * seen

    def summed(values: NDArray[np.float32]) -> Matrix:
        one = sparse.csr_matrix((values, np.arange(len(near)), ends), shape=(rows, len(near)))
        return np.asarray(one @ near)

    def applied(guess: Matrix) -> Matrix:
        along = np.einsum("ij,ij->i", guess[owners], near)
        return np.asarray(guess @ common + summed(extra * along))

    found = start
    rest = np.float32(settings.weight) * summed(seen) - applied(found)
    step, size = rest, (rest * rest).sum(axis=1)
    for _ in range(STEPS):
        moved = applied(step)
        length = size / np.maximum((step * moved).sum(axis=1), 1e-20)
        found = found + length[:, None] * step
        rest = rest - length[:, None] * moved
        fresh = (rest * rest).sum(axis=1)
        step = rest + (fresh / np.maximum(size, 1e-20))[:, None] * step
        size = fresh
    return found
