"""What Spark counts for the training is what the training counts by itself: neighbours, their order, and everybody's candidates."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from grapevine.discovery import facade as discovery
from grapevine.insight import engine, training_large, training_spark
from grapevine.insight.rules.ranking import large
from grapevine.insight.rules.ranking.evidence import degrees, mutual, ones
from grapevine.insight.rules.ranking.factors import FactorSettings
from grapevine.insight.rules.ranking.large import Near

PEOPLE, ITEMS, EACH, NEAR = 2_000, 400, 9, 20
ASKED, TOP = 300, 20


@pytest.fixture(scope="module")
def chosen() -> sparse.csr_matrix:
    """Tastes of fifty goods; one person with more choices than count, and goods that nobody chose."""
    dice = np.random.default_rng(3)
    rows = np.repeat(np.arange(PEOPLE), EACH)
    taste = dice.integers(0, ITEMS // 50 - 1, PEOPLE)[rows]
    columns = taste * 50 + (50 * dice.random(len(rows)) ** 2).astype(np.int64)
    keys = np.unique(np.concatenate([rows * ITEMS + columns, np.arange(ITEMS - 60)]))
    keys = dice.permutation(keys)
    return large.in_order(keys // ITEMS, (keys % ITEMS).astype(np.int32), (PEOPLE, ITEMS))


def near() -> Near:
    shape = (ITEMS, NEAR)
    return Near(np.full(shape, 7, np.int32), np.ones(shape, np.float32), np.ones(shape, np.float32))


def same(chosen: sparse.csr_matrix, folder: Path, name: str) -> None:
    recent = large.newest(chosen, large.HISTORY_MAX)
    ours, theirs = large.neighbours(recent, NEAR), near()
    counts = training_spark.neighbours(chosen, theirs, folder, name)
    assert recent.nnz < chosen.nnz
    assert counts.tolist() == degrees(recent, 0).tolist()
    assert training_spark.popular(chosen, folder, name).tolist() == degrees(chosen, 0).tolist()
    assert (ours.columns >= 0).sum() > ITEMS * NEAR / 2
    assert np.array_equal(theirs.columns, ours.columns)
    assert np.array_equal(theirs.values, ours.values)
    assert np.array_equal(theirs.together, ours.together)


def test_the_expressions_find_the_same_neighbours(
    chosen: sparse.csr_matrix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_spark, "PEOPLE_A_PART", 700)
    monkeypatch.setattr(training_spark, "ITEMS_A_PART", 150)
    same(chosen, tmp_path, "duckdb")


def candidates(chosen: sparse.csr_matrix) -> list[list[int]]:
    pairs = np.arange(PEOPLE)
    ties = mutual(ones(pairs, (pairs + 3) % PEOPLE, (PEOPLE, PEOPLE)))
    versions, _took = training_large.publish(
        chosen, ties, pairs + 100, np.arange(ITEMS) + 1, {}, FactorSettings(width=8, rounds=3, seeds=1)
    )  # fmt: skip
    assert set(versions) == {"history", "item_item", "popular", "social", "person_factors", "item_factors", "cells"}  # fmt: skip
    return [list(discovery.shortlist(100 + person, TOP)) for person in range(ASKED)]


@pytest.mark.filterwarnings("default")
def test_spark_gives_everybody_the_same_candidates(
    chosen: sparse.csr_matrix, tmp_path: Path, settings: Any
) -> None:
    if find_spec("pyspark") is None:
        pytest.skip("left out: PySpark is not installed (make test-spark)")
    with engine.opened("pyspark"):
        same(chosen, tmp_path, "pyspark")
        ours = candidates(chosen)
        settings.ANALYTICS_ENGINE = "pyspark"
        theirs = candidates(chosen)
    assert {len(best) for best in ours} == {TOP}
    assert theirs == ours
