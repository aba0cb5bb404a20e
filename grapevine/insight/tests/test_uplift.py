"""A small form of the measured experiment: a planted taste makes the model's slot two to five times the popular one, and nothing makes nothing."""

import pytest

from bench.uplift import BOUGHT, MERCHANTS, measure

PEOPLE = 250


@pytest.mark.walk
@pytest.mark.django_db
def test_the_model_beats_the_popular_slot_where_tastes_differ_and_equal_arms_are_equal() -> None:
    found = measure(PEOPLE, draws=40)
    assert (found["trained"], found["orders_before"]) == (True, PEOPLE * 2 * BOUGHT)
    assert set(found["shops"]) == {merchant.slug for merchant in MERCHANTS}
    for merchant in MERCHANTS:
        told, equal = found["shops"][merchant.slug], found["aa"][merchant.slug]
        assert sum(told["people"].values()) == PEOPLE
        assert told["arm_changes"] == 0
        assert told["shares_fit"]
        assert 2 <= told["ratio"] <= 5
        assert told["p"] < 0.05
        assert told["verdict"] == "better"
        assert told["model"] < merchant.liked  # nobody does better than what is planted allows
        assert equal["p"] > 0.05
        assert equal["verdict"] in ("open", "same")
    assert found["aa_drawn"]["alarms"] <= 4
