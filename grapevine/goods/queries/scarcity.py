"""What is nearly gone, the soonest first."""

from datetime import timedelta

from django.db.models import Sum

from grapevine.goods.desking import ScarceSku
from grapevine.goods.models import Stock, StockMovement
from grapevine.goods.queries.cards import sku_lines
from grapevine.goods.queries.desk import LOW_BELOW
from grapevine.goods.rules.scarcity import RATE_DAYS, days_left, urgency
from grapevine.kit import clock

LOOKED_AT = 100
"""Of more SKUs than these the emptiest are compared."""


def soon_gone(shop_id: int, limit: int = 5) -> list[ScarceSku]:
    """SKUs on sale with few pieces left, by when they are gone if they sell as in the last two weeks. Five queries.

    Times of a service are left out: nobody buys more of them.
    """
    rows = (
        Stock.objects.filter(
            sku__goods__shop_id=shop_id, sku__goods__on_sale=True, sku__goods__kind="goods"
        )
        .values("sku_id")
        .annotate(left=Sum("free"))
        .filter(left__lt=LOW_BELOW)
        .order_by("left", "sku_id")
    )
    left = dict(rows.values_list("sku_id", "left")[:LOOKED_AT])
    sold = _sold_lately(list(left))
    order = sorted(left, key=lambda pk: (urgency(left[pk], sold.get(pk, 0)), pk))[:limit]
    lines = sku_lines(order)
    return [ScarceSku(lines[pk], days_left(left[pk], sold.get(pk, 0))) for pk in order]


def _sold_lately(sku_ids: list[int]) -> dict[int, int]:
    """Pieces sold less those that came back."""
    since = clock.now() - timedelta(days=RATE_DAYS)
    rows = StockMovement.objects.filter(sku_id__in=sku_ids, at__gte=since).exclude(sold=0)
    return dict(rows.order_by().values_list("sku_id").annotate(n=Sum("sold")))
