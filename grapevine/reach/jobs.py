"""Periodic work of this module."""

from grapevine.reach.actions import forget_old
from grapevine.reach.mailing import send_letters

__all__ = ["forget_old", "send_letters"]
