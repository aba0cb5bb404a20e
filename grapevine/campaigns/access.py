"""The doors to plans and groups. A group may be seen by everybody who has its address."""

from grapevine.campaigns.contracts import GroupNotFound, PlanNotFound
from grapevine.campaigns.models import Group, GroupPlan


def plan_of(public_id: str) -> GroupPlan:
    try:
        return GroupPlan.objects.get(public_id=public_id)
    except GroupPlan.DoesNotExist:
        raise PlanNotFound(public_id) from None


def plan_of_shop(shop_id: int, public_id: str) -> GroupPlan:
    plan = plan_of(public_id)
    if plan.shop_id != shop_id:
        raise PlanNotFound(public_id)
    return plan


def group_of(public_id: str) -> Group:
    try:
        return Group.objects.select_related("plan").get(public_id=public_id)
    except Group.DoesNotExist:
        raise GroupNotFound(public_id) from None
