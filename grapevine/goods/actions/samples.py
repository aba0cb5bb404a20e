"""Sample goods for a new shop: to try the desk with, never to be bought, gone with one press."""

from django.db import transaction
from django.utils.translation import gettext as _

from grapevine.goods.actions import desk
from grapevine.goods.actions.shelves import lock_shop
from grapevine.goods.contracts import NewSku
from grapevine.goods.models import (
    Goods,
    PriceChange,
    Sku,
    Stock,
    StockMovement,
    Withholding,
)
from grapevine.goods.onboarding import Cause
from grapevine.kit.text import marked

SAMPLES = (
    (marked("示例：手工陶杯"), marked("家居"), 6900, marked("写写它是怎么做的、多大、怎么用。")),
    (marked("示例：明前龙井"), marked("茶"), 12800, marked("写写产地、年份和怎么冲泡。")),
    (marked("示例：棉麻围巾"), marked("服饰"), 9900, marked("写写材质、尺寸和怎么洗。")),
)


def _samples(shop_id: int) -> list[int]:
    rows = Withholding.objects.filter(
        shop_id=shop_id, cause=Cause.SAMPLE, goods__isnull=False, lifted_at=None
    )
    return [pk for pk in rows.order_by("goods_id").values_list("goods_id", flat=True) if pk]


@transaction.atomic
def add_samples(*, shop_id: int) -> int:
    """Three goods marked as samples; 0 if the shop has some already."""
    lock_shop(shop_id)
    if _samples(shop_id):
        return 0
    for title, category, price_minor, body in SAMPLES:
        desk.list_goods(
            shop_id=shop_id, title=_(title), category=_(category), body=_(body),
            skus=[NewSku("", price_minor, 0)], withheld=Cause.SAMPLE,
        )  # fmt: skip
    return len(SAMPLES)


@transaction.atomic
def remove_samples(*, shop_id: int) -> int:
    """Take every sample out, with all that hangs on it; how many. Nobody could have bought one."""
    lock_shop(shop_id)
    ids = _samples(shop_id)
    for rows in (PriceChange, StockMovement, Stock):
        rows.objects.filter(sku__goods_id__in=ids).delete()
    Sku.objects.filter(goods_id__in=ids).delete()
    Goods.objects.filter(pk__in=ids).delete()
    return len(ids)
