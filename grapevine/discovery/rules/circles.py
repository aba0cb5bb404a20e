"""Heat that cannot be made by one circle: people tied to each other, or one person with several accounts, count once."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grapevine.discovery.rules.blending import GRAVITY, HOUR_SECONDS

CIRCLES_LEAST = 3
"""Fewer circles than this are no trend, however often they come."""
HALF_LIFE_HOURS = 12.0


@dataclass(frozen=True, slots=True)
class Warmth:
    """One act of one person for a note; `weight` as the points of the act."""

    person_id: int
    weight: float
    at: datetime


def heads(
    people: Iterable[int], ties: Iterable[tuple[Hashable, Hashable]]
) -> dict[Hashable, Hashable]:
    """Person → who stands for their circle. Ties to others (a browser, a share) tie as well."""
    head: dict[Hashable, Hashable] = {one: one for one in people}
    mine = list(head)

    def top(one: Hashable) -> Hashable:
        while head.setdefault(one, one) != one:
            head[one] = head[head[one]]
            one = head[one]
        return one

    for first, second in ties:
        head[top(first)] = top(second)
    return {one: top(one) for one in mine}


def circle_heat(
    acts: Sequence[Warmth], circle: Mapping[Hashable, Hashable], published_at: datetime,
    now: datetime,
) -> float:  # fmt: skip
    """Each circle's strongest act alone, half as much every twelve hours, falling with the age of the note; 0 below the least number of circles."""
    best: dict[Hashable, float] = {}
    for act in acts:
        hours = max((now - act.at).total_seconds(), 0.0) / HOUR_SECONDS
        worth = act.weight * float(0.5 ** (hours / HALF_LIFE_HOURS))
        who = circle.get(act.person_id, act.person_id)
        best[who] = max(best.get(who, 0.0), worth)
    if len(best) < CIRCLES_LEAST:
        return 0.0
    age = max((now - published_at).total_seconds(), 0.0) / HOUR_SECONDS
    return sum(best.values()) / float((age + 2) ** GRAVITY)
