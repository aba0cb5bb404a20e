"""Import: many shops, many goods, few statements."""

from collections.abc import Sequence

from django.db import transaction

from grapevine.goods.contracts import GoodsImported, MadeGoods, NewGoods, NewShop
from grapevine.goods.models import Goods, GoodsPicture, Shop, Sku, Staff, Stock, StockMovement
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
            )
            for row in rows
        ],
        batch_size=BATCH,
    )  # fmt: skip
    skus = Sku.objects.bulk_create(
        [
            Sku(
                code=new.code or new_id(), goods=one, option=new.option[:60],
                price_minor=new.price_minor, position=position,
            )
            for one, row in zip(goods, rows, strict=True)
            for position, new in enumerate(row.skus)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    counts = [new.stock for row in rows for new in row.skus]
    pairs = list(zip(skus, counts, strict=True))
    Stock.objects.bulk_create([Stock(sku=sku, free=n) for sku, n in pairs], batch_size=BATCH)
    StockMovement.objects.bulk_create(
        [StockMovement(sku=sku, at=now, reason="import", free=n) for sku, n in pairs if n],
        batch_size=BATCH,
    )
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
    now = clock.now()
    skus = Sku.objects.bulk_create(
        [
            Sku(code=code or new_id(), goods_id=goods_id, option=option[:60], price_minor=price)
            for goods_id, code, option, price, _ in rows
        ],
        batch_size=BATCH,
    )
    Stock.objects.bulk_create([Stock(sku=s, free=r[4]) for s, r in zip(skus, rows, strict=True)])
    StockMovement.objects.bulk_create(
        [
            StockMovement(sku=sku, at=now, reason="import", free=row[4])
            for sku, row in zip(skus, rows, strict=True)
            if row[4]
        ]
    )
    return [sku.pk for sku in skus]


@transaction.atomic
def count_sold_bulk(counts: Sequence[tuple[int, int]]) -> None:
    """Count imported sales: (sku_id, pieces) that were sold before they came here."""
    now = clock.now()
    wanted: dict[int, int] = {}
    for sku_id, n in counts:
        wanted[sku_id] = wanted.get(sku_id, 0) + n
    stocks = list(Stock.objects.filter(sku_id__in=wanted).order_by("sku_id"))
    for stock in stocks:
        stock.sold += wanted[stock.pk]
    Stock.objects.bulk_update(stocks, ["sold"], batch_size=BATCH)
    StockMovement.objects.bulk_create(
        [
            StockMovement(sku_id=sku_id, at=now, reason="imported", sold=n)
            for sku_id, n in sorted(wanted.items())
            if n
        ],
        batch_size=BATCH,
    )
