"""Which advice works, and an order that lets this be learnt.

Success of a kind of action is a Beta distribution, pooled: a category with few judged actions leans on its kind. What was
shown depends on what was expected, so a judged action counts by the inverse of the chance it had to stand at its place
(self-normalised; Horvitz and Thompson 1952, Hájek 1971), as many times as the weights are worth (Kish 1965).
"""

from collections.abc import Sequence
from functools import lru_cache
from math import exp, lgamma, log
from random import Random

from grapevine.insight.advising import Beta

EXPLORED = 0.2
"""The share of days on which the order is drawn at random."""
PRIOR = (3.0, 3.0)
POOLED = 8.0
"""As many judged actions a category needs to be heard as loudly as its kind."""
PROPENSITY_MIN = 0.02
GRID = 800


def in_order(scores: Sequence[float], *, seed: str) -> list[tuple[int, float]]:
    """(index, propensity) at each place: the highest score first, or on one day of five any order at all.

    The chance that `index` stands at its place: all of the exploiting days if the scores say so, and an equal part of
    the exploring ones.
    """
    count = len(scores)
    best = sorted(range(count), key=lambda at: (-scores[at], at))
    order, dice = list(best), Random(seed)  # noqa: S311  an experiment, no secret
    if dice.random() < EXPLORED:
        dice.shuffle(order)
    return [
        (at, (1 - EXPLORED) * (best[place] == at) + EXPLORED / count)
        for place, at in enumerate(order)
    ]


def weight(propensity: float) -> float:
    return 1 / max(propensity, PROPENSITY_MIN)


def effective(weights: float, squares: float, worked: float) -> tuple[float, float]:
    """(worked, failed) in effective numbers, from the sums of weights, their squares, and those that worked."""
    if weights <= 0 or squares <= 0:
        return 0.0, 0.0
    size, rate = weights**2 / squares, worked / weights
    return size * rate, size * (1 - rate)


def kind_posterior(everywhere: tuple[float, float]) -> tuple[float, float]:
    """Beta of a kind over all categories, from effective (worked, failed)."""
    return PRIOR[0] + everywhere[0], PRIOR[1] + everywhere[1]


def posterior(
    everywhere: tuple[float, float], own: tuple[float, float] = (0.0, 0.0)
) -> tuple[float, float]:
    """Beta of a category: its kind's mean, as loud as `POOLED` judged actions, and its own results.

    Its own stand in its kind's too, as is usual where a prior is estimated from the data.
    """
    a, b = kind_posterior(everywhere)
    strength = min(POOLED, a + b)
    return strength * a / (a + b) + own[0], strength * b / (a + b) + own[1]


@lru_cache(maxsize=4096)
def interval(a: float, b: float, level: float = 0.8) -> tuple[float, float]:
    """The middle `level` of a Beta distribution, by summing its density; good to about 0.001."""
    whole = lgamma(a + b) - lgamma(a) - lgamma(b)
    spots = [(n + 0.5) / GRID for n in range(GRID)]
    parts = [exp(whole + (a - 1) * log(x) + (b - 1) * log(1 - x)) for x in spots]
    total, sofar, low = sum(parts), 0.0, 0.0
    tail = (1 - level) / 2
    for x, part in zip(spots, parts, strict=True):
        if sofar / total < tail <= (sofar + part) / total:
            low = x
        sofar += part
        if sofar / total >= 1 - tail:
            return low, x
    return low, 1.0


def known(beta: Beta) -> tuple[float, float]:
    return interval(round(beta.a, 2), round(beta.b, 2))
