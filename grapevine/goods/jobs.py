"""Periodic work of this module."""

from grapevine.goods.actions.limits import watch_limits
from grapevine.goods.actions.permits import watch_documents
from grapevine.goods.actions.stock import expire_holds

__all__ = ["expire_holds", "watch_documents", "watch_limits"]
