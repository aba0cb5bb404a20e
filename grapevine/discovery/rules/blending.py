"""From candidates of several channels to one order: pure, the same for the same input."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grapevine.discovery.contracts import Channel

PERSONAL_WEIGHTS: Mapping[Channel, int] = {
    Channel.FOLLOWS: 5,
    Channel.MODEL: 4,
    Channel.SOCIAL: 4,
    Channel.ITEMS: 4,
    Channel.INTERESTS: 5,
    Channel.WORDS: 4,
    Channel.NEARBY: 1,
    Channel.FRESH: 3,
    Channel.TRENDING: 2,
    Channel.POPULAR: 3,
    Channel.EXPLORE: 1,
    Channel.AGAIN: 1,
}
"""How often a channel comes, against the others, until an operator says otherwise. Explore has its own places and again
comes last: of these two only the switch counts."""
COMMON_WEIGHTS: Mapping[Channel, int] = {
    Channel.POPULAR: 3,
    Channel.TRENDING: 2,
    Channel.FRESH: 2,
}
WEIGHT_MAX = 20
FOLLOWING_WEIGHTS: Mapping[Channel, int] = {Channel.FOLLOWS: 1}

AUTHOR_WINDOW = 6
"""The same author at most once in six neighbouring places, while others are left."""

GRAVITY = 1.5
HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Candidate:
    """`place`: from 1, among those its channel brought. `why`: the name (a topic, a word) by which it was found.

    `propensity`: the chance with which a note on trial was drawn; 0 for all others.
    """

    note_id: int
    author_id: int
    channel: Channel
    place: int = 1
    shop_id: int = 0
    category: str = ""
    is_new: bool = False
    vector: bytes = b""
    why: str = ""
    propensity: float = 0.0


def in_force(weights: Mapping[Channel, int], rules: Mapping[Channel, int]) -> dict[Channel, int]:
    """The weights with what operators said of channels; 0 is off, and an off channel is left out."""
    found = {channel: rules.get(channel, weight) for channel, weight in weights.items()}
    return {channel: weight for channel, weight in found.items() if weight > 0}


def blend(
    lists: Mapping[Channel, Sequence[Candidate]],
    weights: Mapping[Channel, int],
    *,
    served: Iterable[int] = (),
    limit: int,
) -> list[Candidate]:
    """Smooth weighted round robin over the channels; a note counts for the first that brings it."""
    seen = set(served)
    queues = {channel: deque(lists.get(channel, ())) for channel in weights}
    credit = dict.fromkeys(weights, 0)
    result: list[Candidate] = []
    while len(result) < limit:
        for queue in queues.values():
            while queue and queue[0].note_id in seen:
                queue.popleft()
        live = [channel for channel in weights if queues[channel]]
        if not live:
            break
        for channel in live:
            credit[channel] += weights[channel]
        chosen = max(live, key=lambda channel: credit[channel])
        credit[chosen] -= sum(weights[channel] for channel in live)
        pick = queues[chosen].popleft()
        seen.add(pick.note_id)
        result.append(pick)
    return result


def disperse(
    candidates: Sequence[Candidate], *, recent_authors: Sequence[int] = ()
) -> list[Candidate]:
    """Keep the same author out of any six neighbouring places for as long as others are left."""
    waiting = deque(candidates)
    recent = deque(recent_authors, maxlen=AUTHOR_WINDOW - 1)
    result: list[Candidate] = []
    while waiting:
        place = next((i for i, entry in enumerate(waiting) if entry.author_id not in recent), 0)
        waiting.rotate(-place)
        pick = waiting.popleft()
        waiting.rotate(place)
        recent.append(pick.author_id)
        result.append(pick)
    return result


def heat(points: int, published_at: datetime, now: datetime) -> float:
    """Hacker-News gravity: (points + 1) / (age in hours + 2) ^ 1.5."""
    hours = max((now - published_at).total_seconds(), 0) / HOUR_SECONDS
    return float((max(points, 0) + 1) / (hours + 2) ** GRAVITY)
