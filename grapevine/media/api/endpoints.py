"""Pictures and videos over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import File, Router, Schema, Status, UploadedFile

from grapevine.kit.api import signed_in
from grapevine.kit.pages import me
from grapevine.media import facade

router = Router(tags=["media"])


class PictureOut(Schema):
    public_id: str
    url: str
    width: int
    height: int
    tone: str
    alt: str


@router.post("/pictures", response={201: PictureOut}, auth=signed_in)
def upload(
    request: HttpRequest,
    file: File[UploadedFile],
    alt: str = "",
    private: bool = False,  # noqa: FBT001, FBT002  a query parameter
) -> Status[Any]:
    """Store a JPEG, PNG or WebP of at most 12 MB; use its public_id in notes, goods and profiles.

    A `private` one is for after-sales: only the two sides of a case and the platform see it.
    """
    made = facade.store_picture(owner_id=me(request), file=file, alt=alt, is_private=private)
    return Status(201, made)


@router.get("/pictures/{public_id}", response=PictureOut, auth=None)
def read(request: HttpRequest, public_id: str) -> Any:  # noqa: ARG001
    """One picture's size, colour and address."""
    return facade.picture_by_public_id(public_id)


class VideoOut(Schema):
    public_id: str
    url: str
    content_type: str
    size: int
    seconds: int | None


@router.post("/videos", response={201: VideoOut}, auth=signed_in)
def upload_video(request: HttpRequest, file: File[UploadedFile]) -> Status[Any]:
    """Store an MP4 or WebM of at most 50 MB and a minute; use its public_id in goods. It is kept as it came."""
    return Status(201, facade.store_video(owner_id=me(request), file=file))
