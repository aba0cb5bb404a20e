"""Reads for pricing: what a shop's SKUs cost, what others ask, and what was changed. Two queries each."""

from statistics import quantiles

from grapevine.goods.contracts import PriceBatch, PricedSku
from grapevine.goods.models import Goods, PriceChange, Sku

SKUS_MAX = 200
OTHERS_MIN = 4
OTHERS_MAX = 500
BATCHES_MAX = 30


def priced_skus(shop_id: int, query: str = "") -> list[PricedSku]:
    """A shop's SKUs on sale with cost and what comparable goods cost elsewhere; the newest 200."""
    rows = Sku.objects.filter(goods__shop_id=shop_id, goods__on_sale=True)
    if query:
        rows = rows.filter(goods__title__icontains=query)
    values = list(
        rows.order_by("-goods_id", "position", "id").values_list(
            "id", "code", "goods__title", "option", "goods__category", "price_minor", "cost_minor"
        )[:SKUS_MAX]
    )
    others = _others(shop_id, {row[4] for row in values if row[4]})
    return [PricedSku(*row, others_minor=others.get(row[4], ())) for row in values]


def _others(shop_id: int, categories: set[str]) -> dict[str, tuple[int, ...]]:
    asked: dict[str, list[int]] = {}
    rows = Goods.objects.filter(category__in=categories, on_sale=True).exclude(shop_id=shop_id)
    newest = rows.order_by("-id").values_list("category", "price_minor")
    for category, price_minor in newest[: OTHERS_MAX * max(1, len(categories))]:
        asked.setdefault(category, []).append(price_minor)
    return {
        category: tuple(round(one) for one in quantiles(prices[:OTHERS_MAX], n=4))
        for category, prices in asked.items()
        if len(prices) >= OTHERS_MIN
    }


def price_batches(shop_id: int) -> list[PriceBatch]:
    """The last changes of list prices, newest first."""
    mine = PriceChange.objects.filter(sku__goods__shop_id=shop_id)
    recent = mine.order_by("-id").values_list("batch", flat=True)[: BATCHES_MAX * 10]
    wanted = list(dict.fromkeys(recent))[:BATCHES_MAX]
    found: dict[str, list[PriceChange]] = {batch: [] for batch in wanted}
    for one in mine.filter(batch__in=wanted).select_related("sku__goods").order_by("id"):
        found[one.batch].append(one)
    return [
        PriceBatch(
            batch, own[0].at, own[0].reason, own[0].undone_at is not None,
            tuple(
                (one.sku.code, one.sku.goods.title, one.sku.option, one.before_minor, one.after_minor)
                for one in own
            ),
        )
        for batch, own in found.items()
    ]  # fmt: skip
