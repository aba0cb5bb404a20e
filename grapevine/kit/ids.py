"""Public identifiers: unguessable, short, easy to read aloud (no 0/o, 1/l, i)."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ID_LENGTH = 12  # 59 bits: names a row that is public or behind a door
TOKEN_LENGTH = 17  # 84 bits: the token itself is the right to something


def _pick(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_id() -> str:
    return _pick(ID_LENGTH)


def new_token() -> str:
    return _pick(TOKEN_LENGTH)
