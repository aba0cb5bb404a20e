"""Who of those who have not bought yet is likely to: a discrete-time hazard, week by week.

D. Singer, J. Willett, Applied Longitudinal Data Analysis (2003), chapter 11: each week of a person who has not bought is a row,
the answer is whether the first order fell into it, and a logistic regression over the rows is the hazard. Whoever has not bought by
now is cut off at now, not counted as somebody who never will. A ridge keeps rare signals from running away; the intercept
is free, so that chances stay calibrated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
SIGNALS = (
    "reads", "goods", "carts", "comments", "groups", "minutes", "follows", "inviter", "fresh",
)  # fmt: skip
"""Counts of the 28 days before a week: notes read, goods opened, put into the cart, comments, group pages, minutes; then
whether they follow the shop, whether somebody who had bought brought them, and how recently they came (1 today, 0 four weeks ago)."""
COUNTED = 6
RIDGE = 2.0
STEPS = 40
GROUPS = 10


@dataclass(frozen=True, slots=True)
class Hazard:
    intercept: float
    weights: tuple[float, ...]


def shaped(raw: Array) -> Array:
    """Counts on a logarithmic scale: the tenth view says less than the second."""
    return np.hstack([np.log1p(raw[:, :COUNTED]), raw[:, COUNTED:]])


def fit(raw: Array, bought: Array) -> Hazard:
    """Newton's steps on the penalised likelihood; `raw` has a column for each of SIGNALS."""
    rows = np.hstack([np.ones((len(raw), 1)), shaped(raw)])
    penalty = np.diag([0.0] + [RIDGE] * len(SIGNALS))
    rate = min(max(float(bought.mean()), 1e-6), 1 - 1e-6)
    start = np.zeros(rows.shape[1])
    start[0] = np.log(rate / (1 - rate))
    weights = _climbed(rows, bought, start, penalty)
    return Hazard(float(weights[0]), tuple(float(one) for one in weights[1:]))


def weekly(model: Hazard, raw: Array) -> Array:
    return _logistic(model.intercept + shaped(raw) @ np.array(model.weights))


def within(hazard: Array, weeks: float) -> Array:
    """The chance of a first order within so many weeks, if they go on as now."""
    return 1.0 - (1.0 - hazard) ** weeks


def reasons(model: Hazard, raw: Array, most: int = 3) -> list[tuple[str, ...]]:
    """What speaks most for each person, the strongest first: only what raises their chance above nobody's signal."""
    pushes = shaped(raw) * np.array(model.weights)
    found = []
    for row in pushes:
        order = np.argsort(-row, kind="stable")[:most]
        found.append(tuple(SIGNALS[n] for n in order if row[n] > 0.05))
    return found


@dataclass(frozen=True, slots=True)
class Proof:
    """How a model did on weeks it had not seen. `slope` 1 and `table` on the diagonal: its chances mean what they say."""

    rows: int
    bought: int
    auc: float
    slope: float
    table: tuple[tuple[float, float, int], ...]
    """(mean chance, share that bought, rows) of each tenth, the least likely first."""


def prove(chance: Array, bought: Array) -> Proof:
    order = np.argsort(chance, kind="stable")
    table = tuple(
        (float(chance[part].mean()), float(bought[part].mean()), len(part))
        for part in np.array_split(order, GROUPS)
        if len(part)
    )
    return Proof(
        len(chance), int(bought.sum()), area(chance, bought), _slope(chance, bought), table
    )


def area(chance: Array, bought: Array) -> float:
    """Area under the curve, ties counting half; 0.5 where only one kind is there."""
    ones, zeros = int(bought.sum()), int(len(bought) - bought.sum())
    if not ones or not zeros:
        return 0.5
    _, places, counts = np.unique(chance, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    return float((middle[places][bought > 0].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def _slope(chance: Array, bought: Array) -> float:
    """Of a logistic regression of what came on the log odds that were told (Cox 1958)."""
    odds = np.log(np.clip(chance, 1e-9, 1 - 1e-9) / np.clip(1 - chance, 1e-9, 1))
    rows = np.column_stack([np.ones(len(odds)), odds])
    return float(_climbed(rows, bought, np.zeros(2), 1e-9 * np.eye(2))[1])


def _climbed(rows: Array, bought: Array, weights: Array, penalty: Array) -> Array:
    """The weights where the penalised likelihood is highest: Newton's steps, halved until each is uphill."""
    worth = _worth(rows, bought, weights, penalty)
    for _ in range(STEPS):
        chance = _logistic(rows @ weights)
        slope = rows.T @ (bought - chance) - penalty @ weights
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + penalty
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(weights)), slope)
        while _worth(rows, bought, weights + step, penalty) < worth and np.abs(step).max() > 1e-9:
            step = step / 2
        weights = weights + step
        worth = _worth(rows, bought, weights, penalty)
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _worth(rows: Array, bought: Array, weights: Array, penalty: Array) -> float:
    odds = rows @ weights
    told = bought * odds - np.logaddexp(0.0, odds)
    return float(told.sum() - weights @ penalty @ weights / 2)


def _logistic(values: Array | Sequence[float]) -> Array:
    told: Array = 1.0 / (1.0 + np.exp(-np.clip(np.asarray(values), -40, 40)))
    return told
