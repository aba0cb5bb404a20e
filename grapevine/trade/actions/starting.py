"""Beginning to pay, and completing what was left in the middle: reserve → commit → remote → commit."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from grapevine.kit import clock, crashing
from grapevine.kit.errors import DomainError
from grapevine.trade import access
from grapevine.trade.actions.paying import apply
from grapevine.trade.actions.watching import flag
from grapevine.trade.contracts import AttemptView, PaymentClosed
from grapevine.trade.models import Attempt, Payment
from grapevine.trade.oversight import AlertKind
from grapevine.trade.payments.port import (
    BadCallback,
    Intent,
    Provider,
    ProviderDown,
    ProviderRefused,
)
from grapevine.trade.payments.registry import provider, providers
from grapevine.trade.queries.reading import attempt_view

QUERY_AFTER = timedelta(seconds=20)
GIVEN_UP_AFTER = timedelta(hours=1)
"""A failed or closed attempt is asked about this often: its page may still have been open, and been paid."""
ASK_FOR = timedelta(days=1)
BATCH = 100
ATTEMPTS_MAX = 30

logger = logging.getLogger(__name__)


def start_payment(
    *, buyer_id: int, number: str, method: str = "sandbox", way: str = "", payer: str = "",
    client_ip: str = "127.0.0.1", site: str = "",
) -> AttemptView:  # fmt: skip
    """Begin at the provider; says how the buyer goes on. `site`: where the browser comes back to; SITE_URL if empty.

    Asked again for the same method and way it is the same attempt, unless that is over at the provider: then it is
    a new one, and the old one can be paid no more. No transaction is open while the provider is asked. Raises
    PaymentClosed, UnknownProvider, ProviderDown (ask again) or ProviderRefused (try another).
    """
    payment = access.payment_of_buyer(buyer_id, number)
    chosen = provider(method)
    attempt = _reserve(payment, chosen, way or chosen.ways[0])
    crashing.point("trade.start.reserved")
    if attempt.state == "open" and _is_over(attempt):
        attempt = _reserve(payment, chosen, way or chosen.ways[0])
    if attempt.state == "starting":
        _close_failed(payment, chosen)
        there = _Browser(payer, client_ip, site or settings.SITE_URL)
        attempt = _ask(chosen, attempt, payment, there)
    return attempt_view(attempt)


@dataclass(frozen=True, slots=True)
class _Browser:
    """Who pays, from where, and the address under which they reached us."""

    payer: str
    client_ip: str
    site: str


def _is_over(attempt: Attempt) -> bool:
    """Whether the provider says that nobody can pay this one any more. What it says is made true here."""
    ask_about(attempt.number)
    attempt.refresh_from_db(fields=["state"])
    return attempt.state != "open"


def _close_failed(payment: Payment, chosen: Provider) -> None:
    """What failed last may still be payable over there (a card tried again on an open page): take it back first.

    A provider that cannot be reached keeps nobody from paying: money that comes twice goes back.
    """
    failed = Attempt.objects.filter(payment=payment, method=chosen.name, state="failed")
    last = failed.order_by("-id").first()
    if last is None:
        return
    try:
        chosen.close(last.number)
    except ProviderDown:
        logger.info("attempt %s could not be taken back", last.number)
    except ProviderRefused:
        ask_about(last.number)


@transaction.atomic
def _reserve(payment: Payment, chosen: Provider, way: str) -> Attempt:
    """The open attempt this way, or a new one. The payment's row is the lock."""
    if way not in chosen.ways or not chosen.ready() or not chosen.takes(payment.currency):
        raise ProviderRefused(way)
    open_ = Payment.objects.filter(pk=payment.pk, state="pending")
    if not open_.update(method=chosen.name, failed_at=None):
        raise PaymentClosed(payment.number)
    own = Attempt.objects.filter(payment=payment, method=chosen.name)
    same = own.filter(way__in=["", way], state__in=["starting", "open"]).first()
    if same is not None:
        if same.way != way:
            Attempt.objects.filter(pk=same.pk).update(way=way)
            same.way = way
        return same
    used = Attempt.objects.filter(payment=payment).count()
    if used >= ATTEMPTS_MAX:
        raise ProviderRefused(payment.number)
    return Attempt.objects.create(
        number=f"{payment.number}-{used + 1}", payment=payment, method=chosen.name, way=way,
        started_at=clock.now(),
    )  # fmt: skip


