"""Beginning to pay, and completing what was left in the middle: reserve → commit → remote → commit."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from grapevine.kit import clock, crashing
from grapevine.trade import access
from grapevine.trade.actions.paying import apply
from grapevine.trade.contracts import AttemptView, PaymentClosed
from grapevine.trade.models import Attempt, Payment
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
ASK_FOR = timedelta(days=1)
BATCH = 100
ATTEMPTS_MAX = 30


def start_payment(
    *, buyer_id: int, number: str, method: str = "sandbox", way: str = "", payer: str = "",
    client_ip: str = "127.0.0.1",
) -> AttemptView:  # fmt: skip
    """Begin at the provider; says how the buyer goes on.

    Asked again for the same method and way it is the same attempt. No transaction is open while the provider
    is asked. Raises PaymentClosed, UnknownProvider, ProviderDown (ask again) or ProviderRefused (try another).
    """
    payment = access.payment_of_buyer(buyer_id, number)
    chosen = provider(method)
    attempt = _reserve(payment, chosen, way or chosen.ways[0])
    crashing.point("trade.start.reserved")
    if attempt.state == "starting":
        attempt = _ask(chosen, attempt, payment, payer=payer, client_ip=client_ip)
    return attempt_view(attempt)


@transaction.atomic
def _reserve(payment: Payment, chosen: Provider, way: str) -> Attempt:
    """The open attempt this way, or a new one. The payment's row is the lock."""
    if way not in chosen.ways or not chosen.ready():
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


def _ask(
    chosen: Provider, attempt: Attempt, payment: Payment, *, payer: str, client_ip: str
) -> Attempt:
    """The remote call, with no transaction of ours around it, then what came of it."""
    path = reverse("api:provider_callback", args=[chosen.name])
    intent = Intent(
        number=attempt.number, amount_minor=payment.total_minor, currency=payment.currency,
        title=settings.SITE_NAME, way=attempt.way, notify_url=f"{settings.SITE_URL}{path}",
        return_url=f"{settings.SITE_URL}{reverse('trade:cashier', args=[payment.number])}?waiting=1",
        expires_at=payment.expires_at, payer=payer, client_ip=client_ip,
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

    Also those of closed payments, for a day: money may have left the buyer without our being told. Those not
    asked for longest come first, so that none waits behind the abandoned.
    """
    now = clock.now()
    unheard = Attempt.objects.filter(state__in=["starting", "open"], started_at__gt=now - ASK_FOR)
    due = unheard.exclude(asked_at__gt=now - QUERY_AFTER)
    resolved = 0
    for attempt in due.order_by(F("asked_at").asc(nulls_first=True), "id")[:BATCH]:
        Attempt.objects.filter(pk=attempt.pk).update(asked_at=now)
        resolved += ask_about(attempt.number)
    return resolved


def ask_about(number: str) -> bool:
    """Ask the provider what became of an attempt, and make it true here. False if nothing is new."""
    attempt = access.attempt_by_number(number)
    try:
        outcome = provider(attempt.method).query(number)
        crashing.point("trade.complete.asked")
        if outcome is not None:
            return apply(attempt.method, outcome)
    except (ProviderDown, BadCallback):
        return False  # asked again soon; a wrong answer stays in the open, unapplied
    return False


def close_attempts() -> int:
    """Take back attempts whose payment is over, so that nobody pays twice; returns how many.

    What the provider says it has been paid after all is taken in, and sent back.
    """
    over = Attempt.objects.filter(state__in=["starting", "open"]).exclude(payment__state="pending")
    recent = over.filter(started_at__gt=clock.now() - 2 * ASK_FOR).order_by("id")
    closed = 0
    for number, method in recent.values_list("number", "method")[:BATCH]:
        try:
            provider(method).close(number)
        except ProviderRefused:
            ask_about(number)
            continue
        except ProviderDown:
            continue
        crashing.point("trade.close.asked")
        closed += Attempt.objects.filter(number=number, state__in=["starting", "open"]).update(
            state="closed"
        )
    return closed


def methods() -> list[Provider]:
    """The providers a buyer may choose from now."""
    return [one for one in providers() if one.ready()]
