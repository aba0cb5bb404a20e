"""Models others would use, each with its settings chosen on validation as carefully as the product's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from scipy import sparse

from grapevine.insight.rules.ranking import factors, tuning
from grapevine.insight.rules.ranking.evidence import Evidence, Numbers
from grapevine.insight.rules.ranking.factors import FactorSettings
from grapevine.insight.rules.ranking.kernel import KernelSettings, SocialKernel
from grapevine.insight.rules.ranking.local import LocalKernel, LocalSettings
from grapevine.insight.rules.ranking.measuring import Scores, measure
from grapevine.insight.rules.ranking.model import KERNEL_PEOPLE_MAX
from grapevine.insight.rules.ranking.simple import (
    Friends,
    ItemNeighbours,
    NearSettings,
    Popularity,
)

S = TypeVar("S")
NEAR_GRID = {
    "neighbours": (10, 20, 50, 100, 200, 500),
    "source": (0.3, 0.5, 0.7, 0.9, 1.1),
    "target": (0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    "shrink": (0.0, 1.0, 3.0, 10.0),
}
FRIENDS_GRID = {"far": (0.0, 0.1, 0.25, 0.5, 1.0, 2.0), "popular": (0.0, 0.001, 0.01, 0.1, 0.3)}
RIDGES = {"ridge": tuning.KERNEL_GRID["ridge"]}
SOCIAL = {**RIDGES, "tie": tuning.STRENGTHS}


@dataclass(frozen=True, slots=True)
class FriendSettings:
    far: float = 0.5
    popular: float = 0.01


@dataclass(frozen=True, slots=True)
class Baseline:
    name: str
    scores: Scores
    column_of: Numbers | None
    settings: object


def baselines(
    learned: Evidence, valid: sparse.csr_matrix, final: Evidence, *, seed: int
) -> Iterator[Baseline]:
    """Tuned on `learned` by what `valid` holds out, fitted on `final`. Above a size, tuned on a sample of people."""
    part, held = tuning.sampled(learned, valid, seed)
    folded, whole = part.folded(), final.folded()
    columns = whole.column_of
    yield Baseline("popularity", Popularity(whole).scores, columns, None)
    if final.ties.nnz:
        friendly, _ = tuning.climb(
            FriendSettings(),
            FRIENDS_GRID,
            _judge(lambda s: Friends(folded, s.far, s.popular).scores, folded, held),
        )
        yield Baseline(
            "friends", Friends(whole, friendly.far, friendly.popular).scores, columns, friendly
        )
    near, _ = tuning.climb(
        NearSettings(), NEAR_GRID, _judge(lambda s: ItemNeighbours(part, s).scores, part, held)
    )
    yield Baseline("item-kNN", ItemNeighbours(final, near).scores, None, near)
    grid = {name: tuning.FACTOR_GRID[name] for name in ("weight", "ridge")}
    als, _ = tuning.climb(
        FactorSettings(seeds=1),
        grid,
        _judge(lambda s: factors.fit(folded, s, seed).scores, folded, held),
    )
    yield Baseline("ALS", factors.fit(whole, als, seed).scores, columns, als)
    yield from _ease(folded, held, whole)


def _ease(folded: Evidence, held: sparse.csr_matrix, whole: Evidence) -> Iterator[Baseline]:
    if whole.people > KERNEL_PEOPLE_MAX:
        local, _ = tuning.climb(
            LocalSettings(),
            tuning.LOCAL_GRID,
            _judge(lambda s: LocalKernel(folded, s).scores, folded, held),
        )
        yield Baseline("EASE (local)", LocalKernel(whole, local).scores, whole.column_of, local)
        return
    kernel = SocialKernel(folded)
    judge = _judge(lambda s: _debiased(kernel, s), folded, held)
    plain, _ = tuning.climb(KernelSettings(), RIDGES, judge)
    final = SocialKernel(whole)
    yield Baseline("EASE", _debiased(final, plain), whole.column_of, plain)
    if whole.ties.nnz:
        social, _ = tuning.climb(replace(plain, tie=3.0), SOCIAL, judge)
        yield Baseline("social EASE", _debiased(final, social), whole.column_of, social)


def _debiased(kernel: SocialKernel, settings: KernelSettings) -> Scores:
    fitted = kernel.fit(settings)
    return lambda people: fitted.scores(people, 1.0)


def _judge(
    fit: Callable[[S], Scores], evidence: Evidence, held: sparse.csr_matrix
) -> Callable[[S], float]:
    known = tuning.by_items(evidence)
    return lambda settings: measure(fit(settings), held, known, evidence.column_of).objective
