"""Periodic work of this module."""

from grapevine.trade.actions.aftersales import end_refunded, run_timers
from grapevine.trade.actions.alarming import watch_parcels
from grapevine.trade.actions.assessing import assess_shops
from grapevine.trade.actions.batches import run_batches
from grapevine.trade.actions.charging import charge_plans, make_invoices
from grapevine.trade.actions.forgetting import forget_orders
from grapevine.trade.actions.moving import expire_payments, receive_overdue, settle_final
from grapevine.trade.actions.reconciling import reconcile_days
from grapevine.trade.actions.refunding import send_refunds
from grapevine.trade.actions.settling import make_batches
from grapevine.trade.actions.starting import close_attempts, complete_payments
from grapevine.trade.actions.tracking import query_parcels, subscribe_parcels
from grapevine.trade.actions.watching import watch_payments
from grapevine.trade.actions.withdrawing import send_payouts
from grapevine.trade.payments.providers.sandbox.provider import send_callbacks

__all__ = [
    "assess_shops",
    "charge_plans",
    "close_attempts",
    "complete_payments",
    "end_refunded",
    "expire_payments",
    "forget_orders",
    "make_batches",
    "make_invoices",
    "query_parcels",
    "receive_overdue",
    "reconcile_days",
    "run_batches",
    "run_timers",
    "send_callbacks",
    "send_payouts",
    "send_refunds",
    "settle_final",
    "subscribe_parcels",
    "watch_parcels",
    "watch_payments",
]
