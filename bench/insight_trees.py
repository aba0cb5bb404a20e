"""The decision tree of ten thousand shops, read, made and written, and how often it is wrong.

Shops of many sizes, a few large ones and most of them small, with twelve weeks of facts in five channels. In those weeks nothing happens
but chance, so every node that is coloured is an error; in a second world of as many weeks falls are planted, of the sizes that
80 % power is promised for. A part of `make bench-insight`; alone: `python -m bench.insight trees`.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from bench import home  # noqa: F401  # isort: skip  it sets Django up
from django.db import connection, transaction

from grapevine.insight import planting
from grapevine.insight.contracts import State
from grapevine.insight.evaluation import weeks
from grapevine.insight.measures import ASPECTS
from grapevine.insight.models import CubeBlock, DailyFact, ShopTree
from grapevine.insight.queries.sides import FROM_FACTS, FROM_INCOME, Facts
from grapevine.insight.rules import written
from grapevine.insight.rules.growing import COUNTS, SUMS
from grapevine.insight.rules.packing import Cells, packed
from grapevine.insight.rules.tree import nodes

SMALL = {"count": 60}
SHOPS = 10_000
SHOPS_A_WRITE = 500
FALLS = ((30, 0.41, 28), (100, 0.61, 7), (1000, 0.83, 7))
"""Orders a week, what is left of them, in how many days: 80 % power in a calm shop."""
COLUMNS = ("shop_id", "day", "channel", *COUNTS, *FROM_FACTS)
BLOCK = ("shop_id", "day", *ASPECTS)


def sizes(count: int) -> np.ndarray:
    """Orders a week: half of the shops have fewer than twenty."""
    return np.random.default_rng(11).lognormal(3.0, 1.3, count).clip(1, 5000)


def write(facts: Facts, first_shop: int) -> int:
    """These shops' facts into the tables; how many rows."""
    days = list(facts.days)
    with transaction.atomic():
        rows = list(_facts(facts, days, first_shop))
        _insert("insight_dailyfact", COLUMNS, rows)
        blocks = list(_blocks(facts, days, first_shop))
        _insert("insight_cubeblock", BLOCK, blocks)
    return len(rows) + len(blocks)


def _insert(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  names of the code


def _facts(facts: Facts, days: Sequence[date], first_shop: int) -> Iterator[tuple[Any, ...]]:
    """A row for each shop, day and channel with anybody; what is not counted by channel stands under the first."""
    counts = facts.counts.astype(np.int64)
    places = [SUMS.index(name) for name in FROM_FACTS]
    sums = facts.sums[:, :, places].astype(np.int64)
    nothing = (0,) * len(places)
    for shop, day in zip(*np.nonzero(counts[..., 0].sum(axis=2)), strict=True):
        told = tuple(sums[shop, day].tolist())
        for channel in np.flatnonzero(counts[shop, day, :, 0]):
            yield (int(shop) + first_shop, days[day], weeks.CHANNELS[channel], *counts[shop, day, channel].tolist(), *told)  # fmt: skip
            told = nothing


def _blocks(facts: Facts, days: Sequence[date], first_shop: int) -> Iterator[tuple[Any, ...]]:
    """What the cube has of income, for each shop and day with any."""
    paid = facts.sums[:, :, SUMS.index("received_minor")]
    shops, places = np.nonzero(paid)
    sums = {
        name: facts.sums[shops, places, SUMS.index(name)].astype(np.int64) for name in FROM_INCOME
    }
    blocks = packed(np.arange(len(shops)), Cells(len(shops), {}, sums))
    for shop, place, block in zip(shops.tolist(), places.tolist(), blocks, strict=True):
        yield (shop + first_shop, days[place], *(block if name == "income" else b"" for name in ASPECTS))  # fmt: skip


def fill(count: int) -> int:
    every, rows = sizes(count), 0
    for start in range(0, count, SHOPS_A_WRITE):
        made = weeks.facts(every[start : start + SHOPS_A_WRITE].tolist(), seed=start)
        rows += write(made, start + 1)
    return rows


def falls() -> dict[str, float]:
    """Of each planted fall, the part that is found."""
    found = {}
    for orders, kept, days in FALLS:
        trees = weeks.grown(
            weeks.facts([orders] * 500, phi=0.03, planted=weeks.Planted(days, kept)), spans=[days]
        )
        share = sum(tree.root.state is State.DOWN for tree in trees) / len(trees)
        found[f"{orders}_orders_{round(100 - kept * 100)}_percent"] = round(share, 3)
    return found


def coloured() -> tuple[int, int, Counter[str], Counter[int]]:
    """Nodes coloured, nodes, roots by state and spans by length, of what is stored."""
    some = every = 0
    roots: Counter[str] = Counter()
    spans: Counter[int] = Counter()
    for row in ShopTree.objects.iterator(1000):
        states = [node.state for node in nodes(written.tree_from(row.body).root)]
        some += sum(state in (State.UP, State.DOWN) for state in states)
        every += len(states)
        roots[row.state] += 1
        spans[row.days] += 1
    return some, every, roots, spans


def measure(count: int = SHOPS) -> dict[str, Any]:
    ShopTree.objects.all().delete()
    DailyFact.objects.all().delete()
    CubeBlock.objects.all().delete()
    rows = fill(count)
    cpu, begun = time.process_time(), time.perf_counter()
    planted = planting.plant(weeks.LAST)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    some, every, roots, spans = coloured()
    return {
        "trees_seconds_10k": round(seconds, 1) if count == SHOPS else None,
        "aa_coloured_share": round(some / every, 4), "shops": planted.shops, "failed": planted.failed,
        "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1), "rows": rows, "nodes": every,
        "aa_roots_coloured_share": round((roots["up"] + roots["down"]) / planted.shops, 4),
        "roots": dict(roots), "spans": {str(days): number for days, number in sorted(spans.items())},
        "falls_found": falls(), "database": connection.vendor,
    }  # fmt: skip
