"""Periodic work of this module."""

from grapevine.media.actions import forget_unused

__all__ = ["forget_unused"]
