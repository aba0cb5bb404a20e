"""Reads of warehouses, their stock, and what sending costs. One query each, two for stock."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Sum

from grapevine.goods.contracts import (
    ShippingView,
    ShippingZone,
    StockView,
    TransferSuggestion,
    WarehouseView,
)
from grapevine.goods.models import ShippingTemplate, Stock, StockHold, StockMovement, Warehouse
from grapevine.goods.rules.allocation import suggest_transfers
from grapevine.kit import clock, sql

ROWS_MAX = 5000
DEMAND_DAYS = 28


def warehouse_view(row: Warehouse) -> WarehouseView:
    return WarehouseView(row.pk, row.public_id, row.name, row.province, row.priority, row.is_active)


def warehouses(shop_id: int) -> list[WarehouseView]:
    """A shop's warehouses, the first to be taken from first."""
    rows = Warehouse.objects.filter(shop_id=shop_id).order_by("priority", "id")
    return [warehouse_view(row) for row in rows[:100]]


def stock_by_warehouse(shop_id: int) -> list[StockView]:
    """What each warehouse has of each SKU, and how fast it sells there; at most 5,000 rows."""
    since = clock.now() - timedelta(days=DEMAND_DAYS)
    sold = {
        (sku, place): max(0, n or 0)
        for sku, place, n in StockMovement.objects.filter(
            sku__goods__shop_id=shop_id, at__gte=since, reason__in=["sold", "returned"]
        )
        .values_list("sku", "warehouse")
        .annotate(n=Sum("sold"))
        .order_by()
    }
    rows: Iterable[tuple[Any, ...]] = (
        Stock.objects.filter(sku__goods__shop_id=shop_id)
        .values_list(
            "sku_id", "sku__code", "sku__goods__title", "sku__option", "warehouse_id",
            "warehouse__name",
        )
        .annotate(f=Sum("free"), h=Sum("held"), s=Sum("sold"))
        .order_by("sku_id", "warehouse_id")[:ROWS_MAX]
    )  # fmt: skip
    return [
        StockView(
            sku_id, code, title, option, place, name, free, held, gone,
            sold.get((sku_id, place), 0) / DEMAND_DAYS,
        )
        for sku_id, code, title, option, place, name, free, held, gone in rows
    ]  # fmt: skip


def transfer_suggestions(shop_id: int, cover_days: int = 14) -> list[TransferSuggestion]:
    """What should move from a warehouse with a surplus to one that runs short."""
    return suggest_transfers(stock_by_warehouse(shop_id), cover_days=cover_days)


def holds_of(reference: str) -> list[tuple[int, int, str, int]]:
    """(SKU, warehouse id, warehouse, pieces) kept or sold for a reference: its shipments to be."""
    rows = (
        StockHold.objects.filter(reference=reference, state__in=["held", "sold"])
        .values_list("sku_id", "stock__warehouse_id", "stock__warehouse__name")
        .annotate(n=Sum("count"))
        .order_by("stock__warehouse_id", "sku_id")
    )
    return list(rows)


def holds_of_all(references: Iterable[str]) -> dict[str, list[tuple[int, int, str, int]]]:
    """`holds_of` for many references, in one query for each 500."""
    found: dict[str, list[tuple[int, int, str, int]]] = {}
    known = sorted(set(references))
    for start in range(0, len(known), 500):
        rows = (
            StockHold.objects.filter(
                reference__in=known[start : start + 500], state__in=["held", "sold"]
            )
            .values_list("reference", "sku_id", "stock__warehouse_id", "stock__warehouse__name")
            .annotate(n=Sum("count"))
            .order_by("reference", "stock__warehouse_id", "sku_id")
        )
        for reference, *one in rows:
            found.setdefault(reference, []).append(tuple(one))
    return found


SHIPPING = """
SELECT id, public_id, shop_id, name, zones, free_over_minor, is_default
FROM goods_shippingtemplate WHERE shop_id IN ({}) ORDER BY id
"""


def shipping_templates(shop_ids: Iterable[int]) -> list[ShippingView]:
    """The templates of these shops, oldest first."""
    wanted = sorted(set(shop_ids))
    rows = sql.rows(SHIPPING.format(sql.places(len(wanted))), wanted) if wanted else []
    return [
        ShippingView(pk, public_id, shop_id, name, _zones(zones), over, bool(default))
        for pk, public_id, shop_id, name, zones, over, default in rows
    ]


def shipping_view(row: ShippingTemplate) -> ShippingView:
    return next(one for one in shipping_templates([row.shop_id]) if one.id == row.pk)


def _zones(text: str) -> tuple[ShippingZone, ...]:
    return tuple(
        ShippingZone(**{**zone, "provinces": tuple(zone["provinces"])}) for zone in json.loads(text)
    )
