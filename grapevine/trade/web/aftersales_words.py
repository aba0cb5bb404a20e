"""The words of after-sales, for everybody's pages."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from grapevine.trade.aftersales import CaseKind, CaseReason, CaseState, CaseView
from grapevine.trade.rules.aftersales import REASONS


def kind_label(kind: str) -> str:
    return {
        "refund": _("仅退款"), "return": _("退货退款"), "exchange": _("换货"),
        "shortage": _("少件补退"),
    }[str(kind)]  # fmt: skip


def reason_label(reason: str) -> str:
    return {
        "no_reason": _("七天无理由"), "quality": _("质量有问题"), "damaged": _("收到时已破损"),
        "wrong": _("发错了货"), "different": _("与描述不符"), "missing": _("少了件"),
        "not_arrived": _("一直没收到"), "unsent": _("还没发货，不想要了"),
    }[str(reason)]  # fmt: skip


def state_label(state: str) -> str:
    return {
        "requested": _("待店家处理"), "rejected": _("店家拒绝"), "platform": _("平台处理中"),
        "returning": _("待买家寄回"), "sent": _("退货在途"), "received": _("待店家换货"),
        "replaced": _("换货在途"), "refunding": _("退款中"), "done": _("已完成"),
        "closed": _("已关闭"), "cancelled": _("买家撤销"),
    }[str(state)]  # fmt: skip


def outcome_label(outcome: str) -> str:
    return {
        "refunded": _("退了款"), "replaced": _("换了货"), "rejected": _("没有支持"),
        "lapsed": _("逾期未寄回"), "cancelled": _("买家撤销"), "": _("进行中"),
    }[outcome]  # fmt: skip


def actor_label(actor: str) -> str:
    return {
        "buyer": _("买家"), "shop": _("店家"), "system": _("系统"), "operator": _("平台"),
        "jury": _("公众评审"),
    }[actor]  # fmt: skip


def due_text(case: CaseView) -> str:
    """What happens by itself when the time of this state is over."""
    if case.state == CaseState.REQUESTED:
        if case.kind in (CaseKind.RETURN, CaseKind.EXCHANGE):
            return _("店家不答复就自动同意，请买家寄回")
        return _("店家不答复就自动退款") if case.before_shipping else _("店家不答复就转给平台处理")
    if case.state == CaseState.SENT:
        if case.kind == CaseKind.RETURN:
            return _("店家不确认收到就自动退款")
        return _("店家不确认收到就转给平台处理")
    return {
        CaseState.REJECTED: _("之前可以申请平台介入，过后关闭"),
        CaseState.PLATFORM: _("之前平台给出决定"),
        CaseState.RETURNING: _("之前寄回并填写单号，过后关闭"),
        CaseState.RECEIVED: _("店家不寄出换货就转给平台处理"),
        CaseState.REPLACED: _("之后自动完成"),
    }.get(case.state, "")  # fmt: skip


def kinds(*, unsent: bool, received: bool) -> list[dict[str, Any]]:
    """What may be asked for in this state of the order, with its reasons."""
    names = [CaseKind.REFUND] if unsent else [CaseKind.REFUND, CaseKind.SHORTAGE]
    if received:
        names = [CaseKind.RETURN, *names, CaseKind.EXCHANGE]
    return [
        {"name": name, "label": kind_label(name), "reasons": reasons_of(name, unsent=unsent, received=received)}
        for name in names
    ]  # fmt: skip


def reasons_of(kind: CaseKind, *, unsent: bool, received: bool) -> list[tuple[str, str]]:
    found = [one for one in CaseReason if one in REASONS[kind]]
    if unsent:
        found = [CaseReason.UNSENT]
    else:
        gone = {CaseReason.UNSENT} | ({CaseReason.NOT_ARRIVED} if received else set())
        found = [one for one in found if one not in gone]
    return [(str(one), reason_label(one)) for one in found]


def steps(case: CaseView) -> list[dict[str, Any]]:
    """The timeline in words."""
    return [
        {
            "label": _("申请售后") if step.state == "requested" else state_label(step.state),
            "at": step.at, "actor": actor_label(step.actor),
            "reason": _(step.reason) if step.reason else "",
        }
        for step in case.timeline
    ]  # fmt: skip


def is_late(due: datetime | None, now: datetime) -> bool:
    return due is not None and (due - now).total_seconds() < 6 * 3600


def appeal_label(state: str) -> str:
    return {
        "waiting": _("申诉待处理"), "upheld": _("维持裁定"), "overturned": _("已改判"),
    }[state]  # fmt: skip


def target_label(name: str) -> str:
    return {
        "answer": _("首次响应"), "resolution": _("解决时间"), "reopened": _("重开率"),
        "stars": _("满意度"),
    }[name]  # fmt: skip


def hours_text(tenths: int | None) -> str:
    """3.5 from tenths of an hour; – where nothing was measured."""
    return "–" if tenths is None else f"{tenths // 10}.{tenths % 10}"


def share_text(bps: int | None) -> str:
    return "–" if bps is None else f"{bps // 100}.{bps % 100:02d}%"


def stars_text(hundredths: int | None) -> str:
    return "–" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"
