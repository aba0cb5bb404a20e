"""Ranking by several heads: what is known of a note for a reader, and the one score the heads make of it. Pure.

Each head guesses the chance of one thing a reader may do with a note that is shown: look, keep, order, share. All of
them are fitted on everything that was shown, so that a head other than `click` already is the chance of the look times
the chance of the deed after it (the whole space of impressions, after Ma et al., Entire Space Multi-Task Model,
SIGIR 2018). Hence the sum of chances by their worth is pClick · (1 + Σ w·p after the look).

The same `features` serve training and pages: what a model was fitted on is what it is asked about.
"""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HEADS = ("click", "save", "order", "share")
WORTHS: Mapping[str, float] = {"click": 1.0, "save": 1.0, "order": 8.0, "share": 4.0}
"""What a deed is worth in looks. They are kept with each version of the model, so that going back brings them back."""

FEATURES = (
    "place", "unplaced", "age", "points", "trend", "category", "topic", "author", "goods", "known",
    "follows", "sells", "acts", "buyer", "points_newcomer",
)  # fmt: skip
PLACE_SERVED = 1
"""Every candidate is asked about at the first place, so that where a note once stood is no merit of the note."""
FRESH_SHARE, FRESH_DAYS = 0.5, 14.0
NEWCOMER_ACTS = 5
ACTS_MAX = 50
"""More acts of a reader tell no more; pages do not remember more either."""
DAY_SECONDS = 86_400.0
GRAVITY = 1.5


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a note, whoever reads. `published`: seconds since 1970; `points`: what people did with it."""

    note_id: int
    author_id: int
    published: float
    points: int = 0
    goods: Sequence[str] = ()
    categories: Sequence[str] = ()
    topics: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a reader. `tastes` by (kind, key), faded to the moment of the question."""

    tastes: Mapping[tuple[str, str], float] = field(default_factory=dict)
    followees: Set[int] = frozenset()
    acts: int = 0
    is_buyer: bool = False


def features(
    reader: Known, note: Facts, now: float, *, place: int | None = PLACE_SERVED
) -> list[float]:
    """A row in the order of FEATURES. `place` None: nobody wrote down where it stood."""
    tastes, hours = reader.tastes, max(now - note.published, 0.0) / 3600
    points = math.log1p(max(note.points, 0))
    category = sum(tastes.get(("category", one), 0.0) for one in note.categories)
    topic = sum(tastes.get(("topic", one), 0.0) for one in note.topics)
    goods = sum(tastes.get(("goods", one), 0.0) for one in note.goods)
    return [
        math.log(max(place, 1)) if place is not None else 0.0,
        1.0 if place is None else 0.0,
        math.log1p(hours),
        points,
        math.log(max(note.points, 0) + 1) - GRAVITY * math.log(hours + 2),
        math.log1p(max(category, 0.0)),
        math.log1p(max(topic, 0.0)),
        math.log1p(max(tastes.get(("author", str(note.author_id)), 0.0), 0.0)),
        math.log1p(max(goods, 0.0)),
        math.log1p(max(tastes.get(("note", str(note.note_id)), 0.0), 0.0)),
        1.0 if note.author_id in reader.followees else 0.0,
        1.0 if note.goods else 0.0,
        math.log1p(min(reader.acts, ACTS_MAX)),
        1.0 if reader.is_buyer else 0.0,
        points if reader.acts < NEWCOMER_ACTS else 0.0,
    ]  # fmt: skip


def chances(weights: Floats, intercepts: Floats, rows: Floats) -> Floats:
    """The chance each head gives each row: heads by rows. The fitted calibration is part of weights and intercepts."""
    logit = np.clip(weights @ rows.T + intercepts[:, None], -30.0, 30.0)
    found: Floats = 1.0 / (1.0 + np.exp(-logit))
    return found


def scores(chance: Floats, worths: Floats, age_seconds: Floats) -> Floats:
    """One score a row: the chances by their worth, times freshness, which halves at most."""
    fresh = FRESH_SHARE + (1 - FRESH_SHARE) * np.exp(-age_seconds / (FRESH_DAYS * DAY_SECONDS))
    found: Floats = (worths @ chance) * fresh
    return found
