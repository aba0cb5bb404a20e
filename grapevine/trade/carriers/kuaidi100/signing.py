"""Kuaidi100's signatures: MD5 over the parameter with a shared secret behind it, in capital letters.

https://api.kuaidi100.com/document/5f0ffa8f2977d50a94e1023c (query: param + key + customer) and
https://api.kuaidi100.com/document/5f0ffb5ebc8da837cbd8aefc (push: param + salt).
"""

import hashlib
import hmac
from urllib.parse import parse_qsl

from grapevine.trade.parcels import BadPush

FIELDS_MAX = 10


def sign(*parts: str) -> str:
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest().upper()


def opened(body: bytes, *, salt: str) -> str:
    """`param` of a push whose signature is right, as it stood in the body. BadPush for anything else."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict",
            max_num_fields=FIELDS_MAX,
        )  # fmt: skip
    except (UnicodeError, ValueError):
        raise BadPush("form") from None
    form = dict(pairs)
    if len(form) != len(pairs) or not {"sign", "param"} <= form.keys() or not salt:
        raise BadPush("form")
    right = sign(form["param"], salt)
    if not hmac.compare_digest(right.encode(), form["sign"].upper().encode()):
        raise BadPush("sign")
    return form["param"]
