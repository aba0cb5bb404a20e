"""Videos: kept as they came, once their own bytes say what they are, and without what they tell of their maker."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from django.conf import settings

from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.media import ports
from grapevine.media.contracts import (
    NotAVideo,
    TooManyVideos,
    VideoCard,
    VideoNotFound,
    VideoNotPlayed,
    VideoTooLarge,
    VideoTooLong,
)
from grapevine.media.models import Video
from grapevine.media.queries import UNSENT
from grapevine.media.rules.containers import MP4, Container, NotPlayable, emptied, look

BYTES_MAX = 50_000_000
SECONDS_MAX = 60
SLACK = 1.0
"""A minute of film may be a few frames longer."""
UNSENT_MAX = 200
"""How many of a person's videos may be younger than a month, sent or not."""
ENDINGS = {MP4: "mp4", "video/webm": "webm"}
PIECE = 1024 * 1024


def path_of(public_id: str, content_type: str) -> Path:
    return Path(settings.MEDIA_ROOT) / public_id[:2] / f"{public_id}.{ENDINGS[content_type]}"


def store_video(*, owner_id: int, file: IO[bytes]) -> VideoCard:
    """Keep a short MP4 or WebM. Raises NotAVideo, VideoNotPlayed, VideoTooLarge, VideoTooLong or TooManyVideos; then nothing is kept."""
    if file.seek(0, 2) > BYTES_MAX:
        raise VideoTooLarge
    found = _looked(file)
    since = clock.now() - UNSENT
    if Video.objects.filter(owner_id=owner_id, created_at__gt=since).count() >= UNSENT_MAX:
        raise TooManyVideos
    public_id = new_id()
    size = _write(file, path_of(public_id, found.content_type), found)
    made = Video.objects.create(
        public_id=public_id, owner_id=owner_id, content_type=found.content_type, size=size,
        seconds=None if found.seconds is None else max(1, round(found.seconds)), created_at=clock.now(),
    )  # fmt: skip
    return card(made)


def _looked(file: IO[bytes]) -> Container:
    try:
        found = look(file)
    except NotPlayable as refused:
        if refused.code:
            raise VideoNotPlayed(codec=refused.code) from None
        raise NotAVideo from None
    if found.seconds is not None and found.seconds > SECONDS_MAX + SLACK:
        raise VideoTooLong
    return found


def _write(file: IO[bytes], path: Path, found: Container) -> int:
    """Write whole or not at all, with nothing where it told something; the size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    file.seek(0)
    with part.open("wb") as target:
        while piece := file.read(PIECE):
            target.write(piece)
        size = target.tell()
        for start, length in found.told:
            target.seek(start)
            target.write(emptied(found.content_type, length))
    part.replace(path)
    return size


def card(video: Video) -> VideoCard:
    ending = ENDINGS[video.content_type]
    return VideoCard(
        video.pk, video.public_id, f"/videos/{video.public_id}.{ending}", video.content_type,
        video.size, video.seconds,
    )  # fmt: skip


def videos(ids: Iterable[int]) -> dict[int, VideoCard]:
    wanted = set(ids)
    return {one.pk: card(one) for one in Video.objects.filter(pk__in=wanted)} if wanted else {}


def video_owned_by(owner_id: int, public_id: str) -> VideoCard:
    """This person's video. Raises VideoNotFound, also for another's."""
    found = Video.objects.filter(owner_id=owner_id, public_id=public_id).first()
    if found is None:
        raise VideoNotFound(public_id)
    return card(found)


def forget_unused(most: int = 200) -> int:
    """Videos that after a month stand nowhere go, from the disk first; each is asked about once. How many went."""
    rows = Video.objects.filter(kept_at=None, created_at__lt=clock.now() - UNSENT)
    asked = {one.pk: one for one in rows.order_by("created_at")[:most]}
    if not asked:
        return 0
    kept = ports.in_use(list(asked), of="video")
    Video.objects.filter(pk__in=kept).update(kept_at=clock.now())
    for pk in set(asked) - kept:
        path_of(asked[pk].public_id, asked[pk].content_type).unlink(missing_ok=True)
    Video.objects.filter(pk__in=set(asked) - kept, kept_at=None).delete()
    return len(asked) - len(kept)
