"""A shop's owner chooses its plan: always from the first of a month, so nothing is ever counted by days."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import NotFound
from grapevine.trade.actions.settling import shop_owner, take_turn
from grapevine.trade.models import ServicePlan, Subscription
from grapevine.trade.rules.settlement import month_of, next_month


@transaction.atomic
def choose_plan(*, shop_id: int, code: str, actor_id: int) -> date:
    """From the first of next month the shop is on this plan, "" on none; that day. The month that runs stays as it is.

    The last choice of a month counts; the plan it has already takes an earlier choice back. NotFound for a plan that is
    not open.
    """
    today = timezone.localdate(clock.now())
    first = next_month(month_of(today))
    take_turn(shop_owner(shop_id), "CNY")
    mine = Subscription.objects.filter(shop_id=shop_id)
    mine.filter(starts_on__gt=today).delete()
    running = mine.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)
    current = running.select_related("plan").first()
    before = current.plan.code if current else ""
    if code == before:
        running.update(ends_on=None)
    else:
        plan = ServicePlan.objects.filter(code=code, ended_at=None).first() if code else None
        if code and plan is None:
            raise NotFound(code)
        running.update(ends_on=first)
        if plan is not None:
            mine.create(shop_id=shop_id, plan=plan, starts_on=first, set_by=actor_id)
    guard.audit(
        actor_id=actor_id, action="trade.plan_chosen", object=f"shop:{shop_id}", shop_id=shop_id,
        before={"plan": before}, after={"plan": code, "from": first.isoformat()},
    )  # fmt: skip
    return first
