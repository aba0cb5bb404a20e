"""What was sold in the past, day by day, for those who learn from it. One query each."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import F, Sum

from grapevine.kit.localday import LocalDay
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Line


def sku_days(sku_ids: Sequence[int], since: datetime) -> dict[int, list[tuple[date, int, int]]]:
    """(day, mean list price of what was sold, pieces) by SKU, days without a sale left out; refunds do not count."""
    rows = (
        Line.objects.filter(sku_id__in=sku_ids, order__paid_at__gte=since)
        .exclude(order__state__in=[OrderState.REFUNDED, OrderState.CANCELLED])
        .annotate(day=LocalDay("order__paid_at"))
        .values_list("sku_id", "day")
        .annotate(pieces=Sum("count"), worth=Sum(F("price_minor") * F("count")))
        .order_by("sku_id", "day")
    )
    found: dict[int, list[tuple[date, int, int]]] = {}
    for sku_id, day, pieces, worth in rows:
        found.setdefault(sku_id, []).append((day, round(worth / pieces), pieces))
    return found
