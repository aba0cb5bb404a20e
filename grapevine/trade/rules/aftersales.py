"""After-sales, written once: who may ask for what and until when, from where to where a case goes, and what moves by itself.

`docs/AFTER_SALES.md` is made from here by `python -m tools.states`.

No-reason returns: Law on the Protection of Consumer Rights and Interests (消费者权益保护法), article 25. Seven days
from receipt, the day of receipt not counted; custom-made, fresh, digital goods and periodicals are excepted only if
the buyer was told and confirmed it for this purchase, else the right remains.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from grapevine.kit.text import marked
from grapevine.trade.aftersales import CaseKind, CaseReason, CaseState
from grapevine.trade.contracts import OrderState

SHANGHAI = ZoneInfo("Asia/Shanghai")
NO_REASON_DAYS = 7
SEVEN_DAYS = "seven_days"
K, R, S, O = CaseKind, CaseReason, CaseState, OrderState  # noqa: E741

MOVES: dict[tuple[CaseState, CaseState], frozenset[str]] = {
    (S.REQUESTED, S.REFUNDING): frozenset({"shop", "system"}),
    (S.REQUESTED, S.RETURNING): frozenset({"shop", "system"}),
    (S.REQUESTED, S.REJECTED): frozenset({"shop"}),
    (S.REQUESTED, S.PLATFORM): frozenset({"system"}),
    (S.REQUESTED, S.CANCELLED): frozenset({"buyer"}),
    (S.REJECTED, S.PLATFORM): frozenset({"buyer"}),
    (S.REJECTED, S.CLOSED): frozenset({"system"}),
    (S.REJECTED, S.CANCELLED): frozenset({"buyer"}),
    (S.PLATFORM, S.REFUNDING): frozenset({"operator", "jury"}),
    (S.PLATFORM, S.RETURNING): frozenset({"operator", "jury"}),
    (S.PLATFORM, S.CLOSED): frozenset({"operator", "jury"}),
    (S.PLATFORM, S.CANCELLED): frozenset({"buyer"}),
    (S.RETURNING, S.SENT): frozenset({"buyer"}),
    (S.RETURNING, S.CLOSED): frozenset({"system", "operator"}),
    (S.RETURNING, S.CANCELLED): frozenset({"buyer"}),
    (S.SENT, S.REFUNDING): frozenset({"shop", "system"}),
    (S.SENT, S.RECEIVED): frozenset({"shop"}),
    (S.SENT, S.REJECTED): frozenset({"shop"}),
    (S.SENT, S.PLATFORM): frozenset({"system"}),
    (S.RECEIVED, S.REPLACED): frozenset({"shop"}),
    (S.RECEIVED, S.REFUNDING): frozenset({"shop"}),
    (S.RECEIVED, S.PLATFORM): frozenset({"system"}),
    (S.REPLACED, S.DONE): frozenset({"buyer", "system"}),
    (S.REPLACED, S.PLATFORM): frozenset({"buyer"}),
    (S.REFUNDING, S.DONE): frozenset({"system"}),
    (S.DONE, S.REQUESTED): frozenset({"buyer"}),
    (S.CLOSED, S.REQUESTED): frozenset({"buyer"}),
}
"""Everything not listed is refused. `done`, `closed` and `cancelled` are final but for the buyer's one re-opening."""

MEANING: dict[CaseState, str] = {
    S.REQUESTED: "asked for; the shop is to answer",
    S.REJECTED: "the shop said no, with a reason; the buyer may ask the platform",
    S.PLATFORM: "an operator decides on both sides' evidence",
    S.RETURNING: "agreed; the buyer is to send the goods",
    S.SENT: "the goods are on their way back",
    S.RECEIVED: "they came back; the shop is to send others",
    S.REPLACED: "others are on their way to the buyer",
    S.REFUNDING: "the money is on its way back",
    S.DONE: "ended as asked",
    S.CLOSED: "ended without effect",
    S.CANCELLED: "the buyer took it back",
}

TIMERS: dict[CaseState, timedelta] = {
    S.REQUESTED: timedelta(hours=48),
    S.REJECTED: timedelta(days=7),
    S.PLATFORM: timedelta(hours=72),
    S.RETURNING: timedelta(days=7),
    S.SENT: timedelta(days=10),
    S.RECEIVED: timedelta(hours=72),
    S.REPLACED: timedelta(days=10),
}
"""How long a case may stay in a state. The moment is a column of the case, so a restart forgets nothing."""

WHEN_DUE: dict[CaseState, str] = {
    S.REQUESTED: "`refunding` (money alone, nothing sent yet), `returning` (a return, an exchange), else `platform`",
    S.REJECTED: "`closed`",
    S.PLATFORM: "stays; overdue, told to the operators again every day",
    S.RETURNING: "`closed`",
    S.SENT: "`refunding` (a return), `platform` (an exchange)",
    S.RECEIVED: "`platform`",
    S.REPLACED: "`done`",
}
FINAL = frozenset({S.DONE, S.CLOSED, S.CANCELLED})
OPEN = tuple(state for state in S if state not in FINAL)
SHOP_ACTS_IN = (S.REQUESTED, S.SENT, S.RECEIVED)
"""The states in which the shop's clock runs."""

