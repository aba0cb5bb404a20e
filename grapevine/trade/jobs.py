"""Periodic work of this module."""

from grapevine.trade.actions.moving import expire_payments, receive_overdue, settle_final
from grapevine.trade.actions.paying import complete_payments, send_refunds
from grapevine.trade.payments.providers.sandbox.provider import send_callbacks

__all__ = [
    "complete_payments",
    "expire_payments",
    "receive_overdue",
    "send_callbacks",
    "send_refunds",
    "settle_final",
]
