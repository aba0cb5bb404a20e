"""What the rest of the house may call."""

from grapevine.media.actions import set_alt, store_picture, store_pictures_bulk
from grapevine.media.queries import (
    picture_by_public_id,
    picture_bytes,
    pictures,
    pictures_owned_by,
)

__all__ = [
    "picture_by_public_id",
    "picture_bytes",
    "pictures",
    "pictures_owned_by",
    "set_alt",
    "store_picture",
    "store_pictures_bulk",
]
