"""The last pages of a visit before a payment, or before it ended without one, of all visits at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from grapevine.insight.rules.ways import Array, before, changes, dates

VISIT_SECONDS = 1800
PATH_STEPS = 5
BASE = 32
"""More than there are letters."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What somebody opened or did, by column; `letter` is a place among the letters, from one on. `id` is the row's in the log."""

    shop: Array
    who: Array
    at: Array
    day: Array
    letter: Array
    id: pa.Array


def paths(pages: Pages, letters: Sequence[str], first: int, last: int) -> pa.Table:
    """Visits by their last pages, by the day of the first of these."""
    rows = _ordered(pages)
    shop, at, letter = pages.shop[rows], pages.at[rows], pages.letter[rows]
    paid = letters.index("p") + 1
    is_new = changes(shop, pages.who[rows])
    is_fresh = is_new | (at - before(at, 0) > VISIT_SECONDS) | (before(letter, 0) == paid)
    visit = np.cumsum(is_fresh) - 1
    is_paid = np.bincount(visit, letter == paid) > 0
    kept = (is_fresh | (letter != before(letter, 0))) & (letter != paid)
    rows, visit, letter = rows[kept], visit[kept], letter[kept]
    heads = np.flatnonzero(changes(visit))
    ends = np.append(heads[1:], len(visit))
    path = np.zeros(len(heads), np.int64)
    for place in range(PATH_STEPS):  # the last page first
        there = ends - 1 - place
        is_there = there >= heads
        path[is_there] += letter[there[is_there]] * BASE**place
    opening = rows[np.maximum(heads, ends - PATH_STEPS)] if len(heads) else heads
    return _table(
        pages.shop[opening], pages.day[opening], path * 2 + is_paid[visit[heads]], letters,
        (first, last),
    )  # fmt: skip


def _ordered(pages: Pages) -> Array:
    """Rows in the order of shop, person, time and id, each id once in a shop."""
    order = np.lexsort((pages.at, pages.who, pages.shop))
    is_new = changes(pages.shop[order], pages.who[order], pages.at[order])
    run = np.cumsum(is_new) - 1
    tied = np.flatnonzero(np.bincount(run, minlength=1)[run] > 1)
    ids = pages.id.take(pa.array(order[tied])).to_pylist()
    sorted_rows = sorted(zip(run[tied].tolist(), ids, order[tied].tolist(), strict=True))
    twice = [n > 0 and sorted_rows[n - 1][:2] == row[:2] for n, row in enumerate(sorted_rows)]
    order[tied] = np.array([row for _, _, row in sorted_rows], np.int64)
    kept = np.ones(len(order), np.bool_)
    kept[tied] = ~np.array(twice, np.bool_)
    return order[kept]


def _table(shop: Array, day: Array, way: Array, letters: Sequence[str], span: tuple[int, int]) -> pa.Table:  # fmt: skip
    mine = (day >= span[0]) & (day <= span[1])
    shop, day, way = shop[mine], day[mine], way[mine]
    order = np.lexsort((way, day, shop))
    starts = np.flatnonzero(changes(shop[order], day[order], way[order]))
    rows = order[starts]
    known, words = np.unique(way[rows], return_inverse=True)
    texts = pa.array([_text(code // 2, letters) for code in known.tolist()], pa.string())
    kinds = pa.array(["buy" if code % 2 else "leave" for code in known.tolist()], pa.string())
    return pa.table({
        "shop_id": pa.array(shop[rows]), "day": dates(day[rows]), "path": texts.take(pa.array(words)),
        "kind": kinds.take(pa.array(words)),
        "visits": pa.array(np.diff(np.append(starts, len(order)))),
    })  # fmt: skip


def _text(path: int, letters: Sequence[str]) -> str:
    found = []
    while path:
        found.append(letters[path % BASE - 1])
        path //= BASE
    return "".join(reversed(found))
