"""Keys and certificates for the other side that we play ourselves, in the demo and in tests."""

import base64
import secrets
from binascii import Error as BadBase64
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import CertificateBuilder, Name, NameAttribute, random_serial_number
from cryptography.x509.oid import NameOID

from grapevine.kit import clock

LIFE = timedelta(days=5 * 365)
SECRET_CHARS = 32


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with the private key behind it."""

    serial: str
    """40 hexadecimal digits."""
    pem: str
    private_pem: str
    begins: str
    ends: str


def private_key(file: Path | None) -> str:
    """In PEM, from its file if there is one; made, and kept there, if not."""

    def make() -> str:
        key = generate_private_key(public_exponent=65537, key_size=2048)
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    if file is None:
        return make()
    if not file.exists():
        _keep(file, make())
    return file.read_text()


def secret(file: Path | None) -> str:
    """An API v3 key, kept likewise."""
    if file is None:
        return secrets.token_hex(SECRET_CHARS // 2)
    if not file.exists():
        _keep(file, secrets.token_hex(SECRET_CHARS // 2))
    return file.read_text()


def _keep(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text)


def public_key(private_pem: str) -> str:
    info = PublicFormat.SubjectPublicKeyInfo
    return _loaded(private_pem).public_key().public_bytes(Encoding.PEM, info).decode()


def fits(message: bytes, *, signature: str, private_key_pem: str) -> bool:
    """Whether the owner of this private key signed it."""
    try:
        given = base64.b64decode(signature, validate=True)
        _loaded(private_key_pem).public_key().verify(given, message, PKCS1v15(), SHA256())
    except (InvalidSignature, BadBase64):
        return False
    return True


def certificate(private_pem: str, *, begins_in: timedelta = timedelta(days=-1)) -> Issued:
    """Signed by itself, as of now."""
    key, begins = _loaded(private_pem), clock.now() + begins_in
    name = Name([NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign")])
    made = (
        CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + LIFE)
        .sign(key, SHA256())
    )
    return Issued(
        serial=f"{made.serial_number:040X}",
        pem=made.public_bytes(Encoding.PEM).decode(),
        private_pem=private_pem,
        begins=begins.isoformat(timespec="seconds"),
        ends=(begins + LIFE).isoformat(timespec="seconds"),
    )


@lru_cache(maxsize=16)
def _loaded(private_pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(private_pem.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key
