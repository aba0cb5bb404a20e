"""Pictures of imported goods: from the uploaded ZIP, or fetched, each once, outside any transaction."""

import io
from pathlib import PurePosixPath
from time import monotonic
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction

from grapevine.goods.actions import importfiles
from grapevine.goods.actions.auditing import change_keys, judge_again
from grapevine.goods.actions.fetching import NotFetched, fetch
from grapevine.goods.actions.shelves import lock_shop
from grapevine.goods.models import Goods, GoodsPicture, ImportPicture, ImportRun
from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked
from grapevine.media import facade as media

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
    """Have one picture; the last one of its goods shows them all."""
    try:
        picture = media.store_picture(
            owner_id=row.run.actor_id, file=io.BytesIO(_bytes(row)), alt=row.goods.title
        )
    except DomainError as error:
        reason = str(error.params.get("reason", error.message))
        _note(row, state="failed", reason=reason[:120])
        return False
    return _note(row, state="done", picture_id=picture.id)


@transaction.atomic
def _note(row: ImportPicture, **found: object) -> bool:
    """What became of a picture, and with the last of its goods all of them shown; False if somebody else was first."""
    lock_shop(row.goods.shop_id)
    if not ImportPicture.objects.filter(pk=row.pk, state="waiting").update(**found):
        return False
    if not ImportPicture.objects.filter(goods=row.goods, state="waiting").exists():
        _show(row.goods)
    return True


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


def _show(goods: Goods) -> None:
    """All pictures of goods that could be had, in the file's order, as if somebody had picked them by hand.

    Goods that are on sale keep theirs until a look at the new ones, where goods are looked at.
    """
    own = dict(GoodsPicture.objects.filter(goods=goods).values_list("position", "picture_id"))
    rows = ImportPicture.objects.filter(goods=goods, state="done").order_by("position")
    found = [row.picture_id or own.get(row.position) for row in rows]
    pictures = [picture for picture in found if picture is not None]
    mine = {"shop_id": goods.shop_id, "public_id": goods.public_id}
    try:
        if pictures:
            change_keys(picture_ids=list(dict.fromkeys(pictures)), **mine)  # type: ignore[arg-type]
        else:
            judge_again(**mine)  # type: ignore[arg-type]
    except DomainError as error:
        rows.update(state="failed", reason=error.message[:120])


def _tidy() -> None:
    """Files of imports that are over go."""
    waiting = ImportPicture.objects.filter(state="waiting").values("run_id")
    over = ImportRun.objects.filter(state__in=["done", "cancelled", "undone"]).exclude(
        pk__in=waiting
    )
    for run in over.order_by("-id")[:20]:
        if importfiles.folder_of(run).exists():
            importfiles.forget(run)
