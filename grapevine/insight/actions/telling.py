"""Shops' weeks told from outside: a history that is older than the log."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from grapevine.insight.models import ShopWeek

BATCH = 1000


@transaction.atomic
def tell_shop_weeks(rows: Iterable[Mapping[str, Any]]) -> int:
    """Add weeks: `shop_id`, `week` and figures of ShopWeek, the same ones in every row. Returns how many were given.

    Where a week was counted already, what is told takes the place of the figures it names; the others stay.
    """
    made = list(rows)
    if not made:
        return 0
    told = sorted(set(made[0]) - {"shop_id", "week"})
    ShopWeek.objects.bulk_create(
        [ShopWeek(**row, is_told=True) for row in made], batch_size=BATCH, update_conflicts=True,
        unique_fields=["shop_id", "week"], update_fields=[*told, "is_told"],
    )  # fmt: skip
    return len(made)
