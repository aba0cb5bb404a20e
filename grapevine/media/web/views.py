"""Pictures and videos, cached for good: a public id never changes what it shows."""

from collections.abc import Iterator
from pathlib import Path

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.views.decorators.http import require_safe

from grapevine.media import files, videos
from grapevine.media.contracts import WIDTHS, PictureNotFound, VideoNotFound
from grapevine.media.rules.spans import OutOfFile, span_of

IMMUTABLE = "public, max-age=31536000, immutable"
PIECE = 256 * 1024
KINDS = {ending: kind for kind, ending in videos.ENDINGS.items()}


@require_safe
def picture(request: HttpRequest, public_id: str, width: int) -> HttpResponseBase:  # noqa: ARG001
    """GET /pictures/<public_id>/<width>.jpg"""
    if width not in WIDTHS or not public_id.isalnum() or not files.path_of(public_id).exists():
        raise PictureNotFound(public_id)
    response = FileResponse(files.sized(public_id, width).open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = IMMUTABLE
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def video(request: HttpRequest, public_id: str, ending: str) -> HttpResponseBase:
    """GET /videos/<public_id>.mp4 or .webm : the whole, or the span that a player asks for."""
    if ending not in KINDS or not public_id.isalnum():
        raise VideoNotFound(public_id)
    path = videos.path_of(public_id, KINDS[ending])
    if not path.exists():
        raise VideoNotFound(public_id)
    size, etag = path.stat().st_size, f'"{public_id}"'
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        asked = ""
    try:
        span = span_of(asked, size)
    except OutOfFile:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = span or (0, size - 1)
    response = StreamingHttpResponse(
        _pieces(path, first, last) if request.method == "GET" else (),
        status=206 if span else 200, content_type=KINDS[ending],
    )  # fmt: skip
    if span:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"], response["ETag"] = "bytes", etag
    response["Cache-Control"], response["X-Content-Type-Options"] = IMMUTABLE, "nosniff"
    return response


def _pieces(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
