"""Facts of many shops as arrays, for the tree. Two statements for each unbroken run of days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.rules import growing, noise
from grapevine.insight.rules.growing import COUNTS, Side
from grapevine.insight.rules.lmdi import Array
from grapevine.insight.rules.matching import WEEK, Matched
from grapevine.kit import sql

FROM_FACTS = tuple(
    name for name in growing.SUMS if name not in ("listed_minor", "cut_minor", "received_minor")
)
FROM_INCOME = ("listed_minor", "cut_minor", "received_minor")
FACTS = f"""SELECT shop_id, day, channel, {", ".join([*COUNTS, *FROM_FACTS])} FROM insight_dailyfact
    WHERE shop_id BETWEEN %s AND %s AND day BETWEEN %s AND %s"""  # noqa: S608  columns of the code
INCOME = f"""SELECT shop_id, day, {", ".join(f"SUM({name})" for name in FROM_INCOME)} FROM insight_incomecell
    WHERE shop_id BETWEEN %s AND %s AND day BETWEEN %s AND %s GROUP BY shop_id, day"""  # noqa: S608  columns of the code
LONGEST = 28
NOISE_DAYS = noise.WEEKS * WEEK


@dataclass(frozen=True, slots=True)
class Facts:
    """`counts`: (shops × days × channels × COUNTS); `sums`: (shops × days × SUMS)."""

    shops: NDArray[np.int64]
    days: dict[date, int]
    channels: tuple[str, ...]
    counts: Array
    sums: Array

    def side(self, days: Iterable[date], weights: Iterable[float]) -> Side:
        """The weighted sum of these days."""
        places = [self.days[day] for day in days]
        weight = np.fromiter(weights, np.float64, len(places))
        counts = np.einsum("d,sdcm->scm", weight, self.counts[:, places])
        sums = np.einsum("d,sdm->sm", weight, self.sums[:, places])
        return Side(
            {name: sums[:, number] for number, name in enumerate(growing.SUMS)},
            {name: counts[:, :, number] for number, name in enumerate(COUNTS)},
        )

    def orders(self, days: Iterable[date]) -> Array:
        places = [self.days[day] for day in days]
        found: Array = self.sums[:, places, growing.SUMS.index("orders")].sum(axis=1)
        return found


def noise_days(last: date) -> list[date]:
    """The whole weeks before the longest span: what is judged does not judge itself."""
    end = last - timedelta(days=LONGEST)
    return [end - timedelta(days=number) for number in reversed(range(NOISE_DAYS))]


def days_for(matched: Iterable[Matched], last: date) -> list[date]:
    """Every day that these comparisons and the noise look at."""
    found = {day for one in matched for day in (*one.now, *one.before)}
    return sorted(found | set(noise_days(last)))


def facts_of(
    shops: Sequence[int], days: Sequence[date], channels: Sequence[str] | None = None
) -> Facts:
    """The facts of these shops, in ascending order, on these days. ValueError where a number is none.

    Without `channels`: those that are met.
    """
    places = np.array(shops, np.int64)
    place_of = {day: number for number, day in enumerate(days)}
    runs = list(_runs(days))
    found = [row for run in runs for row in sql.rows(FACTS, [shops[0], shops[-1], *run])]
    told = [row for run in runs for row in sql.rows(INCOME, [shops[0], shops[-1], *run])]
    names = tuple(channels) if channels is not None else tuple(sorted({row[2] for row in found}))
    counts = np.zeros((len(shops), len(days), len(names), len(COUNTS)))
    sums = np.zeros((len(shops), len(days), len(growing.SUMS)))
    if found:
        shop, day, values = _placed(found, 3, places, place_of)
        number_of = {name: number for number, name in enumerate(names)}
        channel = np.array([number_of[row[2]] for row in found])
        counts[shop, day, channel] = values[:, : len(COUNTS)]
        np.add.at(sums[:, :, : len(FROM_FACTS)], (shop, day), values[:, len(COUNTS) :])
    if told:
        shop, day, values = _placed(told, 2, places, place_of)
        sums[shop, day, len(FROM_FACTS) :] = values
    return Facts(places, place_of, names, counts, sums)


def _runs(days: Sequence[date]) -> Iterable[tuple[date, date]]:
    """First and last day of each unbroken run."""
    first = before = days[0]
    for day in days[1:]:
        if day - before > timedelta(days=1):
            yield first, before
            first = day
        before = day
    yield first, before


def _placed(
    rows: Sequence[tuple[object, ...]], keys: int, shops: NDArray[np.int64], days: dict[date, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Shop and day as places, and the numbers behind the keys. SQLite tells days as text."""
    either: dict[Any, int] = dict(days)
    either.update((day.isoformat(), place) for day, place in days.items())
    shop = np.searchsorted(shops, np.array([row[0] for row in rows], np.int64))
    day = np.array([either[row[1]] for row in rows])
    values = np.array([row[keys:] for row in rows], np.float64)
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("a fact is no count")
    return shop, day, values


def weekly_noise(facts: Facts, last: date) -> tuple[Array, Array, Array]:
    """φ² of each shop and node from its own weeks, the part of chance, and how many steps were seen."""
    days = noise_days(last)
    sides = []
    for week in range(noise.WEEKS):
        part = days[week * WEEK : (week + 1) * WEEK]
        sides.append(facts.side(part, [1.0] * WEEK))
    whole = joined(sides)
    count = len(facts.shops)
    width = len(growing.columns(facts.channels))
    forest = growing.grow(
        whole,
        whole,
        channels=facts.channels,
        weight=1.0,
        noise=np.zeros((len(sides) * count, width)),
    )
    there = forest.evidence.present
    values = np.where(there, forest.now, 0.0).reshape(len(sides), count, width)
    chances = forest.evidence.spread / np.maximum(forest.evidence.now, 0.5)
    chances = np.where(there & (forest.now > 0), chances, np.nan).reshape(len(sides), count, width)
    return noise.excess(values.transpose(1, 0, 2), chances.transpose(1, 0, 2))


def joined(sides: Sequence[Side]) -> Side:
    """Shops of several sides, one after another."""
    return Side(
        {name: np.concatenate([side.sums[name] for side in sides]) for name in growing.SUMS},
        {name: np.concatenate([side.counts[name] for side in sides]) for name in COUNTS},
    )
