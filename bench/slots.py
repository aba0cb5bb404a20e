"""A shop's slot by the model against its popular slot, replayed forward on real choices with moments (Ciao). `python -m bench.slots [folder]`.

Each category is taken for a shop. What came before a moment is learned from; after it, every person known from before who chose something in a shop is one visit: a hit if the
slot's six goods hold what they chose there. The popular slot is the shop's best sellers, the same for everybody; `popular_unseen` is the same without what the person has already, so that
one sees how much of the gain is only that. The weight of popularity in the model is chosen on the last part of the past, the rest stands as the product has it. Ends with a line of JSON.
"""

import csv
import gzip
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.rules.ranking.evidence import Evidence, mutual, ones
from grapevine.insight.rules.ranking.model import ModelSettings, Recommender

DATA = Path(__file__).parents[2] / "shared" / "data" / "ciao_full"
SLOT = 6
PAST, LEARNED = 0.8, 0.7
CHOSEN_MIN = 3
"""Goods that fewer had chosen before stand in no slot of either kind."""
POPULAR_WEIGHTS = (0.0, 0.3, 1.0, 3.0)
VISITS_MIN = 30
"""Of a shop with fewer nothing is told by itself."""
BLOCK = 64
Z95 = 1.959964
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choices:
    """Who chose what in which shop, oldest first; `ties` are pairs of people."""

    person: Whole
    item: Whole
    shop: Whole
    ties: Whole


@dataclass(frozen=True, slots=True)
class Visits:
    """A line a visit: the person, the shop, and whether each slot held what they chose."""

    person: Whole
    shop: Whole
    hits: dict[str, NDArray[np.bool_]]


def read(folder: Path) -> Choices:
    with gzip.open(folder / "ratings.csv.gz", "rt", encoding="utf-8") as file:
        rows = sorted(
            (int(row["unix_time"]), int(row["user"]), int(row["item"]), int(row["category"]))
            for row in csv.DictReader(file)
        )
    with gzip.open(folder / "trust.csv.gz", "rt", encoding="utf-8") as file:
        lines = csv.reader(file)
        next(lines)
        ties = np.array([[int(line[0]), int(line[1])] for line in lines], dtype=np.int64)
    table = np.array(rows, dtype=np.int64)
    return Choices(table[:, 1], table[:, 2], table[:, 3], ties)


class Past:
    """What was known at a moment: `end` choices; the goods in the slots, and the model fitted to them."""

    def __init__(self, choices: Choices, end: int) -> None:
        person, item = choices.person[:end], choices.item[:end]
        self.people = np.unique(person)
        names, counts = np.unique(item, return_counts=True)
        self.items, self.counts = names[counts >= CHOSEN_MIN], counts[counts >= CHOSEN_MIN]
        kept = np.isin(item, self.items)
        rows = np.searchsorted(self.people, person[kept])
        columns = np.searchsorted(self.items, item[kept])
        self.chosen = ones(rows, columns, (len(self.people), len(self.items))).tocsr()
        known = np.isin(choices.ties, self.people).all(axis=1)
        ends = np.searchsorted(self.people, choices.ties[known])
        square = (len(self.people), len(self.people))
        self.ties = mutual(ones(ends[:, 0], ends[:, 1], square))
        self.shop_of = np.zeros(len(self.items), dtype=np.int64)
        self.shop_of[columns] = choices.shop[:end][kept]
        self.model = Recommender(Evidence(self.chosen, self.ties), ModelSettings(), seed=7)

    def visits(self, choices: Choices, first: int, last: int) -> dict[tuple[int, int], set[int]]:
        """(person, shop) → what they chose there afterwards, of people and goods that were known."""
        found: dict[tuple[int, int], set[int]] = {}
        people = np.searchsorted(self.people, choices.person[first:last]).clip(
            max=len(self.people) - 1
        )
        items = np.searchsorted(self.items, choices.item[first:last]).clip(max=len(self.items) - 1)
        are_known = (self.people[people] == choices.person[first:last]) & (
            self.items[items] == choices.item[first:last]
        )
        for who, what in zip(people[are_known].tolist(), items[are_known].tolist(), strict=True):
            found.setdefault((who, int(self.shop_of[what])), set()).add(what)
        return found

    def replay(self, visits: dict[tuple[int, int], set[int]], weights: Sequence[float]) -> Visits:
        """Every slot at every visit; `model:<weight>` for each weight of popularity. A person is scored once for all shops."""
        order = sorted(visits)
        shelves = {shop: np.flatnonzero(self.shop_of == shop) for _who, shop in order}
        sellers = {
            shop: set(best(shelf, self.counts[shelf]).tolist()) for shop, shelf in shelves.items()
        }
        names = ["popular", "popular_unseen", *(f"model:{weight:g}" for weight in weights)]
        hits: dict[str, list[bool]] = {name: [] for name in names}
        people = list(dict.fromkeys(person for person, _shop in order))
        shops_of: dict[int, list[int]] = {person: [] for person in people}
        for person, shop in order:
            shops_of[person].append(shop)
        for start in range(0, len(people), BLOCK):
            block = people[start : start + BLOCK]
            popular = self.model.standardised("popular", np.array(block[:1]))[0]
            for person, plain in zip(block, self.model.scores(np.array(block)), strict=True):
                for shop in shops_of[person]:
                    shelf, wanted = shelves[shop], visits[person, shop]
                    hits["popular"].append(not wanted.isdisjoint(sellers[shop]))
                    free = shelf[~self._has(person)[shelf]]
                    hits["popular_unseen"].append(_holds(free, self.counts[free], wanted))
                    columns = self.model.column_of[free]
                    for weight in weights:
                        own = plain[columns] + np.float32(weight) * popular[columns]
                        hits[f"model:{weight:g}"].append(_holds(free, own, wanted))
        return Visits(
            np.array([one for one, _shop in order]), np.array([shop for _one, shop in order]),
            {name: np.array(row, dtype=np.bool_) for name, row in hits.items()},
        )  # fmt: skip

    def _has(self, person: int) -> NDArray[np.bool_]:
        """Whether they have it, by goods."""
        has = np.zeros(len(self.items), dtype=np.bool_)
        start, end = self.chosen.indptr[person : person + 2]
        has[self.chosen.indices[start:end]] = True
        return has


