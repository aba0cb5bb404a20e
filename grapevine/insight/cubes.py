"""A question to the data cube and its answer. A sibling of `contracts`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked


class ReportNotFound(NotFound):
    code = "insight.report_not_found"
    message = marked("没有找到这份定时导出")


class TooManySchedules(DomainError):
    code = "insight.too_many_schedules"
    status = 409
    message = marked("最多留 %(most)s 个定时导出，先停掉一个")


class Versus(StrEnum):
    NOTHING = ""
    PREVIOUS = "previous"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Question:
    """`across` spreads the first measure over columns. `where`: (dimension, value) pairs that must all hold.

    `sort`: a measure's name or "key"; `ascending` turns it round. No measures: all of the aspect.
    """

    aspect: str = "orders"
    by: str = "day"
    across: str = ""
    measures: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    where: tuple[tuple[str, str], ...] = ()
    versus: Versus = Versus.NOTHING
    sort: str = ""
    ascending: bool = False

    def drilled(self, value: str, deeper: str) -> "Question":
        """The same of one row alone, by another dimension."""
        return replace(self, where=(*self.where, (self.by, value)), by=deeper, sort="", ascending=False)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it may be told: nothing where there is none, and nothing where it is hidden."""

    number: float | None
    is_hidden: bool = False


Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its key, its sums, those of the span it is compared with, and the first measure by column."""

    key: str
    values: Values
    before: Values = field(default_factory=dict)
    across: Sequence[Value] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    question: Question
    first: date
    last: date
    measures: tuple[str, ...]
    columns: tuple[str, ...]
    lines: Sequence[Line]
    totals: Line
    before_first: date | None = None
    before_last: date | None = None
    is_cut: bool = False
    """There were more rows than an answer holds."""
    is_rounded: bool = False
    """People are told in fives, and few people not at all."""
    is_placed: bool = False
    """It names cities: all of it is told in fives, amounts as coarsely, and few not at all."""
    fresh_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportView:
    public_id: str
    name: str
    kind: str
    first: date
    last: date
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ScheduleView:
    public_id: str
    name: str
    query: str
    every: str
    kind: str
    language: str
    shop_id: int
    next_on: date
