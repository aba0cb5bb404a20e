"""How likely a shop is to leave: a discrete-time hazard by week, and how good such a guess is.

A shop *leaves* in the first of four weeks in a row (holiday weeks left out) without a sign-in or anything done in the
console, and without an order. A snapshot is taken each week of each shop that has not left; from week `t` the weeks
t+1 … t+5 are periods at which it may leave, so that the 28 silent days lie in (t, t+56]. With h the chance of leaving
in a period if it has not left before, S = Π(1 − h) and the chance of leaving is 1 − S (Cox 1972; Allison 1982,
Discrete-time methods for the analysis of event histories). h is a logit of standardised figures of the weeks up to t
with one intercept a period, fitted by iteratively reweighted least squares under a small ridge.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PERIODS = 5
SILENT_WEEKS = 4
NEVER = 1_000_000
HORIZON_WEEKS = PERIODS + SILENT_WEEKS - 1
RIDGE = 20.0
"""Weekly snapshots of one shop are no five separate proofs: without a firm hand the guesses are too sure."""
STEPS_MAX = 40
LOGIT_MAX = 30.0
BACK_WEEKS = 8
"""How many weeks a snapshot looks back."""


@dataclass(frozen=True, slots=True)
class Week:
    """What was seen of a shop in one week; a week without a row is all nought."""

    seen_days: int = 0
    sign_ins: int = 0
    pages: int = 0
    listings: int = 0
    campaigns: int = 0
    replies: int = 0
    orders: int = 0
    payments_minor: int = 0
    shipped: int = 0
    ship_minutes: int = 0
    tickets: int = 0

    @property
    def is_silent(self) -> bool:
        return not (self.seen_days or self.sign_ins or self.orders)


NOTHING = Week()


@dataclass(frozen=True, slots=True)
class Life:
    """A shop's weeks on the line of plain weeks: `weeks[0]` is week number `first` of that line."""

    shop_id: int
    first: int
    weeks: Sequence[Week]

    @property
    def last(self) -> int:
        return self.first + len(self.weeks) - 1


def left_in(life: Life) -> int | None:
    """The number of the week in which it left; None if it did not, or nobody can know yet."""
    run = 0
    for place, week in enumerate(life.weeks):
        run = run + 1 if week.is_silent else 0
        if run == SILENT_WEEKS:
            return life.first + place - SILENT_WEEKS + 1
    return None


NAMES = (
    "seen", "seen_change", "quiet_weeks", "pages", "listings", "campaigns", "replies", "orders",
    "orders_change", "orderless_weeks", "ship_hours", "tickets_rate", "age",
)  # fmt: skip


def figures(life: Life, at: int) -> list[float]:
    """What is known of a shop at the end of week `at`, in the order of NAMES; nothing later is looked at.

    Cases opened in weeks in which the shop was not seen at all are left out: they come of its leaving, and would tell
    the answer (leakage).
    """
    place = at - life.first
    late = life.weeks[max(0, place - 3) : place + 1]
    early = life.weeks[max(0, place - 7) : max(0, place - 3)]
    long = life.weeks[max(0, place - BACK_WEEKS + 1) : place + 1]
    many = max(len(late), 1)

    def mean(name: str, weeks: Sequence[Week]) -> float:
        whole: int = sum(getattr(week, name) for week in weeks)
        return whole / max(len(weeks), 1)

    seen, orders = mean("seen_days", late), mean("orders", late)
    shipped = sum(week.shipped for week in late)
    hours = sum(week.ship_minutes for week in late) / 60 / shipped if shipped else 24.0
    tickets = sum(week.tickets for week in late if week.seen_days)
    return [
        _log(seen),
        _change(seen, mean("seen_days", early)) if early else 0.0,
        float(_since(life, place, "seen_days")),
        _log(mean("pages", late)),
        _log(mean("listings", long)),
        _log(mean("campaigns", long)),
        _log(mean("replies", long)),
        _log(orders),
        _change(orders, mean("orders", early)) if early else 0.0,
        float(_since(life, place, "orders")),
        _log(min(hours, 120.0)),
        tickets / (orders * many + 3),
        _log(place + 1),
    ]


def _log(value: float) -> float:
    return float(np.log1p(value))


def _change(now: float, before: float) -> float:
    return float(np.log((now + 0.5) / (before + 0.5)))


