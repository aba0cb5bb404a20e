"""Reads of pictures, one query each."""

from collections.abc import Iterable
from datetime import timedelta

from grapevine.media import files
from grapevine.media.contracts import WIDTHS, PictureCard, PictureNotFound
from grapevine.media.models import Picture

UNSENT = timedelta(days=30)
"""How long what was uploaded waits for what it is for."""


def card(picture: Picture) -> PictureCard:
    fitting = [width for width in WIDTHS if width < picture.width] or [WIDTHS[0]]
    srcset = ", ".join(f"/pictures/{picture.public_id}/{width}.jpg {width}w" for width in fitting)
    is_private = picture.public_id.startswith(files.PRIVATE)
    return PictureCard(
        id=picture.pk,
        public_id=picture.public_id,
        url="" if is_private else f"/pictures/{picture.public_id}/720.jpg",
        width=picture.width,
        height=picture.height,
        tone=picture.tone,
        alt=picture.alt,
        srcset="" if is_private else srcset,
    )


def pictures(ids: Iterable[int]) -> dict[int, PictureCard]:
    wanted = set(ids)
    return {p.pk: card(p) for p in Picture.objects.filter(pk__in=wanted)} if wanted else {}


def picture_by_public_id(public_id: str) -> PictureCard:
    found = Picture.objects.filter(public_id=public_id).first()
    if found is None or public_id.startswith(files.PRIVATE):
        raise PictureNotFound(public_id)
    return card(found)


def pictures_owned_by(
    owner_id: int, public_ids: Iterable[str], *, private: bool = False
) -> list[PictureCard]:
    """The pictures, in the order asked for; one that is not this person's raises PictureNotFound.

    Private ones are found only by who asks for `private` ones, and no others then.
    """
    wanted = list(public_ids)
    if any(public_id.startswith(files.PRIVATE) != private for public_id in wanted):
        raise PictureNotFound
    found = {
        p.public_id: p for p in Picture.objects.filter(owner_id=owner_id, public_id__in=wanted)
    }
    for public_id in wanted:
        if public_id not in found:
            raise PictureNotFound(public_id)
    return [card(found[public_id]) for public_id in wanted]


def picture_bytes(picture_id: int, width: int = 720) -> bytes:
    """The JPEG at one of WIDTHS."""
    found = Picture.objects.filter(pk=picture_id).first()
    if found is None:
        raise PictureNotFound(picture_id)
    return files.sized(found.public_id, width).read_bytes()
