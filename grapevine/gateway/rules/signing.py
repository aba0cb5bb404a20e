"""Standard Webhooks signatures: HMAC-SHA256 over `id.timestamp.body`.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300


def signature(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def headers(
    secrets: Sequence[str], *, message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers; while a secret is being replaced both sign."""
    signed = [
        signature(one, message_id=message_id, timestamp=timestamp, body=body) for one in secrets
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }


def is_genuine(secret: str, *, given: Mapping[str, str], body: bytes, now: int) -> bool:
    """What a receiver checks: a signature of ours, made in the last five minutes."""
    try:
        timestamp = int(given["webhook-timestamp"])
        expected = signature(secret, message_id=given["webhook-id"], timestamp=timestamp, body=body)
        offered = given["webhook-signature"].split()
    except (KeyError, ValueError, binascii.Error):
        return False
    recent = abs(now - timestamp) <= TOLERANCE_SECONDS
    return recent and any(hmac.compare_digest(expected, one) for one in offered)
