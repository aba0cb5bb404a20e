"""Buying together, as others see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from grapevine.goods.contracts import GoodsCard
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.people.contracts import PersonCard
from grapevine.signals.contracts import Event


class PlanNotFound(NotFound):
    code = "campaigns.plan_not_found"
    message = marked("没有找到这个拼团方案")


class GroupNotFound(NotFound):
    code = "campaigns.group_not_found"
    message = marked("没有找到这个团")


class GroupFull(DomainError):
    code = "campaigns.group_full"
    status = 409
    message = marked("这个团已经满了")
    remedy = marked("开一个新团，或参加别的团")


class GroupOver(DomainError):
    code = "campaigns.group_over"
    status = 409
    message = marked("这个团已经结束了")
    remedy = marked("开一个新团，或参加别的团")


class AlreadyIn(DomainError):
    code = "campaigns.already_in"
    status = 409
    message = marked("你已经在这个团里了")


class PlanStopped(DomainError):
    code = "campaigns.plan_stopped"
    status = 409
    message = marked("这个拼团已经停了")


class WrongSku(DomainError):
    code = "campaigns.wrong_sku"
    status = 422
    message = marked("这个规格不在拼团里")


class KeyUsed(DomainError):
    code = "campaigns.key_used"
    status = 409
    message = marked("这张表单已经用在别的订单上了")
    remedy = marked("刷新页面再提交")


class GroupState(StrEnum):
    OPEN = "open"
    FILLED = "filled"
    EXPIRED = "expired"


class SeatState(StrEnum):
    HELD = "held"
    PAID = "paid"
    RELEASED = "released"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class PlanView:
    """A shop's rule: `size` people, each at `price_minor`, within `hours`; `limit` pieces a person."""

    id: int
    public_id: str
    goods_id: int
    shop_id: int
    size: int
    price_minor: int
    hours: int
    limit: int
    active: bool
    goods: GoodsCard | None = None


@dataclass(frozen=True, slots=True)
class SeatView:
    """A place in the bunch. `person` is None for an empty one; only `paid` counts as joined."""

    state: str
    person: PersonCard | None
    leads: bool = False


@dataclass(frozen=True, slots=True)
class GroupView:
    id: int
    public_id: str
    plan: PlanView
    leader: PersonCard
    size: int
    paid: int
    held: int
    missing: int
    deadline: datetime
    state: GroupState
    opened_at: datetime
    region: str = ""
    seats: Sequence[SeatView] = ()
    mine: str = ""
    """The viewer's own seat: "", held or paid."""
    my_order: str = ""

    @property
    def joinable(self) -> bool:
        return self.state is GroupState.OPEN and self.paid + self.held < self.size


@dataclass(frozen=True, slots=True)
class Seated:
    """What opening or joining made: a seat, and an order to pay."""

    group_public_id: str
    order_number: str
    payment_number: str
    total_minor: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ImportedGroup:
    goods_id: int
    shop_id: int
    leader_id: int
    size: int
    price_minor: int
    opened_at: datetime
    deadline: datetime
    state: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class ImportedSeat:
    group_id: int
    person_id: int
    order_number: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GroupOpened(Event):
    name: ClassVar[str] = "campaigns.group_opened"
    person_id: int
    shop_id: int
    object_id: str
    goods_id: int
    region: str
    at: str
    object_type: str = "group"


@dataclass(frozen=True, slots=True)
class GroupJoined(Event):
    """A seat was paid for."""

    name: ClassVar[str] = "campaigns.group_joined"
    person_id: int
    shop_id: int
    object_id: str
    region: str
    at: str
    object_type: str = "group"


@dataclass(frozen=True, slots=True)
class GroupFilled(Event):
    name: ClassVar[str] = "campaigns.group_filled"
    person_id: int
    shop_id: int
    object_id: str
    region: str
    at: str
    object_type: str = "group"


@dataclass(frozen=True, slots=True)
class GroupExpired(Event):
    name: ClassVar[str] = "campaigns.group_expired"
    person_id: int
    shop_id: int
    object_id: str
    region: str
    at: str
    object_type: str = "group"
