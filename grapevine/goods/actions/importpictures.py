"""Pictures and videos of imported goods: from the uploaded ZIP, or fetched, each once, outside any transaction."""

import io
from collections.abc import Iterable
from pathlib import PurePosixPath
from time import monotonic
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction

from grapevine.goods.actions import importfiles
from grapevine.goods.actions.auditing import change_keys, judge_again
from grapevine.goods.actions.fetching import PICTURE, VIDEO, NotFetched, fetch
from grapevine.goods.actions.sheets import KEPT, KEPT_VIDEO
from grapevine.goods.actions.shelves import lock_shop
from grapevine.goods.contracts import Clip
from grapevine.goods.models import Goods, GoodsPicture, ImportPicture, ImportRun
from grapevine.goods.sheets import SheetGoods
from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked
from grapevine.media import facade as media

SLICE_SECONDS = 5.0
BATCH = 50
ROWS = 500
VIDEO_PLACE = 99
"""A goods' video among its pictures, whose places end long before."""


def new_pictures(goods: Goods, one: SheetGoods) -> bool:
    """Whether a file names other addresses than those its pictures came from."""
    wanted = [source for source in one.pictures if not source.startswith(KEPT)]
    if not wanted:
        return False
    rows = ImportPicture.objects.filter(goods=goods, is_video=False)
    rows = rows.exclude(source__startswith=KEPT).order_by("position")
    return wanted != list(rows.values_list("source", flat=True))


def new_video(goods: Goods, one: SheetGoods) -> bool:
    """Whether a file names another video than the one that came from a file."""
    if not one.video or one.video.startswith(KEPT_VIDEO):
        return False
    rows = ImportPicture.objects.filter(goods=goods, is_video=True)
    return list(rows.values_list("source", flat=True)) != [one.video[:1000]]


def ask_pictures(run: ImportRun, rows: Iterable[tuple[int, SheetGoods, dict[str, int]]]) -> None:
    """Pictures to be had for (goods id, what the file says, which of them the goods have already)."""
    ImportPicture.objects.bulk_create(
        [
            ImportPicture(
                run=run, goods_id=pk, position=position, source=source[:1000],
                picture_id=own.get(source), state="done" if source in own else "waiting",
            )
            for pk, one, own in rows
            for position, source in enumerate(one.pictures)
            if source in own or not source.startswith(KEPT)
        ],
        batch_size=ROWS,
    )  # fmt: skip


def ask_videos(run: ImportRun, rows: Iterable[tuple[int, SheetGoods]]) -> None:
    ImportPicture.objects.bulk_create(
        [
            ImportPicture(
                run=run, goods_id=pk, position=VIDEO_PLACE, source=one.video[:1000], is_video=True
            )
            for pk, one in rows
            if one.video and not one.video.startswith(KEPT_VIDEO)
        ],
        batch_size=ROWS,
    )


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
    """Have one picture or video; the last one of its goods shows them all."""
    owner_id = row.run.actor_id
    try:
        file = io.BytesIO(_bytes(row))
        if row.is_video:
            found = {"video_id": media.store_video(owner_id=owner_id, file=file).id}
        else:
            picture = media.store_picture(owner_id=owner_id, file=file, alt=row.goods.title)
            found = {"picture_id": picture.id}
    except DomainError as error:
        reason = str(error.params.get("reason", error.message % error.params))
        _note(row, state="failed", reason=reason[:120])
        return False
    return _note(row, state="done", **found)


@transaction.atomic
def _note(row: ImportPicture, **found: object) -> bool:
    """What became of a picture, and with the last of its goods all of them shown; False if somebody else was first."""
    lock_shop(row.goods.shop_id)
    if not ImportPicture.objects.filter(pk=row.pk, state="waiting").update(**found):
        return False
    if not ImportPicture.objects.filter(goods=row.goods, state="waiting").exists():
        _show(row.goods, row.run_id)
    return True


def _bytes(row: ImportPicture) -> bytes:
    """From the ZIP if a file of that name was in it, else from its address."""
    name = PurePosixPath(unquote(urlsplit(row.source).path)).name
    file = importfiles.folder_of(row.run) / "pictures" / name
    if name not in ("", ".", "..") and file.is_file():
        return file.read_bytes()
    if "://" not in row.source:
        raise NotFetched(reason=marked("压缩包里没有这个文件"))
    if not settings.IMPORT_FETCH:
        raise NotFetched(reason=marked("没有开启按网址取图"))
    return fetch(row.source, VIDEO if row.is_video else PICTURE)


def _show(goods: Goods, run_id: int) -> None:
    """All pictures of goods that could be had, in the file's order, and the video that this file brought, as if
    somebody had picked them by hand.

    Goods that are on sale keep theirs until a look at the new ones, where goods are looked at.
    """
    own = dict(GoodsPicture.objects.filter(goods=goods).values_list("position", "picture_id"))
    done = ImportPicture.objects.filter(goods=goods, state="done")
    rows = done.filter(is_video=False).order_by("position")
    films = done.filter(is_video=True, run_id=run_id, video_id__isnull=False)
    found = [row.picture_id or own.get(row.position) for row in rows]
    pictures = [picture for picture in found if picture is not None]
    keys: dict[str, Any] = {"picture_ids": list(dict.fromkeys(pictures))} if pictures else {}
    for video_id in films.values_list("video_id", flat=True):
        keys["clip"] = Clip(video_id or 0)
    mine: dict[str, Any] = {"shop_id": goods.shop_id, "public_id": goods.public_id}
    try:
        if keys:
            change_keys(**keys, **mine)
        else:
            judge_again(**mine)
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
