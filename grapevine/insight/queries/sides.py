"""Facts of many shops as arrays, for the tree. Two statements for each unbroken run of days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.rules import ending, growing, noise
from grapevine.insight.rules.growing import COUNTS, Side
from grapevine.insight.rules.lmdi import Array
from grapevine.insight.rules.matching import WEEK, Matched
from grapevine.insight.rules.packing import unpacked
from grapevine.kit import sql

FROM_FACTS = tuple(
    name for name in growing.SUMS if name not in ("listed_minor", "cut_minor", "received_minor")
)
FROM_INCOME = ("listed_minor", "cut_minor", "received_minor")
FACTS = f"""SELECT shop_id, day, channel, {", ".join([*COUNTS, *FROM_FACTS])} FROM insight_dailyfact
    WHERE shop_id BETWEEN %s AND %s AND day BETWEEN %s AND %s"""  # noqa: S608  columns of the code
INCOME = """SELECT shop_id, day, income FROM insight_cubeblock
    WHERE shop_id BETWEEN %s AND %s AND day BETWEEN %s AND %s"""
LONGEST = 28
ORDERS = growing.SUMS.index("orders")
VISITORS = COUNTS.index("visitors")
NOISE_DAYS = noise.WEEKS * WEEK


@dataclass(frozen=True, slots=True)
class Facts:
    """`counts`: (shops × days × channels × COUNTS); `sums`: (shops × days × SUMS)."""

    shops: NDArray[np.int64]
    days: dict[date, int]
    channels: tuple[str, ...]
    counts: Array
    sums: Array

    def opened(self) -> NDArray[np.int64]:
        """The place of the first day on which anybody came or paid; behind the last where nobody did."""
        active = (self.counts.sum(axis=(2, 3)) > 0) | (self.sums[:, :, ORDERS] > 0)
        found: NDArray[np.int64] = np.where(
            active.any(axis=1), active.argmax(axis=1), active.shape[1]
        )
        return found

    def ended(self, last: date) -> NDArray[np.bool_]:
        """Which shops nobody comes to any more on `last`."""
        visits = self.counts[:, :, :, VISITORS].sum(axis=2)
        days = np.array([day.toordinal() for day in self.days])
        return ending.ended(visits, days, last.toordinal())

    def weights(self, matched: Matched) -> Array:
        """(shops × days) what each day before counts. Days before a shop opened are no days of little trade.

        A day with no such day beside it stands beside the average of those there are; all 0 where there are none.
        """
        found = np.zeros((len(self.shops), len(self.days)))
        opened = self.opened()[:, None]
        every = np.array(
            sorted({self.days[one] for _, partners in matched.pairs for one in partners})
        )
        there = (every >= opened).astype(np.float64)
        usual = there / np.maximum(there.sum(axis=1, keepdims=True), 1)
        for _, partners in matched.pairs:
            places = np.array([self.days[one] for one in partners])
            mine = (places >= opened).astype(np.float64)
            count = mine.sum(axis=1, keepdims=True)
            found[:, places] += mine / np.maximum(count, 1)
            found[:, every] += np.where(count == 0, usual, 0.0)
        return found

    def side(self, weights: Array) -> Side:
        """The weighted sum of the days; `weights` by day, or by shop and day."""
        wide = np.broadcast_to(weights, (len(self.shops), len(self.days)))
        places = np.flatnonzero(wide.any(axis=0))
        counts = np.einsum("sd,sdcm->scm", wide[:, places], self.counts[:, places])
        sums = np.einsum("sd,sdm->sm", wide[:, places], self.sums[:, places])
        return Side(
            {name: sums[:, number] for number, name in enumerate(growing.SUMS)},
            {name: counts[:, :, number] for number, name in enumerate(COUNTS)},
        )

    def once(self, days: Iterable[date]) -> Array:
        """The weights that take each of these days as it is."""
        found = np.zeros(len(self.days))
        found[[self.days[day] for day in days]] = 1
        return found

    def orders(self, days: Iterable[date]) -> Array:
        places = [self.days[day] for day in days]
        found: Array = self.sums[:, places, ORDERS].sum(axis=1)
        return found


VISITS = """SELECT day, SUM(visitors) FROM insight_dailyfact WHERE shop_id = %s AND day <= %s AND visitors > 0
    GROUP BY day ORDER BY day DESC LIMIT %s"""


def ended_on(shop_id: int, last: date) -> date | None:
    """The last day anybody came, if so many days without visits until `last` are no chance; None while people come. One query."""
    told = sql.rows(VISITS, [shop_id, last + timedelta(days=1), ending.USUAL_DAYS])
    rows = [(date.fromisoformat(str(day)), visits) for day, visits in told]
    if not rows:
        return None
    final = rows[0][0]
    since = final - timedelta(days=ending.USUAL_DAYS)
    visits = sum(visits for day, visits in rows if day > since)
    return final if ending.is_ended(visits, (last - final).days) else None


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
    told = [
        (shop, day, *_income(bytes(block)))
        for run in runs
        for shop, day, block in sql.rows(INCOME, [shops[0], shops[-1], *run])
        if block
    ]
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


def _income(block: bytes) -> list[int]:
    """What a day's block of the cube says of income, all its cells together."""
    cells = unpacked(block)
    sums = (cells.sums.get(name) for name in FROM_INCOME)
    return [0 if numbers is None else int(numbers.sum(dtype=np.int64)) for numbers in sums]


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


def weekly(facts: Facts, days: Sequence[date]) -> growing.Forest:
    """The nodes of each whole week of `days`: rows are the shops of the first week, then those of the next."""
    starts = range(0, len(days), WEEK)
    whole = joined([facts.side(facts.once(days[at : at + WEEK])) for at in starts])
    rows, width = len(whole.sums["orders"]), len(growing.columns(facts.channels))
    return growing.grow(
        whole, whole, channels=facts.channels, weight=np.ones(rows), noise=np.zeros((rows, width))
    )


def weekly_noise(facts: Facts, last: date) -> tuple[Array, Array, Array]:
    """φ² of each shop and node from its own weeks, the part of chance, and how many steps were seen."""
    forest = weekly(facts, noise_days(last))
    shape = (noise.WEEKS, len(facts.shops), len(forest.columns))
    there = forest.evidence.present
    values = np.where(there, forest.now, 0.0).reshape(shape)
    chances = forest.evidence.spread / np.maximum(forest.evidence.now, 0.5)
    chances = np.where(there & (forest.now > 0), chances, np.nan).reshape(shape)
    return noise.excess(values.transpose(1, 0, 2), chances.transpose(1, 0, 2))


def joined(sides: Sequence[Side]) -> Side:
    """Shops of several sides, one after another."""
    return Side(
        {name: np.concatenate([side.sums[name] for side in sides]) for name in growing.SUMS},
        {name: np.concatenate([side.counts[name] for side in sides]) for name in COUNTS},
    )
