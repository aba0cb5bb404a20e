"""Weights of recall channels for each segment of people, moved a little by what people did with what they were shown.

Exponentiated gradient (Kivinen and Warmuth, Information and Computation 132, 1997): a channel's weight is multiplied
by e to the power of its advantage, which is how much more it was worth a showing than the segment's mean. What was
shown seldom moves little, one round moves a weight by a fifth at most, and none leaves the bounds around its first
weight, so that every channel goes on being tried.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from grapevine.discovery.contracts import Channel
from grapevine.discovery.rules.blending import PERSONAL_WEIGHTS
from grapevine.discovery.rules.choosing import PERSONAL
from grapevine.discovery.rules.heads import NEWCOMER_ACTS, Known

SEGMENTS = ("new", "returning", "buyer")
SCALE = 100
"""A stored weight is this many times the written one; only ratios count."""
FIRST = {channel: weight * SCALE for channel, weight in PERSONAL_WEIGHTS.items()}
GOODS_FIRST = {channel: weight * SCALE for channel, weight in PERSONAL.items()}
REWARDS: Mapping[str, float] = {"click": 1.0, "save": 1.0, "buy": 8.0, "hide": -4.0}
"""What a feedback is worth in looks."""
RATE = 0.2
DOUBT = 100
"""A channel shown this often is half believed."""
LEAST, MOST = 0.25, 4.0

Weights = Mapping[Channel, int]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What came of one showing: `act` is "", click, save, buy or hide. `is_further`: one more act of a showing
    that was counted already. `person_id`: whose showing it was; what one person does hangs together."""

    segment: str
    channel: Channel
    act: str = ""
    is_further: bool = False
    person_id: int = 0


def segment_of(reader: Known) -> str:
    """Who bought is a buyer; who did little yet is new."""
    if reader.is_buyer:
        return "buyer"
    return "new" if reader.acts < NEWCOMER_ACTS else "returning"


def moved(
    weights: Weights, shown: Mapping[Channel, int], rewards: Mapping[Channel, float], *,
    first: Weights = FIRST,
) -> dict[Channel, int]:  # fmt: skip
    """The weights of one segment after a round, with the same sum but for rounding and bounds. Nothing shown: the same."""
    whole = sum(shown.values())
    if not whole:
        return dict(weights)
    mean = sum(rewards.values()) / (whole + DOUBT)
    size = max(abs(mean), 1 / (whole + DOUBT))
    grown = {}
    for channel, weight in weights.items():
        count = shown.get(channel, 0)
        better = (rewards.get(channel, 0.0) / count - mean) / size if count else 0.0
        belief = count / (count + DOUBT)
        grown[channel] = weight * math.exp(RATE * belief * max(-1.0, min(1.0, better)))
    back = sum(weights.values()) / sum(grown.values())
    return {
        channel: _bounded(round(after * back), first.get(channel, weights[channel]))
        for channel, after in grown.items()
    }


def _bounded(weight: int, first: int) -> int:
    return max(round(first * LEAST), min(round(first * MOST), weight))
