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
    "goods.goods.poster_id", "goods.storefront.draft", "goods.storefront.live", "goods.storefront.before",
)  # fmt: skip
VIDEO_COLUMNS = ("goods.goods.video_id", "goods.goodsreview.change", "goods.importpicture.video_id")


def pictures_among(ids: Collection[int]) -> set[int]:
    """Which of these are named by goods, by a change that waits or by a shop's face. Eight queries that read whole
    tables: nobody waits for them.
    """
    named = chain(
        Shop.objects.filter(logo_id__in=ids).values_list("logo_id", flat=True),
        Goods.objects.filter(cover_id__in=ids).values_list("cover_id", flat=True),
        Goods.objects.filter(poster_id__in=ids).values_list("poster_id", flat=True),
        GoodsPicture.objects.filter(picture_id__in=ids).values_list("picture_id", flat=True),
        Sku.objects.filter(picture_id__in=ids).values_list("picture_id", flat=True),
        ImportPicture.objects.filter(picture_id__in=ids).values_list("picture_id", flat=True),
        _waiting(),
        _faces(),
    )
    return {pk for pk in named if pk} & set(ids)


def videos_among(ids: Collection[int]) -> set[int]:
    """Which of these videos are named by goods, by an import or by a change that waits. Three queries."""
    named = chain(
        Goods.objects.filter(video_id__in=ids).values_list("video_id", flat=True),
        ImportPicture.objects.filter(video_id__in=ids).values_list("video_id", flat=True),
        (clip[0] for clip in _changed("clip") if clip),
    )
    return {pk for pk in named if pk} & set(ids)


def _waiting() -> Iterator[int]:
    yield from chain.from_iterable(_changed("picture_ids"))
    yield from chain.from_iterable(clip[1:] for clip in _changed("clip"))


def _changed(name: str) -> Iterator[list[int]]:
    """One key of every change that waits."""
    changes = GoodsReview.objects.filter(state="waiting").values_list("change", flat=True)
    for change in changes.iterator():
        yield change.get(name, [])


def _faces() -> Iterator[int]:
    rows = Storefront.objects.order_by("pk").values_list("draft", "live", "before")
    for face in chain.from_iterable(rows.iterator()):
        yield from _of(face)


def _of(face: dict[str, Any]) -> Iterator[int]:
    yield int(face.get("logo_id") or 0)
    for block in face.get("blocks") or ():
        yield int(block["facts"].get("picture_id") or 0)
