"""Periodic work of this module."""

from grapevine.trade.actions.alarming import watch_parcels
from grapevine.trade.actions.batches import run_batches
from grapevine.trade.actions.moving import expire_payments, receive_overdue, settle_final
from grapevine.trade.actions.reconciling import reconcile_days
from grapevine.trade.actions.refunding import send_refunds
from grapevine.trade.actions.starting import close_attempts, complete_payments
from grapevine.trade.actions.tracking import query_parcels, subscribe_parcels
from grapevine.trade.actions.watching import watch_payments
from grapevine.trade.payments.providers.sandbox.provider import send_callbacks

__all__ = [
    "close_attempts",
    "complete_payments",
    "expire_payments",
    "query_parcels",
    "receive_overdue",
    "reconcile_days",
    "run_batches",
    "send_callbacks",
    "send_refunds",
    "settle_final",
    "subscribe_parcels",
    "watch_parcels",
    "watch_payments",
]
