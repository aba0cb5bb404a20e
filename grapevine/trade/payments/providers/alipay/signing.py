"""Alipay's RSA2: SHA256withRSA over sorted parameters, or over the raw text of an answer.

https://opendocs.alipay.com/common/057k53 (how parameters are signed)
https://opendocs.alipay.com/common/02mse7 (how answers and notices are verified)
"""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from grapevine.trade.payments.port import BadCallback, ProviderDown

ALGORITHM = "RSA2"
KEY_BITS_MIN = 2048
NOTICE_BYTES_MAX = 65_536
NOTICE_FIELDS_MAX = 100
ANSWER_BYTES_MAX = 1_000_000
BLANKS = " \t\r\n"
NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
SECOND_FIELD = re.compile(r"&[A-Za-z0-9_]+=")
NUMBERS_AS_TEXT = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
"""Amounts may come as JSON numbers; they are read as they are written."""


def content(fields: Mapping[str, str]) -> bytes:
    """What is signed: every field given, sorted by name."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields)).encode()


@lru_cache(maxsize=8)
def _private_key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS_MIN:
        raise ValueError("not an RSA key of 2048 bits or more")
    return key


@lru_cache(maxsize=8)
def _public_key(pem: str) -> RSAPublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey) or key.key_size < KEY_BITS_MIN:
        raise ValueError("not an RSA key of 2048 bits or more")
    return key


def sign(message: bytes, *, private_key_pem: str) -> str:
    """The signature in base64. ProviderDown if the key cannot be used: nothing can be asked with it."""
    try:
        key = _private_key(private_key_pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ProviderDown("our private key") from None
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def fits(message: bytes, *, signature: str, public_key_pem: str) -> bool:
    try:
        given = base64.b64decode(signature, validate=True)
        _public_key(public_key_pem).verify(given, message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def read_notice(body: bytes, *, public_key_pem: str) -> dict[str, str]:
    """The fields of a signed form without `sign` and `sign_type`; BadCallback unless all of it is right."""
    if len(body) > NOTICE_BYTES_MAX:
        raise BadCallback
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True,
            errors="strict", max_num_fields=NOTICE_FIELDS_MAX,
        )  # fmt: skip
    except ValueError:
        raise BadCallback from None
    told = dict(pairs)
    if len(told) != len(pairs) or not all(_plain(name, text=text) for name, text in pairs):
        raise BadCallback
    signature, algorithm = told.pop("sign", ""), told.pop("sign_type", "")
    if not hmac.compare_digest(algorithm.encode(), ALGORITHM.encode()):
        raise BadCallback
    if not fits(content(told), signature=signature, public_key_pem=public_key_pem):
        raise BadCallback
    return told


def _plain(name: str, *, text: str) -> bool:
    """Whether a field cannot be taken for two: "a=1&b=2" is signed alike as one field and as two."""
    return NAME.fullmatch(name) is not None and SECOND_FIELD.search(text) is None


def read_answer(body: bytes, *, member: str, public_key_pem: str) -> dict[str, object]:
    """The signed object named `member` of a gateway answer. ProviderDown if it cannot be trusted."""
    if len(body) > ANSWER_BYTES_MAX:
        raise ProviderDown("an answer too long")
    try:
        raw = _members(body.decode())
        text = _signed_text(
            raw[member], signature=str(json.loads(raw["sign"])), public_key_pem=public_key_pem
        )
        answer = NUMBERS_AS_TEXT.decode(text)
    except (ValueError, KeyError, RecursionError):
        raise ProviderDown("an answer that cannot be trusted") from None
    if not isinstance(answer, dict):
        raise ProviderDown("an answer of another shape")
    return answer


def _signed_text(text: str, *, signature: str, public_key_pem: str) -> str:
    """The text that was signed: as sent, or with plain slashes, as Alipay's own clients also allow."""
    for candidate in dict.fromkeys((text, text.replace("\\/", "/"))):
        if fits(candidate.encode(), signature=signature, public_key_pem=public_key_pem):
            return candidate
    raise ValueError("the signature does not fit")


def _members(text: str) -> dict[str, str]:
    """The raw text of each member of a JSON object, exactly as it stands; ValueError for anything else."""
    found: dict[str, str] = {}
    at = _after(text, at=0, sign="{")
    while True:
        name, at = NUMBERS_AS_TEXT.raw_decode(text, _after(text, at=at, sign='"') - 1)
        start = _skip(text, at=_after(text, at=at, sign=":"))
        _, at = NUMBERS_AS_TEXT.raw_decode(text, start)
        if name in found:
            raise ValueError("a name twice")
        found[name] = text[start:at]
        at = _skip(text, at=at)
        if text[at : at + 1] == "}":
            break
        at = _after(text, at=at, sign=",")
    if _skip(text, at=at + 1) != len(text):
        raise ValueError("more than one object")
    return found


def _skip(text: str, *, at: int) -> int:
    while at < len(text) and text[at] in BLANKS:
        at += 1
    return at


def _after(text: str, *, at: int, sign: str) -> int:
    at = _skip(text, at=at)
    if text[at : at + 1] != sign:
        raise ValueError(f"no {sign}")
    return at + 1
