"""The product's recommender: a weighted sum, per person, of standardised scores of models that err differently."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from grapevine.insight.rules.ranking import factors
from grapevine.insight.rules.ranking.evidence import Evidence, Matrix, Numbers
from grapevine.insight.rules.ranking.factors import FactorSettings
from grapevine.insight.rules.ranking.kernel import KernelSettings, SocialKernel
from grapevine.insight.rules.ranking.local import LocalKernel, LocalSettings
from grapevine.insight.rules.ranking.measuring import Scores
from grapevine.insight.rules.ranking.simple import Friends, Popularity, Tastes

KERNEL_PEOPLE_MAX = 13_000
"""Up to here the kernel over people is inverted whole (cubic time, three matrices of people² floats)."""
KEENER = 3.0
"""The second factors trust what was seen this much more: they err elsewhere."""
WEIGHTS: Mapping[str, float] = {
    "items": 1.0, "people": 1.0, "factors": 0.5, "keen": 0.2, "friends": 0.1, "popular": 0.0, "tastes": 0.1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Everything that is chosen on validation."""

    kernel: KernelSettings = field(
        default_factory=lambda: KernelSettings(60.0, 0.2, 0.5, tie=3.0, tie2=3.0)
    )
    local: LocalSettings = field(default_factory=LocalSettings)
    factors: FactorSettings = field(default_factory=FactorSettings)
    far: float = 0.5
    smooth: float = 3.0
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))

    def without_ties(self) -> "ModelSettings":
        weights = {**self.weights, "friends": 0.0}
        kernel = replace(self.kernel, tie=0.0, tie2=0.0, shared=0.0)
        return replace(self, kernel=kernel, factors=replace(self.factors, tie=0.0), weights=weights)


class Recommender:
    """Fitted to evidence. Twins among items are one column: `evidence.column_of` leads from items to columns."""

    def __init__(
        self,
        evidence: Evidence,
        settings: ModelSettings,
        *,
        seed: int = 0,
        kernel: SocialKernel | None = None,
    ) -> None:
        self.evidence = evidence.folded()
        self.settings = settings
        self.components: dict[str, Scores] = {}
        about = (self.evidence.chosen, self.evidence.ties, self.evidence.shared)
        self._known = np.any([np.diff(one.indptr) for one in about if one is not None], axis=0)
        if self.whole:
            fitted = (kernel or SocialKernel(self.evidence)).fit(settings.kernel)
            self.components["items"] = lambda people: fitted.scores(people, 1.0)
            self.components["people"] = lambda people: fitted.scores(people, 0.0)
        else:
            self.components["items"] = LocalKernel(self.evidence, settings.local).scores
        self.components["factors"] = factors.fit(self.evidence, settings.factors, seed).scores
        keen = replace(settings.factors, weight=settings.factors.weight * KEENER)
        self.components["keen"] = factors.fit(self.evidence, keen, seed).scores
        if self.evidence.ties.nnz:
            self.components["friends"] = Friends(self.evidence, settings.far).scores
        self.components["popular"] = Popularity(self.evidence).scores
        if self.evidence.categories is not None:
            self.components["tastes"] = Tastes(self.evidence, settings.smooth).scores

    @property
    def whole(self) -> bool:
        return self.evidence.people <= KERNEL_PEOPLE_MAX

    @property
    def column_of(self) -> Numbers:
        assert self.evidence.column_of is not None
        return self.evidence.column_of

    def standardised(self, name: str, people: Numbers) -> Matrix:
        return standardised(self.components[name](people))

    def scores(self, people: Numbers) -> Matrix:
        """People × columns; what they already have is scored too: mask it. Of whom nothing is known: what all choose."""
        total = np.zeros((len(people), self.evidence.chosen.shape[1]), dtype=np.float32)
        for name in self.components:
            weight = self.settings.weights.get(name, 0.0)
            if weight:
                found = self.standardised(name, people)
                found *= np.float32(weight)
                total += found
        strangers = np.flatnonzero(~self._known[people])
        if len(strangers):
            total[strangers] = self.components["popular"](people[strangers])
        return total


def standardised(scores: Matrix) -> Matrix:
    """Each person's scores with mean 0 and deviation 1, in their place."""
    centred = np.subtract(scores, scores.mean(axis=1, keepdims=True), out=scores)
    deviation = np.sqrt(np.einsum("ij,ij->i", centred, centred) / scores.shape[1])
    centred /= np.maximum(deviation, 1e-12)[:, None]
    return np.asarray(centred)
