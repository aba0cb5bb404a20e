"""Experiments and what was last read of them. Queries: a list 2, one 4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grapevine.guard import facade as guard
from grapevine.guard.contracts import AuditFilter, AuditView
from grapevine.insight.models import TrialProof, TrialReading
from grapevine.kit.paging import Page
from grapevine.signals import facade as signals
from grapevine.signals.facade import ExperimentView

TRAIL = 30


@dataclass(frozen=True, slots=True)
class Trial:
    """`body` is what `rules/trials/telling.py` tells, None while nothing was read."""

    one: ExperimentView
    body: dict[str, Any] | None
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Proof:
    day: str
    body: dict[str, Any]


def trials(
    shop_id: int | None, *, state: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[Trial]:
    """Of one shop (0: the platform), or of everybody with None; newest first."""
    page = signals.experiments(shop_id, state=state, cursor=cursor, limit=limit)
    names = [one.public_id for one in page.items]
    rows = {row.experiment: row for row in TrialReading.objects.filter(experiment__in=names)}
    return Page([_trial(one, rows.get(one.public_id)) for one in page.items], page.next_cursor)


def trial_of(public_id: str, shop_id: int | None) -> Trial:
    """Raises ExperimentNotFound."""
    one = signals.experiment_of(public_id, shop_id)
    return _trial(one, TrialReading.objects.filter(experiment=public_id).first())


def _trial(one: ExperimentView, row: TrialReading | None) -> Trial:
    return Trial(one, row.body if row else None, row.as_of if row else None)


def steps_of_trial(public_id: str) -> Sequence[AuditView]:
    """Who did what with it, newest first."""
    return guard.trail(AuditFilter(object=f"experiment:{public_id}"), limit=TRAIL).items


def latest_proof() -> Proof | None:
    row = TrialProof.objects.order_by("-day").first()
    return Proof(str(row.day), row.body) if row else None
