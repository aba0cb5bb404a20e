"""Holding a provider's statement of a day against our books. It writes down what differs, and puts nothing right."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta

from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.trade.contracts import DayNotOver
from grapevine.trade.models import Reconciliation
from grapevine.trade.oversight import ReconciliationView
from grapevine.trade.payments.port import Provider, StatementLine
from grapevine.trade.payments.registry import provider, providers
from grapevine.trade.queries.reconciling import books_of, reconciliation_view
from grapevine.trade.rules.reconciling import (
    DAYS_ARE_IN,
    Difference,
    Entry,
    differences,
    judged,
)

READY_HOUR = 10
"""By ten in the morning every provider has its statement of the day before."""
DAYS_BACK = 3
AGAIN_AFTER = timedelta(hours=6)
"""A day with differences is compared again this often, for DAYS_BACK days: a statement may have come late."""
DIFFERENCES_MAX = 5000


def reconcile(*, method: str, day: date) -> ReconciliationView:
    """Compare one provider's day; once per provider and day, again replaces. No transaction is open meanwhile.

    Raises UnknownProvider, DayNotOver, ProviderDown or ProviderRefused; nothing is written then.
    """
    if day >= _today():
        raise DayNotOver(day)
    chosen = provider(method)
    theirs = _entries(chosen.statement(day))
    before = _entries(chosen.statement(day - timedelta(days=1)))
    books = books_of(method, day, lines=theirs)
    start, end = judged(day)
    found = differences(day, theirs=theirs, before=before, books=books)
    row, _ = Reconciliation.objects.update_or_create(
        provider=method, day=day,
        defaults={
            "at": clock.now(), "theirs": len(theirs),
            "ours": sum(start <= one.at < end for one in books.booked),
            "differences": [_written(one) for one in found[:DIFFERENCES_MAX]],
        },
    )  # fmt: skip
    return reconciliation_view(row)


def reconcile_days() -> int:
    """The days of the last three that were not compared yet, or that differed; how many were compared now."""
    now = clock.now()
    if now.astimezone(DAYS_ARE_IN).hour < READY_HOUR:
        return 0
    days = [_today() - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    settled = _settled(days, now)
    compared = 0
    for chosen in providers():
        for day in days:
            if chosen.ready() and (chosen.name, day) not in settled:
                compared += _try(chosen, day)
    return compared


def _settled(days: Iterable[date], now: datetime) -> set[tuple[str, date]]:
    rows = Reconciliation.objects.filter(day__in=list(days))
    return {
        (row.provider, row.day) for row in rows if not row.differences or row.at > now - AGAIN_AFTER
    }


def _try(chosen: Provider, day: date) -> bool:
    try:
        reconcile(method=chosen.name, day=day)
    except DomainError:
        return False  # the next run asks again
    return True


def _today() -> date:
    return clock.now().astimezone(DAYS_ARE_IN).date()


def _entries(lines: Iterable[StatementLine]) -> list[Entry]:
    return [
        Entry(
            line.kind, line.reference, line.payment_number, line.transaction_id, line.amount_minor,
            line.currency, line.at,
        )
        for line in lines
    ]  # fmt: skip


def _written(one: Difference) -> dict[str, object]:
    return {**asdict(one), "kind": str(one.kind), "at": one.at.isoformat()}
