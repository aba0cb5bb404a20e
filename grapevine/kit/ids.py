"""Public identifiers: unguessable, short, easy to read aloud (no 0/o, 1/l, i)."""

import os

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ID_LENGTH = 12  # 59 bits: names a row that is public or behind a door
TOKEN_LENGTH = 17  # 84 bits: the token itself is the right to something


EVEN = 256 - 256 % len(ALPHABET)
"""Bytes from here on would make the first letters likelier, and are thrown away."""


def _pick(length: int) -> str:
    letters = [ALPHABET[byte % len(ALPHABET)] for byte in os.urandom(length + 4) if byte < EVEN]
    return "".join(letters[:length]) if len(letters) >= length else _pick(length)


def new_id() -> str:
    return _pick(ID_LENGTH)


def new_token() -> str:
    return _pick(TOKEN_LENGTH)
