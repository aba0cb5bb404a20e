"""Periodic work of this module; the only door through which the engine is loaded."""

import time
from datetime import timedelta

from django.utils import timezone

from grapevine.insight import cubing, hits, journeys as counting_journeys
from grapevine.insight.actions.judging import judge, learn
from grapevine.insight.building import build
from grapevine.insight.customers.counting import count as count_people
from grapevine.insight.heads import adapt_channels, adapt_goods_channels, train_heads
from grapevine.insight.influencing import build as influence
from grapevine.insight.keeping import forget_people, keep
from grapevine.insight.planting import plant_due as trees
from grapevine.insight.reporting import make_reports
from grapevine.insight.shopcare import care as care_for_shops, train as train_shop_leaving
from grapevine.insight.training import train
from grapevine.insight.trialing import (
    count_communities,
    prove as prove_trials,
    read_all as read_trials,
)

__all__ = [
    "adapt_channels",
    "adapt_goods_channels",
    "build",
    "care_for_shops",
    "count_communities",
    "count_people",
    "cube",
    "cube_whole",
    "forget_people",
    "influence",
    "journeys",
    "judge_advice",
    "keep",
    "make_reports",
    "prove_trials",
    "read_trials",
    "train",
    "train_heads",
    "train_shop_leaving",
    "trees",
]
SHARE = 4


_rests_until = 0.0


def cube() -> None:
    """Count the last days of the cube anew, where they changed: as often as it takes at most a fifth of the time."""
    global _rests_until
    begun = time.monotonic()
    if begun < _rests_until:
        return
    cubing.build(whole=False)
    ended = time.monotonic()
    _rests_until = ended + SHARE * (ended - begun)


def cube_whole() -> None:
    """Look at every day: what came late, and what was imported."""
    cubing.build()


def journeys() -> None:
    """Count people's ways, and name the goods that rise as of yesterday."""
    if counting_journeys.build() is not None:
        hits.find(timezone.localdate() - timedelta(days=1))


def judge_advice() -> None:
    """What came of advice whose window is over, and what this teaches."""
    if judge():
        learn()
