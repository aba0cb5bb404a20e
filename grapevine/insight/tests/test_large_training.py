"""Training for many people: the same as the small forms where both can be had, and published whole."""

import numpy as np
import pytest
from scipy import sparse

from grapevine.discovery import facade as discovery
from grapevine.insight import training_large
from grapevine.insight.rules.ranking import large
from grapevine.insight.rules.ranking.evidence import Evidence, degrees, mutual, ones
from grapevine.insight.rules.ranking.factors import FactorSettings
from grapevine.insight.rules.ranking.local import LocalKernel, LocalSettings
from grapevine.insight.rules.ranking.simple import NearSettings, item_neighbours

PEOPLE, ITEMS = 60, 24


@pytest.fixture(scope="module")
def chosen() -> sparse.csr_matrix:
    """Two tastes of twelve goods each; every person has one of them, and one good of the other."""
    dice = np.random.default_rng(4)
    rows, columns = [], []
    for person in range(PEOPLE):
        own = dice.choice(12, 5, replace=False) + 12 * (person % 2)
        other = dice.integers(0, 12) + 12 * (1 - person % 2)
        for item in (*own, other):
            rows.append(person)
            columns.append(item)
    return large.in_order(np.array(rows), np.array(columns), (PEOPLE, ITEMS))


def dense(near: large.Near, values: np.ndarray) -> np.ndarray:
    found = np.zeros((len(near.columns), len(near.columns)))
    row, place = np.nonzero(near.columns >= 0)
    found[row, near.columns[row, place]] = values[row, place]
    return found


def test_order_is_kept_and_the_newest_are_the_last() -> None:
    matrix = large.in_order(np.array([1, 0, 1, 1]), np.array([3, 2, 0, 1]), (2, 4))
    assert matrix.indices.tolist() == [2, 3, 0, 1]
    assert large.newest(matrix, 2).indices.tolist() == [2, 0, 1]
    assert large.lists_of(matrix, np.array([10, 11, 12, 13]), 3).tolist() == [
        [12, 0, 0],
        [13, 10, 11],
    ]


def test_neighbours_are_those_of_the_small_form(chosen: sparse.csr_matrix) -> None:
    near = large.neighbours(chosen, 5)
    small = item_neighbours(chosen, NearSettings(5)).toarray()
    assert np.allclose(dense(near, near.values), small, atol=1e-6)
    assert (near.values[:, :-1] >= near.values[:, 1:]).all()


def test_with_lists_long_enough_the_weights_are_local_ease(chosen: sparse.csr_matrix) -> None:
    near = large.neighbours(chosen, ITEMS)
    weights = np.vstack(list(large.local_weights(near, degrees(chosen, 0), 3.0)))
    exact = LocalKernel(
        Evidence(chosen, sparse.csr_matrix((PEOPLE, PEOPLE))), LocalSettings(3.0, ITEMS)
    )
    scores = exact.scores(np.arange(PEOPLE))
    assert np.allclose(chosen @ dense(near, weights).T, scores, atol=1e-4)


def test_bytes_lose_less_than_half_a_step() -> None:
    factors = np.random.default_rng(1).normal(0, 1, (50, 8)).astype(np.float32)
    factors[7] = 0
    small, scales = large.in_bytes(factors)
    assert small.dtype == np.int8
    assert (np.abs(small * scales[:, None] - factors) <= scales[:, None] / 2 + 1e-6).all()


def test_every_row_is_in_one_cell_and_crowded_cells_are_cut() -> None:
    same = np.tile(np.array([[1.0, 0.0]], dtype=np.float32), (40, 1))
    middles, rows = large.cells(np.vstack([same, [[0.0, 1.0]]]).astype(np.float32), 10, 3)
    assert sorted(np.concatenate(rows).tolist()) == list(range(41))
    assert max(map(len, rows)) == 16  # four times as many as a cell would hold if all were even
    assert len(middles) == len(rows)


def test_what_is_published_makes_lists_of_the_right_taste(chosen: sparse.csr_matrix) -> None:
    pairs = np.arange(PEOPLE)
    ties = mutual(ones(pairs, (pairs + 2) % PEOPLE, (PEOPLE, PEOPLE)))
    people, items = np.arange(PEOPLE) + 100, np.arange(ITEMS) + 1
    versions, took = training_large.publish(
        chosen, ties, people, items, {"seed": 7}, FactorSettings(width=4, rounds=3, seeds=1)
    )
    assert set(versions) == {
        "history", "item_item", "popular", "social", "person_factors", "item_factors", "cells",
    }  # fmt: skip
    assert set(took) == {"history", "neighbours", "ties", "factors"}
    assert discovery.card_of("item_item")["seed"] == 7
    right = 0
    for person in range(PEOPLE):
        best = list(discovery.shortlist(100 + person, 5))
        own = set((chosen.indices[chosen.indptr[person] : chosen.indptr[person + 1]] + 1).tolist())
        assert len(best) == 5
        assert not own & set(best)
        right += sum((goods_id - 1) // 12 == person % 2 for goods_id in best)
    assert right / (5 * PEOPLE) > 0.8
