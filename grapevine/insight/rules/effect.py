"""What following up changed: those who were called beside a random fifth who were not."""

import hashlib
from dataclasses import dataclass
from math import sqrt

HELD_OUT_PERCENT = 20
Z95 = 1.959964
EACH_MIN = 30
"""Fewer shops than this in an arm and no difference is told as one."""


def is_held_out(salt: str, shop_id: int) -> bool:
    """A fifth of the shops, by a digest: the same shop always gets the same answer."""
    digest = hashlib.sha256(f"{salt}:{shop_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % 100 < HELD_OUT_PERCENT


@dataclass(frozen=True, slots=True)
class Arm:
    shops: int
    stayed: int

    @property
    def share(self) -> float:
        return self.stayed / self.shops if self.shops else 0.0


@dataclass(frozen=True, slots=True)
class Effect:
    """`difference` of the shares that stayed, followed up minus held out, with its 95 % interval."""

    followed: Arm
    held_out: Arm
    difference: float
    low: float
    high: float
    is_enough: bool
    """Each arm has enough shops to say anything."""

    @property
    def is_told(self) -> bool:
        return self.is_enough and (self.low > 0 or self.high < 0)


def effect(followed: Arm, held_out: Arm) -> Effect:
    """The difference of two shares by Agresti and Caffo (2000): one success and one failure added to each arm."""
    one, other = (Arm(arm.shops + 2, arm.stayed + 1) for arm in (followed, held_out))
    middle = one.share - other.share
    spread = sqrt(
        one.share * (1 - one.share) / one.shops + other.share * (1 - other.share) / other.shops
    )
    return Effect(
        followed, held_out, followed.share - held_out.share, max(-1.0, middle - Z95 * spread),
        min(1.0, middle + Z95 * spread), min(followed.shops, held_out.shops) >= EACH_MIN,
    )  # fmt: skip
