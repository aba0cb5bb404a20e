"""Lists made on the spot from what training published: exact on a world of a few goods."""

import numpy as np
import pytest

from grapevine.discovery import facade, shortlists
from grapevine.kit.memory import Memory

ANN, BEN, CAT = 11, 12, 13
TEA, CUP, POT, BOOK, TENT = 1, 2, 3, 4, 5


def publish() -> None:
    people, goods = np.array([ANN, BEN]), np.array([TEA, CUP, POT, BOOK, TENT])
    facade.publish_artifact(
        "history",
        {"person_ids": people, "item_ids": np.array([[TEA, 0], [TEA, BOOK]], dtype=np.int32)},
        {"weights": {"items": 1.0, "social": 0.5, "factors": 0.25, "popular": 0.0}},
    )
    facade.publish_artifact(
        "item_item",
        {
            "item_ids": np.array([TEA, BOOK]),
            "neighbour_ids": np.array([[CUP, POT], [TENT, 0]]),
            "neighbour_scores": np.array([[0.9, 0.3], [0.5, 0.0]]),
        },
        {},
    )
    facade.publish_artifact(
        "social",
        {
            "person_ids": np.array([ANN]), "tie_ids": np.array([[BEN, CAT]]),
            "tie_weights": np.array([[1.0, 1.0]]),
        },
        {},
    )  # fmt: skip
    factors = np.array([[9, 0], [0, 9], [90, 0], [50, 0], [0, 1]], dtype=np.int8)
    scales = np.full(5, 0.5, dtype=np.float32)
    facade.publish_artifact(
        "item_factors", {"item_ids": goods, "factors": factors, "scales": scales}, {}
    )
    taste = np.array([[1, 0], [0, 0]], dtype=np.int8)
    facade.publish_artifact("person_factors", {"person_ids": people, "factors": taste}, {})
    cells = {
        "middles": np.array([[1.0, 0.0], [0.0, 1.0]]),
        "item_ids": np.array([[POT, TEA], [TENT, 0]], dtype=np.int32),
    }
    facade.publish_artifact("cells", cells, {})


def standard(values: list[float]) -> np.ndarray:
    found = np.array(values)
    return np.asarray((found - found.mean()) / found.std())


def test_four_channels_are_ranked_together_and_what_one_has_is_left_out() -> None:
    publish()
    # What Ann may get: cup and pot near her tea, Ben's book, and pot and tent of the cells.
    goods = [CUP, POT, BOOK, TENT]
    total = (
        standard([0.9, 0.3, 0, 0]) + 0.5 * standard([0, 0, 1.0, 0])
        + 0.25 * standard([0, 45.0, 25.0, 0])
    )  # fmt: skip
    order = sorted(range(4), key=lambda at: -total[at])
    found = shortlists.shortlist(ANN, 3)
    assert list(found) == [goods[at] for at in order[:3]] == [CUP, BOOK, POT]
    assert found == pytest.approx(
        {goods[at]: np.exp(total[at] - total[order[0]]) for at in order[:3]}
    )
    assert shortlists.items_for(ANN, 3) == found


def test_what_was_trained_last_is_asked_and_strangers_get_none() -> None:
    publish()
    assert shortlists.items_for(CAT, 5) == {}
    facade.publish_artifact(
        "person_items",
        {
            "person_ids": np.array([ANN]),
            "item_ids": np.array([[TENT]]),
            "scores": np.array([[1.0]]),
        },
        {},
    )
    assert shortlists.items_for(ANN, 5) == {TENT: 1.0}
    assert shortlists.items_for(BEN, 1) == {}
    publish()
    assert list(shortlists.items_for(BEN, 1)) == [CUP]


def test_nothing_trained_gives_nothing() -> None:
    assert shortlists.shortlist(ANN, 5) == {}


def test_a_memory_is_bounded_in_number_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("grapevine.kit.memory.monotonic", lambda: now[0])
    held: Memory[int, str] = Memory(2, 10)
    held.put_many({1: "a", 2: "b", 3: "c"})
    assert held.get_many([1, 2, 3]) == {2: "b", 3: "c"}
    assert (held.hits, held.misses) == (2, 1)
    held.put(2, "d")
    held.put(4, "e")
    assert held.get_many([2, 3, 4]) == {2: "d", 4: "e"}
    now[0] = 111.0
    assert held.get(4) is None
