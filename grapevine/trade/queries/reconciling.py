"""Our side of a reconciliation, and what operators read about money."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice

from django.db.models import QuerySet

from grapevine.kit.errors import NotFound
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.trade.models import Attempt, PaymentAlert, ProviderEvent, Reconciliation, Refund
from grapevine.trade.oversight import AlertView, FailedRefundView, ReconciliationView
from grapevine.trade.rules.reconciling import EDGE, Books, Cash, Entry, day_of, refund_id

MARGIN = timedelta(minutes=5)
"""A payment and its posting bear two moments of one transaction."""
CHUNK = 500


def books_of(provider: str, day: date, *, lines: Sequence[Entry]) -> Books:
    """What we booked around a day, and what we know of everything the statement names.

    Four queries, and three for each 500 lines.
    """
    start, end = day_of(day)
    since, until = start - EDGE - MARGIN, end + MARGIN
    events = _events().filter(provider=provider, at__gte=since, at__lt=until)
    refunds = _refunds(provider).filter(state="done", done_at__gte=since, done_at__lt=until)
    booked = [*map(_payment, events), *map(_refund, refunds)]
    known: dict[tuple[str, str], list[Entry]] = {}
    for entry in _known(provider, lines):
        known.setdefault((entry.kind, entry.reference), []).append(entry)
    account = Account("platform", f"cash:{provider}")
    cash = [
        Cash(one.key, one.reference, -one.amount_minor, one.currency, one.at)
        for one in ledger.movements(account, since=since, until=until)
    ]
    return Books(booked, known, cash)


def _events() -> QuerySet[ProviderEvent]:
    rows = ProviderEvent.objects.filter(kind="paid", attempt__isnull=False).order_by("id")
    return rows.select_related("attempt", "payment")


def _refunds(provider: str) -> QuerySet[Refund]:
    rows = Refund.objects.filter(attempt__method=provider).order_by("id")
    return rows.select_related("attempt", "payment")


def _payment(event: ProviderEvent) -> Entry:
    assert event.attempt is not None
    number = event.payment.number
    return Entry(
        "payment", event.attempt.number, event.attempt.number, event.transaction_id,
        event.payment.total_minor, event.payment.currency, event.at,
        cash_keys=(f"late:{number}:{event.event_id}", f"capture:{number}"),
    )  # fmt: skip


def _refund(refund: Refund) -> Entry:
    assert refund.attempt is not None
    return Entry(
        "refund", refund_id(refund.payment.number, refund.pk, refund.tries), refund.attempt.number,
        "", refund.amount_minor, refund.payment.currency, refund.done_at or refund.at,
        state=refund.state, cash_keys=(f"refunded:{refund.pk}",),
    )  # fmt: skip


def _known(provider: str, lines: Sequence[Entry]) -> Iterator[Entry]:
    names = {line.reference for line in lines} | {line.payment_number for line in lines}
    for some in _chunks(sorted(names - {""})):
        attempts = Attempt.objects.filter(method=provider, number__in=some)
        told = [
            _payment(event)
            for event in _events().filter(provider=provider, attempt__number__in=some)
        ]
        yield from told
        heard = {entry.reference for entry in told}
        for attempt in attempts.exclude(number__in=heard).select_related("payment"):
            yield Entry(
                "payment", attempt.number, attempt.number, "", attempt.payment.total_minor,
                attempt.payment.currency, attempt.started_at, state=attempt.state,
            )  # fmt: skip
        keys = {_key_in(name) for name in some} - {0}
        for entry in map(_refund, _refunds(provider).filter(pk__in=keys)):
            if entry.reference in some:
                yield entry


def _key_in(name: str) -> int:
    """The refund's key in "…-r12" or "…-r12-2"; 0 in other names."""
    digits = name.rpartition("-r")[2].partition("-")[0] if "-r" in name else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0


def _chunks(names: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while some := list(islice(rest, CHUNK)):
        yield some


def reconciliations(
    cursor: str | None = None, limit: int | None = None
) -> Page[ReconciliationView]:
    """Days that were compared, the newest first."""
    size = clamp(limit)
    rows = Reconciliation.objects.order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([reconciliation_view(row) for row in found[:size]], more)


def reconciliation(provider: str, day: date) -> ReconciliationView:
    row = Reconciliation.objects.filter(provider=provider, day=day).first()
    if row is None:
        raise NotFound
    return reconciliation_view(row)


def reconciliation_view(row: Reconciliation) -> ReconciliationView:
    return ReconciliationView(
        row.provider, row.day, row.at, row.ours, row.theirs, tuple(row.differences)
    )


def failed_refunds(cursor: str | None = None, limit: int | None = None) -> Page[FailedRefundView]:
    """Refunds the provider refused, the oldest first: their money waits in clearing."""
    size = clamp(limit)
    rows = Refund.objects.filter(state="failed").order_by("id")
    if cursor:
        rows = rows.filter(pk__gt=decode_cursor(cursor, [int])[0])
    found = list(rows.select_related("payment", "order", "attempt")[: size + 1])
    views = [
        FailedRefundView(
            row.pk, row.payment.number, row.order.number if row.order else "",
            row.attempt.method if row.attempt else row.payment.method, row.amount_minor,
            row.payment.currency, row.reason, row.tries, row.at,
        )
        for row in found[:size]
    ]  # fmt: skip
    return Page(views, encode_cursor(found[size - 1].pk) if len(found) > size else None)


def alerts(cursor: str | None = None, limit: int | None = None) -> Page[AlertView]:
    """Unusual payments nobody has looked at, the newest first."""
    size = clamp(limit)
    rows = PaymentAlert.objects.filter(seen_at=None).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows.select_related("payment")[: size + 1])
    views = [
        AlertView(
            row.pk, row.kind, row.payment.number, row.payment.buyer_id, row.payment.state,
            row.payment.total_minor, row.payment.currency, row.detail, row.at,
        )
        for row in found[:size]
    ]  # fmt: skip
    return Page(views, encode_cursor(found[size - 1].pk) if len(found) > size else None)
