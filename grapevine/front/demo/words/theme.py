"""The shape of what is written about one category."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brand:
    """A shop: its name, its address, its colour and one sentence about itself."""

    name: str
    slug: str
    colour: str
    bio: str


@dataclass(frozen=True, slots=True)
class Theme:
    """One category: shops, goods with their price in yuan, and what people write about them.

    `{goods}` in titles and lines stands for the short name of a goods; `makes` are short names.
    """

    category: str
    kind: str
    brands: tuple[Brand, ...]
    goods: tuple[tuple[str, str, int], ...]
    options: tuple[str, ...]
    about: tuple[str, ...]
    titles: tuple[str, ...]
    lines: tuple[str, ...]
    topics: tuple[str, ...]
