"""What is told of shops' lives: stages, tasks, contacts, managers. A sibling of `contracts`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from grapevine.insight.rules.effect import Effect
from grapevine.insight.rules.stages import Reason, Stage
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked


class ShopUnjudged(NotFound):
    code = "insight.shop_unjudged"
    message = marked("没有找到这家店，或者还没有判断过它的阶段")


class FollowUpNotFound(NotFound):
    code = "insight.follow_up_not_found"
    message = marked("没有找到这件跟进，或者已经结束了")


class ServiceNotFound(NotFound):
    code = "insight.service_not_found"
    message = marked("没有找到这项服务，或者已经结束了")


class ManagerFull(DomainError):
    code = "insight.manager_full"
    status = 409
    message = marked("这位经理手上已经满了，先结束几件或者调高容量")


class NotAManager(DomainError):
    code = "insight.not_a_manager"
    status = 422
    message = marked("只有平台运营可以做商家经理")


class HeldOut(DomainError):
    code = "insight.held_out"
    status = 409
    message = marked("这家店抽在对照组里，暂不跟进，这样才看得出跟进有没有用")


@dataclass(frozen=True, slots=True)
class StageRow:
    """A shop on the operators' list. `trend_percent`: payments of four weeks against the four before."""

    shop_id: int
    slug: str
    name: str
    opened_on: date
    stage: Stage
    since: date
    reasons: Sequence[Reason]
    trend_percent: int | None
    next_step: str
    chance: float | None
    chance_before: float | None
    last_contact_at: datetime | None
    follow_up: "FollowUpView | None" = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    before: str
    after: Stage
    on: date
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class ContactView:
    by_id: int
    at: datetime
    way: str
    note: str


@dataclass(frozen=True, slots=True)
class FollowUpView:
    public_id: str
    shop_id: int
    opened_on: date
    stage: Stage
    chance: float | None
    manager_id: int | None
    due_on: date
    note: str
    closed_at: datetime | None
    outcome: str
    contacts: int = 0


@dataclass(frozen=True, slots=True)
class WeekView:
    week: date
    seen_days: int
    orders: int
    payments_minor: int
    listings: int
    tickets: int
    is_holiday: bool


@dataclass(frozen=True, slots=True)
class StagePage:
    """One shop, whole: `signals` as judged, `why` what raises its chance of leaving most."""

    row: StageRow
    signals: Mapping[str, Any]
    why: Sequence[str]
    history: Sequence[ChangeView]
    weeks: Sequence[WeekView]
    follow_ups: Sequence[FollowUpView]
    contacts: Sequence[ContactView]
    is_held_out: bool


@dataclass(frozen=True, slots=True)
class ManagerView:
    person_id: int
    capacity: int
    is_active: bool
    open: int
    overdue: int
    done: int
    """Closed with an outcome in the last ninety days."""
    lapsed: int

    @property
    def done_percent(self) -> int | None:
        whole = self.done + self.lapsed + self.overdue
        return round(100 * self.done / whole) if whole else None


@dataclass(frozen=True, slots=True)
class Desk:
    """How following up goes: who, how much room, from which chance on, and whether it helps."""

    managers: Sequence[ManagerView]
    room: int
    threshold: float | None
    effect: Effect
    waiting: int
    """Drawn, but too short ago to know."""
    card: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A stage's playbook for one shop; `outcome` "" while it is open."""

    public_id: str
    shop_id: int
    stage: Stage
    playbook: str
    opened_on: date
    due_on: date
    manager_id: int | None
    ended_on: date | None
    outcome: str


@dataclass(frozen=True, slots=True)
class PlaybookCount:
    """How a playbook goes: services open, of these overdue, and of those that were due or ended in ninety days."""

    playbook: str
    open: int
    overdue: int
    done: int
    moved: int
    """Ended undone: the shop came to another stage first."""

    @property
    def done_percent(self) -> int | None:
        whole = self.done + self.moved + self.overdue
        return round(100 * self.done / whole) if whole else None


@dataclass(frozen=True, slots=True)
class ServiceDesk:
    playbooks: Sequence[PlaybookCount]
    managers: Mapping[int, int]
    """Manager → shops they serve now."""
    unassigned: int

    @property
    def shops_each(self) -> float | None:
        """Shops served by each active manager, on average."""
        return sum(self.managers.values()) / len(self.managers) if self.managers else None
