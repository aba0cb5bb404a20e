"""Moving cases of after-sales from state to state: one guarded update, one step, one event."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from grapevine.kit import clock
from grapevine.kit.text import marked
from grapevine.signals import facade as signals
from grapevine.trade.aftersales import AfterSalesMoved, CaseState, IllegalCaseMove
from grapevine.trade.models import Case, CaseStep, Order
from grapevine.trade.rules.aftersales import FINAL, OPEN, TIMERS, sources_of

ANSWERS = ("shop", "operator")


def move_case(
    case: Case,
    target: CaseState,
    *,
    actor: str,
    actor_id: int | None = None,
    reason: str = "",
    **changes: Any,
) -> None:
    """Move the case if its state allows it, else IllegalCaseMove. Must run with the case's order locked."""
    now = clock.now()
    mine = Case.objects.filter(pk=case.pk, state__in=sources_of(target, actor))
    if not mine.update(state=target, **_moments(case, target, actor, actor_id, now), **changes):
        raise IllegalCaseMove(case.number)
    _told(case, target, now, actor, actor_id, reason)


def _moments(
    case: Case, target: CaseState, actor: str, actor_id: int | None, now: datetime
) -> dict[str, Any]:
    timer = TIMERS.get(target)
    moments: dict[str, Any] = {"due_at": now + timer if timer else None}
    if target in FINAL:
        moments["ended_at"] = now
    if actor in ANSWERS and case.answered_at is None:
        moments["answered_at"] = now
        moments["answered_by"] = actor_id if actor == "shop" else None
    if target == CaseState.PLATFORM and case.escalated_at is None:
        moments["escalated_at"] = now
    return moments


def _told(
    case: Case, target: CaseState, now: datetime, actor: str, actor_id: int | None, reason: str
) -> None:
    CaseStep.objects.create(
        case=case, state=target, at=now, actor=actor, actor_id=actor_id, reason=reason[:300]
    )
    number = case.order.number
    signals.emit(
        AfterSalesMoved(
            case.number, number, case.buyer_id, case.shop_id, case.kind, target, now.isoformat()
        )
    )
    signals.publish(f"order:{number}", {"case": case.number, "case_state": str(target)})


def close_cases(order: Order) -> None:
    """The whole order went back: what was still asked about it has no object any more. Its money is on the way."""
    open_ = [state for state in OPEN if state != CaseState.REFUNDING]
    for case in Case.objects.select_related("order").filter(order=order, state__in=open_):
        now = clock.now()
        if Case.objects.filter(pk=case.pk, state=case.state).update(
            state=CaseState.CLOSED, due_at=None, ended_at=now, outcome="refunded"
        ):
            _told(case, CaseState.CLOSED, now, "system", None, marked("订单已经全额退款"))


def with_open_case() -> QuerySet[Any]:
    """Orders that are not settled yet: somebody asks about them."""
    return Case.objects.filter(state__in=OPEN).values("order_id")
