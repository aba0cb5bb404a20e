"""Money as integer minor units with its currency. No float ever touches it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

MINOR_MAX = 10**14
"""Largest amount one value may hold, in minor units: a trillion yuan, far below 2**63."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (fen, cents) of one currency (ISO 4217)."""

    minor: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("minor units are a whole number")
        if abs(self.minor) > MINOR_MAX:
            raise ValueError("amount out of range")

    def __add__(self, other: Self) -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Self) -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(self.minor * count, self.currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")


def allocate(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Split `total_minor` in proportion to `weights`, exactly: the parts sum to the whole.

    Largest remainder; equal remainders go to the earlier part. All weights zero: the first part
    takes all. Every part keeps the sign of the total.
    """
    assert weights
    assert all(weight >= 0 for weight in weights)
    if total_minor < 0:
        return [-part for part in allocate(-total_minor, weights)]
    whole = sum(weights)
    if whole == 0:
        return [total_minor] + [0] * (len(weights) - 1)
    parts = [total_minor * weight // whole for weight in weights]
    remainders = [total_minor * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
    for i in order[: total_minor - sum(parts)]:
        parts[i] += 1
    assert sum(parts) == total_minor
    return parts


def share_bps(amount_minor: int, rate_bps: int) -> int:
    """`rate_bps` basis points of `amount_minor`, rounded down: never pays out more than agreed."""
    assert 0 <= rate_bps <= 10_000
    assert amount_minor >= 0
    return amount_minor * rate_bps // 10_000
