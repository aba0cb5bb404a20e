"""Notes and readers as short vectors: every name or word has a fixed direction, a note is the sum of its own.

Signs from a hash stand in for a random projection (Achlioptas, "Database-friendly random projections", 2003): what two notes
share keeps its angle within about an eighth at 64 numbers, without any training.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 64
SCALE = 127
Matrix = NDArray[np.float32]


@lru_cache(maxsize=20_000)
def _direction(name: str) -> NDArray[np.float32]:
    digest = hashlib.blake2b(name.encode(), digest_size=DIMENSIONS // 8).digest()
    bits = np.unpackbits(np.frombuffer(digest, dtype=np.uint8))
    signs: NDArray[np.float32] = bits.astype(np.float32) * 2 - 1
    return signs / np.float32(DIMENSIONS**0.5)


def summed(parts: Mapping[str, float]) -> NDArray[np.float32]:
    """The direction of names by weight, of length one; zeros for nothing."""
    total = np.zeros(DIMENSIONS, dtype=np.float32)
    for name, weight in parts.items():
        total += np.float32(weight) * _direction(name)
    length = float(np.linalg.norm(total))
    return total / np.float32(length) if length > 0 else total


def packed(parts: Mapping[str, float]) -> bytes:
    """As it is kept in the index: 64 bytes."""
    found = summed(parts)
    most = float(np.abs(found).max()) or 1.0
    return np.round(found / most * SCALE).astype(np.int8).tobytes()


def unpacked(vectors: Sequence[bytes]) -> Matrix:
    """One row each, of length one; a note that was not measured yet is a row of zeros."""
    empty = bytes(DIMENSIONS)
    joined = b"".join(one if len(one) == DIMENSIONS else empty for one in vectors)
    rows = np.frombuffer(joined, dtype=np.int8).reshape(-1, DIMENSIONS).astype(np.float32)
    lengths: NDArray[Any] = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1.0
    found: Matrix = (rows / lengths).astype(np.float32)
    return found
