"""The sandbox: a provider of our own that pays, fails, or never answers, with books of its own."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.trade.contracts import PaymentNotFound
from grapevine.trade.models import SandboxCharge, SandboxRefund
from grapevine.trade.payments.port import (
    BadCallback,
    Intent,
    Outcome,
    ProviderDown,
    ProviderRefused,
    Receipt,
    Returned,
    Start,
    StatementLine,
)
from grapevine.trade.payments.providers.sandbox import signing
from grapevine.trade.payments.wire import call, outside
from grapevine.trade.rules.reconciling import day_of

ATTEMPTS_MAX = 8
OUTCOMES = ("pay", "fail", "silent", "never")
"""pay and fail tell us; silent pays without telling; never leaves it open."""


class Sandbox:
    name = "sandbox"
    label = marked("沙盒支付")
    ways: Sequence[str] = ("page",)

    def ready(self) -> bool:
        return bool(settings.SANDBOX)

    def takes(self, currency: str) -> bool:
        return len(currency) == 3

    @outside
    def start(self, intent: Intent) -> Start:
        row, _ = SandboxCharge.objects.get_or_create(
            payment_number=intent.number,
            defaults={
                "amount_minor": intent.amount_minor, "currency": intent.currency, "event_id": new_id(),
            },
        )  # fmt: skip
        if (row.amount_minor, row.currency) != (intent.amount_minor, intent.currency):
            raise ProviderRefused(intent.number)
        payment_number = intent.number.rpartition("-")[0]
        return Start(url=reverse("trade:sandbox", args=[payment_number]))

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Outcome:
        signing.verify(headers, body)
        try:
            told = json.loads(body)
            return Outcome(
                payment_number=str(told["payment"]), state=str(told["state"]),
                amount_minor=int(told["amount_minor"]), currency=str(told["currency"]),
                event_id=str(told["event_id"])[:80], transaction_id=str(told["event_id"])[:80],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            raise BadCallback from None

    def receipt(self, *, accepted: bool) -> Receipt:
        if accepted:
            return Receipt(204)
        return Receipt(400, b'{"code": "payments.bad_callback"}', "application/problem+json")

    @outside
    def query(self, payment_number: str) -> Outcome | None:
        row = SandboxCharge.objects.filter(payment_number=payment_number).first()
        return _outcome(row) if row else None

    @outside
    def close(self, payment_number: str) -> None:
        rows = SandboxCharge.objects.filter(payment_number=payment_number)
        if (
            not rows.filter(state__in=["open", "failed"]).update(state="closed")
            and rows.filter(state="paid").exists()
        ):
            raise ProviderRefused(payment_number)

    @outside
    def refund(
        self, *, payment_number: str, refund_id: str, amount_minor: int, total_minor: int,
        currency: str, reason: str, notify_url: str,  # noqa: ARG002  the port's shape
    ) -> Returned:  # fmt: skip
        charge = SandboxCharge.objects.filter(payment_number=payment_number, state="paid").first()
        if charge is None or (total_minor, currency) != (charge.amount_minor, charge.currency):
            raise ProviderRefused(payment_number)
        asked = SandboxRefund(
            charge=charge, refund_id=refund_id, amount_minor=amount_minor, at=clock.now()
        )
        with suppress(IntegrityError), transaction.atomic():
            asked.save(force_insert=True)
            rows = SandboxCharge.objects.filter(pk=charge.pk)
            rows.update(refunded_minor=F("refunded_minor") + amount_minor)
        done = self.query_refund(payment_number=payment_number, refund_id=refund_id)
        if done is None or done.amount_minor != amount_minor:
            raise ProviderRefused(refund_id)
        return done

    @outside
    def query_refund(self, *, payment_number: str, refund_id: str) -> Returned | None:
        rows = SandboxRefund.objects.filter(
            refund_id=refund_id, charge__payment_number=payment_number
        )
        row = rows.first()
        return Returned(payment_number, refund_id, "done", row.amount_minor) if row else None

    @outside
    def statement(self, day: date) -> list[StatementLine]:
        start, end = day_of(day)
        charges = SandboxCharge.objects.filter(
            state="paid", decided_at__gte=start, decided_at__lt=end
        )
        refunds = SandboxRefund.objects.filter(at__gte=start, at__lt=end)
        return [
            *(
                StatementLine(
                    "payment", one.payment_number, one.payment_number, one.event_id,
                    one.amount_minor, one.currency, one.decided_at or start,
                )
                for one in charges.order_by("id")
            ),
            *(
                StatementLine(
                    "refund", one.refund_id, one.charge.payment_number, one.charge.event_id,
                    one.amount_minor, one.charge.currency, one.at,
                )
                for one in refunds.select_related("charge").order_by("id")
            ),
        ]  # fmt: skip


def _outcome(row: SandboxCharge) -> Outcome:
    return Outcome(
        row.payment_number, row.state, row.amount_minor, row.currency, row.event_id, row.event_id
    )


def charge(attempt_number: str) -> Outcome:
    """The provider's view of an attempt, for its own page."""
    row = SandboxCharge.objects.filter(payment_number=attempt_number).first()
    if row is None:
        raise PaymentNotFound(attempt_number)
    return _outcome(row)


def decide(attempt_number: str, outcome: str) -> None:
    """What the person did at the provider's cashier; only the first decision counts."""
    assert outcome in OUTCOMES
    state = {"pay": "paid", "silent": "paid", "fail": "failed"}.get(outcome)
    if state is None:
        return
    SandboxCharge.objects.filter(payment_number=attempt_number, state="open").update(
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
    address = f"{settings.SITE_URL}{reverse('api:provider_callback', args=['sandbox'])}"
    try:
        return 200 <= call("POST", address, headers=headers, body=body).status < 300
    except ProviderDown:
        return False
