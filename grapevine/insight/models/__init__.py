"""Rollups and drafts, one concern a file."""

from grapevine.insight.models.advice import (
    Advice,
    AdviceDay,
    AdviceDismissal,
    AdviceDraft,
    AdviceOutcome,
    AdviceSuccess,
)
from grapevine.insight.models.cube import CubeBlock, CubeDay
from grapevine.insight.models.customers import (
    AssetDay,
    Customer,
    PeopleModel,
    Segment,
    SegmentAct,
    Touch,
)
from grapevine.insight.models.facts import (
    BuiltDay,
    DailyFact,
    GoodsFact,
    HourFact,
    RegionFact,
    SaleDraft,
)
from grapevine.insight.models.reports import CubeReport, CubeSchedule
from grapevine.insight.models.roads import (
    DwellCell,
    FunnelCell,
    GapCell,
    Hit,
    PathCell,
    PulseCell,
    RoadBuild,
)

__all__ = [
    "Advice",
    "AdviceDay",
    "AdviceDismissal",
    "AdviceDraft",
    "AdviceOutcome",
    "AdviceSuccess",
    "AssetDay",
    "BuiltDay",
    "CubeBlock",
    "CubeDay",
    "CubeReport",
    "CubeSchedule",
    "Customer",
    "DailyFact",
    "DwellCell",
    "FunnelCell",
    "GapCell",
    "GoodsFact",
    "Hit",
    "HourFact",
    "PathCell",
    "PeopleModel",
    "PulseCell",
    "RegionFact",
    "RoadBuild",
    "SaleDraft",
    "Segment",
    "SegmentAct",
    "Touch",
]
