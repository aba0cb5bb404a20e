"""The plans a shop can be on, and which it is on."""

from django.db.models import Q
from django.utils import timezone

from grapevine.kit import clock
from grapevine.trade.models import ServiceCharge, ServicePlan, Subscription
from grapevine.trade.money_views import PlanChoice, PlanStanding
from grapevine.trade.rules.settlement import month_of, next_month

PLANS_MAX = 20


def standing(shop_id: int) -> PlanStanding:
    """What the shop is on this month and from the next, what it pays for each, and what else there is. Three queries."""
    today = timezone.localdate(clock.now())
    rows = list(
        Subscription.objects.filter(shop_id=shop_id)
        .filter(Q(ends_on=None) | Q(ends_on__gt=today))
        .select_related("plan")
        .order_by("starts_on")
    )
    current = next((row for row in rows if row.starts_on <= today), None)
    coming = next((row for row in rows if row.ends_on is None), None)
    now_code = current.plan.code if current else ""
    next_code = coming.plan.code if coming else ""
    charged = ServiceCharge.objects.filter(shop_id=shop_id, month=month_of(today)).first()
    found = ServicePlan.objects.filter(Q(ended_at=None) | Q(code__in=[now_code, next_code]))
    plans = [
        PlanChoice(
            row.code, row.name, row.price_minor, row.currency, row.ended_at is None,
            row.code == now_code, row.code == next_code,
        )
        for row in found.order_by("price_minor", "id")[:PLANS_MAX]
    ]  # fmt: skip
    free = PlanChoice(
        "", "", 0, "CNY", is_open=True, is_current=not now_code, is_next=not next_code
    )
    return PlanStanding(
        (free, *plans), next_month(month_of(today)),
        charged.amount_minor if charged else None,
    )  # fmt: skip
