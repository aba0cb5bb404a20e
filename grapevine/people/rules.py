"""What an identifier, a password and a handle may be."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

from grapevine.people.contracts import BadIdentifier, WeakPassword

EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
EMAIL_MAX = 120
NAME_MAX = 40
PASSWORD_MIN = 8
PASSWORD_MAX = 128
COMMON = frozenset(
    [
        "12345678", "123456789", "1234567890", "password", "password1", "11111111", "88888888",
        "00000000", "qwertyui", "abcd1234", "iloveyou", "66666666", "a1234567", "12341234",
    ]
)  # fmt: skip


BROWSERS = (
    ("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
"""The first mark that is found counts: Edge calls itself Chrome too, and Android Linux."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A normalised phone number (E.164) or e-mail address (lower case)."""

    phone: str = ""
    email: str = ""


def read_identifier(text: str) -> Identifier:
    """A phone number (China unless it says otherwise) or an e-mail; raises BadIdentifier."""
    given = unicodedata.normalize("NFKC", text).strip()
    if "@" in given:
        if len(given) > EMAIL_MAX or not EMAIL.fullmatch(given):
            raise BadIdentifier
        return Identifier(email=given.lower())
    if re.search("[A-Za-z]", given):
        raise BadIdentifier  # the library would read letters as keys of a telephone, or as an extension
    try:
        number = phonenumbers.parse(given, "CN")
    except phonenumbers.NumberParseException:
        raise BadIdentifier from None
    if not phonenumbers.is_valid_number(number):
        raise BadIdentifier
    return Identifier(phone=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def check_password(password: str, *, identifier: Identifier) -> None:
    """Length, not a well-known one, not the identifier itself (NIST SP 800-63B, 5.1.1.2)."""
    own = {identifier.phone.removeprefix("+86"), identifier.phone, identifier.email}
    long_enough = PASSWORD_MIN <= len(password) <= PASSWORD_MAX
    if not long_enough or password.lower() in COMMON or password in own or len(set(password)) == 1:
        raise WeakPassword


def device_of(agent: str) -> str:
    """What a User-Agent says, as coarse as its owner needs to know it again: Chrome · Android."""
    browser = next((shown for mark, shown in BROWSERS if mark in agent), "")
    system = next((shown for mark, shown in SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (browser, system)))


def clean_name(text: str) -> str:
    """A display name without control, zero-width or direction characters, on one line."""
    visible = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] != "C"
    )
    return " ".join(visible.split())[:NAME_MAX]
