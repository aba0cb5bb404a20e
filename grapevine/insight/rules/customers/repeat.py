"""How many orders a customer will still place, and whether they are still one: the BG/NBD model.

P. Fader, B. Hardie, K. L. Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005). While a customer is one,
orders come as a Poisson process whose rate differs from customer to customer (gamma: r, alpha); after each order they
leave with a chance that differs too (beta: a, b). Several orders of one day are one purchase. Times are in weeks.

A small shop says little about four parameters: `fit` draws its logarithms towards those of the pool (`towards`), with the
weight of a normal prior. Many customers outweigh it by themselves, so there is no threshold to cross.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1

Array = np.ndarray[Any, np.dtype[np.float64]]
WEEK_DAYS = 7
PRIOR_SD = 0.35
"""How far the logarithm of a shop's parameter is expected to lie from its pool's."""
LOOSE_SD = 3.0
"""Without a pool: only so tight that a parameter cannot run away where the data do not speak about it."""
LOG_BOUND = 9.0


@dataclass(frozen=True, slots=True)
class Histories:
    """Of each customer: repeat purchases `count`, the last of them `last` weeks after the first, watched for `watched` weeks."""

    count: Array
    last: Array
    watched: Array

    def __len__(self) -> int:
        return len(self.count)


@dataclass(frozen=True, slots=True)
class Parameters:
    r: float
    alpha: float
    a: float
    b: float


DEFAULT = Parameters(0.5, 6.0, 0.8, 2.5)
"""Where the search begins, and what a house without any history believes."""


def histories(days: Sequence[Sequence[int]], *, until: int) -> Histories:
    """From the purchase days (whole numbers, in any order) of each customer, none after `until`."""
    distinct = [sorted(set(each)) for each in days]
    assert all(each and each[-1] <= until for each in distinct)
    return Histories(
        np.array([len(each) - 1 for each in distinct], dtype=float),
        np.array([each[-1] - each[0] for each in distinct], dtype=float) / WEEK_DAYS,
        np.array([until - each[0] for each in distinct], dtype=float) / WEEK_DAYS,
    )


def fit(data: Histories, *, towards: Parameters | None = None) -> Parameters:
    """The most credible parameters; `towards` (or DEFAULT, loosely) where there is little to go by."""
    if not len(data):
        return towards or DEFAULT
    centre = np.log(astuple(towards or DEFAULT))
    spread = PRIOR_SD if towards else LOOSE_SD

    def cost(logs: Array) -> float:
        far = float(np.sum(((logs - centre) / spread) ** 2)) / 2
        return far - float(np.sum(_log_likelihood(Parameters(*np.exp(logs)), data)))

    found = minimize(
        cost, centre, method="L-BFGS-B", bounds=[(-LOG_BOUND, LOG_BOUND)] * 4
    )  # fmt: skip
    return Parameters(*(float(value) for value in np.exp(found.x)))


def alive(model: Parameters, data: Histories) -> Array:
    """The chance that each is still a customer. Who never bought again has had no occasion to leave: 1."""
    return 1.0 / (1.0 + _gone_odds(model, data))


def expected(model: Parameters, data: Histories, *, weeks: float) -> Array:
    """Purchases expected of each in the coming weeks.

    Euler's transformation of the hypergeometric function keeps the terms small however often somebody bought.
    """
    r, alpha, a, b = astuple(model)
    a = a if abs(a - 1.0) > 1e-6 else 1.0 + 1e-6
    share = weeks / (alpha + data.watched + weeks)
    series = hyp2f1(a - 1.0, a + b - 1.0 - r, a + b + data.count - 1.0, share)
    still = 1.0 - (1.0 - share) ** (a - 1.0) * series
    told: Array = (a + b + data.count - 1.0) / (a - 1.0) * still / (1.0 + _gone_odds(model, data))
    return told


def _gone_odds(model: Parameters, data: Histories) -> Array:
    r, alpha, a, b = astuple(model)
    again = data.count > 0
    ratio = np.log((alpha + data.watched) / (alpha + data.last))
    odds = (
        a
        / (b + np.maximum(data.count, 1.0) - 1.0)
        * np.exp(np.minimum((r + data.count) * ratio, 600.0))
    )
    return np.where(again, odds, 0.0)


def _log_likelihood(model: Parameters, data: Histories) -> Array:
    r, alpha, a, b = astuple(model)
    count = data.count
    shared = gammaln(r + count) - gammaln(r) + r * np.log(alpha)
    shared += gammaln(a + b) + gammaln(b + count) - gammaln(b) - gammaln(a + b + count)
    stayed = -(r + count) * np.log(alpha + data.watched)
    left = (
        np.log(a)
        - np.log(b + np.maximum(count, 1.0) - 1.0)
        - (r + count) * np.log(alpha + data.last)
    )
    told: Array = shared + np.where(count > 0, np.logaddexp(stayed, left), stayed)
    return told
