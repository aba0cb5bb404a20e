"""Segments and what is done with them, as told. A sibling of `contracts`."""

from dataclasses import dataclass
from datetime import date, datetime

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked

HELD_OUT_PARTS = 10
"""One in so many is left alone, where a segment has enough people to compare."""
HELD_OUT_FROM = 100
ACTS_MAX = 20
SEGMENTS_MAX = 30
RESULT_DAYS = 14


class SegmentNotFound(NotFound):
    code = "insight.segment_not_found"
    message = marked("没有找到这个人群，或者已经删了")


class ActNotFound(NotFound):
    code = "insight.act_not_found"
    message = marked("没有找到这份草稿，或者已经处理过了")


class PersonNotFound(NotFound):
    code = "insight.person_not_found"
    message = marked("店里没有这个代号的人")


class TooFewPeople(DomainError):
    code = "insight.too_few_people"
    status = 409
    message = marked("这群人不到 10 位，不能单独找他们")
    remedy = marked("把条件放宽一点")


class TooManySegments(DomainError):
    code = "insight.too_many_segments"
    status = 409
    message = marked("最多存 30 个人群")
    remedy = marked("先删掉用不着的")


class SegmentNameTaken(DomainError):
    code = "insight.segment_name_taken"
    status = 409
    message = marked("已经有一个人群叫这个名字")


@dataclass(frozen=True, slots=True)
class Counted:
    """`people` to the nearest five; None: fewer than ten, and how many is not told."""

    people: int | None

    @property
    def is_few(self) -> bool:
        return self.people is None


@dataclass(frozen=True, slots=True)
class SegmentView:
    public_id: str
    name: str
    query: str
    counted: Counted
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """Who ordered within two weeks: shares in basis points, of those reached and of those left alone.

    `control_bps` None: nobody, or too few, were left alone.
    """

    came: int
    came_bps: int
    control_bps: int | None


@dataclass(frozen=True, slots=True)
class ActView:
    public_id: str
    query: str
    kind: str
    text: str
    worth_minor: int
    threshold_minor: int
    days: int
    state: str
    reached: int
    left_out: int
    held_out: int
    made_at: datetime
    done_at: datetime | None
    result: Result | None


@dataclass(frozen=True, slots=True)
class NewAct:
    """What to do with a segment: a coupon (`worth_minor` off from `threshold_minor`, good for `days`) or a notice."""

    kind: str
    text: str
    worth_minor: int = 0
    threshold_minor: int = 0
    days: int = 7


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One of a shop's people under the shop's own code for them, which says nothing in any other shop."""

    code: str
    orders: int
    spent_minor: int
    first_on: date | None
    last_on: date | None
    views: int
    brought: int
    brought_minor: int
    region: str
    category: str
    is_supporting: bool
    is_following: bool
    recency: int
    frequency: int
    money: int
    expected_minor: int | None
    known_on: date
    reasons: tuple[str, ...] = ()
