"""The sandbox: a provider of our own that pays, fails, or never answers, with books of its own."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.trade.contracts import PaymentNotFound
from grapevine.trade.models import SandboxCharge, SandboxRefund
from grapevine.trade.payments.port import BadCallback, Outcome
from grapevine.trade.payments.providers.sandbox import signing

CALLBACK_PATH = "/api/v1/payments/sandbox/callback"
TIMEOUT_SECONDS = 5
ATTEMPTS_MAX = 8
OUTCOMES = ("pay", "fail", "silent", "never")
"""pay and fail tell us; silent pays without telling; never leaves it open."""


class Sandbox:
    name = "sandbox"

    def start(self, *, payment_number: str, amount_minor: int, currency: str) -> str:
        SandboxCharge.objects.get_or_create(
            payment_number=payment_number,
            defaults={"amount_minor": amount_minor, "currency": currency, "event_id": new_id()},
        )
        SandboxCharge.objects.filter(payment_number=payment_number, state="failed").update(
            state="open", event_id=new_id(), callback_due=False, attempts=0, retry_at=None
        )
        return reverse("trade:sandbox", args=[payment_number])

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Outcome:
        signing.verify(headers, body)
        try:
            told = json.loads(body)
            return Outcome(
                payment_number=str(told["payment"]), state=str(told["state"]),
                amount_minor=int(told["amount_minor"]), currency=str(told["currency"]),
                event_id=str(told["event_id"])[:80],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            raise BadCallback from None

    def query(self, payment_number: str) -> Outcome | None:
        row = SandboxCharge.objects.filter(payment_number=payment_number).first()
        return _outcome(row) if row else None

    def refund(self, *, payment_number: str, refund_id: str, amount_minor: int) -> bool:
        rows = SandboxCharge.objects.filter(payment_number=payment_number, state="paid")
        charge = rows.first()
        if charge is None:
            return False
        asked = SandboxRefund(charge=charge, refund_id=refund_id, amount_minor=amount_minor)
        with suppress(IntegrityError), transaction.atomic():
            asked.save(force_insert=True)
            return _send_back(charge, amount_minor)
        return SandboxRefund.objects.filter(
            refund_id=refund_id, charge=charge, amount_minor=amount_minor
        ).exists()


def _send_back(charge: SandboxCharge, amount_minor: int) -> bool:
    rows = SandboxCharge.objects.filter(pk=charge.pk)
    return bool(rows.update(refunded_minor=F("refunded_minor") + amount_minor))


def _outcome(row: SandboxCharge) -> Outcome:
    return Outcome(row.payment_number, row.state, row.amount_minor, row.currency, row.event_id)


def charge(payment_number: str) -> Outcome:
    """The provider's view of a payment, for its own page."""
    row = SandboxCharge.objects.filter(payment_number=payment_number).first()
    if row is None:
        raise PaymentNotFound(payment_number)
    return _outcome(row)


def decide(payment_number: str, outcome: str) -> None:
    """What the person did at the provider's cashier; only the first decision counts."""
    assert outcome in OUTCOMES
    state = {"pay": "paid", "silent": "paid", "fail": "failed"}.get(outcome)
    if state is None:
        return
    SandboxCharge.objects.filter(payment_number=payment_number, state="open").update(
        state=state, callback_due=outcome != "silent", decided_at=clock.now()
    )


def callback_of(row: SandboxCharge) -> bytes:
    told = {
        "event_id": row.event_id, "payment": row.payment_number, "state": row.state,
        "amount_minor": row.amount_minor, "currency": row.currency,
    }  # fmt: skip
    return json.dumps(told).encode()


def send_callbacks() -> int:
    """POST what is due to the shop's site; retried with back-off while it is not answered with 2xx."""
    sent = 0
    now = clock.now()
    due = SandboxCharge.objects.filter(callback_due=True).exclude(retry_at__gt=now)
    for row in due.order_by("id")[:100]:
        if _post(callback_of(row)):
            SandboxCharge.objects.filter(pk=row.pk).update(callback_due=False)
            sent += 1
        else:
            with transaction.atomic():
                SandboxCharge.objects.filter(pk=row.pk).update(
                    attempts=F("attempts") + 1,
                    callback_due=row.attempts + 1 < ATTEMPTS_MAX,
                    retry_at=now + timedelta(seconds=2**row.attempts),
                )
    return sent


def _post(body: bytes) -> bool:
    headers = {"Content-Type": "application/json", **signing.sign(body, nonce=new_id())}
    address = f"{settings.SITE_URL}{CALLBACK_PATH}"
    request = urllib.request.Request(address, body, headers)  # noqa: S310  our own site's address
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            status: int = answer.status
            return 200 <= status < 300
    except (urllib.error.URLError, TimeoutError, OSError):
        return False
