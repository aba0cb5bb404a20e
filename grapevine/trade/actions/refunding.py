"""Sending money back: requested → sent → done, each remote call outside any transaction."""

import logging
import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q
from django.urls import reverse

from grapevine.guard import facade as guard
from grapevine.kit import clock, crashing
from grapevine.kit.errors import DomainError
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.trade.actions.watching import flag
from grapevine.trade.contracts import IllegalMove
from grapevine.trade.models import Attempt, ProviderEvent, Refund
from grapevine.trade.oversight import AlertKind
from grapevine.trade.payments.port import BadCallback, ProviderDown, ProviderRefused, Returned
from grapevine.trade.payments.registry import provider
from grapevine.trade.rules.reconciling import refund_id

ASK_AFTER = timedelta(seconds=15)
ASK_SLOWLY_AFTER = timedelta(minutes=10)
"""A bank may need days. A refund that is older than this is asked about as seldom."""
BATCH = 100
TRIES_MAX = 20
REFUND_ID = re.compile(r".+-r([0-9]{1,15})(?:-[0-9]{1,2})?", re.ASCII)

logger = logging.getLogger(__name__)


def send_refunds() -> int:
    """Send requested refunds to their providers, ask about those on their way; how many are done.

    The provider sees one refund a try, however often it is asked: the id is ours. A crash between the call and
    our note of it is repaired by asking again. One that cannot be sent does not hold up the others.
    """
    now = clock.now()
    due = Refund.objects.filter(state__in=["requested", "sent"]).filter(
        Q(asked_at=None)
        | Q(asked_at__lt=now - ASK_AFTER, at__gt=now - ASK_SLOWLY_AFTER)
        | Q(asked_at__lt=now - ASK_SLOWLY_AFTER)
    )
    done = 0
    for refund in due.select_related("payment", "order", "attempt").order_by(
        F("asked_at").asc(nulls_first=True), "id"
    )[:BATCH]:
        done += _go_on(refund, now)
    return done


def _go_on(refund: Refund, now: datetime) -> bool:
    """One step of a refund. True if it is done. Of two workers that took the same step one goes on."""
    if refund.payment.method == "imported":
        return _end(refund, "done")
    attempt = refund.attempt or _paid_by(refund)
    refund.attempt = attempt
    mine = Refund.objects.filter(
        pk=refund.pk, state=refund.state, tries=refund.tries, asked_at=refund.asked_at
    )
    if not mine.update(asked_at=now, attempt=attempt):
        return False
    crashing.point("trade.refund.claimed")
    try:
        told = _told(refund, attempt)
    except ProviderDown:
        return False
    except ProviderRefused:
        return _end(refund, "failed")
    except DomainError as error:
        logger.warning("refund %s cannot be sent: %s", refund.pk, error.code)
        return False
    crashing.point("trade.refund.asked")
    if told.amount_minor != refund.amount_minor:
        flag(AlertKind.MISMATCH, refund.payment_id, detail=told.refund_id)
        return False
    Refund.objects.filter(pk=refund.pk, state="requested").update(state="sent")
    crashing.point("trade.refund.noted")
    return told.state != "pending" and _end(refund, told.state)


def _paid_by(refund: Refund) -> Attempt:
    """The attempt whose money the orders have. Two queries.

    Of several that were paid it is the one told of once more often than its money was sent back as too late.
    """
    payment = refund.payment
    told = ProviderEvent.objects.filter(payment=payment, kind="paid").values_list("attempt")
    late = Refund.objects.filter(payment=payment, order=None).values_list("attempt")
    counts = dict(told.annotate(Count("id")).order_by("attempt"))
    for attempt_id, count in late.annotate(Count("id")).order_by("attempt"):
        counts[attempt_id] = counts.get(attempt_id, 0) - count
    captured = [attempt_id for attempt_id, count in counts.items() if attempt_id and count > 0]
    # Payments from before attempts were written down have one, which no event names.
    paid = Attempt.objects.filter(payment=payment, state="paid")
    attempt = (paid.filter(pk__in=captured) if captured else paid).order_by("id").first()
    assert attempt is not None, "money that came in came by an attempt"
    return attempt


def _told(refund: Refund, attempt: Attempt) -> Returned:
    """What the provider says of this try. What is on its way is asked about; what it never heard of is sent."""
    chosen = provider(attempt.method)
    number = refund.payment.number
    name = refund_id(number, refund.pk, refund.tries)
    if refund.tries > 1 and refund.state == "requested":
        before = refund_id(number, refund.pk, refund.tries - 1)
        known = chosen.query_refund(payment_number=attempt.number, refund_id=before)
        if known is not None and known.state != "failed":
            return known  # the last try came through after all
    if refund.state == "sent":
        known = chosen.query_refund(payment_number=attempt.number, refund_id=name)
        if known is not None:
            return known
    path = reverse("api:provider_callback", args=[attempt.method])
    return chosen.refund(
        payment_number=attempt.number, refund_id=name, amount_minor=refund.amount_minor,
        total_minor=refund.payment.total_minor, currency=refund.payment.currency,
        reason=refund.reason, notify_url=f"{settings.SITE_URL}{path}",
    )  # fmt: skip


def returned(method: str, news: Returned) -> bool:
    """What a provider says of a refund, made true here once. BadCallback if it is none of ours.

    Also for one we have not noted as sent yet: the provider's word is enough. A former try can still come
    through; that it failed is no news.
    """
    named = REFUND_ID.fullmatch(news.refund_id)
    rows = Refund.objects.select_related("payment", "order", "attempt")
    refund = rows.filter(pk=int(named[1])).first() if named else None
    if refund is None:
        raise BadCallback(news.refund_id)
    number, tries = refund.payment.number, range(1, refund.tries + 1)
    if news.refund_id not in [refund_id(number, refund.pk, one) for one in tries]:
        raise BadCallback(news.refund_id)
    attempt = refund.attempt or _paid_by(refund)
    said = (method, news.payment_number, news.amount_minor)
    if said != (attempt.method, attempt.number, refund.amount_minor):
        raise BadCallback(news.refund_id)
    if news.state == "failed" and news.refund_id != refund_id(number, refund.pk, refund.tries):
        return False
    refund.attempt = attempt
    return news.state != "pending" and _end(refund, news.state)


@transaction.atomic
def _end(refund: Refund, state: str) -> bool:
    """done: the money is out of our books. failed: it stays in clearing, where the ageing report shows it."""
    open_ = ["requested", "sent", "failed"] if state == "done" else ["requested", "sent"]
    mine = Refund.objects.filter(pk=refund.pk, state__in=open_)
    done_at = clock.now() if state == "done" else None
    if not mine.update(state=state, done_at=done_at, attempt=refund.attempt):
        return False
    payment = refund.payment
    if state != "done":
        flag(AlertKind.REFUND_FAILED, payment.pk, detail=str(refund.pk))
        return False
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


@transaction.atomic
def retry_refund(*, refund_id: int, operator_id: int) -> None:
    """Try a failed refund again, under a new id at the provider; the job sends it. IllegalMove if it has not failed.

    Before the new one is sent the provider is asked about the last, so that the money goes back once.
    """
    failed = Refund.objects.filter(pk=refund_id, state="failed", tries__lt=TRIES_MAX)
    if not failed.update(state="requested", asked_at=None, tries=F("tries") + 1):
        raise IllegalMove(str(refund_id))
    guard.audit(actor_id=operator_id, action="trade.retry_refund", object=f"refund:{refund_id}")
