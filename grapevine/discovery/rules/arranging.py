"""From scored candidates to the order of a feed: near things apart, and every page of twenty with something of everything.

Diversity is the sliding spectrum decomposition of Huang et al. (KDD 2021, arXiv 2107.05204): each place takes the candidate
with the most of score plus gamma times the length of what is new in its vector, that is of what is left after Gram-Schmidt
against the last picks. A pick that leaves the window gives its part back, so one place costs two products of matrix and vector.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grapevine.discovery.contracts import Channel
from grapevine.discovery.rules.blending import AUTHOR_WINDOW, Candidate
from grapevine.discovery.rules.vectors import Matrix, unpacked

GAMMA = 0.25
WINDOW = 10
"""Picks that a candidate is compared with."""
SHOP_WINDOW, SHOP_MAX = 10, 2
PAGE = 20
CHANNELS_LEAST, CATEGORIES_LEAST, NEW_LEAST = 3, 5, 2
"""Of every page, as far as the candidates allow: ways that brought a note, categories, notes of the last fourteen days."""
SLACK = 3
"""So many places before the last that would do, a page begins to look for what it lacks: a neighbour may be in the way."""
EXPLORED_EVERY, EXPLORED_AT = 10, 5
"""One place of ten is for notes that are being tried out: the sixth."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate and how much it is worth to this reader, from 0."""

    candidate: Candidate
    score: float


@dataclass(frozen=True, slots=True)
class Placed:
    """What already stands at a place of the feed: what the next places must keep apart from."""

    author_id: int
    shop_id: int = 0


class Spectrum:
    """What is new in each candidate's vector, given the last picks."""

    def __init__(self, vectors: Matrix) -> None:
        self._left = vectors.copy()
        self._bases: deque[tuple[NDArray[np.float32], NDArray[np.float32]]] = deque()

    @property
    def news(self) -> NDArray[np.float32]:
        lengths: NDArray[np.float32] = np.sqrt(np.einsum("ij,ij->i", self._left, self._left))
        return lengths

    def take(self, row: int) -> None:
        if len(self._bases) == WINDOW - 1:
            base, parts = self._bases.popleft()
            self._left += np.outer(parts, base)
        length = float(np.linalg.norm(self._left[row]))
        if length < 1e-6:
            return
        base = self._left[row] / np.float32(length)
        parts = self._left @ base
        self._left -= np.outer(parts, base)
        self._bases.append((base, parts))


@dataclass(slots=True)
class Page:
    """What the page of twenty that is being filled has so far."""

    channels: set[int] = field(default_factory=set)
    categories: set[int] = field(default_factory=set)
    new: int = 0
    filled: int = 0

    def missing(self) -> int:
        return (
            max(CHANNELS_LEAST - len(self.channels), 0)
            + max(CATEGORIES_LEAST - len(self.categories), 0)
            + max(NEW_LEAST - self.new, 0)
        )


class Stock:
    """The candidates as columns, and which of them may still be taken."""

    def __init__(self, ranked: Sequence[Ranked]) -> None:
        found = [one.candidate for one in ranked]
        most = max((one.score for one in ranked), default=0.0) or 1.0
        self.scores = np.array([one.score / most for one in ranked], dtype=np.float32)
        self.authors = np.array([one.author_id for one in found], dtype=np.int64)
        self.shops = np.array([one.shop_id for one in found], dtype=np.int64)
        self.new = np.array([one.is_new for one in found], dtype=bool)
        self.channels = _numbered([one.channel.value for one in found])
        self.categories = _numbered([one.category for one in found])
        self.left: Mask = np.ones(len(found), dtype=bool)

    def gains(self, page: Page) -> NDArray[np.int64]:
        """How many of the page's wants each candidate meets."""
        found = np.zeros(len(self.left), dtype=np.int64)
        if len(page.channels) < CHANNELS_LEAST:
            found += ~np.isin(self.channels, list(page.channels))
        if len(page.categories) < CATEGORIES_LEAST:
            found += (self.categories > 0) & ~np.isin(self.categories, list(page.categories))
        if page.new < NEW_LEAST:
            found += self.new
        return found

    def note(self, row: int, page: Page) -> None:
        self.left[row] = False
        page.channels.add(int(self.channels[row]))
        if self.categories[row] > 0:
            page.categories.add(int(self.categories[row]))
        page.new += int(self.new[row])


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """Names as numbers from 1; no name is 0."""
    codes: dict[str, int] = {"": 0}
    return np.array([codes.setdefault(name, len(codes)) for name in names], dtype=np.int64)


