"""Showing advice, making a draft of it, putting it aside."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta

from django.db import transaction

from grapevine.guard import facade as guard
from grapevine.insight.advising import (
    DISMISSALS,
    AdviceNotFound,
    AdviceOver,
    AdviceView,
    Candidate,
    Cause,
    Finding,
    Guidance,
    Situation,
)
from grapevine.insight.contracts import State, Tree
from grapevine.insight.models import Advice, AdviceDay, AdviceDismissal, AdviceDraft
from grapevine.insight.queries import advices as queries
from grapevine.insight.queries.situation import situation_of
from grapevine.insight.queries.trees import tree_of
from grapevine.insight.queries.windows import local_day
from grapevine.insight.rules import advice as rules
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked

SHOWN_MAX = 3
ADOPTABLE_DAYS = 7


def guide(shop_id: int, tree: Tree | None = None) -> Guidance:
    """What was found and what is advised today; the first look of a day writes down what it shows.

    Later looks cost four queries. While nothing is found nothing is written down: what comes in late is still seen.
    """
    day = local_day()
    kept = AdviceDay.objects.filter(shop_id=shop_id, day=day).first()
    waiting, last = queries.open_of(shop_id)
    if kept is None:
        tree = tree or tree_of(shop_id)
        found = [] if tree.ended_on else _look(shop_id, day, tree)
        if not found:
            return Guidance((), (), waiting, last, tree.root.state, tree.ended_on is not None)
    else:
        found = [_read(one) for one in kept.found]
    shown = [one for one in queries.shown_on(shop_id, day) if one.state == "shown"]
    return Guidance(found, shown, waiting, last)


def _look(shop_id: int, day: date, tree: Tree) -> Sequence[Finding]:
    if not rules.findings(tree, Situation()):
        return ()
    situation = situation_of(shop_id, tree)
    found = rules.findings(tree, situation)
    chosen = rules.candidates(found, situation, queries.success())
    placed = rules.place(chosen, seed=f"{shop_id}:{day}")[:SHOWN_MAX]
    _show(shop_id, day, tree.days, found, placed)
    return found


@transaction.atomic
def _show(
    shop_id: int, day: date, days: int, found: Sequence[Finding],
    placed: Sequence[tuple[Candidate, float]],
) -> None:  # fmt: skip
    """Once a day: who looks at the same moment writes nothing."""
    kept, is_new = AdviceDay.objects.get_or_create(
        shop_id=shop_id, day=day,
        defaults={"found": [asdict(one) for one in found], "made_at": clock.now()},
    )  # fmt: skip
    if not is_new:
        return
    now = kept.made_at
    Advice.objects.bulk_create(
        [
            Advice(
                shop_id=shop_id, day=day, kind=one.kind, node=one.finding.node,
                direction=one.finding.state, cause=one.finding.cause, why=dict(one.finding.facts),
                facts=dict(one.facts), category=one.category, now=one.finding.now,
                before=one.finding.before, days=days, gap_minor=one.finding.gap_minor,
                low_minor=one.low_minor, expected_minor=one.expected_minor,
                high_minor=one.high_minor, place=place, propensity=chance, shown_at=now,
            )
            for place, (one, chance) in enumerate(placed)
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _read(kept: dict[str, object]) -> Finding:
    told = {**kept, "state": State(str(kept["state"])), "cause": Cause(str(kept["cause"]))}
    return Finding(**told)  # type: ignore[arg-type]


def advice_row(shop_id: int, public_id: str) -> Advice:
    row = Advice.objects.filter(shop_id=shop_id, public_id=public_id).first()
    if row is None:
        raise AdviceNotFound(public_id)
    return row


@transaction.atomic
def adopt(*, shop_id: int, public_id: str, actor_id: int) -> AdviceView:
    """Make the draft, or find the one that was made. Raises AdviceNotFound, AdviceOver."""
    row = advice_row(shop_id, public_id)
    is_old = row.day < local_day() - timedelta(days=ADOPTABLE_DAYS)
    draft, is_new = AdviceDraft.objects.get_or_create(
        advice=row, defaults={"made_by": actor_id, "made_at": clock.now()}
    )
    again = not is_new and AdviceDraft.objects.filter(pk=draft.pk, state="dropped").update(
        state="draft", made_by=actor_id, made_at=clock.now()
    )
    if AdviceDismissal.objects.filter(advice=row).exists() or (is_old and (is_new or again)):
        raise AdviceOver(public_id)
    if is_new or again:
        _note("adopt", row, actor_id)
    return queries.advice_of(shop_id, public_id)


@transaction.atomic
def dismiss(*, shop_id: int, public_id: str, reason: str, actor_id: int) -> None:
    """Put aside; a draft that waits goes with it. Safe to repeat. Raises BadInput, AdviceNotFound, AdviceOver."""
    if reason not in DISMISSALS:
        raise BadInput(fields={"reason": marked("选一个原因")})
    row = advice_row(shop_id, public_id)
    AdviceDraft.objects.filter(advice=row, state="draft").update(state="dropped")
    if AdviceDraft.objects.filter(advice=row, state__in=["done", "undone"]).exists():
        raise AdviceOver(public_id)
    _dismissal, is_new = AdviceDismissal.objects.get_or_create(
        advice=row, defaults={"reason": reason, "by": actor_id, "at": clock.now()}
    )
    if is_new:
        _note("dismiss", row, actor_id, reason=reason)


def _note(what: str, row: Advice, actor_id: int, **after: object) -> None:
    guard.note(
        actor_id=actor_id, action=f"advice.{what}", object=f"advice:{row.public_id}",
        after={"kind": row.kind, **after}, shop_id=row.shop_id,
    )  # fmt: skip
