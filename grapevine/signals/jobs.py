"""Periodic work of this module."""

from grapevine.signals.actions import tidy

__all__ = ["tidy"]
