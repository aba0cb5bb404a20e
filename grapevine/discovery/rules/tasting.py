"""What a person's acts say about their taste: weights, decay, sums."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

WEIGHTS: Mapping[str, float] = {
    "click": 0.5, "like": 1.0, "collect": 1.5, "comment": 2.0, "more": 4.0, "order": 5.0, "hide": -1.0,
}  # fmt: skip
"""`more`: asked for more of the like; `hide`: not interested."""
POINTS: Mapping[str, int] = {"like": 1, "collect": 1, "comment": 4, "order": 5}
DECAY_DAYS = 30.0
TAG_KINDS = ("category", "topic")
"""What of a taste has a name that people can read and correct."""
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Act:
    kind: str
    key: str
    weight: float
    at: datetime


def tastes(acts: Iterable[Act], now: datetime) -> dict[tuple[str, str], float]:
    """Weight of every (kind, key), each act fading by e in thirty days; what ends at 0 or less
    is left out."""
    found: dict[tuple[str, str], float] = {}
    for act in acts:
        days = max((now - act.at).total_seconds(), 0.0) / DAY_SECONDS
        faded = act.weight * 2.718281828 ** (-days / DECAY_DAYS)
        found[act.kind, act.key] = found.get((act.kind, act.key), 0.0) + faded
    return {name: weight for name, weight in found.items() if weight > 1e-9}


def source_of(heaviest: float) -> str:
    """Where a taste comes from, by the heaviest act behind it."""
    if heaviest >= WEIGHTS["order"]:
        return "bought"
    return "liked" if heaviest >= WEIGHTS["like"] else "browsed"


def strongest(weights: Mapping[str, float], limit: int) -> list[str]:
    """Keys by weight, heaviest first; equal weights in the order of their names."""
    return sorted(weights, key=lambda key: (-weights[key], key))[:limit]
