"""Parcels, their scans, alarms and pick-up, as others see them, and what is refused about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event


class ScanStatus(StrEnum):
    """What a scan says of a parcel, whatever the carrier calls it."""

    COLLECTED = "collected"
    MOVING = "moving"
    PROBLEM = "problem"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"


class AlarmKind(StrEnum):
    LATE = "late"
    STALL = "stall"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class ScanView:
    at: datetime
    status: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What stood on the parcel before it was put right."""

    at: datetime
    carrier: str
    tracking: str


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """A parcel: what is in it, (title, option, pieces), from which warehouse, and where it was seen."""

    carrier: str
    tracking: str
    warehouse: str
    shipped_at: datetime
    lines: Sequence[tuple[str, str, int]]
    id: int = 0
    link: str = ""
    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    scans: Sequence[ScanView] = ()
    changes: Sequence[ChangeView] = ()
    carrier_code: str = ""
    """Empty: a carrier nobody tells us about."""


@dataclass(frozen=True, slots=True)
class PieceView:
    """Pieces of a line that wait in a warehouse, and what has left of the line already."""

    line_id: int
    sku_id: int
    title: str
    option: str
    left: int


@dataclass(frozen=True, slots=True)
class WaitingPlace:
    warehouse_id: int
    warehouse: str
    pieces: tuple[PieceView, ...]


@dataclass(frozen=True, slots=True)
class ToShip:
    """An order that waits to be sent: since when, until when it was promised, and what is left where."""

    number: str
    buyer_id: int
    province: str
    total_minor: int
    currency: str
    message: str
    ready_at: datetime
    ship_by: datetime
    is_late: bool
    places: tuple[WaitingPlace, ...]
    parcels: int = 0
    has_address: bool = True

    @property
    def pieces(self) -> int:
        return sum(piece.left for place in self.places for piece in place.pieces)


@dataclass(frozen=True, slots=True)
class AlarmView:
    id: int
    kind: str
    order_number: str
    carrier: str
    tracking: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PointView:
    """A place of a shop where orders are picked up."""

    public_id: str
    shop_id: int
    name: str
    address: str
    hours: str
    phone: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class PickupView:
    """Where an order is picked up; `code` only for the buyer, once it is paid."""

    point: PointView
    code: str = ""
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a shipping file: `state` ok, bad, skip, done or failed, and why in words."""

    row: int
    number: str
    carrier: str
    tracking: str
    warehouse: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class BatchView:
    """`state`: draft (a dry run), confirmed (on its way), done."""

    public_id: str
    name: str
    state: str
    made_at: datetime
    counts: Mapping[str, int]
    rows: Sequence[RowView] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParcelAlarm(Event):
    """Something about sending needs eyes: `kind` late, stall or returned. Once for each."""

    name: ClassVar[str] = "trade.parcel_alarm"
    kind: str
    order_number: str
    person_id: int
    shop_id: int
    tracking: str
    at: str


class TooManyPieces(DomainError):
    code = "trade.too_many_pieces"
    status = 409
    message = marked("选的件数超过了还没发的件数")
    remedy = marked("刷新页面，看看还剩多少没发")


class OddNumber(DomainError):
    code = "trade.odd_number"
    status = 422
    message = marked("「%(tracking)s」不像%(carrier)s的单号")
    remedy = marked("核对一遍；确实没错就勾选“单号没错”再提交")


class ParcelNotFound(NotFound):
    code = "trade.parcel_not_found"
    message = marked("没有找到这个包裹")


class TooLateToCorrect(DomainError):
    code = "trade.too_late_to_correct"
    status = 409
    message = marked("这个包裹的单号已经不能改了")
    remedy = marked("发出 24 小时内、签收之前可以改")


class PointNotFound(NotFound):
    code = "trade.point_not_found"
    message = marked("没有找到这个自提点")


class WrongCode(DomainError):
    code = "trade.wrong_code"
    status = 404
    message = marked("取货码不对，或已经取走")
    remedy = marked("请买家打开订单页，再核对一遍")


class IsPickedUp(DomainError):
    code = "trade.is_picked_up"
    status = 409
    message = marked("这是自提订单，不用发快递")


class BadFile(DomainError):
    code = "trade.bad_file"
    status = 422
    message = marked("读不懂这个文件")
    remedy = marked("下载待发货清单，填上快递公司和单号再上传")


class BatchNotFound(NotFound):
    code = "trade.batch_not_found"
    message = marked("没有找到这次批量发货")


class BadPush(DomainError):
    """A carrier's message that is not what it says."""

    code = "trade.bad_push"
    status = 400
    message = marked("这个物流通知不可信")
