"""What movements of money, withdrawals and charges are called on pages and in files."""

from django.utils.translation import gettext as _

from grapevine.trade.money_views import InvoiceView


def movement_label(kind: str) -> str:
    return {
        "settle": _("订单完成"), "sale": _("订单完成"), "commission": _("分享收入"),
        "commission_released": _("分享收入"), "claw_back": _("退款扣回"), "returned": _("佣金退回"), "appeal": _("申诉改判补偿"),
        "carried": _("以前的收入"), "settlement": _("结算"), "withdrawal": _("提现"),
        "withdrawal_back": _("提现退回"), "payout": _("提现到账"), "service_fee": _("服务费"),
        "advertising_fee": _("广告费"),
    }.get(kind, kind)  # fmt: skip


def withdrawal_label(state: str) -> str:
    return {
        "review": _("平台审核中"), "ready": _("等待打款"), "sent": _("打款中"), "done": _("已到账"),
        "failed": _("银行退回"), "refused": _("平台未通过"), "cancelled": _("已取消"),
    }.get(state, state)  # fmt: skip


def component_rows(invoice: InvoiceView) -> list[tuple[str, int]]:
    return [
        (_("平台佣金"), invoice.commission_minor), (_("支付手续费"), invoice.payment_minor),
        (_("服务费"), invoice.service_minor), (_("广告费"), invoice.advertising_minor),
    ]  # fmt: skip
