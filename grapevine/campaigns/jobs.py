"""Periodic work of this module."""

from grapevine.campaigns.actions.flash import spread_stock
from grapevine.campaigns.actions.groups import expire_groups

__all__ = ["expire_groups", "spread_stock"]
