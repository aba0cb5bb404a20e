"""The doors. A group may be seen by everybody who has its address; a shop reaches what is its own."""

from grapevine.campaigns.contracts import (
    CouponPlanNotFound,
    FlashSaleNotFound,
    GroupNotFound,
    PlanNotFound,
    ReductionNotFound,
)
from grapevine.campaigns.models import CouponPlan, FlashSale, Group, GroupPlan, Reduction


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


def coupon_plan(public_id: str) -> CouponPlan:
    try:
        return CouponPlan.objects.get(public_id=public_id)
    except CouponPlan.DoesNotExist:
        raise CouponPlanNotFound(public_id) from None


def coupon_plan_of_shop(shop_id: int, public_id: str) -> CouponPlan:
    """`shop_id` 0 for the platform's own."""
    try:
        return CouponPlan.objects.get(public_id=public_id, shop_id=shop_id)
    except CouponPlan.DoesNotExist:
        raise CouponPlanNotFound(public_id) from None


def reduction_of_shop(shop_id: int, public_id: str) -> Reduction:
    try:
        return Reduction.objects.get(public_id=public_id, shop_id=shop_id)
    except Reduction.DoesNotExist:
        raise ReductionNotFound(public_id) from None


def flash_sale_of_shop(shop_id: int, public_id: str) -> FlashSale:
    try:
        return FlashSale.objects.get(public_id=public_id, shop_id=shop_id)
    except FlashSale.DoesNotExist:
        raise FlashSaleNotFound(public_id) from None
