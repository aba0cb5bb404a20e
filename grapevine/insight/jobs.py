"""Periodic work of this module; the only door through which the engine is loaded."""

from grapevine.insight import cubing
from grapevine.insight.building import build
from grapevine.insight.keeping import forget_people, keep
from grapevine.insight.reporting import make_reports
from grapevine.insight.training import train

__all__ = ["build", "cube", "cube_whole", "forget_people", "keep", "make_reports", "train"]


def cube() -> None:
    """Count the last days of the cube anew, where they changed."""
    cubing.build(whole=False)


def cube_whole() -> None:
    """Look at every day: what came late, and what was imported."""
    cubing.build()
