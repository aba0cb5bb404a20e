"""Periodic work of this module; the only door through which the engine is loaded."""

from grapevine.insight.building import build
from grapevine.insight.keeping import forget_people, keep
from grapevine.insight.training import train

__all__ = ["build", "forget_people", "keep", "train"]
