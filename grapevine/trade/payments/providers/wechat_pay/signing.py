"""WeChat Pay's signatures (SHA256 with RSA, PKCS#1 v1.5) and its sealed contents (AES-256-GCM).

https://wechatpay-api.gitbook.io/wechatpay-api-v3/qian-ming-zhi-nan-1/qian-ming-sheng-cheng (requests)
https://pay.weixin.qq.com/docs/merchant/development/interface-rules/signature-verification.html (answers, notices)
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.trade.payments.port import ProviderDown
from grapevine.trade.payments.providers.wechat_pay.config import WechatPayConfig

ALGORITHM = "WECHATPAY2-SHA256-RSA2048"
SEAL_ALGORITHM = "AEAD_AES_256_GCM"
PROBE = "WECHATPAY/SIGNTEST/"
"""How a deliberately wrong signature begins, sent now and then to see whether signatures are verified:
https://pay.weixin.qq.com/doc/v3/merchant/4016241880"""
WINDOW_SECONDS = 300
KEY_BITS_MIN = 2048
SEAL_NONCE_BYTES = 12
HEADERS = ("Wechatpay-Serial", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature")
KIND_HEADER = "Wechatpay-Signature-Type"
SERIAL = re.compile(r"[0-9A-Za-z_]{1,64}")
STAMP = re.compile(r"[0-9]{1,12}")
NONCE = re.compile(r"[\x21-\x7e]{1,64}")
SIGNATURE = re.compile(r"[0-9A-Za-z+/]{300,1000}={0,2}")


class Untrusted(ValueError):
    """Not from WeChat Pay as far as we can see. The caller says what that means: a bad callback or a bad answer."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The four headers of a message that claims to be WeChat Pay's, well formed and recent."""

    serial: str
    stamp: str
    nonce: str
    signature: str

    def fits(self, body: bytes, *, key: RSAPublicKey) -> bool:
        message = content(self.stamp, self.nonce) + body + b"\n"
        try:
            given = base64.b64decode(self.signature, validate=True)
            key.verify(given, message, PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True


def content(*lines: str) -> bytes:
    """Every line ends, also the last."""
    return "".join(f"{line}\n" for line in lines).encode()


def signed_of(headers: Mapping[str, str]) -> Signed:
    """What a message says of its signature. Untrusted for a header missing, given twice, malformed or old."""
    serial, stamp, nonce, signature = (_only(headers, name=name) for name in HEADERS)
    kinds = _all(headers, name=KIND_HEADER)
    # The documents name no type for callbacks; where one is sent it must be the one we check.
    if kinds not in ([], [ALGORITHM]):
        raise Untrusted(KIND_HEADER)
    if signature.startswith(PROBE):
        raise Untrusted("a probe")
    pairs = ((SERIAL, serial), (STAMP, stamp), (NONCE, nonce), (SIGNATURE, signature))
    if not all(pattern.fullmatch(text) for pattern, text in pairs):
        raise Untrusted("a malformed header")
    if abs(clock.now().timestamp() - int(stamp)) >= WINDOW_SECONDS:
        raise Untrusted("not recent")
    return Signed(serial, stamp, nonce, signature)


def _all(headers: Mapping[str, str], *, name: str) -> list[str]:
    return [value for given, value in headers.items() if given.lower() == name.lower()]


def _only(headers: Mapping[str, str], *, name: str) -> str:
    found = _all(headers, name=name)
    if len(found) != 1:
        raise Untrusted(name)
    return found[0]


@lru_cache(maxsize=8)
def _private_key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_BITS_MIN:
        raise ValueError("not an RSA key of 2048 bits or more")
    return key


@lru_cache(maxsize=8)
def public_key(pem: str) -> RSAPublicKey:
    """Untrusted if it cannot be used: nothing can be verified with it."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise Untrusted("the public key") from None
    return usable(key)


def usable(key: object) -> RSAPublicKey:
    if not isinstance(key, RSAPublicKey) or key.key_size < KEY_BITS_MIN:
        raise Untrusted("not an RSA key of 2048 bits or more")
    return key


def sign(message: bytes, *, private_key_pem: str) -> str:
    """The signature in base64. ProviderDown if the key cannot be used: nothing can be asked with it."""
    try:
        key = _private_key(private_key_pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ProviderDown("our private key") from None
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def authorization(method: str, target: str, body: bytes, *, config: WechatPayConfig) -> str:
    """The header that goes with a request for `target`, path and query."""
    stamp, nonce = now_stamp(), new_nonce()
    message = content(method, target, stamp, nonce) + body + b"\n"
    signature = sign(message, private_key_pem=config.private_key_pem)
    fields = {
        "mchid": config.mch_id, "nonce_str": nonce, "timestamp": stamp,
        "serial_no": config.merchant_serial, "signature": signature,
    }  # fmt: skip
    return f"{ALGORITHM} " + ",".join(f'{name}="{text}"' for name, text in fields.items())


def now_stamp() -> str:
    return str(int(clock.now().timestamp()))


def new_nonce() -> str:
    return new_id() + new_id()


def unsealed(box: Mapping[str, object], *, api_v3_key: str) -> bytes:
    """What a `resource` or `encrypt_certificate` holds. Untrusted unless it was sealed with this key.

    https://wechatpay-api.gitbook.io/wechatpay-api-v3/qian-ming-zhi-nan-1/zheng-shu-he-hui-tiao-bao-wen-jie-mi
    """
    nonce, text = box.get("nonce"), box.get("ciphertext")
    beside = box.get("associated_data") or ""
    if box.get("algorithm") != SEAL_ALGORITHM:
        raise Untrusted("sealed otherwise")
    if not (isinstance(nonce, str) and isinstance(text, str) and isinstance(beside, str)):
        raise Untrusted("not a seal")
    try:
        if len(nonce.encode()) != SEAL_NONCE_BYTES:
            raise Untrusted("a nonce of another length")
        sealed = base64.b64decode(text, validate=True)
        return AESGCM(api_v3_key.encode()).decrypt(nonce.encode(), sealed, beside.encode())
    except (InvalidTag, ValueError):
        raise Untrusted("a seal that does not fit") from None
