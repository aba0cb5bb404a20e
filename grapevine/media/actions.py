"""Storing pictures, and forgetting those of drafts that were never sent."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.media import files, ports
from grapevine.media.contracts import PictureCard, PictureTooLarge
from grapevine.media.models import Picture
from grapevine.media.queries import UNSENT, card

BATCH = 500


def store_picture(
    *, owner_id: int | None, file: IO[bytes], alt: str = "", is_private: bool = False
) -> PictureCard:
    """Decode, re-encode and keep a picture. Raises NotAPicture or PictureTooLarge; then nothing is kept.

    A private one has no address of its own: the module it is for shows it, to those who may see it.
    """
    size = getattr(file, "size", None)
    if size is not None and size > files.BYTES_MAX:
        raise PictureTooLarge
    return store_pictures_bulk([(owner_id, file, alt)], is_private=is_private)[0]


def store_pictures_bulk(
    rows: Sequence[tuple[int | None, Path | IO[bytes], str]], *, is_private: bool = False
) -> list[PictureCard]:
    """Keep (owner, file, alt) in order; files first, then the rows in one insert."""
    now, made = clock.now(), []
    for owner_id, file, alt in rows:
        decoded, public_id = (
            files.decode(file),
            files.PRIVATE + new_id()[2:] if is_private else new_id(),
        )
        files.write(decoded.image, files.path_of(public_id))
        made.append(
            Picture(
                public_id=public_id, owner_id=owner_id, width=decoded.image.width,
                height=decoded.image.height, tone=decoded.tone, alt=alt[:200], created_at=now,
            )
        )  # fmt: skip
    Picture.objects.bulk_create(made, batch_size=BATCH)
    return [card(picture) for picture in made]


def set_alt(*, picture_id: int, alt: str) -> None:
    """What a picture shows, in words, at most 200 characters."""
    Picture.objects.filter(pk=picture_id).update(alt=alt.strip()[:200])


def forget_unused(most: int = 2000) -> int:
    """Pictures that after a month stand nowhere go, from the disk first; how many went.

    Each picture is asked about once: one that is shown then is kept from there on.
    """
    rows = Picture.objects.filter(kept_at=None, created_at__lt=clock.now() - UNSENT)
    asked = dict(rows.order_by("created_at").values_list("pk", "public_id")[:most])
    if not asked:
        return 0
    kept = ports.in_use(asked)
    Picture.objects.filter(pk__in=kept).update(kept_at=clock.now())
    for pk in set(asked) - kept:
        files.remove(asked[pk])
    Picture.objects.filter(pk__in=set(asked) - kept, kept_at=None).delete()
    return len(asked) - len(kept)
