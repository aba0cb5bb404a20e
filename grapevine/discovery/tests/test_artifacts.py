"""Artifacts: checked, switched at once, mapped once, rolled back."""

import numpy as np
import pytest

from grapevine.discovery import artifacts
from grapevine.discovery.contracts import ArtifactInvalid


def _publish_items(first: float) -> str:
    return artifacts.publish_artifact(
        "item_item",
        {
            "item_ids": np.array([30, 10, 20]),
            "neighbour_ids": np.array([[10, 20], [20, 30], [10, 0]]),
            "neighbour_scores": np.array([[0.9, 0.1], [first, 0.25], [0.5, 0.0]]),
        },
        {"seed": 7},
    )


def test_neighbours_are_weighted_summed_and_never_the_given() -> None:
    _publish_items(0.75)
    assert artifacts.neighbours({10: 2.0}, 10) == {20: 1.5, 30: 0.5}
    assert artifacts.neighbours({10: 1.0, 30: 1.0}, 10) == {20: 0.85}
    assert artifacts.neighbours({99: 1.0}, 10) == {}
    assert list(artifacts.neighbours({10: 2.0}, 1)) == [20]


def test_a_new_version_is_seen_at_once_and_rolls_back() -> None:
    first = _publish_items(0.75)
    assert artifacts.neighbours({10: 1.0}, 1) == {20: 0.75}
    second = _publish_items(0.5)
    assert artifacts.neighbours({10: 1.0}, 1) == {20: 0.5}
    assert set(artifacts.versions("item_item")) == {first, second}


def test_rolling_back_restores_what_was() -> None:
    first = _publish_items(0.75)
    second = _publish_items(0.5)
    assert artifacts.versions("item_item") == [second, first]
    assert artifacts.roll_back_artifact("item_item") == first
    assert artifacts.neighbours({10: 1.0}, 1) == {20: 0.75}
    assert artifacts.roll_back_artifact("item_item") == first  # nothing older


def test_a_loaded_version_is_mapped_once() -> None:
    _publish_items(0.75)
    held = artifacts.load("item_item")
    assert held is not None
    assert artifacts.load("item_item") is held
    assert isinstance(held.arrays["neighbour_ids"], np.memmap)
    assert held.meta["seed"] == 7


@pytest.mark.parametrize(
    "arrays",
    [
        {"item_ids": np.array([1, 2]), "scores": np.array([1.0])},
        {"item_ids": np.array([1]), "scores": np.array([np.nan])},
        {"item_ids": np.array([1])},
        {"item_ids": np.array([[1]]), "scores": np.array([1.0])},
    ],
)
def test_arrays_that_do_not_fit_change_nothing(arrays: dict[str, np.ndarray]) -> None:
    with pytest.raises(ArtifactInvalid):
        artifacts.publish_artifact("popular", arrays, {})
    assert artifacts.load("popular") is None


def test_an_id_twice_is_refused() -> None:
    with pytest.raises(ArtifactInvalid):
        artifacts.publish_artifact(
            "social",
            {
                "person_ids": np.array([1, 1]),
                "tie_ids": np.array([[2], [3]]),
                "tie_weights": np.array([[1.0], [1.0]]),
            },
            {},
        )


def test_names_are_no_paths() -> None:
    with pytest.raises(ArtifactInvalid):
        artifacts.publish_artifact("../away", {"a": np.array([1])}, {})


def test_rows_of_people_come_heaviest_first() -> None:
    artifacts.publish_artifact(
        "social",
        {
            "person_ids": np.array([5, 3]),
            "tie_ids": np.array([[7, 8, 0], [5, 9, 4]]),
            "tie_weights": np.array([[0.2, 0.9, 0.0], [1.0, 2.0, 3.0]]),
        },
        {},
    )
    assert artifacts.ties_of(5, 10) == {8: 0.9, 7: 0.2}
    assert list(artifacts.ties_of(3, 2)) == [4, 9]
    assert artifacts.ties_of(1, 10) == {}
    assert artifacts.items_for(5, 10) == {}


def test_only_the_newest_five_versions_are_kept() -> None:
    for step in range(7):
        _publish_items(0.1 * step + 0.1)
    assert len(artifacts.versions("item_item")) == 5
    assert artifacts.neighbours({10: 1.0}, 1) == {20: pytest.approx(0.7)}
