"""Import: many shops, many goods, few statements."""

from collections.abc import Sequence

from django.db import transaction

from grapevine.goods.actions.warehouses import FIRST_NAME, first_warehouse
from grapevine.goods.contracts import GoodsImported, MadeGoods, NewGoods, NewShop
from grapevine.goods.models import (
    Goods,
    GoodsPicture,
    Shop,
    Sku,
    Staff,
    Stock,
    StockMovement,
    Warehouse,
)
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.signals import facade as signals

BATCH = 500


@transaction.atomic
def save_shops_bulk(rows: Sequence[NewShop]) -> list[int]:
    """Insert shops with their owner as staff; ids in order. A slug in use raises IntegrityError."""
    now = clock.now()
    shops = Shop.objects.bulk_create(
        [
            Shop(
                slug=row.slug, name=row.name[:40], colour=row.colour, bio=row.bio[:200],
                logo_id=row.logo_id, owner_id=row.owner_id, opened_at=row.opened_at or now,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )  # fmt: skip
    Staff.objects.bulk_create(
        [Staff(shop=shop, person_id=shop.owner_id) for shop in shops], batch_size=BATCH
    )
    Warehouse.objects.bulk_create(
        [Warehouse(public_id=new_id(), shop=shop, name=FIRST_NAME) for shop in shops],
        batch_size=BATCH,
    )
    return [shop.pk for shop in shops]


@transaction.atomic
def save_goods_bulk(rows: Sequence[NewGoods]) -> list[MadeGoods]:
    """Insert goods with SKUs, stock and pictures. One event tells the range of ids."""
    now = clock.now()
    goods = Goods.objects.bulk_create(
        [
            Goods(
                public_id=new_id(), shop_id=row.shop_id, title=row.title[:80],
                category=row.category[:20], body=row.body, currency=row.currency,
                cover_id=row.picture_ids[0] if row.picture_ids else None,
                price_minor=min(sku.price_minor for sku in row.skus), listed_at=row.listed_at or now,
                axes=row.axes, kind=row.facts.kind, origin=row.facts.origin,
                supplier=row.facts.supplier, attributes=row.facts.attributes,
                limit_per_person=row.limit_per_person, on_sale=row.on_sale,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )  # fmt: skip
    skus = Sku.objects.bulk_create(
        [
            Sku(
                code=new.code or new_id(), goods=one, option=new.option[:60],
                price_minor=new.price_minor, position=position, own_code=new.own_code,
                cost_minor=new.cost_minor, grams=new.grams,
            )
            for one, row in zip(goods, rows, strict=True)
            for position, new in enumerate(row.skus)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    counts = [new.stock for row in rows for new in row.skus]
    pairs = list(zip(skus, counts, strict=True))
    owners = [one for one, row in zip(goods, rows, strict=True) for _ in row.skus]
    _stock([(sku, one.shop_id, n) for (sku, n), one in zip(pairs, owners, strict=True)])
    GoodsPicture.objects.bulk_create(
        [
            GoodsPicture(goods=one, picture_id=picture_id, position=position)
            for one, row in zip(goods, rows, strict=True)
            for position, picture_id in enumerate(row.picture_ids)
        ],
        batch_size=BATCH,
    )
    if goods:
        signals.emit(GoodsImported(goods[0].pk, goods[-1].pk))
    by_goods: dict[int, list[int]] = {}
    for sku in skus:
        by_goods.setdefault(sku.goods_id, []).append(sku.pk)
    return [MadeGoods(one.pk, one.public_id, tuple(by_goods[one.pk])) for one in goods]


@transaction.atomic
def add_skus_bulk(rows: Sequence[tuple[int, str, str, int, int]]) -> list[int]:
    """More SKUs of goods that are there: (goods_id, code, option, price_minor, stock); ids in order."""
    skus = Sku.objects.bulk_create(
        [
            Sku(code=code or new_id(), goods_id=goods_id, option=option[:60], price_minor=price)
            for goods_id, code, option, price, _ in rows
        ],
        batch_size=BATCH,
    )
    shops = dict(Goods.objects.filter(pk__in={row[0] for row in rows}).values_list("pk", "shop_id"))
    _stock([(sku, shops[row[0]], row[4]) for sku, row in zip(skus, rows, strict=True)])
    return [sku.pk for sku in skus]


def _stock(rows: Sequence[tuple[Sku, int, int]]) -> None:
    """A counter for each (SKU, shop id, free pieces), in the shop's first warehouse."""
    now = clock.now()
    place = {shop_id: first_warehouse(shop_id) for shop_id in {row[1] for row in rows}}
    Stock.objects.bulk_create(
        [Stock(sku=sku, warehouse_id=place[shop_id], free=n) for sku, shop_id, n in rows],
        batch_size=BATCH,
    )
    StockMovement.objects.bulk_create(
        [
            StockMovement(sku=sku, warehouse_id=place[shop_id], at=now, reason="import", free=n)
            for sku, shop_id, n in rows
            if n
        ],
        batch_size=BATCH,
    )


@transaction.atomic
def count_sold_bulk(counts: Sequence[tuple[int, int]]) -> None:
    """Count imported sales: (sku_id, pieces) that were sold before they came here."""
    now = clock.now()
    wanted: dict[int, int] = {}
    for sku_id, n in counts:
        wanted[sku_id] = wanted.get(sku_id, 0) + n
    rows = Stock.objects.filter(sku_id__in=wanted).order_by("sku_id", "-id")
    stocks = list({stock.sku_id: stock for stock in rows}.values())
    for stock in stocks:
        stock.sold += wanted[stock.sku_id]
    Stock.objects.bulk_update(stocks, ["sold"], batch_size=BATCH)
    StockMovement.objects.bulk_create(
        [
            StockMovement(
                sku_id=stock.sku_id, warehouse_id=stock.warehouse_id, at=now, reason="imported",
                sold=wanted[stock.sku_id],
            )
            for stock in stocks
            if wanted[stock.sku_id]
        ],
        batch_size=BATCH,
    )  # fmt: skip
