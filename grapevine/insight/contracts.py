"""Numbers, states and trees, as others see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    UP = "up"
    DOWN = "down"
    FLAT = "flat"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Totals:
    """A window's sums. Visitors, buyers and new buyers count once a day each."""

    visitors: int = 0
    buyers: int = 0
    new_buyers: int = 0
    orders: int = 0
    items: int = 0
    payments_minor: int = 0
    payments_square: float = 0.0
    """Sum of squared order values, for their spread."""

    @property
    def aov_minor(self) -> float:
        return self.payments_minor / self.buyers if self.buyers else 0.0

    @property
    def conversion(self) -> float:
        return self.buyers / self.visitors if self.visitors else 0.0


@dataclass(frozen=True, slots=True)
class Window:
    """Two spans of equal length side by side: `now` and `before`, by channel."""

    days: int
    first: date
    last: date
    now: Totals
    before: Totals
    channels_now: dict[str, Totals]
    channels_before: dict[str, Totals]
    noise: float
    """The shop's own week-to-week noise of the log of payments."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its value now and before, what it contributed in minor units, and what the test says."""

    name: str
    now: float
    before: float
    state: State
    change: float
    """Relative change, 0.1 = +10 %; 0 where there was nothing before."""
    contribution_minor: int
    on_path: bool = False
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    root: Node
    days: int
    first: date
    last: date
    orders: int
    cause: tuple[str, ...]
    """Names from the root to the cause; empty if nothing moved or nothing can be said."""


@dataclass(frozen=True, slots=True)
class Hour:
    hour: int
    today_minor: int
    before_minor: int


@dataclass(frozen=True, slots=True)
class TodayView:
    """Today until now, beside the same weekday last week until the same hour."""

    day: date
    hour: int
    today: Totals
    before: Totals
    before_whole_minor: int
    state: State
    change: float
    hours: Sequence[Hour]
    tree: Tree
    fresh_at: str