def best(shelf: Whole, scores: NDArray[Any]) -> Whole:
    """The slot's goods: the highest scores, of equal ones those that stand first."""
    if len(shelf) <= SLOT:
        return shelf
    least = np.partition(scores, len(scores) - SLOT)[len(scores) - SLOT]
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: SLOT - len(above)]
    taken: Whole = shelf[np.concatenate([above, equal])]
    return taken


def _holds(shelf: Whole, scores: NDArray[Any], wanted: set[int]) -> bool:
    return not wanted.isdisjoint(best(shelf, scores).tolist())


def compared(visits: Visits, one: str, other: str, where: Any = slice(None)) -> dict[str, Any]:
    """Both rates, their difference and their ratio with 95 % intervals; people are the units, as one comes to several shops."""
    person = visits.person[where]
    _names, of = np.unique(person, return_inverse=True)
    count = np.bincount(of)
    a, b = (np.bincount(of, visits.hits[name][where].astype(np.float64)) for name in (one, other))
    total, units = count.sum(), len(count)
    rates = (float(a.sum() / total), float(b.sum() / total))
    errors = [
        (hits - rate * count) / count.mean() for hits, rate in zip((a, b), rates, strict=True)
    ]
    half = Z95 * float(np.std(errors[0] - errors[1], ddof=1)) / units**0.5 if units > 1 else 0.0
    told: dict[str, Any] = {
        "visits": int(total), "model": round(rates[0], 5), "popular": round(rates[1], 5),
        "difference": [round(float(rates[0] - rates[1] + side * half), 5) for side in (-1, 0, 1)],
    }  # fmt: skip
    if min(rates) > 0:
        spread = float(np.std(errors[0] / rates[0] - errors[1] / rates[1], ddof=1)) / units**0.5
        middle = np.log(rates[0] / rates[1])
        told["ratio"] = [
            round(float(np.exp(middle + side * Z95 * spread)), 3) for side in (-1, 0, 1)
        ]
    return told


def measure(folder: Path = DATA) -> dict[str, Any]:
    """None of it is known beforehand: the weight is chosen between 70 and 80 % of the choices, the figures are of the last 20 %."""
    if not folder.exists():
        return {"left_out": f"{folder.name} is not here"}
    started = time.monotonic()
    choices = read(folder)
    count = len(choices.person)
    learned, past = int(LEARNED * count), int(PAST * count)
    young = Past(choices, learned)
    tried = young.replay(young.visits(choices, learned, past), POPULAR_WEIGHTS)
    best = max(POPULAR_WEIGHTS, key=lambda weight: tried.hits[f"model:{weight:g}"].mean())
    whole = Past(choices, past)
    found = whole.replay(whole.visits(choices, past, count), (best,))
    name = f"model:{best:g}"
    shops = [
        {"shop": int(shop), **compared(found, name, "popular", found.shop == shop)}
        for shop in np.unique(found.shop)
        if int((found.shop == shop).sum()) >= VISITS_MIN
    ]
    return {
        "data": folder.name, "slot": SLOT, "choices": count, "people": len(whole.people), "goods": len(whole.items),
        "visits": len(found.person), "popular_weight": best,
        "all": compared(found, name, "popular"), "unseen": compared(found, name, "popular_unseen"),
        "shops": shops,
        "shops_surely_better": sum(bool(one["difference"][0] > 0) for one in shops),
        "shops_surely_worse": sum(one["difference"][2] < 0 for one in shops),
        "shops_twice_or_more": sum(one.get("ratio", [0, 0, 0])[1] >= 2 for one in shops),
        "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)))  # noqa: T201
