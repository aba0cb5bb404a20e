"""Reads of advice: what a shop is told today, what came of earlier ones, and how each kind does everywhere."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from grapevine.insight.advising import (
    AdviceNotFound,
    AdviceView,
    Beta,
    Cause,
    Kind,
    KindRow,
    OutcomeView,
)
from grapevine.insight.contracts import State
from grapevine.insight.models import Advice, AdviceOutcome, AdviceSuccess
from grapevine.insight.queries.windows import local_day
from grapevine.insight.rules import learning
from grapevine.insight.rules.advice import Success
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor

EXPORT_MAX = 5_000
SHOPS_TOLD = 5
"""How well something works elsewhere is told only if so many shops stand behind it."""
STATES = ("shown", "draft", "done", "dismissed", "dropped", "undone", "judged")
BESIDE = ("draft", "dismissal", "outcome")


def success() -> Success:
    """What is known of every kind and category. One query."""
    return Success(
        {
            (row.kind, row.category): Beta(row.a, row.b, row.judged, row.worked, row.shops)
            for row in AdviceSuccess.objects.all()
        }
    )


def view(row: Advice) -> AdviceView:
    draft, dismissal = getattr(row, "draft", None), getattr(row, "dismissal", None)
    outcome = getattr(row, "outcome", None)
    state = draft.state if draft else "dismissed" if dismissal else "shown"
    return AdviceView(
        id=row.pk, public_id=row.public_id, day=row.day, kind=Kind(row.kind), node=row.node,
        direction=State(row.direction), now=row.now, before=row.before, cause=Cause(row.cause),
        why=row.why, facts={**row.facts, **(draft.facts if draft else {})}, category=row.category,
        gap_minor=row.gap_minor, low_minor=row.low_minor, high_minor=row.high_minor, place=row.place,
        propensity=row.propensity, state="dismissed" if dismissal else state,
        reason=dismissal.reason if dismissal else "",
        done_at=draft.done_at if draft else None, done_by=draft.done_by if draft else None,
        result=draft.result if draft else "", days=row.days,
        outcome=_outcome(outcome) if outcome and outcome.is_done else None,
    )  # fmt: skip


def _outcome(row: AdviceOutcome) -> OutcomeView:
    return OutcomeView(row.until, row.expected, row.observed, row.gained_minor, row.worked)


def _of(shop_id: int) -> QuerySet[Advice]:
    return Advice.objects.filter(shop_id=shop_id).select_related(*BESIDE)


def advice_of(shop_id: int, public_id: str) -> AdviceView:
    """Raises AdviceNotFound, for another shop's too."""
    row = _of(shop_id).filter(public_id=public_id).first()
    if row is None:
        raise AdviceNotFound(public_id)
    return view(row)


def shown_on(shop_id: int, day: date) -> list[AdviceView]:
    """What was shown on this day, in its order."""
    return [view(row) for row in _of(shop_id).filter(day=day).order_by("place")]


def open_of(shop_id: int) -> tuple[list[AdviceView], AdviceView | None]:
    """Drafts that wait, and the last advice whose effect is known. Two queries."""
    waiting = _of(shop_id).filter(draft__state="draft", dismissal=None).order_by("-id")[:5]
    last = _of(shop_id).filter(outcome__is_done=True).order_by("-outcome__judged_at", "-id").first()
    return [view(row) for row in waiting], view(last) if last else None


def _filtered(shop_id: int, state: str, kind: str) -> QuerySet[Advice]:
    rows = _of(shop_id)
    if kind:
        rows = rows.filter(kind=kind)
    match state:
        case "shown":
            return rows.filter(draft=None, dismissal=None)
        case "dismissed":
            return rows.filter(dismissal__isnull=False)
        case "judged":
            return rows.filter(outcome__is_done=True)
        case "draft" | "done" | "dropped" | "undone":
            return rows.filter(draft__state=state, dismissal=None)
    return rows


def history(
    shop_id: int, *, state: str = "", kind: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Page[AdviceView]:  # fmt: skip
    """What a shop was advised, newest first, also what had no effect."""
    size = clamp(limit)
    rows = _filtered(shop_id, state, kind).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([view(row) for row in found[:size]], more)


def every_row(shop_id: int, *, state: str = "", kind: str = "") -> list[AdviceView]:
    """For export: the newest 5,000."""
    return [view(row) for row in _filtered(shop_id, state, kind).order_by("-id")[:EXPORT_MAX]]


def told_success(betas: Success, kind: Kind, category: str) -> tuple[int, int] | None:
    """(shops' actions judged, those that worked) where enough shops stand behind it."""
    own = betas.betas.get((kind, category)) or betas.betas.get((kind, ""))
    return (own.judged, own.worked) if own and own.shops >= SHOPS_TOLD else None


# ---- the operator's -----------------------------------------------------------------------------


def kinds_of(days: int) -> list[KindRow]:
    """Every kind: shown, drafted, done, put aside over these days, and how often it works. Three queries."""
    since = local_day() - timedelta(days=days)
    counted = {
        row["kind"]: row
        for row in Advice.objects.filter(day__gt=since)
        .values("kind")
        .annotate(
            shown=Count("id"), drafted=Count("draft"), dismissed=Count("dismissal"),
            done=Count("draft", filter=Q(draft__state="done")),
        )
        .order_by()
    }  # fmt: skip
    gained = dict(
        AdviceOutcome.objects.filter(is_done=True, advice__day__gt=since)
        .values_list("advice__kind")
        .annotate(n=Sum("gained_minor"))
        .order_by()
    )
    betas = success()
    return [_kind_row(kind, counted.get(kind, {}), gained.get(kind) or 0, betas) for kind in Kind]


def _kind_row(kind: Kind, counted: Mapping[str, Any], gained: int, betas: Success) -> KindRow:
    beta = betas.of(kind, "")
    low, high = learning.known(beta)
    return KindRow(
        kind, "", counted.get("shown", 0), counted.get("drafted", 0), counted.get("done", 0),
        counted.get("dismissed", 0), beta.judged, beta.worked, beta.shops, beta.mean, low, high, gained,
    )  # fmt: skip


def categories_of(betas: Success) -> Sequence[tuple[Kind, str, Beta, float, float]]:
    """Kinds by category, the most judged first."""
    own = [
        (Kind(kind), category, beta, *learning.known(beta))
        for (kind, category), beta in betas.betas.items()
        if category
    ]
    return sorted(own, key=lambda one: (-one[2].judged, one[0], one[1]))[:50]


def by_itself() -> tuple[int, int]:
    """(judged, recovered) of findings whose shop did nothing: what comes by itself. One query."""
    found = AdviceOutcome.objects.filter(is_done=False).aggregate(
        n=Count("id"), worked=Count("id", filter=Q(worked=True))
    )
    return found["n"], found["worked"]
