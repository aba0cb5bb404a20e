"""What everybody may know of after-sales: rates, times, outcomes, and cases without anything personal.

Counted from the rows at every look, so that a case that ended a minute ago is in it. Times are of cases opened in
the last 90 days; a median says more than a mean where a few cases take weeks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from grapevine.kit import clock
from grapevine.trade.models import Case, CaseSatisfaction, Order
from grapevine.trade.queries.assessing import targets
from grapevine.trade.rules import assessing
from grapevine.trade.rules.aftersales import SHANGHAI

DAYS = 90
CASES_MAX = 5000
SHOWN = 20
OUTCOMES = ("refunded", "replaced", "rejected", "lapsed", "cancelled")


@dataclass(frozen=True, slots=True)
class PublicCase:
    """A case without people, words, pictures, numbers or goods: what was asked for, how long it took, how it ended."""

    kind: str
    reason: str
    outcome: str
    ruled_for: str
    ended_on: date
    hours: int


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """Of `days` days. Rates in basis points; hours None where there is nothing to measure."""

    days: int
    orders: int
    cases: int
    rate_bps: int
    answer_hours: float | None
    resolution_hours: float | None
    open: int
    escalated: int
    ended: int
    answered_in_time_bps: int | None
    """Of the cases of which it is known, those the shop answered within the target."""
    reopened_bps: int
    rated: int
    stars_hundredths: int | None
    outcomes: tuple[tuple[str, int, int], ...]
    """(outcome, cases, share in basis points) of those that ended."""
    recent: tuple[PublicCase, ...]


def open_figures(shop_id: int | None = None) -> OpenFigures:
    """A shop's figures, or the whole platform's. Three queries, at most 5,000 rows."""
    since = clock.now() - timedelta(days=DAYS)
    orders = Order.objects.filter(paid_at__gt=since)
    cases = Case.objects.filter(opened_at__gt=since)
    if shop_id is not None:
        orders, cases = orders.filter(shop_id=shop_id), cases.filter(shop_id=shop_id)
    rows = list(
        cases.order_by("-id").only(
            "kind", "reason", "outcome", "ruled_for", "opened_at", "answered_at", "answered_by",
            "escalated_at", "ended_at", "reopened_at",
        )[:CASES_MAX]
    )  # fmt: skip
    rated = CaseSatisfaction.objects.filter(case__in=cases.values("pk"))
    return figures(orders.count(), rows, dict(rated.values_list("case_id", "stars")))


def figures(
    orders: int, rows: Sequence[Case], stars: Mapping[int, int] | None = None
) -> OpenFigures:
    """The same from rows in hand, the newest first; `stars` by case."""
    met = assessing.figures((_seen(row, stars or {}) for row in rows), targets(), clock.now())
    ended = [row for row in rows if row.ended_at is not None]
    counted = Counter(row.outcome for row in ended)
    recent = sorted(ended, key=lambda row: row.ended_at or row.opened_at, reverse=True)[:SHOWN]
    return OpenFigures(
        days=DAYS, orders=orders, cases=len(rows), rate_bps=_bps(len(rows), orders),
        answer_hours=_median([_hours(row.opened_at, row.answered_at) for row in rows]),
        resolution_hours=_median([_hours(row.opened_at, row.ended_at) for row in ended]),
        open=len(rows) - len(ended), escalated=sum(row.escalated_at is not None for row in rows),
        ended=len(ended), answered_in_time_bps=met.answered_in_time_bps,
        reopened_bps=met.reopened_bps, rated=met.rated, stars_hundredths=met.stars_hundredths,
        outcomes=tuple((one, counted[one], _bps(counted[one], len(ended))) for one in OUTCOMES),
        recent=tuple(_public(row) for row in recent),
    )  # fmt: skip


def _seen(row: Case, stars: Mapping[int, int]) -> assessing.Seen:
    return assessing.Seen(
        row.opened_at, row.answered_at if row.answered_by else None, row.ended_at, row.outcome,
        row.reopened_at is not None, stars.get(row.pk, 0),
    )  # fmt: skip


def _public(row: Case) -> PublicCase:
    assert row.ended_at is not None
    return PublicCase(
        row.kind, row.reason, row.outcome, row.ruled_for,
        row.ended_at.astimezone(SHANGHAI).date(),
        round((row.ended_at - row.opened_at).total_seconds() / 3600),
    )  # fmt: skip


def _hours(start: datetime, end: datetime | None) -> float | None:
    return (end - start).total_seconds() / 3600 if end else None


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 1) if known else None


def _bps(part: int, whole: int) -> int:
    return part * 10_000 // whole if whole else 0
