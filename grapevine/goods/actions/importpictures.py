"""Pictures of imported goods: from the uploaded ZIP, or fetched, each once, outside any transaction."""

import io
from pathlib import PurePosixPath
from time import monotonic
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction

from grapevine.goods.actions import importfiles
from grapevine.goods.actions.fetching import NotFetched, fetch
from grapevine.goods.contracts import GoodsChanged
from grapevine.goods.models import Goods, GoodsPicture, ImportPicture, ImportRun
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked
from grapevine.media import facade as media
from grapevine.signals import facade as signals

SLICE_SECONDS = 5.0
BATCH = 50


def work(seconds: float = SLICE_SECONDS) -> int:
    """Bring pictures for a few seconds; returns how many goods got one. What cannot be had is said in the rejects."""
    ends, brought = monotonic() + seconds, 0
    waiting = ImportPicture.objects.filter(state="waiting").select_related("run", "goods")
    for row in waiting.order_by("id")[:BATCH]:
        brought += _bring(row)
        if monotonic() >= ends:
            break
    _tidy()
    return brought


def _bring(row: ImportPicture) -> bool:
    try:
        picture = media.store_picture(
            owner_id=row.run.actor_id, file=io.BytesIO(_bytes(row)), alt=row.goods.title
        )
    except DomainError as error:
        reason = str(error.params.get("reason", error.message))
        ImportPicture.objects.filter(pk=row.pk, state="waiting").update(
            state="failed", reason=reason[:120]
        )
        return False
    return _attach(row, picture.id)


def _bytes(row: ImportPicture) -> bytes:
    """From the ZIP if a file of that name was in it, else from its address."""
    name = PurePosixPath(unquote(urlsplit(row.source).path)).name
    file = importfiles.folder_of(row.run) / "pictures" / name
    if name not in ("", ".", "..") and file.is_file():
        return file.read_bytes()
    if "://" not in row.source:
        raise NotFetched(reason=marked("压缩包里没有这张图片"))
    if not settings.IMPORT_FETCH:
        raise NotFetched(reason=marked("没有开启按网址取图"))
    return fetch(row.source)


@transaction.atomic
def _attach(row: ImportPicture, picture_id: int) -> bool:
    if not ImportPicture.objects.filter(pk=row.pk, state="waiting").update(state="done"):
        return False
    goods = Goods.objects.select_for_update().get(pk=row.goods_id)
    GoodsPicture.objects.update_or_create(
        goods=goods, position=row.position, defaults={"picture_id": picture_id}
    )
    first = (
        GoodsPicture.objects.filter(goods=goods)
        .order_by("position")
        .values_list("picture_id", flat=True)
    )
    Goods.objects.filter(pk=goods.pk).update(cover_id=first.first())
    signals.emit(GoodsChanged(goods.shop_id, goods.pk, goods.public_id, clock.now().isoformat()))
    return True


def _tidy() -> None:
    """Files of imports that are over go."""
    waiting = ImportPicture.objects.filter(state="waiting").values("run_id")
    over = ImportRun.objects.filter(state__in=["done", "cancelled", "undone"]).exclude(
        pk__in=waiting
    )
    for run in over.order_by("-id")[:20]:
        if importfiles.folder_of(run).exists():
            importfiles.forget(run)
