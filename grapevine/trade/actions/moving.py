"""Moving orders from state to state: one guarded update, one step of the timeline, one event."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock, crashing, sql
from grapevine.kit.money import share_bps
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.signals import facade as signals
from grapevine.trade import access
from grapevine.trade.actions import placing_sql as text
from grapevine.trade.contracts import (
    IllegalMove,
    OrderCancelled,
    OrderReceived,
    OrderRefunded,
    OrderSettled,
    OrderState,
)
from grapevine.trade.models import Line, Order, OrderStep, Payment, Refund, Shipment
from grapevine.trade.rules.states import sources_of

BATCH = 200
SUBSIDY = Account("platform", "subsidy")
"""What the platform's own offers cost it: negative, by what it made up to shops."""


def escrow(number: str) -> Account:
    """Where an order's money waits until it is final: one account an order."""
    return Account(f"order:{number}", "escrow")


def move(
    order: Order,
    target: OrderState,
    *,
    actor: str,
    actor_id: int | None = None,
    reason: str = "",
    at: datetime | None = None,
    **changes: Any,
) -> None:
    """Move the order if its state allows it, else IllegalMove. Must run in a transaction."""
    now = at or clock.now()
    mine = Order.objects.filter(pk=order.pk, state__in=sources_of(target, actor))
    if not mine.update(state=target, **changes):
        raise IllegalMove(order.number)
    OrderStep.objects.create(
        order=order, state=target, at=now, actor=actor, actor_id=actor_id, reason=reason[:120]
    )
    signals.publish(f"order:{order.number}", {"state": str(target)})


@transaction.atomic
def cancel_order(*, buyer_id: int, number: str, reason: str = "") -> None:
    """Give up an unpaid order; the others under the same payment go with it."""
    order = access.order_of_buyer(buyer_id, number)
    close_payment(order.payment, actor="buyer", actor_id=buyer_id, reason=reason)


def close_payment(
    payment: Payment, *, actor: str, actor_id: int | None = None, reason: str = ""
) -> None:
    """Close a payment nobody made, cancel its orders, give back their stock and limits."""
    if not Payment.objects.filter(pk=payment.pk, state="pending").update(state="closed"):
        raise IllegalMove(payment.number)
    orders = list(Order.objects.filter(payment=payment).order_by("id"))
    for order in orders:
        move(order, OrderState.CANCELLED, actor=actor, actor_id=actor_id, reason=reason)
    goods.release([order.number for order in orders])
    give_back_limits(orders)
    now = clock.now().isoformat()
    signals.emit(
        *(
            OrderCancelled(
                order.number, order.buyer_id, order.shop_id, order.claim, now, payment.number,
                [offer["reference"] for offer in order.offers],
            )
            for order in orders
        )
    )  # fmt: skip
    crashing.point("trade.close.before_commit")
    crashing.committed("trade.close.after_commit")


def give_back_limits(orders: Sequence[Order]) -> None:
    """The pieces of these orders no longer count against their buyer's limits."""
    buyer = {order.pk: order.buyer_id for order in orders}
    lines = Line.objects.filter(order__in=orders).order_by("goods_id", "id")
    for order_id, goods_id, count in lines.values_list("order_id", "goods_id", "count"):
        sql.changed(text.LIMIT_BACK, [count, buyer[order_id], goods_id, count])


def expire_payments() -> int:
    """Close payments whose time is over; returns how many."""
    due = Payment.objects.filter(state="pending", expires_at__lt=clock.now()).order_by("expires_at")
    closed = 0
    for payment in due[:BATCH]:
        try:
            with transaction.atomic():
                close_payment(payment, actor="system", reason=marked("超时未付款"))
                closed += 1
        except IllegalMove:
            continue  # paid or cancelled in the meantime
    return closed


