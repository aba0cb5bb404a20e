"""Videos: known by their bytes, bounded, without what they tell of their maker, served in spans, forgotten unsent."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from grapevine.kit.errors import DomainError
from grapevine.media import facade, jobs, videos
from grapevine.media.contracts import VideoNotFound
from grapevine.media.models import Video
from grapevine.media.rules import containers
from grapevine.media.rules.spans import OutOfFile, span_of
from grapevine.media.tests.films import PLACE, box, film, mp4, webm

SIZE = len(mp4())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "kind", "seconds"),
    [(mp4(), "mp4", 12), (mp4(code=b"vp09", seconds=0), "mp4", None), (webm(), "webm", 3),
     (webm(code=b"V_AV1", seconds=None), "webm", None)],
)  # fmt: skip
def test_what_it_is_is_kept_and_where_it_was_filmed_is_not(
    content: bytes, kind: str, seconds: int | None
) -> None:
    assert PLACE in content
    card = facade.store_video(owner_id=1, file=film(content))
    assert (card.content_type, card.seconds, card.size) == (f"video/{kind}", seconds, len(content))
    kept = videos.path_of(card.public_id, card.content_type).read_bytes()
    assert (len(kept), PLACE in kept) == (len(content), False)
    again = containers.look(film(kept))
    assert (again.content_type, again.seconds and round(again.seconds)) == (f"video/{kind}", seconds)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "not_a_video"), (b"<svg onload=alert(1)>", "not_a_video"), (b"GIF89a", "not_a_video"),
     (mp4()[:-1], "not_a_video"), (mp4(brand=b"qt  "), "not_a_video"),
     (mp4().replace(b"moov", b"free"), "not_a_video"), (mp4().replace(b"vide", b"soun"), "not_a_video"),
     (box(b"ftyp", b"isom"), "not_a_video"), (mp4(code=b"hvc1"), "video_not_played"),
     (mp4(seconds=61.5), "video_too_long"), (webm(code=b"V_MPEG4/ISO/AVC"), "video_not_played"),
     (webm().replace(b"webm", b"mkv_"), "not_a_video"), (webm()[:20], "not_a_video"),
     (webm(seconds=62), "video_too_long"), (mp4(frames=bytes(2000)), "video_too_large")],
)  # fmt: skip
def test_what_is_no_short_video_leaves_nothing_behind(
    content: bytes, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(videos, "BYTES_MAX", 2000)
    with pytest.raises(DomainError) as refused:
        facade.store_video(owner_id=1, file=film(content))
    assert refused.value.code == f"media.{code}"
    assert not Video.objects.exists()


def test_a_person_has_only_so_many_young_ones(db: None, monkeypatch: Any) -> None:  # noqa: ARG001
    monkeypatch.setattr(videos, "UNSENT_MAX", 1)
    facade.store_video(owner_id=1, file=film())
    with pytest.raises(DomainError) as refused:
        facade.store_video(owner_id=1, file=film())
    assert refused.value.code == "media.too_many_videos"
    other = facade.store_video(owner_id=2, file=film())
    with pytest.raises(VideoNotFound):
        facade.video_owned_by(1, other.public_id)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("", None), ("bytes=0-", (0, 99)), ("bytes=0-0", (0, 0)), ("bytes=90-200", (90, 99)),
     ("bytes=-10", (90, 99)), ("bytes=-200", (0, 99)), ("bytes=5-2", None), ("bytes=-", None),
     ("bytes=0-1,4-5", None), ("items=0-1", None)],
)  # fmt: skip
def test_which_span_is_asked_for(asked: str, found: tuple[int, int] | None) -> None:
    assert span_of(asked, 100) == found


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_span_beyond_the_end_is_told(asked: str) -> None:
    with pytest.raises(OutOfFile):
        span_of(asked, 100)


@pytest.mark.django_db
def test_it_is_served_whole_or_in_the_span_a_player_asks_for(client: Client) -> None:
    card = facade.store_video(owner_id=1, file=film())
    whole = client.get(card.url)
    content = b"".join(whole)
    assert (whole.status_code, len(content), whole["Accept-Ranges"]) == (200, SIZE, "bytes")
    assert whole["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (whole["Content-Type"], whole["X-Content-Type-Options"]) == ("video/mp4", "nosniff")
    part = client.get(card.url, headers={"Range": "bytes=4-7", "If-Range": whole["ETag"]})
    assert (part.status_code, b"".join(part)) == (206, b"ftyp")
    assert (part["Content-Range"], part["Content-Length"]) == (f"bytes 4-7/{SIZE}", "4")
    stale = client.get(card.url, headers={"Range": "bytes=4-7", "If-Range": '"other"'})
    assert (stale.status_code, stale["Content-Length"]) == (200, str(SIZE))
    beyond = client.get(card.url, headers={"Range": f"bytes={SIZE}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{SIZE}")
    head = client.head(card.url)
    assert (head["Content-Length"], b"".join(head)) == (str(SIZE), b"")
    for address in (card.url.replace("mp4", "webm"), "/videos/nothinghere.mp4", "/videos/x.jpg"):
        assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_one_that_was_never_sent_goes_after_a_month() -> None:
    with time_machine.travel(timezone.now() - timedelta(days=31), tick=False):
        old = facade.store_video(owner_id=1, file=film())
    young = facade.store_video(owner_id=1, file=film())
    assert jobs.forget_unused() == 1
    assert list(Video.objects.values_list("pk", flat=True)) == [young.id]
    assert not videos.path_of(old.public_id, old.content_type).exists()
