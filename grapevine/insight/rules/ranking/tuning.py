"""Choosing settings on validation alone: hill climbing on fixed grids, then the weights of the blend."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from grapevine.insight.rules.ranking import factors
from grapevine.insight.rules.ranking.evidence import Evidence, Numbers, snowball, spread_hash
from grapevine.insight.rules.ranking.factors import FactorSettings
from grapevine.insight.rules.ranking.kernel import KernelSettings, SocialKernel
from grapevine.insight.rules.ranking.local import LocalKernel, LocalSettings
from grapevine.insight.rules.ranking.measuring import CUTS, Scores, gains_of_hits, measure
from grapevine.insight.rules.ranking.model import (
    KERNEL_PEOPLE_MAX,
    WEIGHTS,
    ModelSettings,
    Recommender,
)

S = TypeVar("S")
TUNED_PEOPLE_MAX = 4_000
NOISE = 0.0004
"""Smaller gains of the mean of four measures are not followed."""
STRENGTHS = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
KERNEL_GRID: Mapping[str, Sequence[float]] = {
    "ridge": (1.0, 3.0, 10.0, 30.0, 60.0, 100.0, 200.0, 400.0, 800.0),
    "tie": STRENGTHS,
    "tie2": STRENGTHS,
    "alike": STRENGTHS,
    "shared": STRENGTHS,
    "item_power": (0.0, 0.2, 0.4, 0.6, 0.8),
    "person_power": (0.0, 0.25, 0.5, 0.75, 1.0),
}
FACTOR_GRID: Mapping[str, Sequence[float]] = {
    "weight": (3.0, 10.0, 30.0),
    "ridge": (1.0, 2.0, 4.0, 6.0, 9.0, 14.0),
    "tie": (0.0, 0.03, 0.1, 0.3, 1.0, 3.0),
    "category": (0.0, 0.3, 1.0, 3.0),
}
LOCAL_GRID: Mapping[str, Sequence[float]] = {"ridge": (3.0, 10.0, 30.0, 100.0, 300.0)}
WEIGHT_GRID = (
    -0.75,
    -0.5,
    -0.3,
    -0.2,
    -0.1,
    -0.05,
    0.0,
    0.05,
    0.1,
    0.2,
    0.35,
    0.5,
    0.75,
    1.0,
    1.4,
    2.0,
)
CANDIDATES = 60
TIE_START = 0.3


def climb(
    start: S, grid: Mapping[str, Sequence[Any]], judge: Callable[[S], float], rounds: int = 2
) -> S:
    """One coordinate after the other, step by step while it gains more than noise."""
    best = start
    for _ in range(rounds):
        before = best
        for name, values in grid.items():
            for way in (1, -1):
                while (place := values.index(getattr(best, name)) + way) in range(len(values)):
                    tried = replace(best, **{name: values[place]})  # type: ignore[type-var]
                    if judge(tried) <= judge(best) + NOISE:
                        break
                    best = tried
        if best == before:
            break
    return best


class Tuner:
    """Settings for models fitted on `evidence`, by what it holds out in `valid`; nothing is judged twice.

    Above TUNED_PEOPLE_MAX people the parts are tuned on a snowball sample of them, the weights on all.
    """

    def __init__(self, evidence: Evidence, valid: sparse.csr_matrix, *, seed: int) -> None:
        self.evidence, self.valid, self.seed = evidence, valid, seed
        people = snowball(evidence.ties, TUNED_PEOPLE_MAX, seed)
        self.small = len(people) < evidence.people
        self.part = evidence.of_people(people) if self.small else evidence
        self.held = valid[people] if self.small else valid
        self.folded = self.part.folded()
        self.whole = evidence.people <= KERNEL_PEOPLE_MAX
        self.kernel = SocialKernel(self.folded)
        self._known = self.part.chosen
        self._judged: dict[object, float] = {}

    def judge(self, scores: Scores, *, folded: bool = True) -> float:
        """The objective on the validation, of scores by columns or, where not `folded`, by items."""
        column_of = self.folded.column_of if folded else None
        return measure(scores, self.held, self._known, column_of).objective

    def once(self, key: object, found: Callable[[], float]) -> float:
        if key not in self._judged:
            self._judged[key] = found()
        return self._judged[key]

    def factors(self, start: FactorSettings, names: Sequence[str]) -> FactorSettings:
        def judge(settings: FactorSettings) -> float:
            lean = replace(settings, seeds=1)
            return self.once(
                lean, lambda: self.judge(factors.fit(self.folded, lean, self.seed).scores)
            )

        return climb(start, {name: FACTOR_GRID[name] for name in names}, judge)

    def kernels(self) -> KernelSettings:
        """By the mean of both ends, ridge between people and full debiasing: one inverse serves both."""

        def judge(settings: KernelSettings) -> float:
            return self.once(settings, lambda: self._both_ends(settings))

        start = KernelSettings(60.0, 0.2, 0.5, *((3.0, 3.0) if self.evidence.ties.nnz else ()))
        names = ("ridge", *self.kernel.optional, "item_power", "person_power")
        return climb(start, {name: KERNEL_GRID[name] for name in names}, judge)

    def _both_ends(self, settings: KernelSettings) -> float:
        fitted = self.kernel.fit(settings)
        return sum(self.judge(partial(fitted.scores, debias=end)) for end in (0.0, 1.0)) / 2

    def local(self) -> LocalSettings:
        def judge(settings: LocalSettings) -> float:
            return self.once(
                settings, lambda: self.judge(LocalKernel(self.folded, settings).scores)
            )

        return climb(LocalSettings(), LOCAL_GRID, judge)

    def tune(self) -> ModelSettings:
        """All settings and weights of the product's model."""
        plain = self.factors(FactorSettings(), ("weight", "ridge"))
        names = ["tie"] if self.evidence.ties.nnz else []
        names += ["category"] if self.evidence.categories is not None else []
        # From the middle of its grid: a little of a tie says less than none or enough.
        start = replace(plain, tie=TIE_START) if self.evidence.ties.nnz else plain
        settings = ModelSettings(factors=self.factors(start, [*names, "weight", "ridge"]))
        if self.whole:
            settings = replace(settings, kernel=self.kernels())
        else:
            settings = replace(settings, local=self.local())
        model = Recommender(
            self.evidence, settings, seed=self.seed, kernel=None if self.small else self.kernel
        )
        return replace(settings, weights=blend(model, self.valid, seed=self.seed))


