"""What an order of a customer will be worth: the gamma-gamma model, drawn towards what all customers spend.

P. Fader, B. Hardie, The Gamma-Gamma Model of Monetary Value (2013). An order's value varies around the customer's own mean
(shape p); those means vary between customers (shape q, scale gamma). Few orders say little: then the mean of all counts.
"""

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

Array = np.ndarray[Any, np.dtype[np.float64]]
LOG_BOUND = 12.0
PRIOR_SD = 0.35
LOOSE_SD = 3.0


@dataclass(frozen=True, slots=True)
class Spending:
    """`p`, `q`: shapes; `scale`: in units of `unit` minor units, the mean order when it was fitted."""

    p: float
    q: float
    scale: float
    unit: float


DEFAULT = Spending(2.0, 4.0, 1.5, 10_000.0)


def fit_spending(count: Array, mean_minor: Array, *, towards: Spending | None = None) -> Spending:
    """From each customer's purchases and their mean value; customers without a positive value are left aside."""
    kept = (count > 0) & (mean_minor > 0)
    count, mean_minor = count[kept], mean_minor[kept]
    if not len(count):
        return towards or DEFAULT
    unit = float(np.sum(count * mean_minor) / np.sum(count))
    mean = mean_minor / unit
    centre = np.log(astuple(towards or DEFAULT)[:3])
    spread = PRIOR_SD if towards else LOOSE_SD

    def cost(logs: Array) -> float:
        p, q, scale = np.exp(logs)
        told = gammaln(p * count + q) - gammaln(p * count) - gammaln(q) + q * np.log(scale)
        told += (p * count - 1.0) * np.log(mean) + p * count * np.log(count)
        told -= (p * count + q) * np.log(scale + mean * count)
        return float(np.sum(((logs - centre) / spread) ** 2)) / 2 - float(np.sum(told))

    found = minimize(cost, centre, method="L-BFGS-B", bounds=[(-LOG_BOUND, LOG_BOUND)] * 3)
    p, q, scale = (float(one) for one in np.exp(found.x))
    return Spending(p, q, scale, unit)


def order_value(model: Spending, count: Array, mean_minor: Array) -> Array:
    """The mean value of each customer's orders to come, in minor units.

    A shape q of at most one has no mean; it is read as a little more, so that nobody's value is infinite.
    """
    q = max(model.q, 1.05)
    mean = mean_minor / model.unit
    return model.unit * model.p * (model.scale + mean * count) / (model.p * count + q - 1.0)
