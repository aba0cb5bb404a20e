"""What of other people met a buyer before an order, which of it counts, and how much more often such people buy.

An order has one main influence, so that shares add up: the last one within the window before it was paid. All that met
the buyer stand beside it. Lift compares people who came to the shop; it describes and does not prove a cause: who opens a
friend's link may have wanted the thing before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

FRIEND, KOL, REVIEW, CIRCLE, CROWD = "friend", "kol", "review", "circle", "crowd"
"""A circle's talk is by people who share with each other as the buyer does; the crowd's by anybody else."""
SOCIAL = (FRIEND, KOL, REVIEW, CIRCLE, CROWD)
NONE, UNSEEN = "none", "unseen"
"""Nobody met the buyer; the buyer does not want to be looked at, so nobody looks."""
KINDS = (*SOCIAL, NONE)
WINDOW_DAYS = 7
TOUCHES_MAX = 10
FOLLOWERS = 500
"""With so many followers what somebody says is an opinion leader's."""
Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Touch:
    """`what` says of which thing: `share:<code>`, `note:<id>`, `talk:<note id>` or `reviews:<goods id>`."""

    kind: str
    at: int
    what: str


@dataclass(frozen=True, slots=True)
class Lift:
    """Times as often as without any; the interval holds for one look, at 95 %."""

    ratio: float
    low: float
    high: float


def main_of(touches: Sequence[Touch], *, carries_share: bool) -> str:
    """The last one; a share that the order carries though nobody saw it opened here is a friend's."""
    last = max(touches, key=lambda touch: (touch.at, touch.what), default=None)
    if last is not None:
        return last.kind
    return FRIEND if carries_share else NONE


def lift(bought: int, people: int, bought_without: int, people_without: int) -> Lift | None:
    """The ratio of two shares with its interval (Katz and others 1978); None where either has no buyer."""
    if not (bought and bought_without and people and people_without):
        return None
    middle = log(bought / people) - log(bought_without / people_without)
    variance = 1 / bought - 1 / people + 1 / bought_without - 1 / people_without
    half = Z95 * sqrt(max(variance, 0.0))
    return Lift(exp(middle), exp(middle - half), exp(middle + half))
