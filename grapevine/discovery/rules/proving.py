"""Whether moved channel weights are worth more than those in force, on showings they did not learn from. Pure.

The share of a channel among the places is its weight among those of the channels that were shown. What a showing by it was worth is
taken as it was, whatever its share becomes: true for the small steps of `adapting`, not for large ones. The difference of the two mean worths is
linear in the channels' rates, and a rate is a ratio of sums over people, so that its error comes from the linearised ratios with a person as
one draw (the delta method; Deng, Knoblich, Lu, KDD 2018).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grapevine.discovery.contracts import Channel
from grapevine.discovery.rules.adapting import REWARDS, Feedback, Weights

LEARNED_SHARE = 2 / 3
"""Of the feedback, oldest first, so much moves weights; the rest proves them."""
SHOWINGS_MIN = 100
PEOPLE_MIN = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """`gain`: how much more a showing is worth, in looks; `reason`: "" if it passed, else few or no_better."""

    reason: str
    showings: int = 0
    people: int = 0
    gain: float = 0.0
    error: float = 0.0


def parted(feedback: Sequence[Feedback]) -> tuple[Sequence[Feedback], Sequence[Feedback]]:
    """What moves and what proves, each segment cut by itself; acts of one showing stay together. `feedback` oldest first."""
    wholes: defaultdict[str, int] = defaultdict(int)
    for one in feedback:
        wholes[one.segment] += not one.is_further
    learned: list[Feedback] = []
    newest: list[Feedback] = []
    passed: defaultdict[str, int] = defaultdict(int)
    for one in feedback:
        passed[one.segment] += not one.is_further
        is_old = passed[one.segment] <= wholes[one.segment] * LEARNED_SHARE
        (learned if is_old else newest).append(one)
    return learned, newest


def proved(before: Weights, after: Weights, feedback: Sequence[Feedback]) -> Proof:
    """Of one segment. Passes where the gain is larger than its standard error."""
    shown: defaultdict[Channel, int] = defaultdict(int)
    earned: defaultdict[Channel, float] = defaultdict(float)
    of_people: defaultdict[int, defaultdict[Channel, list[float]]] = defaultdict(
        lambda: defaultdict(lambda: [0.0, 0.0])
    )
    for one in feedback:
        count, worth = int(not one.is_further), REWARDS.get(one.act, 0.0)
        shown[one.channel] += count
        earned[one.channel] += worth
        held = of_people[one.person_id][one.channel]
        held[0] += count
        held[1] += worth
    showings = sum(shown.values())
    if showings < SHOWINGS_MIN or len(of_people) < PEOPLE_MIN:
        return Proof("few", showings, len(of_people))
    rates = {channel: earned[channel] / count for channel, count in shown.items() if count}
    change = _change(before, after, list(rates))
    gain = sum(change[channel] * rate for channel, rate in rates.items())
    squares = 0.0
    for channels in of_people.values():
        squares += (
            sum(
                change[channel] * (worth - rates[channel] * count) / shown[channel]
                for channel, (count, worth) in channels.items()
                if channel in rates
            )
            ** 2
        )
    error = squares**0.5
    return Proof(
        "" if gain > error else "no_better",
        showings,
        len(of_people),
        round(gain, 5),
        round(error, 5),
    )


def _change(before: Weights, after: Weights, channels: Sequence[Channel]) -> dict[Channel, float]:
    """By how much the share of each grows."""
    old, new = (sum(one.get(channel, 0) for channel in channels) for one in (before, after))
    return {
        channel: after.get(channel, 0) / new - before.get(channel, 0) / old if old and new else 0.0
        for channel in channels
    }
