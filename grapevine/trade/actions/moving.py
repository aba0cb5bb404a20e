"""Moving an order from state to state: one guarded update, one step of the timeline, one event."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.money import share_bps
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.signals import facade as signals
from grapevine.trade import access
from grapevine.trade.contracts import (
    IllegalMove,
    OrderCancelled,
    OrderReceived,
    OrderRefunded,
    OrderSettled,
    OrderShipped,
    OrderState,
)
from grapevine.trade.models import Order, OrderStep, Payment, Refund
from grapevine.trade.rules.states import sources_of

AUTO_RECEIPT = timedelta(days=10)
BATCH = 200


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
    """Move the order if its state allows it, else IllegalMove. Must run in a transaction.

    A settled order moves no more: its money is the shop's.
    """
    now = at or clock.now()
    before = sources_of(target, actor)
    mine = Order.objects.filter(pk=order.pk, state__in=before, settled_at=None)
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
    """Close a payment nobody made, cancel its orders and give their stock back."""
    if not Payment.objects.filter(pk=payment.pk, state="pending").update(state="closed"):
        raise IllegalMove(payment.number)
    for order in Order.objects.filter(payment=payment).order_by("id"):
        move(order, OrderState.CANCELLED, actor=actor, actor_id=actor_id, reason=reason)
        goods.release(order.number)
        signals.emit(
            OrderCancelled(
                order.number, order.buyer_id, order.shop_id, order.claim, clock.now().isoformat()
            )
        )


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
        goods.restock(number)
    if order.total_minor:
        Refund.objects.create(
            payment=order.payment, order=order, amount_minor=order.total_minor,
            reason=reason[:120], at=now,
        )  # fmt: skip
        ledger.post(
            key=f"refund:{number}", kind="refund", reference=number, currency=order.currency,
            legs=[Leg(escrow(number), Account("platform", "clearing:refund"), order.total_minor)],
        )  # fmt: skip
    signals.emit(
        OrderRefunded(
            number, order.buyer_id, order.shop_id, order.total_minor, order.claim,
            now.isoformat(), order.source,
        )
    )  # fmt: skip


def refund_by_buyer(*, buyer_id: int, number: str, reason: str) -> None:
    access.order_of_buyer(buyer_id, number)
    refund_order(number=number, reason=reason, actor="buyer", actor_id=buyer_id)


def refund_by_shop(*, shop_id: int, number: str, reason: str, actor_id: int) -> None:
    access.order_of_shop(shop_id, number)
    refund_order(number=number, reason=reason, actor="shop", actor_id=actor_id)


@transaction.atomic
def release_waiting(order_numbers: Iterable[str]) -> None:
    """The group is full: its waiting orders go on. One that has left meanwhile is passed over."""
    for order in Order.objects.filter(number__in=sorted(order_numbers)).order_by("number"):
        with suppress(IllegalMove):
            move(order, OrderState.PAID, actor="system", reason=marked("已成团"))


@transaction.atomic
def ship_order(*, shop_id: int, number: str, carrier: str, tracking: str, actor_id: int) -> None:
    """Hand the parcel over: carrier and number become visible to the buyer."""
    if not 1 <= len(carrier.strip()) <= 30 or not 4 <= len(tracking.strip()) <= 40:
        raise BadInput(fields={"tracking": marked("写上快递公司和单号")})
    order = access.order_of_shop(shop_id, number)
    now = clock.now()
    move(
        order, OrderState.SHIPPED, actor="shop", actor_id=actor_id,
        reason=f"{carrier.strip()} {tracking.strip()}", carrier=carrier.strip(),
        tracking=tracking.strip(), shipped_at=now,
    )  # fmt: skip
    signals.emit(OrderShipped(number, order.buyer_id, shop_id, order.claim, now.isoformat()))


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
    """Ten days after shipping an order counts as received; returns how many did."""
    due = Order.objects.filter(state="shipped", shipped_at__lt=clock.now() - AUTO_RECEIPT)
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
    due = Order.objects.filter(state="received", settled_at=None, received_at__lt=limit)
    return sum(_settle(order) for order in due.order_by("received_at")[:BATCH])


@transaction.atomic
def _settle(order: Order) -> bool:
    now = clock.now()
    mine = Order.objects.filter(pk=order.pk, state="received", settled_at=None)
    if not mine.update(settled_at=now):
        return False
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
    return True
