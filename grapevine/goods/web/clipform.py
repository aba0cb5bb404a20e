"""The video of goods in their form: what came, what stays, and which picture stands for it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, QueryDict

from grapevine.goods.actions.auditing import waiting_change
from grapevine.goods.contracts import NO_CLIP, Clip, GoodsDetail
from grapevine.goods.rules import table
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me
from grapevine.media import facade as media
from grapevine.media.contracts import PictureCard, VideoCard


def sent_video(request: HttpRequest) -> tuple[VideoCard | None, str]:
    """The video that came with the form, now or before it was refused, and what is wrong with it."""
    file, kept = request.FILES.get("video"), request.POST.get("kept-video", "")[:12]
    if file:
        try:
            return media.store_video(owner_id=me(request), file=file), ""
        except DomainError as refused:
            return None, refused.message % refused.params
    return (media.video_owned_by(me(request), kept) if kept else None), ""


def shown_clip(detail: GoodsDetail | None) -> Clip:
    """What the form starts from: what waits for an operator, else what is on sale."""
    if detail is None:
        return NO_CLIP
    waiting = waiting_change(detail.card.id).get("clip")
    if waiting is not None:
        return Clip(*waiting)
    is_own = detail.poster is not None and detail.poster != detail.card.cover
    poster = detail.poster.id if detail.poster and is_own else 0
    return Clip(detail.video.id if detail.video else 0, poster)


def typed_clip(
    data: QueryDict, detail: GoodsDetail | None, came: VideoCard | None, pictures: Sequence[int]
) -> Clip:
    """A video that came goes before the one that is there; its poster is a picture by its place, from 1."""
    video = came.id if came else 0
    if not video and "drop-video" not in data:
        video = shown_clip(detail).video_id
    place = table.whole(data.get("poster", "")[:4], 99) or 0
    poster = pictures[place - 1] if 1 <= place <= len(pictures) else 0
    return Clip(video, poster) if video else NO_CLIP


def clip_context(
    data: QueryDict | None,
    detail: GoodsDetail | None,
    came: VideoCard | None,
    pictures: Sequence[PictureCard],
) -> dict[str, Any]:
    """What the form shows of the video."""
    clip = shown_clip(detail)
    video = came or media.videos([clip.video_id]).get(clip.video_id)
    places = {one.id: n for n, one in enumerate(pictures, 1)}
    poster = str(places.get(clip.poster_id, ""))
    return {
        "video": video, "came_video": came.public_id if came else "",
        "poster": poster if data is None else data.get("poster", ""),
        "drop_video": data is not None and "drop-video" in data,
    }  # fmt: skip
