"""The sandbox signs its callbacks as a real provider does: Ed25519 over time, nonce and raw body."""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from grapevine.kit import clock
from grapevine.trade.payments.port import BadCallback

KEY_ID = "sandbox-1"
WINDOW_SECONDS = 300
NONCE_MAX = 64


def _key() -> Ed25519PrivateKey:
    """The provider's key; here both sides live in one house, so it is made from the house's secret."""
    seed = hashlib.sha256(f"sandbox-provider:{settings.SECRET_KEY}".encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _message(timestamp: str, nonce: str, body: bytes) -> bytes:
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def sign(body: bytes, *, nonce: str) -> dict[str, str]:
    """The headers that go with a callback."""
    timestamp = str(int(clock.now().timestamp()))
    signature = _key().sign(_message(timestamp, nonce, body))
    return {
        "Sandbox-Key-Id": KEY_ID,
        "Sandbox-Timestamp": timestamp,
        "Sandbox-Nonce": nonce,
        "Sandbox-Signature": base64.b64encode(signature).decode(),
    }


def verify(headers: Mapping[str, str], body: bytes) -> None:
    """Raise BadCallback unless every header is there, the time is near and the signature fits."""
    given = {
        name: headers.get(name, "")
        for name in ("Sandbox-Key-Id", "Sandbox-Timestamp", "Sandbox-Nonce", "Sandbox-Signature")
    }
    stamp, nonce = given["Sandbox-Timestamp"], given["Sandbox-Nonce"]
    if (
        given["Sandbox-Key-Id"] != KEY_ID
        or not stamp.isascii()
        or not stamp.isdigit()
        or len(stamp) > 12
    ):
        raise BadCallback
    if not 1 <= len(nonce) <= NONCE_MAX:
        raise BadCallback
    if abs(int(clock.now().timestamp()) - int(stamp)) > WINDOW_SECONDS:
        raise BadCallback
    try:
        signature = base64.b64decode(given["Sandbox-Signature"], validate=True)
        _key().public_key().verify(signature, _message(stamp, nonce, body))
    except (InvalidSignature, binascii.Error, ValueError):
        raise BadCallback from None