def _ask(chosen: Provider, attempt: Attempt, payment: Payment, there: _Browser) -> Attempt:
    """The remote call, with no transaction of ours around it, then what came of it."""
    path = reverse("api:provider_callback", args=[chosen.name])
    intent = Intent(
        number=attempt.number, amount_minor=payment.total_minor, currency=payment.currency,
        title=settings.SITE_NAME, way=attempt.way, notify_url=f"{settings.SITE_URL}{path}",
        return_url=f"{there.site}{reverse('trade:cashier', args=[payment.number])}?waiting=1",
        expires_at=payment.expires_at, payer=there.payer, client_ip=there.client_ip,
    )  # fmt: skip
    try:
        begun = chosen.start(intent)
    except ProviderRefused:
        Attempt.objects.filter(pk=attempt.pk, state="starting").update(state="failed")
        raise
    crashing.point("trade.start.asked")
    Attempt.objects.filter(pk=attempt.pk, state="starting").update(
        state="open", url=begun.url, qr=begun.qr, params=dict(begun.params)
    )
    crashing.point("trade.start.opened")
    attempt.refresh_from_db()
    return attempt


def complete_payments() -> int:
    """Ask providers about attempts that were begun and not heard of; returns how many were resolved.

    Also those of closed payments, for a day: money may have left the buyer without our being told. Those that
    failed or were closed are asked about every hour of that day. Those not asked for longest come first, so
    that none waits behind the abandoned.
    """
    now = clock.now()
    recent = Attempt.objects.filter(started_at__gt=now - ASK_FOR)
    unheard = recent.filter(state__in=["starting", "open"]).exclude(asked_at__gt=now - QUERY_AFTER)
    given_up = recent.filter(state__in=["failed", "closed"], started_at__lt=now - GIVEN_UP_AFTER)
    given_up = given_up.exclude(asked_at__gt=now - GIVEN_UP_AFTER)
    resolved = 0
    for due in (unheard, given_up):
        for attempt in due.order_by(F("asked_at").asc(nulls_first=True), "id")[:BATCH]:
            Attempt.objects.filter(pk=attempt.pk).update(asked_at=now)
            resolved += ask_about(attempt.number)
    return resolved


def ask_about(number: str) -> bool:
    """Ask the provider what became of an attempt, and make it true here. False if nothing is new.

    An answer that does not fit the payment, or that we cannot act on, has no effect but a note to the operator.
    """
    attempt = access.attempt_by_number(number)
    try:
        outcome = provider(attempt.method).query(number)
        crashing.point("trade.complete.asked")
        if outcome is not None:
            return apply(attempt.method, outcome)
    except ProviderDown:
        return False  # asked again soon
    except BadCallback:
        flag(AlertKind.MISMATCH, attempt.payment_id, detail=number)
    except DomainError as error:
        logger.warning("attempt %s cannot be completed: %s", number, error.code)
        flag(AlertKind.STUCK, attempt.payment_id, detail=error.code)
    return False


def close_attempts() -> int:
    """Take back attempts whose payment is over, so that nobody pays twice; returns how many.

    What the provider says it has been paid after all is taken in, and sent back.
    """
    now = clock.now()
    over = Attempt.objects.filter(state__in=["starting", "open"]).exclude(payment__state="pending")
    recent = over.filter(started_at__gt=now - 2 * ASK_FOR)
    recent = recent.order_by(F("asked_at").asc(nulls_first=True), "id")
    closed = 0
    for number, method in recent.values_list("number", "method")[:BATCH]:
        Attempt.objects.filter(number=number).update(asked_at=now)
        try:
            provider(method).close(number)
        except ProviderDown:
            continue
        except DomainError:
            ask_about(number)
            continue
        crashing.point("trade.close.asked")
        closed += Attempt.objects.filter(number=number, state__in=["starting", "open"]).update(
            state="closed"
        )
    return closed


def methods(currency: str = "CNY") -> list[Provider]:
    """The providers a buyer may choose from now, to pay in this currency."""
    return [one for one in providers() if one.ready() and one.takes(currency)]
