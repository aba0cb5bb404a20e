"""Training for many people: what lists are made of, from choices drawn to have tastes in them. In one process.

Every person has a few tastes of a hundred goods, of which few are in great demand, and ties to people of the same taste.
`minutes` is what was measured at the size that was asked for. `extrapolated_minutes` multiplies it by how many more choices
(or goods, if those grew more) a million people with fifty million choices have; it is null where nothing was extrapolated.
`spark_overlap` is how much the lists of people have in common when PySpark counts for the training and when it counts for itself.
"""

import resource
import time
from importlib.util import find_spec
from typing import Any

import numpy as np
from django.test import override_settings
from scipy import sparse

from bench.discovery_rank import say
from grapevine.discovery.shortlists import shortlist
from grapevine.insight import training_large
from grapevine.insight.rules.ranking import large
from grapevine.insight.rules.ranking.evidence import mutual, ones
from grapevine.insight.rules.ranking.factors import FactorSettings

WHOLE_ITEMS, WHOLE_CHOICES = 1_000_000, 50_000_000
TASTE = 100
TASTES_EACH = 3
TIES_EACH = 5
ASKED = 200
COMPARED = (2_000, 3_000, 60_000)
"""Goods, people and choices on which both engines train."""
LISTED = 20


def choices(items: int, people: int, count: int) -> sparse.csr_matrix:
    """About `count` choices, the oldest first; nobody chooses anything twice."""
    dice = np.random.default_rng(11)
    tastes = max(1, items // TASTE)
    each = np.full(people, max(1, count // people))
    rows = np.repeat(np.arange(people), each)
    own = dice.integers(0, tastes, (people, TASTES_EACH))
    taste = own[rows, dice.integers(0, TASTES_EACH, len(rows))]
    within = (TASTE * dice.random(len(rows), dtype=np.float32) ** 2.0).astype(np.int64)
    columns = (taste * TASTE + within) % items
    keys = np.unique(rows * items + columns)
    rows, columns = keys // items, keys % items
    shuffle = dice.permutation(len(rows))
    return large.in_order(rows[shuffle], columns[shuffle].astype(np.int32), (people, items))


def ties(people: int) -> sparse.csr_matrix:
    dice = np.random.default_rng(12)
    rows = np.repeat(np.arange(people), TIES_EACH)
    others = (rows + dice.integers(1, 50, len(rows))) % people
    return mutual(ones(rows, others, (people, people)))


def train(items: int, people: int, interactions: int) -> dict[str, Any]:
    chosen, tied = choices(items, people, interactions), ties(people)
    say(f"  training on {people} people, {items} goods, {chosen.nnz} choices")
    start, cpu = time.monotonic(), time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _versions, took = training_large.publish(
        chosen, tied, np.arange(1, people + 1), np.arange(1, items + 1), {}, FactorSettings()
    )
    minutes = (time.monotonic() - start) / 60
    spent = (time.process_time() - cpu) / 60
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    factor = max(WHOLE_CHOICES / chosen.nnz, WHOLE_ITEMS / items)
    found = {
        "items": items, "people": people, "interactions": int(chosen.nnz),
        "minutes": round(minutes, 2), "cpu_minutes": round(spent, 2), "seconds": took,
        "peak_mb": round(peak / 1024), "peak_before_mb": round(before / 1024),
        "extrapolated_minutes": round(minutes * factor, 1) if factor > 1.1 else None,
        "extrapolated_cpu_minutes": round(spent * factor, 1) if factor > 1.1 else None,
        "taste_share": round(in_taste(chosen), 3),
    }  # fmt: skip
    say(f"  train: {found}")
    return found


def in_taste(chosen: sparse.csr_matrix) -> float:
    """Of the lists made from what was trained, the share that lies in the tastes a person has shown."""
    dice = np.random.default_rng(13)
    right = total = 0
    for person in dice.integers(0, chosen.shape[0], ASKED).tolist():
        own = chosen.indices[chosen.indptr[person] : chosen.indptr[person + 1]]
        tastes = set((own // TASTE).tolist())
        best = shortlist(person + 1, 20)
        right += sum((goods_id - 1) // TASTE in tastes for goods_id in best)
        total += len(best)
    return right / max(total, 1)


def spark_overlap() -> float | None:
    """Of the lists of some people, the part that both trainings put there; None where PySpark is not installed."""
    if find_spec("pyspark") is None:
        return None
    items, people, count = COMPARED
    chosen, tied = choices(items, people, count), ties(people)
    lists = []
    for name in ("duckdb", "pyspark"):
        with override_settings(ANALYTICS_ENGINE=name):
            training_large.publish(
                chosen, tied, np.arange(1, people + 1), np.arange(1, items + 1), {}, FactorSettings()
            )  # fmt: skip
        lists.append([set(shortlist(person, LISTED)) for person in range(1, ASKED + 1)])
    shares = [len(ours & theirs) / len(ours) for ours, theirs in zip(*lists, strict=True) if ours]
    return round(sum(shares) / len(shares), 3)
