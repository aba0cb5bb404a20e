"""Models trained elsewhere, as arrays on disk: versioned, checked, memory-mapped, switched at once.

`ARTIFACT_DIR/<name>/<version>/<array>.npy` and `meta.json`; the file `ARTIFACT_DIR/<name>/current`
names the version in force and is replaced in one step. A worker maps a version once and notices a
new one by one `stat` a call. While the file `pinned` is there, somebody chose the version in force:
new ones are kept, but wait. The file `outcome.json` says how the last training went.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from grapevine.discovery.contracts import ArtifactInvalid, ModelNotFound
from grapevine.discovery.rules import ties
from grapevine.kit import clock
from grapevine.kit.ids import new_id

Array = NDArray[Any]
KEYS: Mapping[str, str] = {
    "item_item": "item_ids", "social": "person_ids", "person_items": "person_ids", "popular": "",
    "shop_leaving": "", "tie_kinds": "", "note_heads": "", "goods_heads": "", "channel_weights": "",
    "goods_channel_weights": "",
    "history": "person_ids", "person_factors": "person_ids", "item_factors": "item_ids", "cells": "",
}  # fmt: skip
"""For each artifact the array its rows are looked up by; "" where rows have an order of their own."""

SHAPES: Mapping[str, Mapping[str, int]] = {
    "item_item": {"item_ids": 1, "neighbour_ids": 2, "neighbour_scores": 2},
    "social": {"person_ids": 1, "tie_ids": 2, "tie_weights": 2},
    "person_items": {"person_ids": 1, "item_ids": 2, "scores": 2},
    "popular": {"item_ids": 1, "scores": 1},
    "history": {"person_ids": 1, "item_ids": 2},
    "person_factors": {"person_ids": 1, "factors": 2},
    "item_factors": {"item_ids": 1, "factors": 2, "scales": 1},
    "cells": {"middles": 2, "item_ids": 2},
    "tie_kinds": {"worth": 1},
    "note_heads": {"weights": 2, "intercepts": 1, "worths": 1},
    "goods_heads": {"weights": 2, "intercepts": 1, "worths": 1},
    "channel_weights": {"weights": 2},
    "goods_channel_weights": {"weights": 2},
}
NAME = re.compile(r"[a-z_]{1,40}")
VERSIONS_KEPT = 5


@dataclass(frozen=True, slots=True)
class Artifact:
    name: str
    version: str
    arrays: Mapping[str, Array]
    meta: Mapping[str, Any]

    def row(self, key: int) -> int:
        """The row of an id, -1 where it has none."""
        ids = self.arrays[KEYS[self.name]]
        place = int(np.searchsorted(ids, key))
        return place if place < len(ids) and int(ids[place]) == key else -1


_loaded: dict[str, tuple[tuple[str, int, int], Artifact]] = {}


def _folder(name: str) -> Path:
    return _place(settings.ARTIFACT_DIR, name)


@lru_cache(maxsize=100)
def _place(root: Path, name: str) -> Path:
    """Remembered: a page asks after every artifact."""
    if not NAME.fullmatch(name):
        raise ArtifactInvalid
    return root / name


def publish_artifact(name: str, arrays: Mapping[str, Array], meta: Mapping[str, Any]) -> str:
    """Check, write and put in force; returns the version. Raises ArtifactInvalid, changing nothing.

    Known artifacts are sorted by their id array, so that a row is found in logarithmic time.
    While an artifact is pinned the new version is kept and waits.
    """
    checked = _checked(name, arrays)
    version = f"{clock.now():%Y%m%dT%H%M%S%f}-{new_id()}"
    folder = _folder(name) / version
    folder.mkdir(parents=True)
    for title, array in checked.items():
        np.save(folder / f"{title}.npy", array, allow_pickle=False)
    described = {**meta, "version": version, "at": clock.now().isoformat()}
    (folder / "meta.json").write_text(json.dumps(described, ensure_ascii=False, default=str))
    if not is_pinned(name):
        _point(name, version)
    for old in versions(name)[VERSIONS_KEPT:]:
        if old != version_in_force(name):
            shutil.rmtree(_folder(name) / old, ignore_errors=True)
    return version


def _checked(name: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    shapes = SHAPES.get(name)
    if shapes is None:
        return {title: np.asarray(array) for title, array in arrays.items()}
    found = {title: np.asarray(arrays[title]) for title in shapes if title in arrays}
    dimensions = {title: array.ndim for title, array in found.items()}
    lengths = {len(array) for array in found.values()}
    widths = {array.shape[1] for array in found.values() if array.ndim == 2 and name != "cells"}
    if dimensions != dict(shapes) or len(lengths) > 1 or len(widths) > 1:
        raise ArtifactInvalid
    if any(array.dtype.kind == "f" and not np.isfinite(array).all() for array in found.values()):
        raise ArtifactInvalid
    if not KEYS[name]:
        return found
    ids = found[KEYS[name]]
    if (ids[1:] > ids[:-1]).all():
        return found  # in order already: large ones are not copied
    order = np.argsort(ids, kind="stable")
    if len(np.unique(ids)) != len(ids):
        raise ArtifactInvalid
    return {title: array[order] for title, array in found.items()}


def _point(name: str, version: str) -> None:
    folder = _folder(name)
    fresh = folder / f"current.{new_id()}"
    fresh.write_text(version)
    os.replace(fresh, folder / "current")


def versions(name: str) -> list[str]:
    """Versions that can be put in force, newest first."""
    folder = _folder(name)
    if not folder.exists():
        return []
    return sorted((path.name for path in folder.iterdir() if path.is_dir()), reverse=True)


def version_in_force(name: str) -> str:
    """Its name; "" where none is."""
    try:
        return (_folder(name) / "current").read_text()
    except FileNotFoundError:
        return ""


def known(name: str) -> str:
    """The name of a model of the house; raises ModelNotFound, with the names there are."""
    if name not in KEYS:
        raise ModelNotFound(name=name, known=", ".join(sorted(KEYS)))
    return name


def put_in_force(name: str, version: str) -> None:
    """Put a kept version in force; raises ArtifactInvalid where it is not kept (any more)."""
    if version not in versions(name):
        raise ArtifactInvalid
    _point(name, version)


def pin(name: str) -> None:
    """What is in force stays in force, whatever training makes."""
    _folder(name).mkdir(parents=True, exist_ok=True)
    (_folder(name) / "pinned").touch()


def unpin(name: str) -> None:
    (_folder(name) / "pinned").unlink(missing_ok=True)


def is_pinned(name: str) -> bool:
    return (_folder(name) / "pinned").exists()


def cards_of(name: str) -> list[Mapping[str, Any]]:
    """Meta data of every kept version, newest first."""
    folder = _folder(name)
    found: list[Mapping[str, Any]] = []
    for version in versions(name):
        with suppress(FileNotFoundError):  # tidied away this moment
            found.append(json.loads((folder / version / "meta.json").read_text()))
    return found


def tell_outcome(name: str, outcome: Mapping[str, Any]) -> None:
    """How the last training of an artifact went: `published`, `reason` where it was not, and its figures."""
    folder = _folder(name)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"outcome.{new_id()}"
    told = {**outcome, "at": clock.now().isoformat()}
    fresh.write_text(json.dumps(told, ensure_ascii=False, default=str))
    os.replace(fresh, folder / "outcome.json")


def outcome_of(name: str) -> Mapping[str, Any]:
    """What was told last; empty where nothing was."""
    try:
        told: Mapping[str, Any] = json.loads((_folder(name) / "outcome.json").read_text())
    except FileNotFoundError:
        return {}
    return told


def roll_back_artifact(name: str) -> str:
    """Put the version before the one in force back in force; returns it. Nothing older: no change."""
    known = versions(name)
    artifact = load(name)
    if artifact is None or artifact.version not in known:
        raise ArtifactInvalid
    place = min(known.index(artifact.version) + 1, len(known) - 1)
    _point(name, known[place])
    return known[place]


def roll_back_all() -> dict[str, str]:
    """Put every artifact one version back; returns the versions now in force."""
    return {name: roll_back_artifact(name) for name in KEYS if load(name) is not None}


def card_of(name: str) -> Mapping[str, Any]:
    """Meta data of the version in force; empty where there is none."""
    artifact = load(name)
    return {} if artifact is None else artifact.meta


def load(name: str) -> Artifact | None:
    """The version in force, memory-mapped; None where none was published."""
    pointer = os.path.join(_folder(name), "current")
    try:
        stat = os.stat(pointer)
        stamp = (pointer, stat.st_mtime_ns, stat.st_ino)
        held = _loaded.get(name)
        if held is not None and held[0] == stamp:
            return held[1]
        version = version_in_force(name)
        folder = _folder(name) / version
        arrays = {
            path.stem: np.load(path, mmap_mode="r", allow_pickle=False)
            for path in sorted(folder.glob("*.npy"))
        }
        meta = json.loads((folder / "meta.json").read_text())
    except FileNotFoundError:
        return None
    artifact = Artifact(name, version, arrays, meta)
    _loaded[name] = (stamp, artifact)
    return artifact


def versions_in_force() -> tuple[str, ...]:
    """Of every artifact, "" where there is none: what a feed depends on. No file is read unless one changed."""
    found = (load(name) for name in KEYS)
    return tuple(artifact.version if artifact else "" for artifact in found)


def _pairs(ids: Array, scores: Array) -> list[tuple[int, float]]:
    found = zip(ids.tolist(), scores.tolist(), strict=True)
    return [(int(key), float(score)) for key, score in found if key > 0 and score > 0]


def neighbours(weights: Mapping[int, float], limit: int) -> dict[int, float]:
    """Goods near those in `weights`, each scored by weight times nearness; none of the given."""
    artifact = load("item_item")
    scores: dict[int, float] = {}
    if artifact is None:
        return scores
    for goods_id, weight in weights.items():
        row = artifact.row(goods_id)
        if row < 0:
            continue
        near, how = artifact.arrays["neighbour_ids"][row], artifact.arrays["neighbour_scores"][row]
        for other, score in _pairs(near, how):
            if other not in weights:
                scores[other] = scores.get(other, 0.0) + weight * score
    return _top(scores, limit)


def ties_of(person_id: int, limit: int) -> dict[int, float]:
    """People tied to this person, heaviest first."""
    return _row_pairs("social", person_id, "tie_ids", "tie_weights", limit)


def tie_worth() -> Mapping[str, float]:
    """What each kind of tie is worth: as it was learned, or what `rules/ties.py` takes."""
    artifact = load("tie_kinds")
    if artifact is None or len(artifact.arrays["worth"]) != len(ties.KINDS):
        return ties.WORTH
    return dict(zip(ties.KINDS, artifact.arrays["worth"].tolist(), strict=True))


def items_for(person_id: int, limit: int) -> dict[int, float]:
    """Goods the trained model chose for this person."""
    return _row_pairs("person_items", person_id, "item_ids", "scores", limit)


def popular_items(limit: int) -> dict[int, float]:
    artifact = load("popular")
    if artifact is None:
        return {}
    return dict(_pairs(artifact.arrays["item_ids"][:limit], artifact.arrays["scores"][:limit]))


def _row_pairs(name: str, key: int, ids: str, scores: str, limit: int) -> dict[int, float]:
    artifact = load(name)
    row = artifact.row(key) if artifact is not None else -1
    if artifact is None or row < 0:
        return {}
    return _top(dict(_pairs(artifact.arrays[ids][row], artifact.arrays[scores][row])), limit)


def _top(scores: Mapping[int, float], limit: int) -> dict[int, float]:
    best: Iterable[int] = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
    return {key: scores[key] for key in best}


def described() -> Sequence[Mapping[str, Any]]:
    """Meta data of every artifact in force, for operators."""
    return [artifact.meta for name in KEYS if (artifact := load(name)) is not None]
