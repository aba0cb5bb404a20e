"""Goods for one person out of millions: a few hundred candidates of four channels, ranked together from memory-mapped arrays.

Where people are too many for a trained list each, training publishes what lists are made of: what each person chose last,
what lies near each goods, who is tied to whom, and factors of people and goods in bytes with the goods gathered in cells
(an inverted file: Jégou, Douze, Schmid, "Product quantization for nearest neighbor search", 2011, without the products).
A list costs no query and some milliseconds; pages of the arrays that are not asked for stay on disk.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grapevine.discovery import artifacts
from grapevine.discovery.artifacts import Artifact

CHANNEL_MAX = 200
TIES_MAX = 50
CELLS_PROBED = 8
WEIGHTS: Mapping[str, float] = {"items": 1.0, "social": 0.3, "factors": 0.5, "popular": 0.1}

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]
Channel = tuple[Ids, Scores]
NOTHING: Channel = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


def shortlist(person_id: int, limit: int) -> dict[int, float]:
    """The best goods for this person and what they are worth, the best 1; what the person has is left out.

    Empty where nothing was trained, or nothing is known of the person.
    """
    own = _row("history", person_id, "item_ids")
    own = own[own > 0]
    taste = _taste(person_id)
    if not len(own) and taste is None:
        return {}
    channels = {
        "items": _near(own), "social": _social(person_id), "factors": _by_cells(taste),
        "popular": _popular(),
    }  # fmt: skip
    candidates = np.unique(np.concatenate([ids for ids, _ in channels.values()]))
    candidates = candidates[~np.isin(candidates, own)]
    if not len(candidates):
        return {}
    total = np.zeros(len(candidates), dtype=np.float32)
    weights = _weights()
    for name, (ids, scores) in channels.items():
        if name == "factors" and taste is not None:
            given = _dots(taste, candidates)
        else:
            given = _at(candidates, ids, scores)
        deviation = float(given.std())
        if deviation > 0:
            total += np.float32(weights.get(name, 0.0)) * (given - given.mean()) / deviation
    best = np.lexsort((candidates, -total))[:limit]
    values = np.exp(total[best] - total[best[0]])
    return dict(zip(candidates[best].tolist(), values.tolist(), strict=True))


def _weights() -> Mapping[str, float]:
    """What training found best, where it says so."""
    told: Mapping[str, float] = artifacts.card_of("history").get("weights") or WEIGHTS
    return told


def _row(name: str, key: int, title: str) -> NDArray[Any]:
    artifact = artifacts.load(name)
    place = artifact.row(key) if artifact is not None else -1
    if artifact is None or place < 0:
        return np.zeros(0, dtype=np.int64)
    return np.asarray(artifact.arrays[title][place])


def _summed(ids: NDArray[Any], scores: NDArray[Any]) -> Channel:
    """The largest sums of scores by id."""
    if not ids.size:
        return NOTHING
    named, place = np.unique(ids.ravel().astype(np.int64), return_inverse=True)
    sums = np.bincount(place.ravel(), weights=scores.ravel()).astype(np.float32)
    sums[named <= 0] = 0
    if len(sums) > CHANNEL_MAX:
        best = np.argpartition(-sums, CHANNEL_MAX - 1)[:CHANNEL_MAX]
        named, sums = named[best], sums[best]
    chosen = sums > 0
    return named[chosen], sums[chosen]


def _near(own: Ids) -> Channel:
    artifact = artifacts.load("item_item")
    if artifact is None or not len(own):
        return NOTHING
    places = _places(artifact, own)
    places = places[places >= 0]
    return _summed(
        artifact.arrays["neighbour_ids"][places], artifact.arrays["neighbour_scores"][places]
    )


def _social(person_id: int) -> Channel:
    """What the people tied to this person chose, by how strong the tie is."""
    ties = _row("social", person_id, "tie_ids")[:TIES_MAX]
    weights = _row("social", person_id, "tie_weights")[:TIES_MAX]
    history = artifacts.load("history")
    if history is None or not len(ties):
        return NOTHING
    places = _places(history, ties)
    known = (places >= 0) & (ties > 0)
    chosen = np.asarray(history.arrays["item_ids"][places[known]])
    return _summed(chosen, np.repeat(weights[known], chosen.shape[1] if chosen.ndim == 2 else 0))


def _taste(person_id: int) -> Scores | None:
    factors = _row("person_factors", person_id, "factors")
    return factors.astype(np.float32) if len(factors) else None


def _by_cells(taste: Scores | None) -> Channel:
    """The goods of the cells whose middle speaks most for the taste."""
    cells = artifacts.load("cells")
    if cells is None or taste is None:
        return NOTHING
    middle = np.asarray(cells.arrays["middles"]) @ taste
    probed = np.argpartition(-middle, min(CELLS_PROBED, len(middle)) - 1)[:CELLS_PROBED]
    ids = np.asarray(cells.arrays["item_ids"][np.sort(probed)]).ravel().astype(np.int64)
    ids = ids[ids > 0]
    scores = _dots(taste, ids)
    if len(ids) > CHANNEL_MAX:
        best = np.argpartition(-scores, CHANNEL_MAX - 1)[:CHANNEL_MAX]
        ids, scores = ids[best], scores[best]
    return ids, scores


def _dots(taste: Scores, ids: Ids) -> Scores:
    """Taste times factors of these goods; 0 for those without. Bytes are widened first, never multiplied as such."""
    artifact = artifacts.load("item_factors")
    found = np.zeros(len(ids), dtype=np.float32)
    if artifact is None:
        return found
    places = _places(artifact, ids)
    known = places >= 0
    factors = artifact.arrays["factors"][places[known]].astype(np.float32)
    found[known] = (factors @ taste) * artifact.arrays["scales"][places[known]]
    return found


def _popular() -> Channel:
    given = artifacts.popular_items(CHANNEL_MAX)
    return (
        np.fromiter(given.keys(), dtype=np.int64, count=len(given)),
        np.log1p(np.fromiter(given.values(), dtype=np.float32, count=len(given))),
    )


def _places(artifact: Artifact, keys: NDArray[Any]) -> NDArray[np.int64]:
    """The rows of these ids, -1 where they have none."""
    ids = artifact.arrays[artifacts.KEYS[artifact.name]]
    places = np.searchsorted(ids, keys)
    inside = np.minimum(places, len(ids) - 1)
    return np.where((places < len(ids)) & (np.asarray(ids[inside]) == keys), inside, -1)


def _at(candidates: Ids, ids: Ids, scores: Scores) -> Scores:
    """The channel's score of each candidate, 0 where it has none."""
    found = np.zeros(len(candidates), dtype=np.float32)
    order = np.argsort(ids)
    ids, scores = ids[order], scores[order]
    if len(ids):
        place = np.minimum(np.searchsorted(ids, candidates), len(ids) - 1)
        found = np.where(ids[place] == candidates, scores[place], np.float32(0))
    return found


def items_for(person_id: int, limit: int) -> dict[int, float]:
    """Goods that training chose for this person: from their own list, or ranked now; whichever was trained last."""
    lists, parts = artifacts.card_of("person_items"), artifacts.card_of("history")
    if parts.get("at", "") > lists.get("at", ""):
        return shortlist(person_id, limit)
    return artifacts.items_for(person_id, limit)
