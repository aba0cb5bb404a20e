"""The words of juries."""

from django.utils.translation import gettext as _

from grapevine.cases.contracts import JuryView


def state_label(state: str) -> str:
    return {
        "offered": _("等双方同意"), "declined": _("有一方不同意"), "voting": _("投票中"),
        "decided": _("已有结果"), "hung": _("没有形成多数"), "void": _("售后已先了结"),
    }[state]  # fmt: skip


def side_label(side: str) -> str:
    return {"buyer": _("支持买家"), "shop": _("支持店家"), "": "–"}[side]


def side_name(side: str) -> str:
    return {"buyer": _("买家"), "shop": _("店家")}[side]


def kind_label(kind: str) -> str:
    return {
        "refund": _("仅退款"), "return": _("退货退款"), "exchange": _("换货"),
        "shortage": _("少件补退"),
    }[kind]  # fmt: skip


def reason_label(reason: str) -> str:
    return {
        "no_reason": _("七天无理由"), "quality": _("质量有问题"), "damaged": _("收到时已破损"),
        "wrong": _("发错了货"), "different": _("与描述不符"), "missing": _("少了件"),
        "not_arrived": _("一直没收到"), "unsent": _("还没发货，不想要了"),
    }[reason]  # fmt: skip


def effect_label(effect: str) -> str:
    if effect == "ruling":
        return _("多数意见就是裁定，系统自动执行")
    return _("多数意见供平台参考，由平台裁定")


def row(jury: JuryView) -> dict[str, object]:
    return {
        "jury": jury, "label": state_label(jury.state), "kind": kind_label(jury.kind),
        "reason": reason_label(jury.reason), "effect": effect_label(jury.effect),
        "outcome": side_label(jury.outcome),
    }  # fmt: skip
