"""The group price, through trade's port."""

from collections.abc import Sequence

from grapevine.campaigns.models import Group, GroupPlan
from grapevine.trade.contracts import Offer, OfferKind, OfferRequest

PLAN = "group-plan:"
CLAIM = "group:"


def group_price(request: OfferRequest) -> Sequence[Offer]:
    """For a claim on a group (or on a plan, before it is opened): down to the group price a piece."""
    if request.claim.startswith(CLAIM):
        group = Group.objects.select_related("plan").filter(
            public_id=request.claim.removeprefix(CLAIM)
        )
        plan = next((one.plan for one in group), None)
    elif request.claim.startswith(PLAN):
        plan = GroupPlan.objects.filter(public_id=request.claim.removeprefix(PLAN)).first()
    else:
        return ()
    if plan is None:
        return ()
    prices = {
        line.sku.sku_id: min(line.sku.price_minor, plan.price_minor)
        for line in request.lines
        if line.sku.goods_id == plan.goods_id
    }
    return (
        Offer(
            OfferKind.PRICE, "拼团优惠", f"campaigns.plan:{plan.public_id}", plan.shop_id,
            sku_prices=prices, is_exclusive=True,
        ),
    )  # fmt: skip
