"""The doors to shares."""

from grapevine.kit.ids import ALPHABET, TOKEN_LENGTH
from grapevine.spread.contracts import ShareNotFound
from grapevine.spread.models import Share


def share_of(token: str) -> Share:
    """The share behind a token; one that was tampered with finds nothing."""
    found = find(token)
    if found is None:
        raise ShareNotFound
    return found


def find(token: str) -> Share | None:
    if len(token) != TOKEN_LENGTH or not set(token) <= set(ALPHABET):
        return None
    return Share.objects.filter(token=token).first()
