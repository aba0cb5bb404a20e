"""One-time codes by time, RFC 6238 over RFC 4226: six digits, SHA-1, thirty seconds; what authenticator apps know."""

import base64
import hashlib
import hmac
import struct
from urllib.parse import quote, urlencode

DIGITS = 6
PERIOD_SECONDS = 30
SECRET_BYTES = 20
DRIFT_STEPS = 1
"""A phone's clock may be one step off either way."""


def code_at(secret: bytes, step: int) -> str:
    """RFC 4226 5.3: dynamic truncation of an HMAC over the counter."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(seconds: float) -> int:
    return int(seconds) // PERIOD_SECONDS


def matching_step(secret: bytes, code: str, seconds: float) -> int | None:
    """The step this code belongs to, near now; None for a wrong code. Compares in constant time."""
    now, found = step_of(seconds), None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def written(secret: bytes) -> str:
    """Base32 without padding, as apps take it."""
    return base64.b32encode(secret).decode().rstrip("=")


def read(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """otpauth://, what the picture says."""
    query = urlencode(
        {"secret": written(secret), "issuer": issuer, "digits": DIGITS, "period": PERIOD_SECONDS},
        quote_via=quote,
    )
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"
