"""What lists are made of, counted by the analytics engine where that is Spark: the same arrays as `rules.ranking.large` makes.

Choices are staged as Parquet and joined with themselves there; what comes back is fifty neighbours an item, block by block.
Factors are fitted by the same code whatever the engine: Spark's own alternating least squares begins elsewhere and scales its
ridge by how often a thing was chosen, so that it would foretell something else.

The expressions run on DuckDB too, which is how they are proved where there is no Spark.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table
from numpy.typing import NDArray
from scipy import sparse

from grapevine.insight import engine
from grapevine.insight.rules.ranking import large
from grapevine.insight.rules.ranking.large import Near

CHOICES = pa.schema([("person", pa.int32()), ("item", pa.int32()), ("later", pa.int32())])
"""`later`: how many things the same person chose after it."""
ITEMS = pa.schema([("item", pa.int32()), ("root", pa.float32()), ("turn", pa.int64())])
PEOPLE_A_PART = 50_000
ITEMS_A_PART = 50_000
Counts = NDArray[np.float64]


def popular(chosen: sparse.csr_matrix, folder: Path, name: str = "pyspark") -> Counts:
    """How often each item was chosen."""
    with _opened(chosen, folder, name) as (_connection, choices):
        return _counts(choices, int(chosen.shape[1]))


def neighbours(
    chosen: sparse.csr_matrix, near: Near, folder: Path, name: str = "pyspark"
) -> Counts:
    """Write each item's nearest to `near`, of everybody's newest choices; returns how often each item is among those."""
    items, keep = near.columns.shape
    with _opened(chosen, folder, name) as (connection, choices):
        recent = choices.filter(choices.later < large.HISTORY_MAX)
        counts = _counts(recent, items)
        known = engine.given(connection, _items(counts))
        with engine.kept(connection, _nearest(recent, known, keep)) as nearest:
            for start in range(0, items, ITEMS_A_PART):
                end = min(start + ITEMS_A_PART, items)
                part = nearest.filter((nearest.item >= start) & (nearest.item < end))
                _fill(near, start, end, part.to_pyarrow())
    return counts


@contextmanager
def _opened(chosen: sparse.csr_matrix, folder: Path, name: str) -> Iterator[tuple[Any, Table]]:
    file = folder / "choices.parquet"
    if not file.exists():
        _stage(chosen, file)
    with engine.opened(name) as connection:
        yield connection, connection.read_parquet(str(file))


def _stage(chosen: sparse.csr_matrix, file: Path) -> None:
    counts = np.diff(chosen.indptr)
    with pq.ParquetWriter(file, CHOICES, compression="zstd") as writer:
        for start in range(0, len(counts), PEOPLE_A_PART):
            mine = counts[start : start + PEOPLE_A_PART]
            people = np.repeat(np.arange(start, start + len(mine)), mine)
            first, end = int(chosen.indptr[start]), int(chosen.indptr[start + len(mine)])
            later = chosen.indptr[people + 1] - np.arange(first, end) - 1
            columns = (people, chosen.indices[first:end], later)
            arrays = [pa.array(column.astype(np.int32)) for column in columns]
            writer.write_table(pa.Table.from_arrays(arrays, schema=CHOICES))


def _counts(choices: Table, items: int) -> Counts:
    told = choices.group_by("item").aggregate(times=lambda t: t.count()).to_pyarrow()
    counts = np.zeros(items)
    counts[told["item"].to_numpy()] = told["times"].to_numpy()
    return counts


def _items(counts: Counts) -> pa.Table:
    roots, turns = large.lengths(counts), large.turns(len(counts)).astype(np.int64)
    return pa.Table.from_arrays(
        [pa.array(np.arange(len(counts), dtype=np.int32)), pa.array(roots), pa.array(turns)],
        schema=ITEMS,
    )


def _nearest(recent: Table, known: Table, keep: int) -> Table:
    """(item, other, together, value, place): each pair is counted once, and told from both ends."""
    one, two = recent, recent.rename(who="person", other="item").select("who", "other")
    both = one.join(two, [one.person == two.who, one.item < two.other])
    pairs = both.group_by("item", "other").aggregate(together=lambda t: t.count())
    turned = pairs.select(item=pairs.other, other=pairs.item, together=pairs.together)
    every = ibis.union(pairs, turned).join(known.select("item", own="root"), "item")
    named = every.join(known.rename(other="item"), "other")
    # In single precision as there, or ties would fall otherwise.
    value = (named.together.cast("float32") / (named.own * named.root)).cast("float32")
    valued = named.select("item", "other", "together", "turn", value=value)
    order = [ibis.desc("value"), "turn", "other"]
    ranked = valued.mutate(
        place=ibis.row_number().over(ibis.window(group_by="item", order_by=order))
    )
    return ranked.filter(ranked.place < keep).select("item", "other", "together", "value", "place")


def _fill(near: Near, start: int, end: int, found: pa.Table) -> None:
    near.columns[start:end], near.values[start:end], near.together[start:end] = -1, 0, 0
    where = (found["item"].to_numpy(), found["place"].to_numpy())
    near.columns[where] = found["other"].to_numpy()
    near.values[where] = found["value"].to_numpy()
    near.together[where] = found["together"].to_numpy()
