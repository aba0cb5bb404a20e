"""Reads of reductions and flash sales. Lists 1 query, flash sales 1 more for their SKUs."""

from collections.abc import Sequence

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from grapevine.campaigns.contracts import FlashSaleView, ReductionView, Scope
from grapevine.campaigns.models import FlashSale, FlashShare, Reduction
from grapevine.campaigns.rules.windows import covers
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsDetail, SkuLine
from grapevine.kit import clock
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor

SHOWN_MAX = 30


def reduction_view(row: Reduction) -> ReductionView:
    return ReductionView(
        row.public_id, row.shop_id, row.title,
        tuple((threshold, cut) for threshold, cut in row.tiers), Scope.read(row.scope),
        row.starts_at, row.ends_at, row.stopped_at,
    )  # fmt: skip


def live_reductions(shop_id: int, *, of_goods: GoodsDetail | None = None) -> list[ReductionView]:
    """What applies now at a shop; `of_goods` keeps what cuts these goods."""
    now = clock.now()
    rows = Reduction.objects.filter(
        shop_id=shop_id, stopped_at=None, starts_at__lte=now, ends_at__gt=now
    )
    found = [reduction_view(row) for row in rows.order_by("id")[:SHOWN_MAX]]
    if of_goods is None:
        return found
    return [
        one
        for one in found
        if one.scope.is_everything or any(covers(one.scope, sku) for sku in of_goods.skus)
    ]


def reductions_of_shop(
    shop_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[ReductionView]:
    """A shop's reductions, newest first."""
    size = clamp(limit)
    rows = Reduction.objects.filter(shop_id=shop_id).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([reduction_view(row) for row in found[:size]], more)


def flash_view(sale: FlashSale, free: int, sku: SkuLine | None = None) -> FlashSaleView:
    return FlashSaleView(
        sale.public_id, sale.shop_id, sale.goods_id, sale.sku_id, sale.price_minor, sale.quota,
        free, sale.per_person, sale.starts_at, sale.ends_at, sale.stopped_at, sku,
    )  # fmt: skip


def _with_free(rows: QuerySet[FlashSale]) -> QuerySet[FlashSale]:
    """`left`: what the shares still have."""
    free = FlashShare.objects.filter(sale=OuterRef("pk")).values("sale").annotate(n=Sum("free"))
    return rows.annotate(left=Subquery(free.values("n")))


def flash_of_goods(detail: GoodsDetail) -> list[FlashSaleView]:
    """Sales of these goods that run or are planned, the soonest first. One query."""
    now = clock.now()
    rows = FlashSale.objects.filter(goods_id=detail.card.id, stopped_at=None, ends_at__gt=now)
    lines = {sku.sku_id: sku for sku in detail.skus}
    found = _with_free(rows).order_by("starts_at", "id")[:SHOWN_MAX]
    return _views(list(found), lines)


def _views(rows: Sequence[FlashSale], lines: dict[int, SkuLine]) -> list[FlashSaleView]:
    return [
        flash_view(sale, int(getattr(sale, "left", 0) or 0), lines.get(sale.sku_id))
        for sale in rows
    ]


def flash_sales_of_shop(
    shop_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[FlashSaleView]:
    """A shop's flash sales, newest first."""
    size = clamp(limit)
    rows = FlashSale.objects.filter(shop_id=shop_id).order_by("-id")
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(_with_free(rows)[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    lines = goods.sku_lines([sale.sku_id for sale in found[:size]], covers=False)
    return Page(_views(found[:size], lines), more)
