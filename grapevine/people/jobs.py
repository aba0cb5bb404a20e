"""Periodic work of this module."""

from grapevine.people.actions import forget_sessions

__all__ = ["forget_sessions"]
