"""Unusual payments: noted for an operator to look at. Nothing is stopped by it."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction

from grapevine.guard import facade as guard
from grapevine.kit import clock, sql
from grapevine.trade.models import Attempt, PaymentAlert, ProviderEvent
from grapevine.trade.oversight import AlertKind
from grapevine.trade.rules.watching import WINDOW, Try, bursts

EVENTS_MAX = 1000
"""As many of the newest as one look takes in; the job runs every minute."""
COLUMNS = "kind, payment_id, detail, at"
ENDING = "ON CONFLICT (kind, payment_id) DO NOTHING RETURNING id"


def flag(kind: AlertKind, payment_id: int, *, detail: str = "") -> bool:
    """Note it, once per kind and payment. One statement; False if it was known."""
    row = (str(kind), payment_id, detail[:120], clock.now())
    return bool(sql.insert("trade_paymentalert", COLUMNS, [row], ending=ENDING))


def watch_payments() -> int:
    """Look for buyers with many failures, or several high payments, within minutes; how many are new.

    One note a burst: while a buyer's last note of a kind is as young as the window, no other follows.
    """
    since = clock.now() - WINDOW
    found = bursts([*_failures(since), *_payments(since)])
    noted: dict[str, set[int]] = defaultdict(set)
    recent = PaymentAlert.objects.filter(at__gt=since, kind__in=[one.kind for one in found])
    for kind, buyer_id in recent.values_list("kind", "payment__buyer_id"):
        noted[kind].add(buyer_id)
    return sum(
        flag(one.kind, one.payment_id, detail=str(one.count))
        for one in found
        if one.buyer_id not in noted[one.kind]
    )


def _failures(since: datetime) -> list[Try]:
    rows = Attempt.objects.filter(state="failed", started_at__gt=since).order_by("-started_at")
    wanted = rows.values_list("payment__buyer_id", "payment_id", "started_at")[:EVENTS_MAX]
    return [Try(buyer_id, payment_id, 0, at, is_paid=False) for buyer_id, payment_id, at in wanted]


def _payments(since: datetime) -> list[Try]:
    rows = ProviderEvent.objects.filter(kind="paid", at__gt=since).order_by("-at")
    wanted = rows.values_list("payment__buyer_id", "payment_id", "payment__total_minor", "at")
    return [
        Try(buyer_id, payment_id, total, at, is_paid=True)
        for buyer_id, payment_id, total, at in wanted[:EVENTS_MAX]
    ]


@transaction.atomic
def see_alert(*, alert_id: int, operator_id: int) -> None:
    """An operator has looked at it. Again is fine; the first look counts."""
    new = PaymentAlert.objects.filter(pk=alert_id, seen_at=None)
    if new.update(seen_at=clock.now(), seen_by=operator_id):
        guard.audit(actor_id=operator_id, action="trade.see_alert", object=f"alert:{alert_id}")
