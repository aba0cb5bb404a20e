"""Rollups and drafts, one concern a file."""

from grapevine.insight.models.cube import CELLS, Cell, CubeDay
from grapevine.insight.models.facts import (
    BuiltDay,
    DailyFact,
    GoodsFact,
    HourFact,
    RegionFact,
    SaleDraft,
)

__all__ = [
    "CELLS",
    "BuiltDay",
    "Cell",
    "CubeDay",
    "DailyFact",
    "GoodsFact",
    "HourFact",
    "RegionFact",
    "SaleDraft",
]