def tune(evidence: Evidence, valid: sparse.csr_matrix, *, seed: int) -> ModelSettings:
    return Tuner(evidence, valid, seed=seed).tune()


def by_items(evidence: Evidence) -> sparse.csr_matrix:
    """What people chose, by items again."""
    if evidence.column_of is None:
        return evidence.chosen
    return evidence.chosen.tocsc()[:, evidence.column_of].tocsr()


def blend(model: Recommender, valid: sparse.csr_matrix, *, seed: int) -> dict[str, float]:
    """Weights by coordinate ascent on the candidates of validation people."""
    features, wanted, counts = candidates(model, valid, seed=seed)
    names = list(model.components)
    start = np.array([WEIGHTS[name] for name in names], dtype=np.float32)

    def judge(weights: NDArray[np.float32]) -> float:
        return float(gains_of_hits(_hits(features, wanted, weights), counts).mean())

    best, value = start, judge(start)
    for _ in range(3):
        before = best
        for place in range(len(names)):
            for strength in WEIGHT_GRID:
                tried = best.copy()
                tried[place] = strength
                if tried.any() and (found := judge(tried)) > value + NOISE / 4:
                    best, value = tried, found
        if best is before:
            break
    return {name: round(float(weight), 4) for name, weight in zip(names, best, strict=True)}


def candidates(
    model: Recommender, valid: sparse.csr_matrix, *, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_], Numbers]:
    """For validation people the items any component ranks high: scores, whether held out, and how many are held out.

    People × places × components (+ a hash that breaks ties); unused places score −∞ in the hash.
    """
    those = np.flatnonzero(np.diff(valid.indptr))
    if len(those) > TUNED_PEOPLE_MAX:
        order = np.argsort(spread_hash(those + seed), kind="stable")
        those = np.sort(those[order[:TUNED_PEOPLE_MAX]])
    known = by_items(model.evidence)
    width = min(CANDIDATES, valid.shape[1]) * len(model.components)
    features = np.zeros((len(those), width, len(model.components) + 1), dtype=np.float32)
    features[:, :, -1] = -np.inf
    wanted = np.zeros((len(those), width), dtype=bool)
    noise = (spread_hash(np.arange(valid.shape[1])).astype(np.float64) / 2**64 * -1e-5).astype(
        np.float32
    )
    for start in range(0, len(those), 128):
        block = those[start : start + 128]
        parts = [model.standardised(name, block) for name in model.components]
        for i, person in enumerate(block.tolist()):
            rows = np.stack([part[i][model.column_of] for part in parts])
            ranked = rows + noise
            ranked[:, known.indices[known.indptr[person] : known.indptr[person + 1]]] = -np.inf
            keep = min(CANDIDATES, rows.shape[1])
            found = np.unique(np.argpartition(-ranked, keep - 1, axis=1)[:, :keep])
            found = found[ranked[0, found] > -np.inf]
            features[start + i, : len(found), :-1] = rows[:, found].T
            features[start + i, : len(found), -1] = noise[found]
            held = valid.indices[valid.indptr[person] : valid.indptr[person + 1]]
            wanted[start + i, : len(found)] = np.isin(found, held)
    return features, wanted, np.diff(valid.indptr)[those].astype(np.int64)


def _hits(
    features: NDArray[np.float32], wanted: NDArray[np.bool_], weights: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """For each person, place by place, whether a held-out item stands there; as many places as are measured."""
    scores = features[:, :, :-1] @ weights + features[:, :, -1]
    cut = min(max(CUTS), scores.shape[1])
    places = np.argpartition(-scores, cut - 1, axis=1)[:, :cut]
    order = np.argsort(-np.take_along_axis(scores, places, axis=1), axis=1, kind="stable")
    return np.take_along_axis(wanted, np.take_along_axis(places, order, axis=1), axis=1)
