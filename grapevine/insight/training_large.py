"""Training where people are too many for a list each: what `discovery.shortlists` makes lists of, staged through memory maps.

Nothing here is people × items. The largest arrays are written to disk block by block; in memory are the choices, the
factors while they are fitted, and one block.
"""

import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from scipy import sparse

from grapevine.discovery import facade as discovery
from grapevine.insight import training_spark
from grapevine.insight.rules.ranking import factors, large
from grapevine.insight.rules.ranking.evidence import Evidence, degrees
from grapevine.insight.rules.ranking.factors import FactorSettings
from grapevine.insight.rules.ranking.large import Near

Arrays = dict[str, NDArray[Any]]
NEAR = 50
KEPT = 50
TIES = 50
RIDGE = 30.0
SEED = 7


def publish(
    chosen: sparse.csr_matrix, ties: sparse.csr_matrix, people: NDArray[np.int64],
    items: NDArray[np.int64], card: Mapping[str, Any], fitting: FactorSettings,
) -> tuple[dict[str, str], dict[str, float]]:  # fmt: skip
    """Publish every part; returns (versions, seconds of each step).

    `chosen`: people × items, each person's columns in the order in which they were chosen; `people` and `items` rise.
    """
    folder = Path(tempfile.mkdtemp(prefix="training-", dir=_staging()))
    took: dict[str, float] = {}
    mark = time.monotonic()

    def done(step: str) -> None:
        nonlocal mark
        took[step], mark = round(time.monotonic() - mark, 1), time.monotonic()

    try:
        versions = {"history": _history(chosen, people, items, card)}
        done("history")
        versions["item_item"] = _items(chosen, items, card, folder)
        done("neighbours")
        versions["popular"] = _popular(chosen, items, card, folder)
        if ties.nnz:
            versions["social"] = _ties(ties, people, card)
        done("ties")
        versions |= _factors(chosen, ties, people, items, card, fitting)
        done("factors")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return versions, took


def _staging() -> Path:
    folder = Path(settings.ARTIFACT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _mapped(folder: Path, title: str, shape: tuple[int, int], kind: Any) -> Any:
    return np.lib.format.open_memmap(folder / f"{title}.npy", mode="w+", dtype=kind, shape=shape)


def _history(
    chosen: sparse.csr_matrix, people: NDArray[np.int64], items: NDArray[np.int64],
    card: Mapping[str, Any],
) -> str:  # fmt: skip
    lists = large.lists_of(chosen, items, KEPT)
    return discovery.publish_artifact("history", {"person_ids": people, "item_ids": lists}, card)


def _items(
    chosen: sparse.csr_matrix, items: NDArray[np.int64], card: Mapping[str, Any], folder: Path
) -> str:
    """Neighbours by cosine, weighed beside each other; the weights are what is served."""
    shape = (len(items), NEAR)
    near = Near(
        _mapped(folder, "columns", shape, np.int32),
        _mapped(folder, "values", shape, np.float32),
        _mapped(folder, "together", shape, np.float32),
    )
    counts = _nearest(chosen, near, folder)
    at = 0
    for weights in large.local_weights(near, counts, RIDGE):
        near.values[at : at + len(weights)] = np.maximum(weights, 0)
        at += len(weights)
    ids = _mapped(folder, "ids", shape, np.int64)
    for start in range(0, len(items), large.BLOCK):
        part = slice(start, start + large.BLOCK)
        columns = near.columns[part]
        ids[part] = np.where(columns >= 0, items[np.maximum(columns, 0)], 0)
    arrays = {"item_ids": items, "neighbour_ids": ids, "neighbour_scores": near.values}
    return discovery.publish_artifact("item_item", arrays, card)


def _is_by_spark() -> bool:
    return bool(settings.ANALYTICS_ENGINE == "pyspark")


def _nearest(chosen: sparse.csr_matrix, near: Near, folder: Path) -> NDArray[np.float64]:
    if _is_by_spark():
        return training_spark.neighbours(chosen, near, folder)
    recent = large.newest(chosen, large.HISTORY_MAX)
    large.neighbours(recent, NEAR, near)
    return degrees(recent, 0)


def _popular(
    chosen: sparse.csr_matrix, items: NDArray[np.int64], card: Mapping[str, Any], folder: Path
) -> str:
    by_spark = _is_by_spark()
    counts = training_spark.popular(chosen, folder) if by_spark else degrees(chosen, 0)
    order = np.argsort(-counts, kind="stable")
    arrays: Arrays = {"item_ids": items[order], "scores": counts[order].astype(np.float32)}
    return discovery.publish_artifact("popular", arrays, card)


def _ties(ties: sparse.csr_matrix, people: NDArray[np.int64], card: Mapping[str, Any]) -> str:
    ids = large.lists_of(ties, people, TIES)
    arrays: Arrays = {
        "person_ids": people,
        "tie_ids": ids,
        "tie_weights": (ids > 0).astype(np.float32),
    }
    return discovery.publish_artifact("social", arrays, card)


def _factors(
    chosen: sparse.csr_matrix, ties: sparse.csr_matrix, people: NDArray[np.int64],
    items: NDArray[np.int64], card: Mapping[str, Any], fitting: FactorSettings,
) -> dict[str, str]:  # fmt: skip
    """Factors in bytes, and the goods in cells. What one person likes better is the same whatever their own scale."""
    fitted = factors.fit(Evidence(chosen, ties), fitting, SEED)
    middles, rows = large.cells(fitted.items, max(1, round(len(items) ** 0.5)), SEED)
    mine, _own = large.in_bytes(fitted.people)
    theirs, scales = large.in_bytes(fitted.items)
    parts: dict[str, Arrays] = {
        "person_factors": {"person_ids": people, "factors": mine},
        "item_factors": {"item_ids": items, "factors": theirs, "scales": scales},
        "cells": {"middles": middles, "item_ids": large.padded(rows, items)},
    }
    return {name: discovery.publish_artifact(name, part, card) for name, part in parts.items()}
