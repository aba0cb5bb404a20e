"""Who buys next and what people are worth, against planted truth."""

import numpy as np
import pytest

from grapevine.insight.rules.customers import assets, likelihood
from grapevine.insight.rules.customers.assets import Person

TRUE = np.array([0.5, 0.9, 1.4, 0.6, 0.5, 0.02, 0.8, 0.7, 0.9])


def planted(size: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Person-weeks with the signals of a lively shop, and whether the week brought the first order."""
    chance = np.random.default_rng(seed)
    lively = chance.gamma(0.6, 1.0, size)
    means = np.array([2.0, 1.5, 0.15, 0.2, 0.4, 6.0])
    counts = chance.poisson(lively[:, None] * means)
    flags = chance.random((size, 2)) < np.array([0.3, 0.2])
    raw = np.hstack([counts, flags, chance.random((size, 1))]).astype(float)
    odds = -5.0 + likelihood.shaped(raw) @ TRUE
    return raw, (chance.random(size) < 1 / (1 + np.exp(-odds))).astype(float)


def test_chances_are_found_again_and_mean_what_they_say() -> None:
    taught, answers = planted(20_000, seed=1)
    model = likelihood.fit(taught, answers)
    assert np.abs(np.array(model.weights) - TRUE).max() < 0.3
    later, came = planted(20_000, seed=2)
    proof = likelihood.prove(likelihood.weekly(model, later), came)
    assert proof.auc > 0.75
    assert proof.slope == pytest.approx(1.0, abs=0.08)
    assert [rows for _, _, rows in proof.table] == [2000] * 10
    for told, happened, _ in proof.table:
        assert told == pytest.approx(happened, abs=0.05)
    shares = [share for _, share, _ in proof.table]
    assert shares[-1] > 10 * max(shares[0], 1e-3)


def test_a_model_that_shouts_has_a_slope_below_one() -> None:
    raw, came = planted(8_000, seed=3)
    model = likelihood.fit(raw, came)
    loud = likelihood.Hazard(2 * model.intercept, tuple(2 * one for one in model.weights))
    assert likelihood.prove(likelihood.weekly(loud, raw), came).slope == pytest.approx(
        0.5, abs=0.06
    )


def test_few_rows_and_one_kind_of_answer_break_nothing() -> None:
    raw = np.zeros((12, len(likelihood.SIGNALS)))
    model = likelihood.fit(raw, np.zeros(12))
    assert likelihood.weekly(model, raw).max() < 0.01
    assert likelihood.area(np.array([0.2, 0.2, 0.2]), np.array([1.0, 0.0, 0.0])) == 0.5
    assert likelihood.area(np.array([0.1, 0.4, 0.4]), np.array([0.0, 1.0, 0.0])) == 0.75
    assert likelihood.area(np.array([0.1, 0.4]), np.array([0.0, 0.0])) == 0.5
    assert likelihood.within(np.array([0.5]), 2.0).tolist() == [0.75]


def test_reasons_name_what_raises_a_chance_the_strongest_first() -> None:
    model = likelihood.Hazard(-4.0, (0.1, 1.0, 2.0, 0.0, 0.0, 0.0, -1.0, 0.5, 0.0))
    raw = np.array([[0, 9, 1, 5, 0, 0, 1, 1, 1.0], [0, 0, 0, 0, 0, 0, 1, 0, 0.0]])
    assert likelihood.reasons(model, raw) == [("goods", "carts", "inviter"), ()]


def test_an_asset_is_the_sum_of_its_people() -> None:
    regulars = [Person(expected_minor=9_000, is_active=True)] * 3
    fan = Person(
        expected_minor=5_000, brought_minor=20_000, alive=0.75, is_active=True, is_supporting=True
    )
    waiting = [Person(chance=0.25, is_active=True)] * 10
    before = assets.asset_of([*regulars, fan], first_worth_minor=4_000)
    assert before == assets.Asset(4, 4, 1, 32_000, 0, 15_000)
    after = assets.asset_of([*regulars, fan, *waiting], first_worth_minor=4_000)
    assert (after.fans, after.total_minor - before.total_minor) == (14, 10_000)