def _since(life: Life, place: int, name: str) -> int:
    """Whole weeks since the last one with any of it, at most eight."""
    for back in range(min(BACK_WEEKS, place + 1)):
        if getattr(life.weeks[place - back], name):
            return back
    return min(BACK_WEEKS, place + 1)


@dataclass(frozen=True, slots=True)
class Snapshots:
    """One row a shop and week, as it was known at the end of week `known_until`.

    `gone`: the week it left in, NEVER where it had not; `periods`: how many periods after the snapshot are known;
    `left`: in which of them it left, 0 if in none.
    """

    shop_ids: NDArray[np.int64]
    weeks: NDArray[np.int64]
    figures: Floats
    gone: NDArray[np.int64]
    known_until: int

    def __len__(self) -> int:
        return len(self.weeks)

    def where(self, mask: NDArray[np.bool_]) -> "Snapshots":
        return Snapshots(
            self.shop_ids[mask], self.weeks[mask], self.figures[mask], self.gone[mask],
            self.known_until,
        )  # fmt: skip

    def as_of(self, week: int) -> "Snapshots":
        """What was known at the end of an earlier week: no later row, and nobody gone of whom it showed only afterwards."""
        known = self.gone + SILENT_WEEKS - 1 <= week
        found = Snapshots(
            self.shop_ids, self.weeks, self.figures, np.where(known, self.gone, NEVER), week
        )
        return found.where(self.weeks <= week)

    @property
    def left(self) -> NDArray[np.int64]:
        after = self.gone - self.weeks
        return np.where(after <= PERIODS, after, 0)

    @property
    def periods(self) -> NDArray[np.int64]:
        """A period is known when the four weeks that would prove it are over."""
        watched = np.clip(self.known_until - (SILENT_WEEKS - 1) - self.weeks, 0, PERIODS)
        return np.where(self.left > 0, self.left, watched)

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """The whole horizon was watched. Who left early is not counted before the others: that would be half a truth."""
        found: NDArray[np.bool_] = self.weeks + HORIZON_WEEKS <= self.known_until
        return found


def snapshots(lives: Sequence[Life], *, known_until: int) -> Snapshots:
    """Every week of every shop that was still there, as it could be known at the end of week `known_until`.

    Shops that are gone by now are in with all their weeks (survivorship); a week after a shop left is not.
    """
    rows: list[tuple[int, int, list[float], int]] = []
    for life in lives:
        seen = life.weeks[: max(0, known_until - life.first + 1)]
        watched = Life(life.shop_id, life.first, seen)
        gone = left_in(watched)
        end = watched.last if gone is None else gone - 1
        rows += [
            (life.shop_id, week, figures(watched, week), NEVER if gone is None else gone)
            for week in range(life.first, end + 1)
        ]
    return Snapshots(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.float64).reshape(len(rows), len(NAMES)),
        np.array([row[3] for row in rows], dtype=np.int64),
        known_until,
    )


@dataclass(frozen=True, slots=True)
class Hazard:
    """A fitted model: standardise, weigh, add the period's intercept."""

    means: Floats
    spreads: Floats
    weights: Floats
    intercepts: Floats
    names: tuple[str, ...] = field(default=NAMES)

    def hazards(self, rows: Floats) -> Floats:
        """The chance of leaving in each period if it has not left before: one row a snapshot."""
        told = ((rows - self.means) / self.spreads) @ self.weights
        return _chance(told[:, None] + self.intercepts[None, :])

    def leaving(self, rows: Floats) -> Floats:
        """1 − Π(1 − h): the chance of leaving within the horizon."""
        found: Floats = 1 - np.prod(1 - self.hazards(rows), axis=1)
        return found

    def shares(self, row: Floats) -> Floats:
        """What each figure adds to the logit of one shop, against the average shop."""
        found: Floats = (row - self.means) / self.spreads * self.weights
        return found


def _chance(logit: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(logit, -LOGIT_MAX, LOGIT_MAX)))
    return found


def fit(known: Snapshots) -> Hazard:
    """Fit on person-periods: one row for each known period of each snapshot, up to the one it left in."""
    known = known.where(known.periods > 0)
    means = known.figures.mean(axis=0)
    spreads = known.figures.std(axis=0)
    spreads = np.where(spreads > 1e-9, spreads, 1.0)
    standard = (known.figures - means) / spreads
    row, period = _person_periods(known)
    left = (known.left[row] == period + 1).astype(np.float64)
    dummies = np.zeros((len(row), PERIODS))
    dummies[np.arange(len(row)), period] = 1
    design = np.hstack([dummies, standard[row]])
    ridge = np.concatenate([np.full(PERIODS, 1e-3), np.full(len(NAMES), RIDGE)])
    found = logit_fit(design, left, ridge)
    return Hazard(means, spreads, found[PERIODS:], found[:PERIODS])


