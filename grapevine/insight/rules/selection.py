"""Which goods are worth taking up. Pure.

Demand is people, not acts: fans who searched for it and fans who keep notes with such goods; who searched wanted it
more than who kept a note, three to one. Few people say little, so demand is drawn towards nothing by `PRIOR` people.
Trend is the market's newer half of the window over its older (`rules.slow.trend`). Competition is how many other shops
offer it: demand is shared with them. What is expected is demand × trend × margin a piece / (1 + other shops); goods
that earn nothing a piece are never taken up. Where the cost is not known yet, the house's usual margin stands in and
the answer says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SEARCH_WEIGHT = 3.0
PRIOR = 5.0
USUAL_MARGIN_BPS = 3000
PEOPLE_LEAST = 5
"""Fewer people than this are never told apart from none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Goods that might be sold. `searchers` and `keepers` are fans; `rivals` other shops; `trend` 1 where unknown."""

    searchers: int
    keepers: int
    trend: float
    price_minor: int
    cost_minor: int | None
    rivals: int


@dataclass(frozen=True, slots=True)
class Scored:
    """`score` orders candidates and has no unit; `margin_minor` is what a piece earns."""

    score: float
    demand: float
    margin_minor: int
    is_margin_known: bool

    @property
    def is_worth_it(self) -> bool:
        return self.score > 0


def seen(people: int) -> int:
    """Small groups count as nobody, so that no single fan shows."""
    return people if people >= PEOPLE_LEAST else 0


def demand(one: Candidate) -> float:
    """People who want it, drawn towards none."""
    wanted = SEARCH_WEIGHT * seen(one.searchers) + seen(one.keepers)
    return wanted * wanted / (wanted + PRIOR) if wanted else 0.0


def score(one: Candidate) -> Scored:
    known = one.cost_minor is not None
    margin = (
        one.price_minor - one.cost_minor
        if one.cost_minor is not None
        else one.price_minor * USUAL_MARGIN_BPS // 10_000
    )
    wanted = demand(one)
    value = wanted * one.trend * margin / (1 + one.rivals) if margin > 0 else 0.0
    return Scored(value, wanted, margin, known)


def ranked(found: Sequence[Candidate]) -> list[tuple[int, Scored]]:
    """Places of those worth taking up with their scores, the best first."""
    scored = [(n, score(one)) for n, one in enumerate(found)]
    worth = [pair for pair in scored if pair[1].is_worth_it]
    return sorted(worth, key=lambda pair: (-pair[1].score, pair[0]))
