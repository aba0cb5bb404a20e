"""What the rest of the house may call."""

from grapevine.spread.actions import save_sales_bulk, save_shares_bulk, set_rate, share, visit
from grapevine.spread.objects import register_object
from grapevine.spread.queries import (
    commissions_of,
    fan_ids,
    fans_of,
    income,
    is_shared,
    known_through,
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
    "commissions_of",
    "fan_ids",
    "fans_of",
    "income",
    "is_shared",
    "known_through",
    "network_of_shop",
    "orders_brought",
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
