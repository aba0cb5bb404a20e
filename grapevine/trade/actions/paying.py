"""Paying: starting at a provider, hearing from it, completing what was left in the middle."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.signals import facade as signals
from grapevine.trade import access
from grapevine.trade.actions.moving import close_payment, escrow, move
from grapevine.trade.contracts import (
    IllegalMove,
    OrderPaid,
    OrderState,
    PaymentClosed,
)
from grapevine.trade.models import Line, Order, Payment, ProviderEvent, Refund
from grapevine.trade.payments.port import BadCallback, Outcome
from grapevine.trade.payments.registry import provider

QUERY_AFTER = timedelta(seconds=20)
ASK_FOR = timedelta(days=1)
BATCH = 100


def start_payment(*, buyer_id: int, number: str, method: str = "sandbox") -> str:
    """Begin at the provider; returns the address of its cashier. Raises PaymentClosed."""
    payment = access.payment_of_buyer(buyer_id, number)
    chosen = provider(method)
    open_ = Payment.objects.filter(pk=payment.pk, state="pending")
    if not open_.update(method=method, failed_at=None):
        raise PaymentClosed(number)
    return chosen.start(
        payment_number=number, amount_minor=payment.total_minor, currency=payment.currency
    )


def receive_callback(*, method: str, headers: Mapping[str, str], body: bytes) -> None:
    """A provider's message: verified on its raw bytes, compared with the payment, effective once."""
    outcome = provider(method).read_callback(headers=headers, body=body)
    apply(method, outcome)


def apply(method: str, outcome: Outcome) -> bool:
    """Make what the provider says true here, once. BadCallback if it is not about this payment as it is."""
    payment = access.payment_by_number(outcome.payment_number)
    same = (outcome.amount_minor, outcome.currency, method) == (
        payment.total_minor, payment.currency, payment.method,
    )  # fmt: skip
    if not same:
        raise BadCallback(outcome.payment_number)
    if outcome.state == "failed":
        Payment.objects.filter(pk=payment.pk, state="pending").update(failed_at=clock.now())
    if outcome.state != "paid":
        return False
    try:
        with transaction.atomic():
            ProviderEvent.objects.create(
                provider=method, event_id=outcome.event_id, payment=payment, kind=outcome.state,
                at=clock.now(),
            )  # fmt: skip
            _paid(payment, outcome.event_id)
    except IntegrityError:
        known = ProviderEvent.objects.filter(provider=method, event_id=outcome.event_id)
        if not known.filter(payment=payment).exists():
            raise
        return False
    return True


def _paid(payment: Payment, event_id: str) -> None:
    now = clock.now()
    mine = Payment.objects.filter(pk=payment.pk, state="pending")
    if not mine.update(state="paid", paid_at=now):
        _too_late(payment, event_id)
        return
    orders = list(Order.objects.filter(payment=payment).order_by("id"))
    for order in orders:
        if not goods.sell(order.number):
            raise IllegalMove(order.number)
    if payment.total_minor:
        _capture(payment, orders)
    for order in orders:
        target = OrderState.WAITING if order.waits else OrderState.PAID
        move(order, target, actor="provider", at=now, paid_at=now)
        signals.emit(_news(order, now.isoformat()))


def _capture(payment: Payment, orders: Sequence[Order]) -> None:
    clearing = Account("platform", "clearing:payment")
    ledger.post(
        key=f"capture:{payment.number}", kind="capture", reference=payment.number,
        currency=payment.currency,
        legs=[
            Leg(Account("platform", f"cash:{payment.method}"), clearing, payment.total_minor),
            *(Leg(clearing, escrow(order.number), order.total_minor) for order in orders),
        ],
    )  # fmt: skip


def _news(order: Order, at: str) -> OrderPaid:
    lines = list(Line.objects.filter(order=order).values_list("goods_id", "count"))
    return OrderPaid(
        order_number=order.number, person_id=order.buyer_id, shop_id=order.shop_id,
        goods_ids=sorted({goods_id for goods_id, _ in lines}), items=sum(n for _, n in lines),
        total_minor=order.total_minor, currency=order.currency, source=order.source,
        claim=order.claim, at=at, region=order.region,
    )  # fmt: skip


def _too_late(payment: Payment, event_id: str) -> None:
    """Money for orders that are gone, or paid already: take it in, and send it straight back."""
    Payment.objects.filter(pk=payment.pk, state="closed").update(state="returned")
    if not payment.total_minor:
        return
    legs = [
        Leg(Account("platform", f"cash:{payment.method}"), Account("platform", "clearing:payment"), payment.total_minor),
        Leg(Account("platform", "clearing:payment"), Account("platform", "clearing:refund"), payment.total_minor),
    ]  # fmt: skip
    ledger.post(
        key=f"late:{payment.number}:{event_id}", kind="late", reference=payment.number, legs=legs,
        currency=payment.currency,
    )  # fmt: skip
    Refund.objects.create(
        payment=payment, amount_minor=payment.total_minor, reason=marked("付款到得太晚，原路退回"),
        at=clock.now(),
    )  # fmt: skip


def send_refunds() -> int:
    """Send requested refunds to their providers, each outside any transaction; returns how many are done."""
    done = 0
    for refund in (
        Refund.objects.filter(state="requested")
        .select_related("payment", "order")
        .order_by("id")[:BATCH]
    ):
        payment = refund.payment
        sent = payment.method == "imported" or provider(payment.method).refund(
            payment_number=payment.number,
            refund_id=str(refund.pk),
            amount_minor=refund.amount_minor,
        )
        if sent:
            done += _refunded(refund)
    return done


@transaction.atomic
def _refunded(refund: Refund) -> bool:
    mine = Refund.objects.filter(pk=refund.pk, state="requested")
    if not mine.update(state="done", done_at=clock.now()):
        return False
    payment = refund.payment
    ledger.post(
        key=f"refunded:{refund.pk}", kind="refunded",
        reference=refund.order.number if refund.order else payment.number,
        currency=payment.currency,
        legs=[
            Leg(
                Account("platform", "clearing:refund"),
                Account("platform", f"cash:{payment.method}"),
                refund.amount_minor,
            )
        ],
    )  # fmt: skip
    return True


def complete_payments() -> int:
    """Ask providers about payments that were started and not heard of; returns how many were resolved.

    Closed ones are asked about for a day more: money may have left the buyer without our being told.
    Those not asked for longest come first, so that none waits behind the abandoned.
    """
    now = clock.now()
    unheard = Payment.objects.filter(state__in=["pending", "closed"], expires_at__gt=now - ASK_FOR)
    due = unheard.exclude(method="").exclude(asked_at__gt=now - QUERY_AFTER)
    resolved = 0
    for payment in due.order_by(F("asked_at").asc(nulls_first=True), "id")[:BATCH]:
        Payment.objects.filter(pk=payment.pk).update(asked_at=now)
        outcome = provider(payment.method).query(payment.number)
        if outcome is not None and outcome.state == "paid":
            resolved += apply(payment.method, outcome)
    return resolved


__all__ = [
    "apply",
    "close_payment",
    "complete_payments",
    "receive_callback",
    "send_refunds",
    "start_payment",
]
