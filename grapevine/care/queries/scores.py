"""Scores from the counters, one query each."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Sum

from grapevine.care.contracts import Score
from grapevine.care.models import GoodsScore
from grapevine.care.rules import score as rules

FIELDS = (
    "stars_1", "stars_2", "stars_3", "stars_4", "stars_5", "service_sum", "logistics_sum",
    "reviews", "flagged", "hidden", "pictures", "follow_ups",
)  # fmt: skip
NOTHING = Score()


def _score(values: Sequence[Any]) -> Score:
    counts = (values[0], values[1], values[2], values[3], values[4])
    service, logistics, reviews, flagged, hidden, pictures, follow_ups = values[5:]
    counted = sum(counts)
    return Score(
        counts, rules.hundredths(counts), rules.floor(counts), rules.mean(service, counted),
        rules.mean(logistics, counted), reviews, flagged, hidden, pictures, follow_ups,
    )  # fmt: skip


def goods_scores(goods_ids: Iterable[int]) -> dict[int, Score]:
    """Scores of these goods; goods without a review are missing."""
    rows = GoodsScore.objects.filter(goods_id__in=set(goods_ids))
    return {row[0]: _score(row[1:]) for row in rows.values_list("goods_id", *FIELDS)}


def goods_score(goods_id: int) -> Score:
    return goods_scores([goods_id]).get(goods_id, NOTHING)


def shop_scores(shop_ids: Iterable[int] | None = None) -> dict[int, Score]:
    """Scores over all goods of a shop; every shop that has reviews, or these."""
    rows = GoodsScore.objects.all()
    if shop_ids is not None:
        rows = rows.filter(shop_id__in=set(shop_ids))
    sums = [Sum(name) for name in FIELDS]
    found = rows.values_list("shop_id").annotate(*sums).order_by()
    return {row[0]: _score(row[1:]) for row in found}


def shop_score(shop_id: int) -> Score:
    return shop_scores([shop_id]).get(shop_id, NOTHING)
