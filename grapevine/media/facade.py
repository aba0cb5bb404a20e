"""What the rest of the house may call."""

from grapevine.media.actions import set_alt, store_picture, store_pictures_bulk
from grapevine.media.ports import register_use, register_video_use
from grapevine.media.private import (
    Paper,
    drop_private,
    private_file,
    private_types,
    store_private,
)
from grapevine.media.queries import (
    picture_by_public_id,
    picture_bytes,
    pictures,
    pictures_owned_by,
)
from grapevine.media.videos import store_video, video_owned_by, videos

__all__ = [
    "Paper",
    "drop_private",
    "picture_by_public_id",
    "picture_bytes",
    "pictures",
    "pictures_owned_by",
    "private_file",
    "private_types",
    "register_use",
    "register_video_use",
    "set_alt",
    "store_picture",
    "store_pictures_bulk",
    "store_private",
    "store_video",
    "video_owned_by",
    "videos",
]
