"""Ranking what recall brought by the heads in force; without any, recall's order stays."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from grapevine.discovery import artifacts
from grapevine.discovery.contracts import Channel
from grapevine.discovery.queries.features import facts_of
from grapevine.discovery.queries.recall import Reader
from grapevine.discovery.rules.blending import Candidate
from grapevine.discovery.rules.heads import FEATURES, Facts, Known, chances, features, scores
from grapevine.kit import clock

MODEL = "note_heads"
CONSIDERED_MAX = 400
KEPT_ORDER = frozenset({Channel.FRESH})
"""New notes keep their turn, so that what nobody has seen yet is shown at all."""

Lists = Mapping[Channel, Sequence[Candidate]]


def ranked(
    lists: Lists, reader: Reader, *, served: Collection[int] = ()
) -> dict[Channel, list[Candidate]]:
    """Each channel's list, its first candidates not served yet by score; at most 400 in all are scored. One query.

    How many places a channel gets is decided by its weight, which note takes the place by the heads.
    """
    given = {channel: list(candidates) for channel, candidates in lists.items()}
    model = _in_force()
    turns = [channel for channel in given if channel not in KEPT_ORDER and given[channel]]
    if model is None or not turns:
        return given
    seen, each = set(served), CONSIDERED_MAX // len(turns)
    heads: dict[Channel, list[Candidate]] = {}
    for channel in turns:
        given[channel] = [one for one in given[channel] if one.note_id not in seen]
        heads[channel] = given[channel][:each]
    scored = _scored(model, {one.note_id for part in heads.values() for one in part}, reader.known)
    for channel, part in heads.items():
        order = sorted(part, key=lambda one: -scored.get(one.note_id, 0.0))
        given[channel] = order + given[channel][each:]
    return given


def _in_force() -> artifacts.Artifact | None:
    """The version in force, if this release can read it."""
    model = artifacts.load(MODEL)
    if model is None or tuple(model.meta.get("features", ())) != FEATURES:
        return None
    return model


def _scored(
    model: artifacts.Artifact, note_ids: Collection[int], reader: Known
) -> dict[int, float]:
    facts = list(facts_of(note_ids).values())
    if not facts:
        return {}
    found = score_all(model.arrays, facts, reader, clock.now().timestamp())
    return {fact.note_id: score for fact, score in zip(facts, found.tolist(), strict=True)}


def score_all(
    arrays: Mapping[str, artifacts.Array], facts: Sequence[Facts], reader: Known, now: float
) -> artifacts.Array:
    """The combined score of each note for this reader, in the given order."""
    rows = np.array([features(reader, fact, now) for fact in facts])
    ages = np.maximum(now - np.array([fact.published for fact in facts]), 0.0)
    chance = chances(arrays["weights"], arrays["intercepts"], rows)
    return scores(chance, arrays["worths"], ages)
