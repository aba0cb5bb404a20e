"""The last pages of a visit before a payment, or before it ended without one, of all visits at once."""

from collections.abc import Sequence

import numpy as np

from grapevine.insight.rules.counting import Coded, Counted
from grapevine.insight.rules.days import Days, Span
from grapevine.insight.rules.keys import (
    Array,
    Fields,
    before,
    changes,
    coded_few,
    counted,
    distinct,
)
from grapevine.insight.rules.ways import Acts

VISIT_SECONDS = 1800
PATH_STEPS = 5
BASE = 32
"""More than there are letters."""
KINDS = ("leave", "buy")


def paths(acts: Acts, days: Days, letters: Sequence[str], span: Span) -> Counted:
    """Visits by their last pages, by the day of the first of these. `letters` end with that of a payment: within a second it
    comes last.
    """
    rows = np.flatnonzero(acts.letter)
    (shop_of, shops), (who_of, people) = acts.shops, acts.people
    pages = Fields(len(shops), len(people), acts.seconds, BASE)
    shop, who, at, letter = pages.columns(distinct(pages.packed(
        shop_of[rows], who_of[rows], acts.at[rows] - acts.begins, acts.letter[rows]
    )))  # fmt: skip
    paid = len(letters)
    is_fresh = changes(shop, who) | (at - before(at, 0) > VISIT_SECONDS)
    is_fresh |= before(letter, 0) == paid
    visit = np.cumsum(is_fresh) - 1
    is_paid = np.bincount(visit, letter == paid) > 0
    kept = np.flatnonzero((is_fresh | (letter != before(letter, 0))) & (letter != paid))
    visit, letter = visit[kept], letter[kept]
    heads = np.flatnonzero(changes(visit))
    ends = np.append(heads[1:], len(visit)) if len(heads) else heads
    opening = kept[np.maximum(heads, ends - PATH_STEPS)]
    day = days.of(at[opening] + acts.begins)
    mine = span.has(day)
    cell = Fields(len(shops), span.length, len(KINDS), BASE**PATH_STEPS)
    packed, visits = counted(cell.packed(
        shop[opening][mine], day[mine] - span.first, is_paid[visit[heads]][mine], _last(letter, heads, ends)[mine]
    ))  # fmt: skip
    shop, day, kind, path = cell.columns(packed)
    place, known = coded_few(path)
    texts = [_text(code, letters) for code in known.tolist()]
    return Counted(
        shops[shop], day + span.first, {"kind": Coded(KINDS, kind), "path": Coded(texts, place)}, {},
        {"visits": visits},
    )  # fmt: skip


def _last(letter: Array, heads: Array, ends: Array) -> Array:
    """The last pages of each visit as one number, the last page the lightest."""
    path = np.zeros(len(heads), np.int64)
    for place in range(PATH_STEPS):
        there = ends - 1 - place
        is_there = there >= heads
        path[is_there] += letter[there[is_there]] * BASE**place
    return path


def _text(path: int, letters: Sequence[str]) -> str:
    found = []
    while path:
        found.append(letters[path % BASE - 1])
        path //= BASE
    return "".join(reversed(found))
