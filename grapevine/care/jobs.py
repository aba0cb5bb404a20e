"""Periodic work of this module."""

from grapevine.care.actions.rating import rate_shops
from grapevine.care.actions.screening import forget_traces

__all__ = ["forget_traces", "rate_shops"]
