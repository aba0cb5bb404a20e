"""What the rest of the house may call."""

from grapevine.loyalty.actions import (
    exclude_goods,
    give_points,
    include_goods,
    join,
    leave,
    set_levels,
)
from grapevine.loyalty.queries import (
    levels_of,
    member_count,
    membership,
    memberships_of,
    points_of,
    points_rules,
    points_statement,
    price_for_member,
)

__all__ = [
    "exclude_goods",
    "give_points",
    "include_goods",
    "join",
    "leave",
    "levels_of",
    "member_count",
    "membership",
    "memberships_of",
    "points_of",
    "points_rules",
    "points_statement",
    "price_for_member",
    "set_levels",
]
