"""Suggested prices: demand of known elasticity is found, and what cannot be known is not claimed."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, strategies as st

from grapevine.insight.rules.pricing import PriceDay, best_price, fit, suggest

FIRST = date(2026, 1, 5)


def sold(
    elasticity: float, *, seed: int, days: int = 180, per_day: float = 40.0, trend: float = 0.0
) -> list[PriceDay]:
    """Days of a SKU around ¥100 whose price moves every week, with weekends twice as busy."""
    draw = np.random.default_rng(seed)
    found = []
    for n in range(days):
        price = round(10_000 * float(np.exp(0.18 * np.sin(1.7 * (n // 7)))))
        weekend = 1.6 if (FIRST + timedelta(days=n)).weekday() >= 5 else 0.8
        mean = per_day * weekend * (price / 10_000) ** -elasticity * float(np.exp(trend * n / days))
        found.append(PriceDay(FIRST + timedelta(days=n), price, int(draw.poisson(mean))))
    return found


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("elasticity", "cost_minor"), [(2.0, 5_000), (2.5, 6_000), (3.0, 7_000)])
def test_the_suggested_price_is_within_five_percent_of_the_best(
    elasticity: float, cost_minor: int, seed: int
) -> None:
    best = cost_minor * elasticity / (elasticity - 1)
    days = sold(elasticity, seed=seed, days=365, per_day=80.0, trend=0.3)
    found = suggest(days, price_minor=10_000, cost_minor=cost_minor)
    assert found.kind == "demand"
    assert found.price_minor == pytest.approx(best, rel=0.05)
    assert found.low_minor <= found.price_minor <= found.high_minor  # type: ignore[operator]


def test_what_is_expected_is_what_happens() -> None:
    found = suggest(sold(2.5, seed=3, days=365), price_minor=10_000, cost_minor=7_000)
    assert found.demand is not None
    truth = 40.0 * (5 * 0.8 + 2 * 1.6) / 7
    assert found.pieces_now == pytest.approx(truth, rel=0.08)
    assert found.price_minor is not None
    then = truth * (found.price_minor / 10_000) ** -2.5
    assert found.pieces_then == pytest.approx(then, rel=0.1)
    assert found.profit_then_minor == pytest.approx(then * (found.price_minor - 7_000), rel=0.1)
    assert found.profit_then_minor > found.profit_now_minor  # type: ignore[operator]


def test_the_true_elasticity_is_in_the_interval_about_as_often_as_promised() -> None:
    inside = 0
    for seed in range(100):
        demand = fit(sold(2.0, seed=seed, days=90, per_day=8.0))
        assert demand is not None
        inside += abs(demand.elasticity - 2.0) <= 1.2816 * demand.elasticity_sd
    assert 70 <= inside <= 95


@pytest.mark.parametrize(
    "days",
    [
        [],
        sold(2.0, seed=1, days=13),
        sold(2.0, seed=1, per_day=0.05, days=60),
        [PriceDay(FIRST + timedelta(days=n), 10_000, 9) for n in range(90)],
    ],
)
def test_without_enough_to_learn_from_nothing_is_claimed(days: list[PriceDay]) -> None:
    assert fit(days) is None
    assert suggest(days, price_minor=10_000, cost_minor=5_000).kind == "needs_changes"
    others = suggest(days, price_minor=10_000, cost_minor=5_000, others_minor=(4_000, 8_000, 9_000))
    assert (others.kind, others.low_minor, others.price_minor, others.high_minor) == (
        "others", 5_000, 8_000, 9_000,
    )  # fmt: skip
    assert others.pieces_then is None


def test_without_the_cost_no_profit_is_promised() -> None:
    assert suggest(sold(2.0, seed=1), price_minor=10_000, cost_minor=None).kind == "needs_cost"


@given(st.floats(0.05, 8), st.integers(1, 20_000), st.integers(100, 9_000), st.integers(0, 9_000))
def test_no_suggestion_is_below_cost_or_far_from_what_was_tried(
    elasticity: float, cost_minor: int, low_minor: int, more: int
) -> None:
    price = best_price(elasticity, cost_minor, low_minor=low_minor, high_minor=low_minor + more)
    assert price >= cost_minor
    assert min(low_minor, cost_minor) <= price <= max(low_minor + more, cost_minor)
