"""Periodic work of this module."""

from grapevine.guard.actions import tidy

__all__ = ["tidy"]
