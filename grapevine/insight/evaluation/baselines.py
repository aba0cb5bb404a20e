"""Models others would use, each with its settings chosen on validation as carefully as the product's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from grapevine.insight.rules.ranking import factors, tuning
from grapevine.insight.rules.ranking.evidence import Evidence, Numbers
from grapevine.insight.rules.ranking.factors import FactorSettings
from grapevine.insight.rules.ranking.kernel import KernelSettings, SocialKernel
from grapevine.insight.rules.ranking.measuring import Scores
from grapevine.insight.rules.ranking.model import Recommender
from grapevine.insight.rules.ranking.simple import (
    Friends,
    ItemNeighbours,
    NearSettings,
    Popularity,
)
from grapevine.insight.rules.ranking.tuning import Tuner

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


def baselines(tuner: Tuner, final: Evidence, model: Recommender) -> Iterator[Baseline]:
    """Tuned like the product's `model`, fitted on `final` like it."""
    folded, whole = tuner.folded, final.folded()
    columns = whole.column_of
    yield Baseline("popularity", Popularity(whole).scores, columns, None)
    if final.ties.nnz:
        friendly = tuning.climb(
            FriendSettings(),
            FRIENDS_GRID,
            lambda s: tuner.once(s, lambda: tuner.judge(Friends(folded, s.far, s.popular).scores)),
        )
        scores = Friends(whole, friendly.far, friendly.popular).scores
        yield Baseline("friends", scores, columns, friendly)
    near = tuning.climb(
        NearSettings(),
        NEAR_GRID,
        lambda s: tuner.once(
            s, lambda: tuner.judge(ItemNeighbours(tuner.part, s).scores, folded=False)
        ),
    )
    yield Baseline("item-kNN", ItemNeighbours(final, near).scores, None, near)
    als = replace(tuner.factors(FactorSettings(), ("weight", "ridge")), seeds=1)
    yield Baseline("ALS", factors.fit(whole, als, tuner.seed).scores, columns, als)
    if model.whole:
        yield from _ease(tuner, whole)
    else:
        yield Baseline(
            "EASE (local)", model.components["items"], model.column_of, model.settings.local
        )


def _ease(tuner: Tuner, whole: Evidence) -> Iterator[Baseline]:
    def judge(settings: KernelSettings) -> float:
        return tuner.once(
            ("debiased", settings), lambda: tuner.judge(_debiased(tuner.kernel, settings))
        )

    plain = tuning.climb(KernelSettings(), RIDGES, judge)
    final = SocialKernel(whole)
    yield Baseline("EASE", _debiased(final, plain), whole.column_of, plain)
    if whole.ties.nnz:
        social = tuning.climb(replace(plain, tie=3.0), SOCIAL, judge)
        yield Baseline("social EASE", _debiased(final, social), whole.column_of, social)


def _debiased(kernel: SocialKernel, settings: KernelSettings) -> Scores:
    return partial(kernel.fit(settings).scores, debias=1.0)
