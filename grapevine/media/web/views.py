"""Pictures, cached for good: a public id never changes what it shows."""

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from grapevine.media import files
from grapevine.media.contracts import WIDTHS, PictureNotFound

IMMUTABLE = "public, max-age=31536000, immutable"


@require_safe
def picture(request: HttpRequest, public_id: str, width: int) -> HttpResponseBase:  # noqa: ARG001
    """GET /pictures/<public_id>/<width>.jpg"""
    if width not in WIDTHS or not public_id.isalnum() or not files.path_of(public_id).exists():
        raise PictureNotFound(public_id)
    response = FileResponse(files.sized(public_id, width).open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = IMMUTABLE
    response["X-Content-Type-Options"] = "nosniff"
    return response
