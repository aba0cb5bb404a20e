"""Sending money back: requested → sent → done, each remote call outside any transaction."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from grapevine.kit import clock, crashing
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.trade.models import Attempt, Refund
from grapevine.trade.payments.port import BadCallback, ProviderDown, ProviderRefused, Returned
from grapevine.trade.payments.registry import provider
from grapevine.trade.rules.reconciling import refund_id

ASK_AFTER = timedelta(seconds=15)
BATCH = 100


def send_refunds() -> int:
    """Send requested refunds to their providers, and ask again about those on their way; how many are done.

    The provider sees one refund, however often it is asked: the id is ours. A crash between the call and our
    note of it is repaired by asking again.
    """
    now = clock.now()
    due = Refund.objects.filter(state__in=["requested", "sent"]).filter(
        Q(asked_at=None) | Q(asked_at__lt=now - ASK_AFTER)
    )
    done = 0
    for refund in due.select_related("payment", "order").order_by(
        F("asked_at").asc(nulls_first=True), "id"
    )[:BATCH]:
        Refund.objects.filter(pk=refund.pk).update(asked_at=now)
        crashing.point("trade.refund.claimed")
        done += _send(refund)
    return done


def _send(refund: Refund) -> bool:
    payment = refund.payment
    if payment.method == "imported":
        return _end(refund, "done")
    attempt = refund.attempt or Attempt.objects.filter(payment=payment, state="paid").first()
    assert attempt is not None, "money that came in came by an attempt"
    path = reverse("api:provider_callback", args=[attempt.method])
    try:
        told = provider(attempt.method).refund(
            payment_number=attempt.number, refund_id=refund_id(payment.number, refund.pk),
            amount_minor=refund.amount_minor, total_minor=payment.total_minor,
            currency=payment.currency, reason=refund.reason,
            notify_url=f"{settings.SITE_URL}{path}",
        )  # fmt: skip
    except ProviderDown:
        return False
    except ProviderRefused:
        return _end(refund, "failed")
    crashing.point("trade.refund.asked")
    Refund.objects.filter(pk=refund.pk, state="requested").update(state="sent", attempt=attempt)
    crashing.point("trade.refund.noted")
    return told.state != "pending" and _end(refund, told.state)


def returned(news: Returned) -> bool:
    """What a provider says of a refund, made true here once. BadCallback if it is none of ours.

    Also for one we have not noted as sent yet: the provider's word is enough.
    """
    pk = news.refund_id.rpartition("-r")[2]
    refund = (
        Refund.objects.select_related("payment", "order").filter(pk=int(pk)).first()
        if pk.isascii() and pk.isdigit() and len(pk) < 16
        else None
    )
    if refund is None or refund_id(refund.payment.number, refund.pk) != news.refund_id:
        raise BadCallback(news.refund_id)
    if news.amount_minor != refund.amount_minor:
        raise BadCallback(news.refund_id)
    return news.state != "pending" and _end(refund, news.state)


@transaction.atomic
def _end(refund: Refund, state: str) -> bool:
    """done: the money is out of our books. failed: it stays in clearing, where the ageing report shows it."""
    open_ = ["requested", "sent", "failed"] if state == "done" else ["requested", "sent"]
    mine = Refund.objects.filter(pk=refund.pk, state__in=open_)
    if not mine.update(state=state, done_at=clock.now() if state == "done" else None):
        return False
    if state != "done":
        return False
    payment = refund.payment
    attempt = refund.attempt
    cash = Account("platform", f"cash:{attempt.method if attempt else payment.method}")
    ledger.post(
        key=f"refunded:{refund.pk}", kind="refunded",
        reference=refund.order.number if refund.order else payment.number,
        currency=payment.currency,
        legs=[Leg(Account("platform", "clearing:refund"), cash, refund.amount_minor)],
    )  # fmt: skip
    crashing.point("trade.refund.booked")
    return True
