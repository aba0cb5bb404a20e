"""How good a ranking is: full ranking over all items, what is already known of a person left out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from grapevine.insight.rules.ranking.evidence import Matrix, Numbers, spread_hash

NAMES = ("recall@10", "ndcg@10", "recall@20", "ndcg@20")
CUTS = (10, 20)
BLOCK, BLOCK_CELLS = 256, 4_600_000
"""People whose scores are made at once, of many items fewer: memory beyond 32 MB a piece is fetched and given back each time."""
REPEATS = 1000
PARTS = 64
THREADS = 2
"""Blocks know nothing of each other: one core makes scores while the other counts."""
_DISCOUNT = 1 / np.log2(np.arange(2, 2 + max(CUTS)))
_IDEAL = np.concatenate([[0.0], np.cumsum(_DISCOUNT)])

Scores = Callable[[Numbers], Matrix]
"""From numbers of people to their scores, people × items (or × columns)."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Per person with held-out items the four measures in the order of NAMES."""

    each: NDArray[np.float64]

    @property
    def mean(self) -> NDArray[np.float64]:
        return np.asarray(self.each.mean(axis=0)) if len(self.each) else np.zeros(len(NAMES))

    @property
    def objective(self) -> float:
        return float(self.mean.mean())

    def named(self) -> dict[str, float]:
        return {name: round(float(v), 5) for name, v in zip(NAMES, self.mean, strict=True)}

    def interval(self, seed: int, less: "Quality | None" = None) -> dict[str, list[float]]:
        """95 % by the bootstrap over people; of the paired difference where another is given."""
        each = self.each if less is None else self.each - less.each
        if not len(each):
            return {name: [0.0, 0.0] for name in NAMES}
        random = np.random.default_rng(seed)
        shares = [
            random.multinomial(len(each), np.full(len(each), 1 / len(each))) for _ in range(REPEATS)
        ]
        means = np.stack([share @ each for share in shares]) / len(each)
        low, high = np.percentile(means, [2.5, 97.5], axis=0)
        return {
            name: [round(float(a), 5), round(float(b), 5)]
            for name, a, b in zip(NAMES, low, high, strict=True)
        }


def measure(
    scores: Scores,
    held_out: sparse.csr_matrix,
    masked: sparse.csr_matrix,
    column_of: Numbers | None = None,
    people: Numbers | None = None,
) -> Quality:
    """`masked` items (training) take no place. Averages are over people with held-out items, or those of `people`.

    `column_of` says which column of the scores holds an item's (all items' own where it is None).
    """
    those = np.flatnonzero(np.diff(held_out.indptr)) if people is None else people
    hashes = spread_hash(np.arange(held_out.shape[1]))
    step = min(BLOCK, max(BLOCK_CELLS // max(held_out.shape[1], 1), 16))

    def ranks_of(block: Numbers) -> list[Numbers]:
        found = []
        for person, line in zip(block.tolist(), scores(block), strict=True):
            known, wanted = _row(masked, person), _row(held_out, person)
            ranks = np.full(len(wanted), max(CUTS), dtype=np.int64)
            near = _within_reach(line, known, wanted, column_of)
            if near.any():
                row = np.array(line if column_of is None else line[column_of])
                row[known] = -np.inf
                ranks[near] = _ranks(row, wanted[near], hashes)
            found.append(ranks)
        return found

    blocks = [those[start : start + step] for start in range(0, len(those), step)]
    with ThreadPoolExecutor(THREADS) as threads:
        return Quality(gains([ranks for part in threads.map(ranks_of, blocks) for ranks in part]))


def _within_reach(
    line: NDArray[np.floating], known: Numbers, wanted: Numbers, column_of: Numbers | None
) -> NDArray[np.bool_]:
    """Which of `wanted` may stand among the places that are measured; most do not, and need not be counted.

    The best of each of many parts of the columns are as many items: whatever is below the twentieth of them is behind.
    """
    width = len(line) // PARTS
    if not width:
        return np.ones(len(wanted), dtype=bool)
    left = line[: width * PARTS].copy()
    columns = known if column_of is None else column_of[known]
    left[columns[columns < len(left)]] = -np.inf
    best = np.partition(left.reshape(PARTS, width).max(axis=1), -max(CUTS))
    own = line[wanted if column_of is None else column_of[wanted]]
    return np.asarray(~(own < best[-max(CUTS)]))


def _row(matrix: sparse.csr_matrix, row: int) -> Numbers:
    return np.asarray(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]])


def _ranks(row: NDArray[np.floating], wanted: Numbers, hashes: NDArray[np.uint64]) -> Numbers:
    """How many items stand before each of `wanted`; among equals those with the lower hash."""
    own = row[wanted][:, None]
    before: Numbers = np.asarray(np.count_nonzero(row > own, axis=1))
    for i in np.flatnonzero(before < max(CUTS)):
        equal = np.flatnonzero(row == own[i])
        before[i] += np.count_nonzero(hashes[equal] < hashes[wanted[i]])
    return before


def gains(ranks: list[NDArray[np.int64]]) -> NDArray[np.float64]:
    """The four measures of each person from the ranks of their held-out items."""
    hits = np.zeros((len(ranks), max(CUTS)), dtype=bool)
    for person, found in enumerate(ranks):
        hits[person, found[found < max(CUTS)]] = True
    return gains_of_hits(hits, np.array([len(found) for found in ranks], dtype=np.int64))


def gains_of_hits(hits: NDArray[np.bool_], counts: Numbers) -> NDArray[np.float64]:
    """Recall@k = hits / held-out items; NDCG@k with binary gains against the best possible order."""
    columns = []
    for k in CUTS:
        found = hits[:, :k]
        columns.append(found.sum(axis=1) / counts)
        columns.append(found @ _DISCOUNT[: found.shape[1]] / _IDEAL[np.minimum(counts, k)])
    return np.stack(columns, axis=1)
