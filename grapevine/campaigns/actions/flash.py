"""Planning and stopping flash sales. Their price comes and goes by the clock alone; no job has a part in it."""

from datetime import timedelta

from django.db import transaction

from grapevine.campaigns import access
from grapevine.campaigns.contracts import (
    FlashSaleOverlaps,
    FlashSaleView,
    NewFlashSale,
    TooMany,
    WrongSku,
)
from grapevine.campaigns.models import FlashSale, FlashShare
from grapevine.campaigns.queries.promotions import flash_view
from grapevine.campaigns.rules.flash import check_flash_sale, shares
from grapevine.goods import facade as goods
from grapevine.goods.contracts import SkuLine
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.ids import new_id

LIVE_MAX = 50
BATCH = 100
SPREAD_BEFORE = timedelta(minutes=2)


def preview_flash_sale(*, shop_id: int, new: NewFlashSale) -> FlashSaleView:
    """What planning it would make, without making it. Raises what planning it raises, but for TooMany."""
    sale, sku = _draft(shop_id, new)
    return flash_view(sale, new.quota, sku)


@transaction.atomic
def create_flash_sale(
    *, shop_id: int, new: NewFlashSale, actor_id: int | None = None
) -> FlashSaleView:
    """Plan one. Raises BadInput, WrongSku, FlashSaleOverlaps, TooMany.

    Two sales of a SKU at the same time are refused as a courtesy to the shop; should two come in at once, a
    line takes the lower price.
    """
    sale, sku = _draft(shop_id, new)
    live = FlashSale.objects.filter(shop_id=shop_id, stopped_at=None, ends_at__gt=sale.made_at)
    if live.count() >= LIVE_MAX:
        raise TooMany(most=LIVE_MAX)
    sale.save(force_insert=True)
    FlashShare.objects.bulk_create(
        FlashShare(sale=sale, bucket=n, free=part) for n, part in enumerate(shares(new.quota))
    )
    guard.note(
        actor_id=actor_id, action="flash.create", object=f"flash:{sale.public_id}",
        after={"sku": sale.sku_code, "price_minor": sale.price_minor, "quota": sale.quota},
        shop_id=shop_id,
    )  # fmt: skip
    return flash_view(sale, new.quota, sku)


def _draft(shop_id: int, new: NewFlashSale) -> tuple[FlashSale, SkuLine]:
    now = clock.now()
    sku = goods.sku_lines_by_code([new.sku], covers=False).get(new.sku)
    if sku is None or sku.shop_id != shop_id:
        raise WrongSku(new.sku)
    check_flash_sale(new, list_minor=sku.price_minor, now=now)
    same = FlashSale.objects.filter(sku_id=sku.sku_id, stopped_at=None)
    if same.filter(starts_at__lt=new.ends_at, ends_at__gt=new.starts_at).exists():
        raise FlashSaleOverlaps(new.sku)
    sale = FlashSale(
        public_id=new_id(), shop_id=shop_id, goods_id=sku.goods_id, sku_id=sku.sku_id,
        sku_code=sku.code, price_minor=new.price_minor, quota=new.quota, per_person=new.per_person,
        starts_at=new.starts_at, ends_at=new.ends_at, made_at=now,
    )  # fmt: skip
    return sale, sku


@transaction.atomic
def stop_flash_sale(*, shop_id: int, public_id: str, actor_id: int | None = None) -> None:
    """The list price applies from now on; what was ordered stays as it was. Safe to repeat."""
    sale = access.flash_sale_of_shop(shop_id, public_id)
    if FlashSale.objects.filter(pk=sale.pk, stopped_at=None).update(stopped_at=clock.now()):
        guard.note(
            actor_id=actor_id, action="flash.stop", object=f"flash:{public_id}", shop_id=shop_id
        )


def spread_stock() -> int:
    """Spread the stock of SKUs whose sale begins or runs over many rows, and gather it after; how many changed."""
    now = clock.now()
    running = FlashSale.objects.filter(stopped_at=None, ends_at__gt=now)
    soon = running.filter(is_spread=False, starts_at__lte=now + SPREAD_BEFORE)
    done = sum(_spread(sale, on=True) for sale in soon.order_by("starts_at")[:BATCH])
    spread = FlashSale.objects.filter(is_spread=True)
    over = spread.filter(ends_at__lte=now) | spread.filter(stopped_at__isnull=False)
    return done + sum(_spread(sale, on=False) for sale in over.order_by("ends_at")[:BATCH])


@transaction.atomic
def _spread(sale: FlashSale, *, on: bool) -> bool:
    if not FlashSale.objects.filter(pk=sale.pk, is_spread=not on).update(is_spread=on):
        return False
    if on or not FlashSale.objects.filter(sku_id=sale.sku_id, is_spread=True).exists():
        goods.set_hot(shop_id=sale.shop_id, code=sale.sku_code, on=on)
    return True
