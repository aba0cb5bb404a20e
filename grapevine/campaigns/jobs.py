"""Periodic work of this module."""

from grapevine.campaigns.actions.flash import spread_stock
from grapevine.campaigns.actions.groups import expire_groups
from grapevine.campaigns.actions.sizes import size_plans

__all__ = ["expire_groups", "size_plans", "spread_stock"]
