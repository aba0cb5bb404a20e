"""What the rest of the house may call."""

from grapevine.spread.actions import save_sales_bulk, save_shares_bulk, set_rate, share, visit
from grapevine.spread.objects import register_object
from grapevine.spread.partnering import accept, decline, end, propose
from grapevine.spread.partners import cooperations_of, partner_ideas, partners_of, partners_part
from grapevine.spread.partnership import NewCooperation, Partner
from grapevine.spread.queries import (
    code_of,
    commissions_of,
    fan_ids,
    fans_of,
    income,
    is_shared,
    known_part,
    network_of_shop,
    orders_brought,
    rate_of,
    share_by_token,
    sharers_among,
    shares_of,
    shops_with_fans,
    tied,
    ties_among,
    ties_of,
    ties_of_shop,
)

__all__ = [
    "NewCooperation",
    "Partner",
    "accept",
    "code_of",
    "commissions_of",
    "cooperations_of",
    "decline",
    "end",
    "fan_ids",
    "fans_of",
    "income",
    "is_shared",
    "known_part",
    "network_of_shop",
    "orders_brought",
    "partner_ideas",
    "partners_of",
    "partners_part",
    "propose",
    "rate_of",
    "register_object",
    "save_sales_bulk",
    "save_shares_bulk",
    "set_rate",
    "share",
    "share_by_token",
    "sharers_among",
    "shares_of",
    "shops_with_fans",
    "tied",
    "ties_among",
    "ties_of",
    "ties_of_shop",
    "visit",
]