@transaction.atomic
def refund_order(
    *, number: str, reason: str, actor: str = "system", actor_id: int | None = None
) -> None:
    """Refund the whole order: it is final at once, the money leaves by the next job. IllegalMove if not allowed."""
    order = access.order_by_number(number)
    now = clock.now()
    was_sent = order.state in (OrderState.SHIPPED, OrderState.RECEIVED)
    move(order, OrderState.REFUNDED, actor=actor, actor_id=actor_id, reason=reason)
    if not was_sent:
        sent = Shipment.objects.filter(order=order).values_list("warehouse_id", flat=True)
        goods.restock([number], gone=[place for place in sent if place is not None])
    give_back_limits([order])
    if order.total_minor:
        Refund.objects.create(
            payment=order.payment, order=order, amount_minor=order.total_minor,
            reason=reason[:120], at=now,
        )  # fmt: skip
    if order.total_minor or order.subsidy_minor:
        ledger.post(
            key=f"refund:{number}", kind="refund", reference=number, currency=order.currency,
            legs=[
                Leg(escrow(number), Account("platform", "clearing:refund"), order.total_minor),
                Leg(escrow(number), SUBSIDY, order.subsidy_minor),
            ],
        )  # fmt: skip
    signals.emit(
        OrderRefunded(
            number, order.buyer_id, order.shop_id, order.total_minor, order.claim,
            now.isoformat(), order.source, order.payment.number,
            [offer["reference"] for offer in order.offers],
        )
    )  # fmt: skip
    crashing.point("trade.refund.before_commit")
    crashing.committed("trade.refund.after_commit")


def refund_by_buyer(*, buyer_id: int, number: str, reason: str) -> None:
    access.order_of_buyer(buyer_id, number)
    refund_order(number=number, reason=reason, actor="buyer", actor_id=buyer_id)


def refund_by_shop(*, shop_id: int, number: str, reason: str, actor_id: int) -> None:
    order = access.order_of_shop(shop_id, number)
    refund_order(number=number, reason=reason, actor="shop", actor_id=actor_id)
    guard.note(
        actor_id=actor_id, action="order.refund", object=f"order:{number}", shop_id=shop_id,
        before={"state": order.state}, after={"state": "refunded", "reason": reason[:120]},
    )  # fmt: skip


@transaction.atomic
def release_waiting(order_numbers: Iterable[str]) -> None:
    """The group is full: its waiting orders go on. One that has left meanwhile is passed over."""
    for order in Order.objects.filter(number__in=sorted(order_numbers)).order_by("number"):
        with suppress(IllegalMove):
            move(order, OrderState.PAID, actor="system", reason=marked("已成团"))
            crashing.point("trade.release.one")


def receive_order(*, buyer_id: int, number: str) -> None:
    _receive(access.order_of_buyer(buyer_id, number), actor="buyer", actor_id=buyer_id)


@transaction.atomic
def _receive(order: Order, *, actor: str, actor_id: int | None = None) -> None:
    now = clock.now()
    move(order, OrderState.RECEIVED, actor=actor, actor_id=actor_id, received_at=now)
    signals.emit(
        OrderReceived(order.number, order.buyer_id, order.shop_id, order.claim, now.isoformat())
    )


def receive_overdue() -> int:
    """RECEIPT_DAYS after shipping an order counts as received; returns how many did."""
    limit = clock.now() - timedelta(days=settings.RECEIPT_DAYS)
    due = Order.objects.filter(state="shipped", shipped_at__lt=limit)
    done = 0
    for order in due.order_by("shipped_at")[:BATCH]:
        try:
            _receive(order, actor="system")
            done += 1
        except IllegalMove:
            continue  # the buyer was faster
    return done


def settle_final() -> int:
    """Orders received longer ago than the return window: what is left in escrow becomes the shop's."""
    limit = clock.now() - timedelta(days=settings.RETURN_WINDOW_DAYS)
    due = Order.objects.filter(state="received", received_at__lt=limit)
    return sum(_settle(order) for order in due.order_by("received_at")[:BATCH])


@transaction.atomic
def _settle(order: Order) -> bool:
    now = clock.now()
    try:
        move(order, OrderState.COMPLETED, actor="system", at=now, settled_at=now)
    except IllegalMove:
        return False  # refunded, or settled by another worker
    left = ledger.balance(escrow(order.number), order.currency)
    fee = min(left, share_bps(order.total_minor, settings.PLATFORM_FEE_BPS))
    if left > 0:
        ledger.post(
            key=f"settle:{order.number}", kind="settle", reference=order.number, currency=order.currency,
            legs=[
                Leg(escrow(order.number), Account(f"shop:{order.shop_id}", "payable"), left - fee),
                Leg(escrow(order.number), Account("platform", "fee"), fee),
            ],
        )  # fmt: skip
    signals.emit(
        OrderSettled(
            order.number, order.buyer_id, order.shop_id, left - fee, order.claim, now.isoformat()
        )
    )
    crashing.point("trade.settle.before_commit")
    crashing.committed("trade.settle.after_commit")
    return True
