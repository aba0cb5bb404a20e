"""What a tie to another person is worth, by how it came about."""

import math
from collections.abc import Mapping

INVITER, INVITEE, MATE, SHARER, FOLLOWED = "inviter", "invitee", "mate", "sharer", "follow"
KINDS = (INVITER, MATE, SHARER, FOLLOWED, INVITEE)
"""In the order in which an artifact `tie_kinds` gives their worth."""
WORTH: Mapping[str, float] = {INVITER: 1.0, MATE: 0.8, SHARER: 0.6, FOLLOWED: 0.5, INVITEE: 0.4}
"""Where nothing was learned: who brought me knows me best, then those I bought in a group with, those whose shares I opened,
those I follow, those I brought."""
TIMES_MAX = 10
Bonds = Mapping[int, Mapping[str, int]]


def tie_weights(bonds: Bonds, worth: Mapping[str, float]) -> dict[int, float]:
    """Person → what all their ties are worth; what happened again adds less and less."""
    return {
        other: sum(
            worth.get(kind, 0.0) * (1 + math.log(min(max(times, 1), TIMES_MAX)) / 2)
            for kind, times in kinds.items()
        )
        for other, kinds in bonds.items()
    }
