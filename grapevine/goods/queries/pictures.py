"""Which pictures goods and shops name."""

from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any

from grapevine.goods.models import (
    Goods,
    GoodsPicture,
    GoodsReview,
    ImportPicture,
    Shop,
    Sku,
    Storefront,
)

COLUMNS = (
    "goods.shop.logo_id", "goods.goods.cover_id", "goods.goodspicture.picture_id",
    "goods.sku.picture_id", "goods.importpicture.picture_id", "goods.goodsreview.change",
    "goods.storefront.draft", "goods.storefront.live", "goods.storefront.before",
)  # fmt: skip


def pictures_among(ids: Collection[int]) -> set[int]:
    """Which of these are named by goods, by a change that waits or by a shop's face. Seven queries that read whole
    tables: nobody waits for them.
    """
    named = chain(
        Shop.objects.filter(logo_id__in=ids).values_list("logo_id", flat=True),
        Goods.objects.filter(cover_id__in=ids).values_list("cover_id", flat=True),
        GoodsPicture.objects.filter(picture_id__in=ids).values_list("picture_id", flat=True),
        Sku.objects.filter(picture_id__in=ids).values_list("picture_id", flat=True),
        ImportPicture.objects.filter(picture_id__in=ids).values_list("picture_id", flat=True),
        _waiting(),
        _faces(),
    )
    return {pk for pk in named if pk} & set(ids)


def _waiting() -> Iterator[int]:
    changes = GoodsReview.objects.filter(state="waiting").values_list("change", flat=True)
    for change in changes.iterator():
        yield from change.get("picture_ids", [])


def _faces() -> Iterator[int]:
    rows = Storefront.objects.order_by("pk").values_list("draft", "live", "before")
    for face in chain.from_iterable(rows.iterator()):
        yield from _of(face)


def _of(face: dict[str, Any]) -> Iterator[int]:
    yield int(face.get("logo_id") or 0)
    for block in face.get("blocks") or ():
        yield int(block["facts"].get("picture_id") or 0)
