"""Warehouses: opening them, adjusting and importing counts while selling, moving pieces, hot SKUs."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from grapevine.goods import access
from grapevine.goods.actions.stock import BUCKETS, journal, lock_stock
from grapevine.goods.contracts import WarehouseView
from grapevine.goods.models import Sku, Stock, Warehouse
from grapevine.goods.queries.places import warehouse_view
from grapevine.goods.rules import listing
from grapevine.goods.rules.allocation import CAPITALS
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked

FIRST_NAME = marked("默认仓")
"""Kept as it stands here unless somebody who reads another language opens it; pages translate it for their reader."""
WAREHOUSES_MAX = 50


@transaction.atomic
def add_warehouse(
    *, shop_id: int, name: str, province: str = "", priority: int = 0
) -> WarehouseView:
    """Open a warehouse. Raises BadInput for a name in use, an unknown province, or the fifty-first."""
    wrong: dict[str, str] = {}
    mine = Warehouse.objects.filter(shop_id=shop_id)
    if not 1 <= len(name.strip()) <= 30 or mine.filter(name=name.strip()).exists():
        wrong["name"] = marked("给仓库一个没有用过的名字，最多 30 个字")
    if province and province not in CAPITALS:
        wrong["province"] = marked("选一个省份")
    if not -100 <= priority <= 100 or mine.count() >= WAREHOUSES_MAX:
        wrong["priority"] = marked("优先级在 -100 到 100 之间，最多 50 个仓库")
    if wrong:
        raise BadInput(fields=wrong)
    row = Warehouse.objects.create(
        public_id=new_id(), shop_id=shop_id, name=name.strip(), province=province, priority=priority
    )
    return warehouse_view(row)


def first_warehouse(shop_id: int) -> int:
    """The id of the warehouse that new pieces go to: the shop's first by priority; made if there is none."""
    rows = Warehouse.objects.filter(shop_id=shop_id, is_active=True).order_by("priority", "id")
    found = rows.values_list("pk", flat=True).first()
    return found or Warehouse.objects.create(
        public_id=new_id(), shop_id=shop_id, name=_(FIRST_NAME)
    ).pk  # fmt: skip


@transaction.atomic
def adjust(
    *, sku_id: int, change: int, warehouse_id: int | None = None, reason: str = "adjust"
) -> None:
    """Add pieces to free, or take them away; never below zero. Safe while selling.

    Without a warehouse, pieces come to the first one and go from wherever they are free.
    """
    if not change:
        return
    places = Stock.objects.filter(sku_id=sku_id).order_by("warehouse__priority", "id")
    if warehouse_id is not None:
        places = places.filter(warehouse_id=warehouse_id)
    if change > 0:
        where = warehouse_id or first_warehouse(
            Sku.objects.values_list("goods__shop_id", flat=True).get(pk=sku_id)
        )
        row, _ = Stock.objects.get_or_create(sku_id=sku_id, warehouse_id=where, bucket=0)
        Stock.objects.filter(pk=row.pk).update(free=F("free") + change)
        journal(reason, [(sku_id, where, "", change, 0, 0)])
        return
    lock_stock([sku_id])
    left = -change
    for row in places.filter(free__gt=0):
        part = min(left, row.free)
        if part:
            Stock.objects.filter(pk=row.pk).update(free=F("free") - part)
            journal(reason, [(sku_id, row.warehouse_id, "", -part, 0, 0)])
            left -= part
    if left:
        raise BadInput(fields={"stock": marked("可卖的没有这么多，减不了")})


@transaction.atomic
def set_free(*, sku_id: int, count: int, warehouse_id: int | None = None) -> int:
    """Make `count` pieces free, as a count of the shelf says, while selling goes on; returns the change."""
    if not 0 <= count <= listing.STOCK_MAX:
        raise BadInput(fields={"stock": marked("库存不能是负数")})
    lock_stock([sku_id])
    places = Stock.objects.filter(sku_id=sku_id)
    if warehouse_id is not None:
        places = places.filter(warehouse_id=warehouse_id)
    change = count - sum(places.values_list("free", flat=True))
    adjust(sku_id=sku_id, change=change, warehouse_id=warehouse_id, reason="count")
    return change


@transaction.atomic
def import_counts(*, shop_id: int, rows: Sequence[tuple[str, str, int]]) -> int:
    """Set free counts from (SKU code, warehouse public id or "", count); all rows or none; how many changed."""
    changed = 0
    known = {code: access.sku_of_shop(shop_id, code).pk for code, _, _ in rows}
    lock_stock(known.values())
    for code, warehouse, count in sorted(rows):
        place = access.warehouse_of_shop(shop_id, warehouse).pk if warehouse else None
        changed += bool(set_free(sku_id=known[code], count=count, warehouse_id=place))
    return changed


@transaction.atomic
def transfer(*, shop_id: int, code: str, source: str, target: str, count: int) -> None:
    """Move free pieces of a SKU between two of the shop's warehouses (public ids)."""
    sku = access.sku_of_shop(shop_id, code)
    one, other = (
        access.warehouse_of_shop(shop_id, source),
        access.warehouse_of_shop(shop_id, target),
    )
    if one.pk == other.pk or count < 1:
        raise BadInput(fields={"warehouse": marked("选两个不同的仓库，至少一件")})
    lock_stock([sku.pk])
    adjust(sku_id=sku.pk, change=-count, warehouse_id=one.pk, reason="transfer")
    adjust(sku_id=sku.pk, change=count, warehouse_id=other.pk, reason="transfer")


@transaction.atomic
def set_hot(*, shop_id: int, code: str, on: bool) -> None:
    """Spread a SKU's free pieces over sixteen rows a warehouse for a flash sale, or gather them again.

    The counts stay what they are: pieces move between rows of one warehouse.
    """
    sku = access.sku_of_shop(shop_id, code)
    Sku.objects.filter(pk=sku.pk).update(is_hot=on)
    lock_stock([sku.pk])
    rows = list(Stock.objects.filter(sku=sku).order_by("id"))
    for place in dict.fromkeys(row.warehouse_id for row in rows):
        own = [row for row in rows if row.warehouse_id == place]
        free = sum(row.free for row in own)
        shares = [free // BUCKETS + (n < free % BUCKETS) for n in range(BUCKETS)] if on else [free]
        known = {row.bucket for row in own}
        Stock.objects.bulk_create(
            Stock(sku=sku, warehouse_id=place, bucket=n)
            for n in range(len(shares))
            if n not in known
        )
        for n in sorted(known | set(range(len(shares)))):
            wanted = shares[n] if n < len(shares) else 0
            Stock.objects.filter(sku=sku, warehouse_id=place, bucket=n).update(free=wanted)
