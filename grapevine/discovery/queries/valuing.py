"""What each recalled note is worth to this reader: between recall and the order of the feed.

The nearer a note stands to the front of the mix of channels, and the nearer its subject is to what the reader likes, the more
it is worth.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from grapevine.discovery.queries.recall import Reader
from grapevine.discovery.rules.arranging import Ranked
from grapevine.discovery.rules.blending import Candidate
from grapevine.discovery.rules.exploring import Arm, draw
from grapevine.discovery.rules.tasting import strongest
from grapevine.discovery.rules.vectors import DIMENSIONS, summed, unpacked

AFFINITY = 2.0
"""A note about just what the reader likes is worth three times one about anything else."""
NEW_BONUS = 0.2
HALF_AT = 20
NAMES_MAX = 12
KIND_WEIGHTS: Mapping[str, float] = {"topic": 1.0, "category": 0.7, "word": 0.5}


def likes_of(reader: Reader) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The direction of what a reader likes; zeros where nothing is known."""
    parts: dict[str, float] = {}
    kinds = (("topic", reader.topics), ("category", reader.categories), ("word", reader.words))
    for kind, weights in kinds:
        keys = strongest(weights, NAMES_MAX)
        total = sum(weights[key] for key in keys) or 1.0
        for key in keys:
            parts[f"{kind}:{key}"] = KIND_WEIGHTS[kind] * weights[key] / total
    found: np.ndarray[tuple[int], np.dtype[np.float32]] = summed(parts).reshape(DIMENSIONS)
    return found


def affinities(candidates: Sequence[Candidate], reader: Reader) -> list[float]:
    """How near the subject of each is to what the reader likes, from 0 to 1."""
    near = unpacked([one.vector for one in candidates]) @ likes_of(reader)
    return [max(0.0, float(one)) for one in near]


def valued(blended: Sequence[Candidate], reader: Reader) -> list[Ranked]:
    """What channels brought, mixed by their weights, each with what it is worth; best first."""
    near = affinities(blended, reader)
    found = [
        Ranked(one, _front(place) * (1 + AFFINITY * affinity) * (1 + NEW_BONUS * one.is_new))
        for place, (one, affinity) in enumerate(zip(blended, near, strict=True))
    ]
    return sorted(found, key=lambda ranked: -ranked.score)


def _front(place: int) -> float:
    """The twentieth place is worth half of the first."""
    return HALF_AT / (HALF_AT + place)


def drawn(
    trials: Sequence[Candidate], reader: Reader, size: int, *, served: Collection[int] = ()
) -> list[Candidate]:
    """The notes on trial that this reader is to see next, each with the chance it was drawn with."""
    gone = set(served)
    waiting = [one for one in trials if one.note_id not in gone]
    near = affinities(waiting, reader)
    arms = [arm_of(one, affinity) for one, affinity in zip(waiting, near, strict=True)]
    chosen = draw(arms, size, np.random.default_rng(secrets.randbits(64)))
    by_id = {one.note_id: one for one in waiting}
    return [replace(by_id[pk], propensity=chance, why="") for pk, chance in chosen]


def arm_of(one: Candidate, affinity: float) -> Arm:
    """Recall brings a trial's counts where other channels bring the name they went by."""
    shown, wanted, clicks, skips = one.why.split()
    return Arm(one.note_id, int(shown), int(wanted), float(clicks), float(skips), affinity)
