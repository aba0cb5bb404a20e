"""What a price change would do, learned from what earlier ones did. Pure numpy.

Pieces a day are Poisson with log mean = level − elasticity × log price + trend + weekday. The fit is the posterior mode
under normal priors (elasticity 2 ± 1.5: most retail goods lie between 0.5 and 4, see Bijmolt, van Heerde and Pieters,
"New empirical generalizations on the determinants of price elasticity", 2005), its spread the inverse curvature, widened
where days scatter more than Poisson. Profit (price − cost) × pieces is largest at cost × e / (e − 1) for e above 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ELASTICITY, ELASTICITY_SD = 2.0, 1.5
TREND_SD, WEEKDAY_SD, LEVEL_SD = 0.5, 0.3, 100.0
DAYS_MIN, PIECES_MIN, SPREAD_MIN = 14, 30, 0.03
BEYOND = 0.15
"""How far outside the prices that were tried a suggestion may go."""
STEPS_MAX, ENOUGH = 50, 1e-9
EIGHTY = 1.2816
"""Standard deviations that hold eighty of a hundred draws."""
Array = NDArray[np.float64]


class PriceDay(NamedTuple):
    """A day a SKU was on sale: its list price and the pieces sold."""

    day: date
    price_minor: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Demand:
    """How demand answers to the price: `per_day` pieces at `at_minor`, today's level, a working week on average."""

    elasticity: float
    elasticity_sd: float
    per_day: float
    at_minor: int
    lowest_minor: int
    highest_minor: int

    def pieces(self, price_minor: int) -> float:
        """Expected pieces a day at a price."""
        return float(self.per_day * (price_minor / self.at_minor) ** -self.elasticity)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind` says where it comes from: demand, others (what comparable goods cost), or nothing but a reason.

    Expected figures are a day's; None where nobody can know.
    """

    kind: str
    price_minor: int | None = None
    low_minor: int | None = None
    high_minor: int | None = None
    pieces_now: float | None = None
    pieces_then: float | None = None
    profit_now_minor: float | None = None
    profit_then_minor: float | None = None
    demand: Demand | None = None


def fit(days: Sequence[PriceDay]) -> Demand | None:
    """The demand these days show, or None if they are too few, sell too little, or never changed price."""
    if len(days) < DAYS_MIN or sum(day.pieces for day in days) < PIECES_MIN:
        return None
    prices = np.array([day.price_minor for day in days], dtype=float)
    if prices.max() < prices.min() * (1 + SPREAD_MIN):
        return None
    mean = float(np.log(prices).mean())
    design, prior_mean, precision = _design(days, np.log(prices) - mean)
    pieces = np.array([day.pieces for day in days], dtype=float)
    beta, covariance = _mode(design, pieces, prior_mean, precision)
    expected = np.exp(np.clip(design @ beta, -30, 30))
    freedom = max(1.0, len(days) - 3.0)
    scatter = max(1.0, float(((pieces - expected) ** 2 / expected).sum() / freedom))
    last = float(design[-1, 2])
    level = beta[0] + beta[2] * last + float(np.concatenate([[0.0], beta[3:]]).mean())
    return Demand(
        float(beta[1]), float(np.sqrt(covariance[1, 1] * scatter)), float(np.exp(level)),
        round(float(np.exp(mean))), int(prices.min()), int(prices.max()),
    )  # fmt: skip


def _design(days: Sequence[PriceDay], log_price: Array) -> tuple[Array, Array, Array]:
    """Columns: level, −log price, trend over the days (−1 … 1), weekdays from Tuesday on; and their priors."""
    number = np.array([one.day.toordinal() for one in days])
    trend = 2 * (number - number[0]) / max(1, number[-1] - number[0]) - 1
    weekdays = ((number - 1) % 7)[:, None] == np.arange(1, 7)
    design = np.column_stack([np.ones(len(days)), -log_price, trend, weekdays])
    mean = np.array([0.0, ELASTICITY, 0.0, *[0.0] * 6])
    sd = np.array([LEVEL_SD, ELASTICITY_SD, TREND_SD, *[WEEKDAY_SD] * 6])
    return design, mean, 1 / sd**2


def _mode(design: Array, pieces: Array, mean: Array, precision: Array) -> tuple[Array, Array]:
    """Newton's method on the log posterior; the posterior is log-concave, so it has one mode."""
    beta = mean.copy()
    beta[0] = np.log(max(pieces.mean(), 0.01))
    for _ in range(STEPS_MAX):
        expected = np.exp(np.clip(design @ beta, -30, 30))
        slope = design.T @ (pieces - expected) - precision * (beta - mean)
        curve = design.T @ (design * expected[:, None]) + np.diag(precision)
        step = np.linalg.solve(curve, slope)
        beta = beta + np.clip(step, -1, 1)
        if float(np.abs(step).max()) < ENOUGH:
            break
    return beta, np.asarray(np.linalg.inv(curve), dtype=np.float64)


def best_price(elasticity: float, cost_minor: int, *, low_minor: float, high_minor: float) -> int:
    """Where profit is largest between two prices: the closed form, or the edge it lies behind."""
    best = cost_minor * elasticity / (elasticity - 1) if elasticity > 1 else high_minor
    return round(min(max(best, low_minor, cost_minor), max(high_minor, cost_minor)))


def suggest(
    days: Sequence[PriceDay], *, price_minor: int, cost_minor: int | None,
    others_minor: Sequence[int] = (),
) -> Suggestion:  # fmt: skip
    """A price and the range it may be in, with what to expect of it.

    From demand where it can be estimated and the cost is known; else from the middle half of comparable
    goods; else the reason why there is none: `needs_cost` or `needs_changes`.
    """
    demand = fit(days)
    if demand is None or not cost_minor:
        if others_minor:
            low, middle, high = others_minor
            floor = cost_minor or 0
            return Suggestion("others", max(middle, floor), max(low, floor), max(high, floor))
        return Suggestion("needs_cost" if demand else "needs_changes", demand=demand)
    edges = {
        "low_minor": demand.lowest_minor * (1 - BEYOND),
        "high_minor": demand.highest_minor * (1 + BEYOND),
    }
    spread = EIGHTY * demand.elasticity_sd
    best = best_price(demand.elasticity, cost_minor, **edges)
    low = best_price(demand.elasticity + spread, cost_minor, **edges)
    high = best_price(demand.elasticity - spread, cost_minor, **edges)
    now, then = demand.pieces(price_minor), demand.pieces(best)
    return Suggestion(
        "demand", best, low, high, now, then, now * (price_minor - cost_minor),
        then * (best - cost_minor), demand,
    )  # fmt: skip
