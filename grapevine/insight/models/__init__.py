"""Rollups and drafts, one concern a file."""

from grapevine.insight.models.advice import (
    Advice,
    AdviceDay,
    AdviceDismissal,
    AdviceDraft,
    AdviceOutcome,
    AdviceSuccess,
)
from grapevine.insight.models.cube import CELLS, Cell, CubeDay
from grapevine.insight.models.facts import (
    BuiltDay,
    DailyFact,
    GoodsFact,
    HourFact,
    RegionFact,
    SaleDraft,
)
from grapevine.insight.models.lifecycle import (
    FollowUp,
    ShopContact,
    ShopManager,
    ShopStage,
    ShopTrial,
    ShopWeek,
    StageChange,
)
from grapevine.insight.models.reports import CubeReport, CubeSchedule

__all__ = [
    "CELLS",
    "Advice",
    "AdviceDay",
    "AdviceDismissal",
    "AdviceDraft",
    "AdviceOutcome",
    "AdviceSuccess",
    "BuiltDay",
    "Cell",
    "CubeDay",
    "CubeReport",
    "CubeSchedule",
    "DailyFact",
    "FollowUp",
    "GoodsFact",
    "HourFact",
    "RegionFact",
    "SaleDraft",
    "ShopContact",
    "ShopManager",
    "ShopStage",
    "ShopTrial",
    "ShopWeek",
    "StageChange",
]
