"""What lists are made of where people are too many for a list each: neighbours, weights between them, factors in bytes, cells.

Everything works by blocks, so that memory holds the choices and one block, whatever is made of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from grapevine.insight.rules.ranking.evidence import Matrix, degrees, spread_hash

BLOCK = 2_048
SOLVED = 512
HISTORY_MAX = 200
"""Newest choices of one person that count: pairs grow with their square (Netflix's and Amazon's usual cut)."""
CELL_ROUNDS = 6
CELL_WIDEST = 4

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Near:
    """Fixed-width lists, best first: columns (−1: none), how near, and in how many histories both are."""

    columns: Ids
    values: Matrix
    together: Matrix


def in_order(
    rows: NDArray[np.int64], columns: NDArray[np.integer[Any]], shape: tuple[int, int]
) -> sparse.csr_matrix:
    """Ones at (row, column), each row's columns in the order given; no pair may be given twice."""
    order = np.argsort(rows, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    data = np.ones(len(rows), dtype=np.float32)
    made: sparse.csr_matrix = sparse.csr_matrix((data, columns[order], starts), shape=shape)
    return made


def newest(matrix: sparse.csr_matrix, keep: int) -> sparse.csr_matrix:
    """At most the last `keep` of every row, in the order in which they stand."""
    ends = matrix.indptr[1:].astype(np.int64)
    counts = np.minimum(np.diff(matrix.indptr), keep)
    starts = np.concatenate([[0], np.cumsum(counts)])
    at = np.arange(starts[-1]) + np.repeat(ends - counts - starts[:-1], counts)
    made: sparse.csr_matrix = sparse.csr_matrix(
        (matrix.data[at], matrix.indices[at], starts), shape=matrix.shape
    )
    return made


def neighbours(chosen: sparse.csr_matrix, keep: int, target: Near | None = None) -> Near:
    """The nearest of every item by cosine; equal ones by a hash of the column, never by its index.

    `target`: arrays to write to, memory-mapped where they are large.
    """
    items = int(chosen.shape[1])
    found = target or Near(
        np.empty((items, keep), dtype=np.int32),
        np.empty((items, keep), dtype=np.float32),
        np.empty((items, keep), dtype=np.float32),
    )
    root = lengths(degrees(chosen, 0))
    turned = chosen.T.tocsr()
    hashes = turns(items).astype(np.float64)
    for start in range(0, items, BLOCK):
        block = np.arange(start, min(start + BLOCK, items))
        together = (turned[block] @ chosen).tocsr()
        rows = np.repeat(np.arange(len(block)), np.diff(together.indptr))
        values = together.data / (root[block[rows]] * root[together.indices])
        values[together.indices == block[rows]] = 0
        # One sort a block: by row, then the nearest first.
        order = np.lexsort((hashes[together.indices], -values, rows))
        place = np.arange(len(rows)) - together.indptr[rows]
        order = order[(place < keep) & (values[order] > 0)]
        row = rows[order]
        place = np.arange(len(row)) - np.searchsorted(row, row)
        part = slice(start, start + len(block))
        found.columns[part], found.values[part], found.together[part] = -1, 0, 0
        found.columns[start + row, place] = together.indices[order]
        found.values[start + row, place] = values[order]
        found.together[start + row, place] = together.data[order]
    return found


def lengths(counts: NDArray[np.float64]) -> Matrix:
    """How long the column of each item is, of ones."""
    return np.sqrt(np.maximum(counts, 1.0)).astype(np.float32)


def turns(items: int) -> NDArray[np.uint64]:
    """Which of two that are equally near comes first."""
    return spread_hash(np.arange(items)) >> np.uint64(40)


def local_weights(near: Near, counts: NDArray[np.float64], ridge: float) -> Iterator[Matrix]:
    """How much each neighbour speaks for an item, beside the others: a ridge regression per item, by blocks of items.

    Two neighbours of an item count as never chosen together unless one is in the other's own list. With lists as long
    as there are items this is local EASE exactly (Steck, WWW 2019, on the items of a neighbourhood).
    """
    items, keep = near.columns.shape
    keys = (np.arange(items, dtype=np.int64)[:, None] * items + near.columns).ravel()
    keys[near.columns.ravel() < 0] = -1
    order = np.argsort(keys, kind="stable")
    keys, together = keys[order], near.together.ravel()[order]
    for start in range(0, items, SOLVED):
        columns = near.columns[start : start + SOLVED].astype(np.int64)
        real = columns >= 0
        pairs = columns[:, :, None] * items + columns[:, None, :]
        place = np.minimum(np.searchsorted(keys, pairs), len(keys) - 1)
        one = np.where(keys[place] == pairs, together[place], np.float32(0))
        gram = np.maximum(one, one.transpose(0, 2, 1)).astype(np.float64)
        gram[~(real[:, :, None] & real[:, None, :])] = 0
        diagonal = np.arange(keep)
        gram[:, diagonal, diagonal] = np.where(real, counts[np.maximum(columns, 0)], 1.0) + ridge
        own = near.together[start : start + SOLVED].astype(np.float64)
        solved = np.linalg.solve(gram, own[:, :, None])[:, :, 0]
        yield np.where(real, solved, 0).astype(np.float32)


def in_bytes(factors: Matrix) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Each row as whole numbers from −127 to 127, and what they are to be multiplied by."""
    scales = np.abs(factors).max(axis=1, initial=0).astype(np.float32) / 127
    safe = np.where(scales > 0, scales, np.float32(1))
    return np.rint(factors / safe[:, None]).astype(np.int8), scales


def cells(factors: Matrix, count: int, seed: int) -> tuple[Matrix, list[NDArray[np.int64]]]:
    """Middles and the rows of each cell, by k-means on directions. A crowded cell is cut; its parts share a middle."""
    size = np.linalg.norm(factors, axis=1, keepdims=True)
    turned = factors / np.maximum(size, 1e-12)
    dice = np.random.default_rng(seed)
    middles = turned[dice.choice(len(turned), min(count, len(turned)), replace=False)]
    nearest = np.zeros(len(turned), dtype=np.int64)
    for _ in range(CELL_ROUNDS):
        for start in range(0, len(turned), 8 * BLOCK):
            part = slice(start, start + 8 * BLOCK)
            nearest[part] = (turned[part] @ middles.T).argmax(axis=1)
        sums = sparse.csr_matrix(
            (np.ones(len(turned), dtype=np.float32), (nearest, np.arange(len(turned)))),
            shape=(len(middles), len(turned)),
        )
        fresh = np.asarray(sums @ turned)
        lengths = np.linalg.norm(fresh, axis=1, keepdims=True)
        middles = np.where(lengths > 0, fresh / np.maximum(lengths, 1e-12), middles)
    order = np.argsort(nearest, kind="stable")
    edges = np.searchsorted(nearest[order], np.arange(len(middles) + 1))
    widest = max(1, CELL_WIDEST * len(turned) // len(middles))
    found: list[NDArray[np.int64]] = []
    owners: list[int] = []
    for cell in range(len(middles)):
        rows = order[edges[cell] : edges[cell + 1]]
        for start in range(0, len(rows), widest):
            found.append(rows[start : start + widest])
            owners.append(cell)
    return np.asarray(middles[owners], dtype=np.float32), found


def padded(rows: list[NDArray[np.int64]], ids: NDArray[Any]) -> Ids:
    """Rows of ids as one array, 0 where a row is shorter."""
    made = np.zeros((len(rows), max(map(len, rows), default=1)), dtype=np.int64)
    for at, row in enumerate(rows):
        made[at, : len(row)] = ids[row]
    return made.astype(np.int32) if ids.max(initial=0) < 2**31 else made  # type: ignore[return-value]


def lists_of(matrix: sparse.csr_matrix, ids: NDArray[Any], keep: int) -> Ids:
    """Of every row the ids of its last `keep` columns, 0 where there are fewer."""
    last = newest(matrix, keep)
    made = np.zeros(
        (matrix.shape[0], keep), dtype=np.int32 if ids.max(initial=0) < 2**31 else np.int64
    )
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(last.indptr))
    made[row, np.arange(len(row)) - last.indptr[row]] = ids[last.indices]
    return made
