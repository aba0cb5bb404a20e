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
    PersonAssetDay,
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
from grapevine.insight.models.influence import InfluenceCell, InfluencedOrder
from grapevine.insight.models.journeys import (
    Hit,
    JourneyBlock,
    JourneyBuild,
    PulseCell,
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
from grapevine.insight.models.serving import ShopService
from grapevine.insight.models.trees import ShopTree
from grapevine.insight.models.trials import TrialProof, TrialReading

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
    "FollowUp",
    "GoodsFact",
    "Hit",
    "HourFact",
    "InfluenceCell",
    "InfluencedOrder",
    "JourneyBlock",
    "JourneyBuild",
    "PeopleModel",
    "PersonAssetDay",
    "PulseCell",
    "RegionFact",
    "SaleDraft",
    "Segment",
    "SegmentAct",
    "ShopContact",
    "ShopManager",
    "ShopService",
    "ShopStage",
    "ShopTree",
    "ShopTrial",
    "ShopWeek",
    "StageChange",
    "Touch",
    "TrialProof",
    "TrialReading",
]