def arrange(
    ranked: Sequence[Ranked],
    *,
    limit: int,
    explored: Sequence[Candidate] = (),
    recent: Sequence[Placed] = (),
    start: int = 0,
) -> list[Candidate]:
    """The next `limit` places, the first of them place `start` of the feed; `recent`: what stands before.

    The same author at most once in six places and the same shop at most twice in ten, for as long as others are left;
    every tenth place takes the first of `explored` that may stand there, and what is left of them comes last.
    """
    tried = {one.note_id for one in explored}
    ranked = [one for one in ranked if one.candidate.note_id not in tried]
    stock, queue = Stock(ranked), list(explored)
    spectrum = Spectrum(unpacked([one.candidate.vector for one in ranked]))
    before = deque(recent, maxlen=max(AUTHOR_WINDOW, SHOP_WINDOW) - 1)
    page, result = Page(filled=start % PAGE), list[Candidate]()
    while len(result) < limit:
        pick = None
        if (start + len(result)) % EXPLORED_EVERY == EXPLORED_AT:
            pick = _tried(queue, before)
        if pick is None:
            row = _best(stock, spectrum, before, page)
            if row is None:
                break
            pick = ranked[row].candidate
            stock.note(row, page)
            spectrum.take(row)
        result.append(pick)
        before.append(Placed(pick.author_id, pick.shop_id))
        page.filled += 1
        if page.filled == PAGE:
            page = Page()
    return result + queue[: limit - len(result)]


def _tried(queue: list[Candidate], before: Sequence[Placed]) -> Candidate | None:
    authors = {one.author_id for one in list(before)[-(AUTHOR_WINDOW - 1) :]}
    full = _full_shops(before)
    for at, one in enumerate(queue):
        if one.author_id not in authors and one.shop_id not in full:
            return queue.pop(at)
    return None


def _full_shops(before: Sequence[Placed]) -> set[int]:
    shops = [one.shop_id for one in list(before)[-(SHOP_WINDOW - 1) :] if one.shop_id]
    return {shop for shop in shops if shops.count(shop) >= SHOP_MAX}


def _best(stock: Stock, spectrum: Spectrum, before: Sequence[Placed], page: Page) -> int | None:
    """The row for the next place; the rules of neighbours give way before the feed ends: the shop's first."""
    if not stock.left.any():
        return None
    authors = [one.author_id for one in list(before)[-(AUTHOR_WINDOW - 1) :]]
    apart: Mask = stock.left & ~np.isin(stock.authors, authors)
    full = list(_full_shops(before))
    allowed: Mask = apart & ~np.isin(stock.shops, full) if full else apart
    allowed = next(mask for mask in (allowed, apart, stock.left) if mask.any())
    missing = page.missing()
    left = PAGE - page.filled - PAGE // EXPLORED_EVERY  # notes on trial may take two
    if missing and left <= missing + SLACK:
        gains = np.where(allowed, stock.gains(page), 0)
        if gains.max() > 0:
            allowed = gains == gains.max()
    worth = np.where(allowed, stock.scores + np.float32(GAMMA) * spectrum.news, -np.inf)
    return int(np.argmax(worth))


def counted(candidates: Sequence[Candidate]) -> tuple[set[Channel], set[str], int]:
    """(channels, categories, notes of the last fourteen days) of a page."""
    return (
        {one.channel for one in candidates},
        {one.category for one in candidates if one.category},
        sum(one.is_new for one in candidates),
    )
