"""What people say of what they are shown: of which things, and what that keeps out. Pure."""

from collections.abc import Collection, Iterable, Set

from grapevine.discovery.rules.tasting import TAG_KINDS

THING_KINDS = ("note", "goods", "author", "shop")
WISH_KINDS = (*TAG_KINDS, *THING_KINDS)
THINGS_MAX = 500
"""Of a person; the oldest go."""
Words = Set[tuple[str, str]]


def is_unwanted(words: Words, pairs: Iterable[tuple[str, str]]) -> bool:
    return any(pair in words for pair in pairs)


def not_asked_for(words: Words, asked: Collection[str]) -> Words:
    """The words without topics and categories that somebody now asks for by name: they are shown to who searches for them."""
    return {(kind, key) for kind, key in words if kind not in TAG_KINDS or key not in asked}
