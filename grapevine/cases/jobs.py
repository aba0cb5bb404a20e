"""Periodic work of this module."""

from grapevine.cases.actions.juries import close_juries

__all__ = ["close_juries"]
