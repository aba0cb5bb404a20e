"""What the rest of the house may call."""

from grapevine.campaigns.actions.coupons import (
    create_coupons,
    give_coupons_to,
    stop_coupons,
    take_coupon,
)
from grapevine.campaigns.actions.flash import create_flash_sale
from grapevine.campaigns.actions.groups import create_plan, join_group, open_group, stop_plan
from grapevine.campaigns.actions.importing import offer_bulk, save_groups_bulk, save_seats_bulk
from grapevine.campaigns.actions.reductions import create_reduction
from grapevine.campaigns.queries.calendar import campaign_days
from grapevine.campaigns.queries.groups import (
    group_view,
    groups_of_shop,
    live_groups,
    mates_part,
    paid_members,
    plan_for_goods,
    plans_of_shop,
    seated_together,
)
from grapevine.campaigns.queries.promotions import flash_sales_of_shop

__all__ = [
    "campaign_days",
    "create_coupons",
    "create_flash_sale",
    "create_plan",
    "create_reduction",
    "flash_sales_of_shop",
    "give_coupons_to",
    "group_view",
    "groups_of_shop",
    "join_group",
    "live_groups",
    "mates_part",
    "offer_bulk",
    "open_group",
    "paid_members",
    "plan_for_goods",
    "plans_of_shop",
    "save_groups_bulk",
    "save_seats_bulk",
    "seated_together",
    "stop_coupons",
    "stop_plan",
    "take_coupon",
]
