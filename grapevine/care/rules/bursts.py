"""Which reviews of one shop, close together, look made to order. They are flagged, never removed.

Behaviour tells more than wording (A. Mukherjee et al., "What Yelp Fake Review Filter Might Be Doing?", ICWSM 2013):
many people on one device is enough by itself; people of one network (a family, a dormitory, an office) need a
second sign, most of them being new; the same long words from several people are a sign of a template.
Praise and abuse are looked at apart, so that an honest complaint is not drawn in by a bought crowd.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(hours=48)
DEVICE_PEOPLE = 5
NETWORK_PEOPLE = 10
WORDS_PEOPLE = 5
WORDS_LEAST = 12
NEW_ACCOUNT = timedelta(days=7)
PRAISE = 4
ABUSE = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """What screening knows of a review."""

    review_id: int
    person_id: int
    stars: int
    device: str
    network: str
    words: str
    joined_at: datetime
    at: datetime

    @property
    def is_new(self) -> bool:
        """Whether the account was young when it wrote this."""
        return self.at - self.joined_at < NEW_ACCOUNT


@dataclass(frozen=True, slots=True)
class Burst:
    """`kind` device, network or words."""

    kind: str
    review_ids: tuple[int, ...]


def bursts(facts: Sequence[Fact]) -> list[Burst]:
    """Every burst among these, by kind; a review may be in several."""
    found: list[Burst] = []
    for same_mind in (
        [one for one in facts if one.stars >= PRAISE],
        [one for one in facts if one.stars <= ABUSE],
    ):
        found += _grouped(same_mind, "device", lambda one: one.device, DEVICE_PEOPLE)
        networks = _grouped(same_mind, "network", lambda one: one.network, NETWORK_PEOPLE)
        young = {one.review_id for one in same_mind if one.is_new}
        found += [
            one for one in networks if 2 * len(young & set(one.review_ids)) > len(one.review_ids)
        ]
        found += _grouped(same_mind, "words", lambda one: _long(one.words), WORDS_PEOPLE)
    return found  # fmt: skip


def _long(words: str) -> str:
    plain = "".join(words.split())
    return plain if len(plain) >= WORDS_LEAST else ""


def _grouped(
    facts: Sequence[Fact], kind: str, mark: Callable[[Fact], str], people: int
) -> list[Burst]:
    """Reviews with the same mark in which some window of 48 hours holds at least so many people."""
    by_mark: dict[str, list[Fact]] = defaultdict(list)
    for one in sorted(facts, key=lambda fact: (fact.at, fact.review_id)):
        if mark(one):
            by_mark[mark(one)].append(one)
    found = []
    for own in by_mark.values():
        caught: set[int] = set()
        for start in own:
            near = [one for one in own if start.at <= one.at <= start.at + WINDOW]
            if len({one.person_id for one in near}) >= people:
                caught.update(one.review_id for one in near)
        if caught:
            found.append(Burst(kind, tuple(sorted(caught))))
    return found
