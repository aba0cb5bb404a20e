"""After-sales as others see it: kinds, reasons, states, refusals, views and the news of a case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event


class CaseKind(StrEnum):
    """What is asked for."""

    REFUND = "refund"
    RETURN = "return"
    EXCHANGE = "exchange"
    SHORTAGE = "shortage"


class CaseReason(StrEnum):
    NO_REASON = "no_reason"
    QUALITY = "quality"
    DAMAGED = "damaged"
    WRONG = "wrong"
    DIFFERENT = "different"
    MISSING = "missing"
    NOT_ARRIVED = "not_arrived"
    UNSENT = "unsent"


class CaseState(StrEnum):
    REQUESTED = "requested"
    REJECTED = "rejected"
    PLATFORM = "platform"
    RETURNING = "returning"
    SENT = "sent"
    RECEIVED = "received"
    REPLACED = "replaced"
    REFUNDING = "refunding"
    DONE = "done"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CaseNotFound(NotFound):
    code = "trade.case_not_found"
    message = marked("没有找到这次售后")


class IllegalCaseMove(DomainError):
    code = "trade.illegal_case_move"
    status = 409
    message = marked("这次售后现在不能这样做")
    remedy = marked("刷新看看它到了哪一步")


class NoAfterSales(DomainError):
    """`fields` or params say why; `why` is one of rules.aftersales.WHY."""

    code = "trade.no_after_sales"
    status = 409
    message = marked("现在不能这样申请：%(why)s")


class NotSoMany(DomainError):
    code = "trade.not_so_many"
    status = 409
    message = marked("这几件已经退过，或正在售后中")
    remedy = marked("看看这个订单的售后记录")


class RatedAlready(DomainError):
    code = "trade.rated_already"
    status = 409
    message = marked("这次售后已经评过了")


class NoAppeal(DomainError):
    code = "trade.no_appeal"
    status = 409
    message = marked("这个裁定不能申诉：过了期限、申诉过，或者不是支持买家的裁定")


class AppealNotFound(NotFound):
    code = "trade.appeal_not_found"
    message = marked("没有待处理的申诉")


class OwnRuling(DomainError):
    code = "trade.own_ruling"
    status = 403
    message = marked("自己作的裁定，申诉由另一位运营处理")


@dataclass(frozen=True, slots=True)
class AppealView:
    """`state` waiting, upheld or overturned; `repaid_minor` is what the platform gave the shop."""

    words: str
    at: datetime
    state: str
    answer: str
    decided_at: datetime | None
    repaid_minor: int


@dataclass(frozen=True, slots=True)
class CaseStepView:
    state: str
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """`pictures` are public ids, to be asked for through the case's own door."""

    author: str
    words: str
    at: datetime
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseLineView:
    line_id: int
    title: str
    option: str
    count: int
    goods_minor: int
    shipping_minor: int
    cover: Any = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case. `amount_minor` is what goes back: its lines' goods and their share of the shipping."""

    number: str
    order_number: str
    buyer_id: int
    shop_id: int
    shop_name: str
    kind: CaseKind
    reason: CaseReason
    words: str
    state: CaseState
    amount_minor: int
    currency: str
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    answered_at: datetime | None
    outcome: str
    ruled_for: str
    carrier: str
    tracking: str
    new_carrier: str
    new_tracking: str
    before_shipping: bool
    lines: Sequence[CaseLineView] = ()
    timeline: Sequence[CaseStepView] = ()
    thread: Sequence[MessageView] = ()
    refund_state: str = ""
    reopened_at: datetime | None = None
    ruled_at: datetime | None = None
    ruled_by: int | None = None
    stars: int = 0
    appeal: AppealView | None = None


@dataclass(frozen=True, slots=True)
class AfterSalesMoved(Event):
    """A case was opened or moved; `state` is the new one."""

    name: ClassVar[str] = "trade.after_sales_moved"
    case_number: str
    order_number: str
    person_id: int
    shop_id: int
    kind: str
    state: str
    at: str


@dataclass(frozen=True, slots=True)
class PiecesRefunded(Event):
    """Some pieces went back, the order stands. `key` is this refund's own; the rest as in OrderRefunded."""

    name: ClassVar[str] = "trade.pieces_refunded"
    key: str
    order_number: str
    person_id: int
    shop_id: int
    amount_minor: int
    before_minor: int
    total_minor: int
    currency: str
    claim: str
    at: str
    source: dict[str, str] = field(default_factory=dict)
    payment_number: str = ""
    offers: list[str] = field(default_factory=list)
    offers_back: dict[str, list[int]] = field(default_factory=dict)
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class AppealDecided(Event):
    """A shop's appeal against a ruling was answered: `state` upheld or overturned."""

    name: ClassVar[str] = "trade.appeal_decided"
    case_number: str
    shop_id: int
    state: str
    repaid_minor: int
    currency: str
    at: str


@dataclass(frozen=True, slots=True)
class TargetsMissed(Event):
    """A shop's after-sales of the last days miss targets they met the day before."""

    name: ClassVar[str] = "trade.targets_missed"
    shop_id: int
    missed: list[str]
    at: str
