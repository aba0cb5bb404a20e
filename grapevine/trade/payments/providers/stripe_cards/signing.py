"""Stripe signs its callbacks with HMAC-SHA256 over the time and the raw body.

The rule: https://docs.stripe.com/webhooks#verify-manually. The library's own check accepts a time given
twice, any time ahead of ours, and the machine's clock instead of the house's, so it is not used here.
"""

import hashlib
import hmac
from collections.abc import Mapping

from grapevine.kit import clock
from grapevine.trade.payments.port import BadCallback

HEADER = "Stripe-Signature"
WINDOW_SECONDS = 300
HEADER_CHARS_MAX = 2000
STAMP_DIGITS_MAX = 12


def signature(body: bytes, *, stamp: str, secret: str) -> str:
    """64 hexadecimal digits."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def sign(body: bytes, *, secret: str) -> dict[str, str]:
    """The header that goes with a callback sent now."""
    stamp = str(int(clock.now().timestamp()))
    return {HEADER: f"t={stamp},v1={signature(body, stamp=stamp, secret=secret)}"}


def verify(headers: Mapping[str, str], *, body: bytes, secret: str) -> None:
    """Raise BadCallback unless there is one header, its time is near and one of its v1 signatures fits.

    While a secret is being replaced Stripe sends one v1 for each; v0 and anything else is passed over.
    """
    if not secret:
        raise BadCallback
    stamp, given = _parts(headers)
    if abs(int(clock.now().timestamp()) - int(stamp)) > WINDOW_SECONDS:
        raise BadCallback
    wanted = signature(body, stamp=stamp, secret=secret).encode()
    # Every one is compared, so that the time taken does not tell which fits.
    fits = [hmac.compare_digest(wanted, one.encode("ascii", "replace")) for one in given]
    if not any(fits):
        raise BadCallback


def _parts(headers: Mapping[str, str]) -> tuple[str, list[str]]:
    """The one time and all v1 signatures of the one header."""
    found = [value for name, value in headers.items() if name.lower() == HEADER.lower()]
    if len(found) != 1 or len(found[0]) > HEADER_CHARS_MAX:
        raise BadCallback
    pairs = [part.partition("=") for part in found[0].split(",")]
    stamps = [value for name, _, value in pairs if name == "t"]
    given = [value for name, _, value in pairs if name == "v1"]
    if len(stamps) != 1 or not given:
        raise BadCallback
    stamp = stamps[0]
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= STAMP_DIGITS_MAX):
        raise BadCallback
    return stamp, given
