"""Which ids are in the lake already: beside each Parquet file its ids as sorted digests.

A digest is 16 bytes of BLAKE2b, so among a hundred million ids two share one with a chance of 1 to 10²²: "already there" is
exact. A file of a million rows needs 16 MB beside it, of which a look-up touches a few pages; nothing is held in memory.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

Digests = NDArray[np.uint64]
"""Two rows: the first and the second half of each digest."""
SUFFIX = ".ids.npy"
Mask = NDArray[np.bool_]


def digests_of(ids: Iterable[str]) -> Digests:
    joined = b"".join(blake2b(one.encode(), digest_size=16).digest() for one in ids)
    pairs = np.frombuffer(joined, dtype="<u8").astype(np.uint64, copy=False)
    return pairs.reshape(-1, 2).T


def first_of_each(digests: Digests) -> Mask:
    """True where a digest stands for the first time."""
    first, second = digests
    order = np.lexsort((second, first))  # stable: of equal ones the first in place comes first
    is_first = np.ones(len(first), dtype=np.bool_)
    same = (first[order][1:] == first[order][:-1]) & (second[order][1:] == second[order][:-1])
    is_first[order[1:][same]] = False
    return is_first


def known(digests: Digests, indexes: Sequence[Digests]) -> Mask:
    """True where a digest is in one of the indexes.

    They are looked up in their own order, so that neighbours touch the same pages of an index: about five times as fast,
    which tells when the days around have hundreds of files.
    """
    order = np.argsort(digests[0])
    asked = np.ascontiguousarray(digests[:, order])
    is_open = np.ones(asked.shape[1], dtype=np.bool_)
    for index in indexes:
        open_ones = np.flatnonzero(is_open)
        is_open[open_ones] = ~_known_in(asked[:, open_ones], index)
    found = np.empty(len(order), dtype=np.bool_)
    found[order] = ~is_open
    return found


def _known_in(digests: Digests, index: Digests) -> Mask:
    first, second = digests
    places = np.searchsorted(index[0], first)
    size = index.shape[1]
    found = np.zeros(len(first), dtype=np.bool_)
    candidates = np.nonzero((places < size) & (index[0][np.minimum(places, size - 1)] == first))[0]
    for one in candidates:
        place = int(places[one])
        while place < size and index[0][place] == first[one]:
            if index[1][place] == second[one]:
                found[one] = True
                break
            place += 1
    return found


def path_for(parquet: Path) -> Path:
    return parquet.with_name(parquet.stem + SUFFIX)


def save(digests: Digests, path: Path) -> None:
    order = np.lexsort((digests[1], digests[0]))
    with path.open("wb") as file:
        np.save(file, np.ascontiguousarray(digests[:, order]))


def opened(parquet: Path) -> Digests:
    """The index of a file, mapped into memory; made anew from its ids if it is not there."""
    path = path_for(parquet)
    if not path.exists():
        ids = pq.read_table(parquet, columns=["id"], partitioning=None).column("id").to_pylist()
        part = path.with_suffix(".part")
        save(digests_of(ids), part)
        part.rename(path)
    mapped: Any = np.load(path, mmap_mode="r")
    return mapped if mapped.shape[1] else np.zeros((2, 0), dtype=np.uint64)


def joined(parquets: Sequence[Path]) -> Digests:
    return np.concatenate([opened(one) for one in parquets], axis=1)
