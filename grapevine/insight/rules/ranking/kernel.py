"""Social EASE: EASE (Steck, WWW 2019) in its dual form over people, with ties as further kernels.

K = R (X W Xᵀ + a·N Nᵀ + b·N₂ N₂ᵀ + c·G Gᵀ + h·H Hᵀ) R, P = R (K + λI)⁻¹ R, and the score of item j for person u is
−(P X)_uj · d_j^−γ · degree_j^g with d_j = 1 − w_j x_jᵀ P x_j. With γ = 1 and without ties and powers it is EASE exactly:
(XᵀX + λI)⁻¹ has the diagonal d_j / λ by the Woodbury identity. γ = 0 is ridge regression between people.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from grapevine.insight.rules.ranking.evidence import Evidence, Matrix, Numbers, degrees, rows_to_one

CACHED_PEOPLE_MAX = 5_000
KEPT_MAX = 150_000_000
BLOCK = 512
FULL_MIN, FULL_GAIN = 2_000, 50
"""From so many people on; how many times faster a full product's step is than a sparse one's."""


@dataclass(frozen=True, slots=True)
class KernelSettings:
    """λ `ridge`, W = item degree^−`item_power`, R = (person's degree / mean)^(−`person_power` / 2).

    The other kernels' factors: a `tie`, b `tie2` (ties of ties), c `alike` (categories), h `shared`.
    """

    ridge: float = 100.0
    item_power: float = 0.0
    person_power: float = 0.0
    tie: float = 0.0
    tie2: float = 0.0
    alike: float = 0.0
    shared: float = 0.0


class SocialKernel:
    """The kernels, made once. `fit` inverts for one setting: one Cholesky over people, n³ operations."""

    def __init__(self, evidence: Evidence, precision: type[np.floating] = np.float32) -> None:
        self.evidence = evidence
        self.precision = precision
        self.chosen = evidence.chosen.astype(precision).tocsr()
        self.columns = self.chosen.T.tocsr()
        self.person_degree = degrees(self.chosen @ sparse.diags(evidence.weights), 1)
        self.item_degree = degrees(self.chosen, 0)
        self._parts = self._sources()
        self._made: dict[tuple[str, float], Matrix] = {}

    def _sources(self) -> dict[str, sparse.csr_matrix]:
        """Matrices with one row a person; the kernel of each is its rows' inner products."""
        evidence, people = self.evidence, self.evidence.people
        own = (evidence.ties + sparse.identity(people)).tocsr()
        sources = {
            "tie": sparse.diags(1 / np.sqrt(degrees(own, 1))) @ own,
            "tie2": rows_to_one(two_hops(evidence.ties)),
        }
        if evidence.categories is not None:
            tastes = (
                evidence.chosen @ sparse.diags(evidence.weights) @ rows_to_one(evidence.categories)
            )
            sources["alike"] = _rows_to_length_one(tastes.tocsr())
        if evidence.shared is not None:
            counts = np.maximum(degrees(evidence.shared, 0), 1.0)
            sources["shared"] = evidence.shared @ sparse.diags(np.sqrt(evidence.weights / counts))
        return {name: matrix.astype(self.precision).tocsr() for name, matrix in sources.items()}

    @property
    def optional(self) -> tuple[str, ...]:
        """Settings that mean something with this evidence, beside those that always do."""
        known = ("tie", "tie2") if self.evidence.ties.nnz else ()
        return known + tuple(name for name in ("alike", "shared") if name in self._parts)

    def _kernel(self, name: str, power: float = 0.0) -> Matrix:
        """A fresh copy of one kernel, people × people."""
        held = self._made.get((name, power))
        if held is not None:
            return held.copy()
        if name == "chosen":
            weight = self.evidence.weights * np.maximum(self.item_degree, 1.0) ** -power
            made = _products(
                self.chosen @ sparse.diags(weight.astype(self.precision)), self.columns
            )
        else:
            made = _products(self._parts[name], self._parts[name].T.tocsr())
        if self.evidence.people <= CACHED_PEOPLE_MAX:
            self._made = {key: held for key, held in self._made.items() if key[0] != name}
            self._made[name, power] = made
            made = made.copy()
        return made

    def fit(self, settings: KernelSettings) -> "FittedKernel":
        mean = max(self.person_degree.mean(), 1e-12)
        scale = (np.maximum(self.person_degree, 1.0) / mean) ** (-settings.person_power / 2)
        scale = scale.astype(self.precision)
        inverse = _inverse(self._regular(settings, scale))
        if inverse is None:
            # Too badly conditioned for single precision.
            inverse = _inverse(self._regular(settings, scale).astype(np.float64))
            assert inverse is not None
            inverse = inverse.astype(self.precision)
        inverse *= scale[:, None]
        inverse *= scale[None, :]
        return FittedKernel(self, inverse, settings.item_power)

    def _regular(self, settings: KernelSettings, scale: Matrix) -> Matrix:
        """R (…) R + λI"""
        kernel = self._kernel("chosen", settings.item_power)
        for name in self._parts:
            factor = self.precision(getattr(settings, name))
            if factor:
                part = self._kernel(name)
                part *= factor
                kernel += part
        kernel *= scale[:, None]
        kernel *= scale[None, :]
        kernel[np.diag_indices_from(kernel)] += self.precision(settings.ridge)
        return kernel


class FittedKernel:
    """P, and the diagonal d of the items. P X is kept where it is small, else made again by blocks."""

    def __init__(self, kernel: SocialKernel, inverse: Matrix, item_power: float) -> None:
        self.kernel = kernel
        self._inverse = inverse
        people, items = kernel.chosen.shape
        self._spread: Matrix | None = None
        kept = np.empty((people, items), inverse.dtype) if people * items <= KEPT_MAX else None
        own = np.zeros(items)
        for start in range(0, people, BLOCK):
            block = np.arange(start, min(start + BLOCK, people))
            spread = self.spread(block)
            own += degrees(kernel.chosen[block].multiply(spread), 0)
            if kept is not None:
                kept[block] = spread
        self._spread = kept
        weight = np.maximum(kernel.item_degree, 1.0) ** -item_power
        self.left: NDArray[np.float64] = np.maximum(1 - weight * own, 1e-6)

    def spread(self, people: Numbers) -> Matrix:
        """(P X) of these people."""
        if self._spread is not None:
            return np.asarray(self._spread[people])
        return np.ascontiguousarray((self.kernel.columns @ self._inverse[:, people]).T)

    def scores(self, people: Numbers, debias: float, popular: float = 0.0) -> Matrix:
        """People × columns; higher is better. γ is `debias`, g `popular`."""
        factor = self.left**-debias * np.maximum(self.kernel.item_degree, 1.0) ** popular
        return np.asarray(self.spread(people) * -factor.astype(self.kernel.precision))


def _products(left: sparse.csr_matrix, right: sparse.csr_matrix) -> Matrix:
    """left · right, dense, by blocks of rows: the product of a sparse pair is nearly full.

    Ties of ties are hardly sparse: what would take longer as a sparse product is multiplied as full matrices.
    """
    made = np.empty((left.shape[0], right.shape[1]), dtype=left.dtype)
    rows = left.tocsr()
    sparse_work = left.nnz * right.nnz / max(right.shape[0], 1)
    full_work = len(made) * right.shape[0] * right.shape[1]
    is_full = right.shape[0] >= FULL_MIN and sparse_work * FULL_GAIN > full_work
    other = right.toarray() if is_full else right
    for start in range(0, len(made), BLOCK):
        block = rows[start : start + BLOCK]
        made[start : start + BLOCK] = block.toarray() @ other if is_full else (block @ right).toarray()  # fmt: skip
    return made


def _inverse(kernel: Matrix) -> Matrix | None:
    """Of a symmetric positive matrix, in its place; None where this precision does not do."""
    single = kernel.dtype == np.float32
    factor, inverse = (lapack.spotrf, lapack.spotri) if single else (lapack.dpotrf, lapack.dpotri)
    lower, failed = factor(kernel.T, lower=1, overwrite_a=1)
    if failed:
        return None
    half, _ = inverse(lower, lower=1, overwrite_c=1)
    upper = half.T  # row-major, right in its upper triangle
    for start in range(0, len(upper), BLOCK):
        end = min(start + BLOCK, len(upper))
        upper[start:end, :start] = upper[:start, start:end].T
        square = np.triu(upper[start:end, start:end])
        upper[start:end, start:end] = square + np.triu(square, 1).T
    return np.asarray(upper)


def two_hops(ties: sparse.csr_matrix) -> sparse.csr_matrix:
    """Ties of ties by the number of ways, without oneself."""
    far: sparse.csr_matrix = (ties @ ties).tocsr()
    far.setdiag(0)
    far.eliminate_zeros()
    return far


def _rows_to_length_one(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    length = np.sqrt(degrees(matrix.multiply(matrix).tocsr(), 1))
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    rows: sparse.csr_matrix = (sparse.diags(scale) @ matrix).tocsr()
    return rows
