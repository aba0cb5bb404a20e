"""Telling the buyers of goods that failed an inspection."""

from django.db import transaction

from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsFailedInspection
from grapevine.kit import clock
from grapevine.signals import facade as signals
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Line
from grapevine.trade.recalls import BoughtGoodsFailed

BOUGHT = (
    OrderState.WAITING, OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED,
    OrderState.COMPLETED,
)  # fmt: skip
BATCH = 500


@transaction.atomic
def warn_buyers(event: GoodsFailedInspection) -> int:
    """One event for each buyer, with the last paid order that has the goods; how many."""
    skus = [sku.sku_id for sku in goods.goods_detail(event.object_id).skus]
    rows = (
        Line.objects.filter(sku_id__in=skus, order__state__in=BOUGHT)
        .order_by("order_id")
        .values_list("order__buyer_id", "order__number")
    )
    last = dict(rows.iterator(chunk_size=2000))
    at = clock.now().isoformat()
    news = [
        BoughtGoodsFailed(
            buyer_id, number, event.shop_id, event.goods_id, event.object_id, event.title,
            event.finding, at,
        )
        for buyer_id, number in last.items()
    ]  # fmt: skip
    for start in range(0, len(news), BATCH):
        signals.emit(*news[start : start + BATCH])
    return len(news)
