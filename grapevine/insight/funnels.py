"""Questions about people's ways through a shop, and their answers. A sibling of `contracts`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from grapevine.insight.contracts import State
from grapevine.insight.cubes import Value

LONGEST_DAYS = 120


@dataclass(frozen=True, slots=True)
class FunnelQuestion:
    """`goods` is an id, 0 the shop as a whole. `by` splits the funnel: channel, customer, or goods. No steps: the usual."""

    line: str = "buy"
    steps: tuple[str, ...] = ()
    channel: str = ""
    customer: str = ""
    goods: int = 0
    by: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step: people as they may be told, of those before it and of the first, and the same of the earlier window."""

    name: str
    people: Value
    of_first: Value
    of_step_before: Value
    was_of_step_before: Value
    state: State
    chance: float | None
    median: float | None
    quartiles: tuple[float, float] | None
    """Seconds since the step before it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the split: its key, and the people at every step."""

    key: str
    people: Sequence[Value]
    share: Value


@dataclass(frozen=True, slots=True)
class Funnel:
    question: FunnelQuestion
    first: date
    last: date
    before_first: date
    before_last: date
    steps: Sequence[StepLine]
    parts: Sequence[Part] = ()
    fresh_at: datetime | None = None

    @property
    def dropped(self) -> list[StepLine]:
        return [step for step in self.steps if step.state is State.DOWN]

    @property
    def is_empty(self) -> bool:
        first = self.steps[0].people
        return first.number == 0 and not first.is_hidden


@dataclass(frozen=True, slots=True)
class Dwell:
    """How long visits stayed on a page or a kind of page, in seconds; few visits are not told."""

    kind: str
    key: str
    visits: Value
    median: float | None
    quartiles: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Path:
    """The last pages in their order, by letter; "" are the paths of few people, together."""

    letters: str
    visits: int
    share: float


@dataclass(frozen=True, slots=True)
class HitView:
    """Goods that rise. `people` of the last days; `growth`: at least so many times as usual."""

    goods: int
    shop_id: int
    day: date
    signal: str
    people: int
    before: float
    growth: float
    channel: str
    outcome: str
    top_day: date | None
    top_buyers: int


@dataclass(frozen=True, slots=True)
class Hot:
    """Goods that sell now: buyers of the last two weeks, the newer the heavier."""

    goods: int
    shop_id: int
    buyers: int
    viewers: int
    score: float


@dataclass(frozen=True, slots=True)
class Record:
    """What became of what was said: how many rose, faded, and are still open."""

    rose: int
    faded: int
    waiting: int
