"""Why people of the demo world open what they are shown: what it is about, whose it is, what it costs. Pure.

The chance is a logit of planted causes, so that whatever learns from the log has something to find, and what it finds can be
compared with what was planted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from math import exp, log
from random import Random
from typing import Any

from grapevine.front.demo.cast import Human

LEVEL, TASTE, TIE, DEAR = -1.2, 2.3, 1.2, -0.4
"""Of the logit: nothing known; it is of a taste of theirs; they follow who wrote it; for each step its price is away."""
STEP = log(2.5)
STEPS_MAX = 2.5
SHOWN_MORE = 2.5
"""How many times likelier somebody meets what is of their taste."""
LIKES = {True: 0.65, False: 0.4}
"""The chance of a like after opening, by whether it is of their taste."""
PURSES = (log(3_900), log(6_900), log(12_900))
"""What a circle usually spends, in minor units on a log scale."""


@dataclass(slots=True)
class Liking:
    """Everybody's tastes, ties and purses. `follows`: (follower, followee) → since when."""

    people: Sequence[Human]
    follows: Mapping[tuple[str, str], datetime]
    purses: Mapping[int, float]
    _weights: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, people: Sequence[Human], follows: Iterable[Mapping[str, Any]], chance: Random
    ) -> "Liking":
        circles = sorted({human.community for human in people})
        return cls(
            people,
            {(row["follower_id"], row["followee_id"]): row["at"] for row in follows},
            {circle: chance.choice(PURSES) for circle in circles},
        )

    def met_by(self, category: str, count: int, chance: Random) -> list[Human]:
        """Different people who meet something of this category: the lively, and those whose taste it is."""
        if category not in self._weights:
            each = (
                human.liveliness * (SHOWN_MORE if category in human.tastes else 1.0)
                for human in self.people
            )
            self._weights[category] = list(accumulate(each))
        drawn = chance.choices(self.people, cum_weights=self._weights[category], k=count)
        return list({human.id: human for human in drawn}.values())

    def chance_of(
        self, human: Human, category: str, at: datetime, *, author: str = "", price_minor: int = 0
    ) -> float:
        """That this person opens something of this category, by this author, at this price, if they are shown it."""
        since = self.follows.get((human.id, author))
        away = abs(log(price_minor) - self.purses[human.community]) / STEP if price_minor else 0.0
        logit = (
            LEVEL
            + TASTE * (category in human.tastes)
            + TIE * (since is not None and since <= at)
            + DEAR * min(away, STEPS_MAX)
        )
        return 1 / (1 + exp(-logit))