WHY = {
    "state": marked("订单还没有付款，或已经结束"),
    "kind": marked("还没发货，只能退款"),
    "reason": marked("这个原因和售后方式对不上"),
    "no_reason_over": marked("七天无理由退货的时间过了"),
    "exception": marked("下单时已确认这件商品不支持七天无理由退货"),
    "window": marked("售后时间过了"),
    "unreceived": marked("先确认收货，再申请退换"),
}
REASONS: dict[CaseKind, frozenset[CaseReason]] = {
    K.REFUND: frozenset({R.QUALITY, R.DAMAGED, R.WRONG, R.DIFFERENT, R.NOT_ARRIVED, R.UNSENT}),
    K.RETURN: frozenset({R.NO_REASON, R.QUALITY, R.DAMAGED, R.WRONG, R.DIFFERENT}),
    K.EXCHANGE: frozenset({R.QUALITY, R.DAMAGED, R.WRONG, R.DIFFERENT}),
    K.SHORTAGE: frozenset({R.MISSING}),
}


def sources_of(target: CaseState, actor: str) -> list[CaseState]:
    """The states from which `actor` may move a case to `target`."""
    return [a for (a, b), actors in MOVES.items() if b == target and actor in actors]


def may(state: CaseState, target: CaseState, actor: str) -> bool:
    return actor in MOVES.get((state, target), frozenset())


def agreed(kind: CaseKind) -> CaseState:
    """Where a case goes when the shop, its silence or the platform agrees."""
    return S.RETURNING if kind in (K.RETURN, K.EXCHANGE) else S.REFUNDING


def on_silence(state: CaseState, kind: CaseKind, *, before_shipping: bool) -> CaseState | None:
    """Where a case goes when its time is over; None if it stays and is only told of."""
    if state == S.REQUESTED:
        silent = kind in (K.RETURN, K.EXCHANGE) or (kind == K.REFUND and before_shipping)
        return agreed(kind) if silent else S.PLATFORM
    if state == S.SENT:
        return S.REFUNDING if kind == K.RETURN else S.PLATFORM
    after = {
        S.REJECTED: S.CLOSED,
        S.RETURNING: S.CLOSED,
        S.RECEIVED: S.PLATFORM,
        S.REPLACED: S.DONE,
    }
    return after.get(state)


@dataclass(frozen=True, slots=True)
class Ended:
    """A case as far as re-opening looks: when and how it ended, whether it was ruled upon or re-opened before."""

    at: datetime | None
    outcome: str
    ruled: bool
    reopened: bool


def no_reason_until(received_at: datetime) -> datetime:
    """The first moment in which a no-reason return is too late: midnight after the seventh day, Shanghai's days."""
    day = received_at.astimezone(SHANGHAI).date() + timedelta(days=NO_REASON_DAYS + 1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class Asked:
    """An order and the lines asked about, as far as the rule looks. `excepted`: an exception the buyer confirmed."""

    state: OrderState
    received_at: datetime | None
    excepted: bool
    window_days: int


REOPENED = frozenset({"replaced", "rejected", "lapsed"})
"""Outcomes a buyer may not leave at that; where the money went back there is nothing left to ask."""


def may_reopen(ended: Ended, now: datetime, days: int) -> bool:
    """Once, soon after the end, and never what somebody has ruled upon."""
    return (
        ended.at is not None
        and ended.outcome in REOPENED
        and not ended.ruled
        and not ended.reopened
        and now < ended.at + timedelta(days=days)
    )


def refused(asked: Asked, kind: CaseKind, reason: CaseReason, now: datetime) -> str:
    """Why this cannot be asked for now, a key of WHY; "" if it can."""
    if asked.state not in (O.PAID, O.SHIPPED, O.RECEIVED, O.COMPLETED):
        return "state"
    if reason not in REASONS[kind]:
        return "reason"
    if asked.state == O.PAID:
        return "" if kind == K.REFUND and reason == R.UNSENT else "kind"
    if reason == R.UNSENT:
        return "reason"
    if asked.received_at is None:
        return "unreceived" if kind in (K.RETURN, K.EXCHANGE) else ""
    return _refused_after_receipt(asked, reason, now)


def _refused_after_receipt(asked: Asked, reason: CaseReason, now: datetime) -> str:
    assert asked.received_at is not None
    lawful = no_reason_until(asked.received_at)
    if reason == R.NO_REASON:
        if asked.excepted:
            return "exception"
        return "" if now < lawful else "no_reason_over"
    if reason == R.NOT_ARRIVED:
        return "reason"
    last = max(lawful, asked.received_at + timedelta(days=asked.window_days))
    return "" if now < last else "window"