def _person_periods(known: Snapshots) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    row = np.repeat(np.arange(len(known)), known.periods)
    starts = np.cumsum(known.periods) - known.periods
    return row, np.arange(len(row)) - np.repeat(starts, known.periods)


def logit_fit(design: Floats, answers: Floats, ridge: Floats) -> Floats:
    """Iteratively reweighted least squares (Newton's steps) for a logit under a ridge; the step is halved if it climbs."""
    weights = np.zeros(design.shape[1])
    rate = min(max(float(answers.mean()) if len(answers) else 0.0, 1e-4), 0.5)
    weights[:PERIODS] = np.log(rate / (1 - rate)) if design.shape[1] > PERIODS else 0.0
    loss = _loss(design, answers, ridge, weights)
    for _ in range(STEPS_MAX):
        chance = _chance(design @ weights)
        slope = design.T @ (chance - answers) + ridge * weights
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        move = np.linalg.solve(bend, slope)
        size = 1.0
        while size > 1e-4:
            tried = weights - size * move
            after = _loss(design, answers, ridge, tried)
            if after <= loss:
                break
            size /= 2
        weights, before, loss = tried, loss, after
        if before - loss < 1e-9 * max(1.0, abs(loss)):
            break
    return weights


def _loss(design: Floats, answers: Floats, ridge: Floats, weights: Floats) -> float:
    logit = np.clip(design @ weights, -LOGIT_MAX, LOGIT_MAX)
    fits = np.logaddexp(0, logit) - answers * logit
    return float(fits.sum() + 0.5 * (ridge * weights**2).sum())


# How good it is


def area_under_curve(chances: Floats, answers: NDArray[np.bool_]) -> float | None:
    """The chance that one who left stands above one who stayed (Mann and Whitney); None with only one kind."""
    many, few = int(answers.sum()), int((~answers).sum())
    if not many or not few:
        return None
    order = np.argsort(chances, kind="stable")
    _, first, counts = np.unique(chances[order], return_index=True, return_counts=True)
    ranks = np.empty(len(chances))
    ranks[order] = np.repeat(first + (counts + 1) / 2, counts)
    return float((ranks[answers].sum() - many * (many + 1) / 2) / (many * few))


def average_precision(chances: Floats, answers: NDArray[np.bool_]) -> float | None:
    if not answers.any():
        return None
    hits = answers[np.argsort(-chances, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean())


def brier(chances: Floats, answers: NDArray[np.bool_]) -> float:
    return float(((chances - answers) ** 2).mean())


def calibration_slope(chances: Floats, answers: NDArray[np.bool_]) -> float | None:
    """The slope of a logit of the answers on the logit of the chances: 1 is right, less is too sure (Cox 1958)."""
    if answers.all() or not answers.any():
        return None
    held = np.clip(chances, 1e-6, 1 - 1e-6)
    logit = np.log(held / (1 - held))
    design = np.column_stack([np.ones(len(logit)), logit])
    return float(logit_fit(design, answers.astype(np.float64), np.full(2, 1e-9))[1])


def lift(chances: Floats, answers: NDArray[np.bool_], share: float = 0.1) -> float | None:
    """How many times more often the top share left than everybody."""
    if not answers.any():
        return None
    top = max(1, round(len(chances) * share))
    best = np.argsort(-chances, kind="stable")[:top]
    return float(answers[best].mean() / answers.mean())


def calibration(
    chances: Floats, answers: NDArray[np.bool_], bins: int = 10
) -> list[tuple[float, float, int]]:
    """(mean chance, share that left, how many) in bins of equal size, the least likely first."""
    order = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [(float(chances[part].mean()), float(answers[part].mean()), len(part)) for part in parts]


def measured(chances: Floats, answers: NDArray[np.bool_]) -> dict[str, Any]:
    def told(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return {
        "snapshots": len(chances), "left": int(answers.sum()),
        "auc": told(area_under_curve(chances, answers)),
        "ap": told(average_precision(chances, answers)),
        "brier": told(brier(chances, answers)) if len(chances) else None,
        "calibration_slope": told(calibration_slope(chances, answers)),
        "lift_10": told(lift(chances, answers)),
    }  # fmt: skip
