"""Numbers, states and trees, as others see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class State(StrEnum):
    UP = "up"
    DOWN = "down"
    FLAT = "flat"
    UNKNOWN = "unknown"


class Baseline(StrEnum):
    """What a span is compared with."""

    WEEKS = "weeks"
    """The same weekdays of the four weeks before."""
    BEFORE = "before"
    """As many days just before."""
    YEAR = "year"
    """The same weekdays and holidays of the year before."""


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


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its value now and before, what it contributed in minor units, and what the test says.

    Children of one kind add up to their parent to the cent; `new` and `returning` are another way to split buyers.
    """

    name: str
    now: float
    before: float
    state: State
    change: float
    """Relative change, 0.1 = +10 %; 0 where there was nothing before."""
    contribution_minor: int
    on_path: bool = False
    children: tuple["Node", ...] = ()
    low: float = 0.0
    high: float = 0.0
    """Relative change: the ends of its 90 % interval."""


@dataclass(frozen=True, slots=True)
class Tree:
    root: Node
    days: int
    first: date
    last: date
    orders: int
    cause: tuple[str, ...]
    """Names from the root to the cause; empty if nothing moved or nothing can be said."""
    baseline: Baseline = Baseline.BEFORE
    orders_now: int = 0
    orders_missing: int = 0
    """So many more orders in the span and something can be said; 0 where there are enough, or no number would do."""
    refunds_minor: int = 0
    refunds_before_minor: int = 0
    """Given back in the spans, whenever it was paid; payments are not less by it."""
    is_widened: bool = False
    """A shorter span had too few orders."""
    left_out: tuple[str, ...] = ()
    """Holidays whose days were left out, because nothing like them stands beside them."""
    taken_in: tuple[str, ...] = ()
    """Holidays that are compared with ordinary days."""
    is_young: bool = False
    """The shop has no days to compare with."""
    built_at: datetime | None = None
    ended_on: date | None = None
    """Nobody came and nothing was paid after this day, by more than chance: the span ends with it."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a node was in some weeks, oldest first. `ends` are their last days; None where nothing is known."""

    ends: tuple[date, ...]
    values: tuple[float | None, ...]


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
