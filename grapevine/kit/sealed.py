"""Personal data at rest: AES-256-GCM with key ids, and a keyed blind index for look-up.

A sealed value is `v1:<key id>:<base64 nonce+ciphertext>`. The column's name is bound in as
associated data, so a value moved to another column does not open.
"""

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12


class SealBroken(Exception):
    """The stored value does not open with any key we hold, or was moved from another column."""


def _key(key_id: str) -> bytes:
    secret: str = settings.SEAL_KEYS[key_id]
    return hashlib.sha256(secret.encode()).digest()


def seal(value: str, *, context: str) -> str:
    key_id = next(iter(settings.SEAL_KEYS))
    nonce = os.urandom(NONCE_BYTES)
    box = AESGCM(_key(key_id)).encrypt(nonce, value.encode(), context.encode())
    return f"v1:{key_id}:{base64.b64encode(nonce + box).decode()}"


def unseal(sealed: str, *, context: str) -> str:
    try:
        _, key_id, body = sealed.split(":", 2)
        raw = base64.b64decode(body)
        opened = AESGCM(_key(key_id)).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()
        )
    except (KeyError, ValueError, InvalidTag) as error:
        raise SealBroken(context) from error
    return opened.decode()


def seal_bytes(value: bytes, *, context: str) -> bytes:
    """As `seal`, for what is not text."""
    return seal(value.decode("latin-1"), context=context).encode()


def unseal_bytes(sealed: bytes, *, context: str) -> bytes:
    return unseal(sealed.decode(), context=context).encode("latin-1")


def blind_index(value: str, *, context: str) -> str:
    """A keyed digest that finds an equal value without opening any. Normalise `value` first."""
    key = hashlib.sha256(f"blind:{settings.BLIND_INDEX_KEY}".encode()).digest()
    return hmac.new(key, f"{context}:{value}".encode(), hashlib.sha256).hexdigest()


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class SealedTextField(_TextField):
    """Text that is sealed on its way into the database and opened on its way out."""

    def context(self) -> str:
        """What a value of this column is bound to."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return plain if plain in (None, "") else seal(str(plain), context=self.context())

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return value if value in (None, "") else unseal(value, context=self.context())
