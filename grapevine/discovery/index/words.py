"""What goes into the word index and what is asked of it, the same for both databases."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A document's words, already cut; letters and digits only."""

    document_id: int
    title: Sequence[str]
    body: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """`every`: all words must be there; else any. `shop_id`: that shop's documents only."""

    words: Sequence[str]
    kind: str
    shop_id: int | None
    every: bool
    limit: int
    offset: int
