"""Papers that only their owner and operators may see: sealed on the disk, in a folder no address leads to."""

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.kit.sealed import seal, unseal
from grapevine.media import files
from grapevine.media.contracts import NotAPaper, NotAPicture, PictureNotFound, PictureTooLarge
from grapevine.media.models import PrivateFile

NONCE_BYTES = 12
KEY_BYTES = 32
CONTEXT = "media.private"


@dataclass(frozen=True, slots=True)
class Paper:
    content_type: str
    content: bytes


def _path(public_id: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "private" / public_id[:2] / public_id


def store_private(*, owner_id: int, file: IO[bytes]) -> int:
    """Keep a PDF as it is, or a picture re-encoded. Raises NotAPaper or PictureTooLarge; then nothing is kept.

    Each file has a key of its own, sealed beside it.
    """
    content = file.read(files.BYTES_MAX + 1)
    if len(content) > files.BYTES_MAX:
        raise PictureTooLarge
    kind = "application/pdf"
    if not content.startswith(b"%PDF-"):
        kind, content = "image/jpeg", _picture(content)
    public_id = new_id()
    key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
    box = AESGCM(key).encrypt(nonce, content, public_id.encode())
    head = seal(key.hex(), context=CONTEXT).encode()
    path = _path(public_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(head + b"\n" + nonce + box)
    part.replace(path)
    made = PrivateFile.objects.create(
        public_id=public_id, owner_id=owner_id, content_type=kind, size=len(content),
        created_at=clock.now(),
    )  # fmt: skip
    return made.pk


def _picture(content: bytes) -> bytes:
    try:
        decoded = files.decode(io.BytesIO(content))
    except NotAPicture:
        raise NotAPaper from None
    out = io.BytesIO()
    decoded.image.save(out, "JPEG", quality=files.QUALITY)
    return out.getvalue()


def private_file(file_id: int) -> Paper:
    """The paper. Whoever calls has asked before whether this person may see it."""
    found = PrivateFile.objects.filter(pk=file_id).first()
    if found is None:
        raise PictureNotFound(file_id)
    head, rest = _path(found.public_id).read_bytes().split(b"\n", 1)
    key = bytes.fromhex(unseal(head.decode(), context=CONTEXT))
    nonce, box = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    content = AESGCM(key).decrypt(nonce, box, found.public_id.encode())
    return Paper(found.content_type, content)


def drop_private(file_id: int) -> None:
    """The paper goes, from the disk first: what is left of a crash is a row without content, and goes the next time."""
    found = PrivateFile.objects.filter(pk=file_id).first()
    if found is not None:
        _path(found.public_id).unlink(missing_ok=True)
        found.delete()


def private_types(ids: Iterable[int]) -> dict[int, str]:
    """What kind of file each paper is."""
    return dict(PrivateFile.objects.filter(pk__in=list(ids)).values_list("pk", "content_type"))
