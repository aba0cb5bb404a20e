"""Fitting one ranking head, and whether it may be used: a logit under a ridge, calibrated, proven on what came later.

Rows are cut by time: the oldest seven tenths fit, the next 15 % calibrate (a logit of the answer on the fitted logit,
Platt 1999), the newest 15 % prove. A head passes if on the newest its log-loss is lower than that of the rate known
before, and lower than that of the head in force, each by more than the standard error of the paired difference, with
all rows of a person as one draw.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.rules.leaving import area_under_curve

Floats = NDArray[np.float64]
RIDGE = 2.0
STEPS_MAX = 40
FITTED_UNTIL, CALIBRATED_UNTIL = 0.7, 0.85
FITTED_MIN, JUDGED_MIN = 40, 15
"""Fewer deeds than this among the rows to fit, or to calibrate and to prove by, teach and prove nothing."""
BINS = 10
LOGIT_MAX = 30.0


@dataclass(frozen=True, slots=True)
class Head:
    """Weights of the raw features; standardisation and calibration are part of them."""

    weights: Floats
    intercept: float

    def chances(self, rows: Floats) -> Floats:
        return _chance(rows @ self.weights + self.intercept)


@dataclass(frozen=True, slots=True)
class Judged:
    """A fitted head with its figures. `reason`: "" if it passed, else few, base or in_force."""

    head: Head | None
    reason: str
    figures: Mapping[str, Any]


def _chance(logit: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(logit, -LOGIT_MAX, LOGIT_MAX)))
    return found


def fit_logit(design: Floats, answers: Floats, ridge: Floats) -> Floats:
    """Newton's steps for a logit under a ridge; a step that climbs is halved."""
    weights = np.zeros(design.shape[1])
    loss = _penalised(design, answers, ridge, weights)
    for _ in range(STEPS_MAX):
        chance = _chance(design @ weights)
        slope = design.T @ (chance - answers) + ridge * weights
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        move = np.linalg.solve(bend, slope)
        size, before = 1.0, loss
        while size > 1e-4:
            tried = weights - size * move
            loss = _penalised(design, answers, ridge, tried)
            if loss <= before:
                weights = tried
                break
            size /= 2
        else:
            return weights
        if before - loss < 1e-9 * max(1.0, abs(loss)):
            break
    return weights


def _penalised(design: Floats, answers: Floats, ridge: Floats, weights: Floats) -> float:
    logit = np.clip(design @ weights, -LOGIT_MAX, LOGIT_MAX)
    return float(
        (np.logaddexp(0, logit) - answers * logit).sum() + 0.5 * (ridge * weights**2).sum()
    )


def fit_head(rows: Floats, answers: Floats) -> Head:
    """Fit on standardised features, told in raw ones."""
    means, spreads = rows.mean(axis=0), rows.std(axis=0)
    is_flat = spreads < 1e-9
    spreads = np.where(is_flat, 1.0, spreads)
    standard = np.where(is_flat, 0.0, (rows - means) / spreads)
    design = np.column_stack([np.ones(len(rows)), standard])
    ridge = np.concatenate([[1e-6], np.full(rows.shape[1], RIDGE)])
    found = fit_logit(design, answers, ridge)
    weights = np.where(is_flat, 0.0, found[1:] / spreads)
    return Head(weights, float(found[0] - weights @ means))


def calibrated(head: Head, rows: Floats, answers: Floats) -> Head:
    """The head whose logit is bent so that its chances are right on these rows."""
    logit = rows @ head.weights + head.intercept
    design = np.column_stack([np.ones(len(logit)), logit])
    shift, slope = fit_logit(design, answers, np.array([1e-6, 1e-6]))
    return Head(head.weights * slope, float(head.intercept * slope + shift))


def losses(chances: Floats, answers: Floats) -> Floats:
    held = np.clip(chances, 1e-9, 1 - 1e-9)
    found: Floats = -(answers * np.log(held) + (1 - answers) * np.log(1 - held))
    return found


def calibration_error(chances: Floats, answers: Floats) -> float:
    """Expected calibration error: the mean distance of chance and rate over ten bins of equal size."""
    order = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    apart = sum(len(part) * abs(chances[part].mean() - answers[part].mean()) for part in parts)
    return float(apart / len(order))


def gain(before: Floats, after: Floats, people: NDArray[np.int64]) -> tuple[float, float]:
    """By how much the mean loss fell, and its standard error with a person's rows as one draw."""
    difference = before - after
    mean = float(difference.mean())
    _names, places = np.unique(people, return_inverse=True)
    sums = np.bincount(places, weights=difference - mean)
    return mean, float(np.sqrt((sums**2).sum()) / len(difference))


def judge(
    rows: Floats, answers: Floats, people: NDArray[np.int64], *, in_force: Head | None = None
) -> Judged:
    """Fit, calibrate and prove a head. Rows stand in the order of time, the oldest first."""
    first, second = int(FITTED_UNTIL * len(rows)), int(CALIBRATED_UNTIL * len(rows))
    counts = [int(part.sum()) for part in np.split(answers, [first, second])]
    figures: dict[str, Any] = {"rows": len(rows), "deeds": int(answers.sum())}
    silent = [len(part) - int(part.sum()) for part in np.split(answers, [first, second])]
    if min(counts[0], silent[0]) < FITTED_MIN or min(*counts[1:], *silent[1:]) < JUDGED_MIN:
        return Judged(None, "few", figures)
    raw = fit_head(rows[:first], answers[:first])
    head = calibrated(raw, rows[first:second], answers[first:second])
    newest, truth, whose = rows[second:], answers[second:], people[second:]
    guessed = head.chances(newest)
    after = losses(guessed, truth)
    base = losses(np.full(len(truth), answers[:second].mean()), truth)
    better, error = gain(base, after, whose)
    figures |= _figures(guessed, raw.chances(newest), truth, after, base)
    figures |= {"gain": round(better, 5), "gain_error": round(error, 5)}
    if better <= error:
        return Judged(head, "base", figures)
    if in_force is not None:
        better, error = gain(losses(in_force.chances(newest), truth), after, whose)
        figures |= {"gain_in_force": round(better, 5), "gain_in_force_error": round(error, 5)}
        if better <= error:
            return Judged(head, "in_force", figures)
    return Judged(head, "", figures)


def _figures(
    guessed: Floats, raw: Floats, truth: Floats, after: Floats, base: Floats
) -> dict[str, Any]:
    area = area_under_curve(guessed, truth > 0)
    return {
        "proved_on": len(truth), "rate": round(float(truth.mean()), 5),
        "log_loss": round(float(after.mean()), 5), "base_log_loss": round(float(base.mean()), 5),
        "auc": None if area is None else round(area, 4),
        "ece": round(calibration_error(guessed, truth), 5),
        "ece_before": round(calibration_error(raw, truth), 5),
    }  # fmt: skip
