"""Periodic work of this module."""

from grapevine.signals.actions import tidy
from grapevine.signals.experimenting import tidy_experiments

__all__ = ["tidy", "tidy_experiments"]
