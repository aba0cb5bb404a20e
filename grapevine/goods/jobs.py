"""Periodic work of this module."""

from grapevine.goods.actions.stock import expire_holds

__all__ = ["expire_holds"]
