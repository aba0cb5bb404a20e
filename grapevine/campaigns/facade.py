"""What the rest of the house may call."""

from grapevine.campaigns.actions.groups import create_plan, join_group, open_group, stop_plan
from grapevine.campaigns.actions.importing import offer_bulk, save_groups_bulk, save_seats_bulk
from grapevine.campaigns.queries.groups import (
    group_view,
    groups_of_shop,
    live_groups,
    plan_for_goods,
    plans_of_shop,
)

__all__ = [
    "create_plan",
    "group_view",
    "groups_of_shop",
    "join_group",
    "live_groups",
    "offer_bulk",
    "open_group",
    "plan_for_goods",
    "plans_of_shop",
    "save_groups_bulk",
    "save_seats_bulk",
    "stop_plan",
]
