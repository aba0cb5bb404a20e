"""People's ways through shops, as arrays of all rows at once: steps, journeys, the times between steps, a goods' pulse.

A row of the log is a step, several, or none; a step counts for its goods and for the shop as a whole (goods 0). The steps of
one person, shop and goods stand one after the other in the order of time, and a journey is a run of them. Nothing is looped over
but kinds of steps. All numbers are whole; days are counted from 1970, moments are seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from grapevine.insight.rules.funnels import bucket
from grapevine.insight.steps import (
    LATE,
    LATE_DAYS,
    LONGEST_DAYS,
    PAIRS,
    QUIET_DAYS,
    RANK,
    STEPS,
)

DAY = 86_400
NEVER = 1 << 60
"""The second of a first payment that has not come."""
PAID = RANK["p"]
RANKS = 16
"""More than there are steps."""
DIRECT = "direct"
WORDS = pa.array([
    step.letter + (str(age) if age else "") for step in STEPS for age in range(LATE_DAYS + 1)
])  # fmt: skip
"""A step on a day of its journey, as a way is written."""
LAST_BUCKET = bucket(366 * DAY)
EDGES = np.array([
    next(second for second in range(int(2 ** (n / 4)), 1 << 40) if bucket(second) >= n)
    for n in range(LAST_BUCKET + 1)
])  # fmt: skip
"""The first second of each class of times."""
Array = NDArray[Any]
CUSTOMERS = ("new", "old")


@dataclass(frozen=True, slots=True)
class Acts:
    """Rows of the log by column. `steps`: bit n is set if the row is the n-th step; `order` and `channel` are places among
    words (-1: no order); `first_at`: when `who` first paid at the shop; `is_lasting`: whether `who` is the same tomorrow.
    """

    shop: Array
    who: Array
    goods: Array
    at: Array
    day: Array
    channel: Array
    steps: Array
    order: Array
    first_at: Array
    is_lasting: Array
    channels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Steps:
    """Each step once, in the order of shop, goods, person, time and rank; `way` is the number of shop, goods and person."""

    way: Array
    shop: Array
    goods: Array
    at: Array
    day: Array
    rank: Array
    channel: Array
    first_at: Array
    is_lasting: Array


@dataclass(frozen=True, slots=True)
class Journeys:
    """By journey: shop, goods, the day it began, channel, customer (1: an old one). By point, a step of a journey that its
    journey `of` has: the first and the last of it, in the order of journey and rank.
    """

    shop: Array
    goods: Array
    day: Array
    channel: Array
    is_old: Array
    of: Array
    rank: Array
    first_at: Array
    last_at: Array
    first_day: Array
    last_day: Array


def changes(*keys: Array) -> Array:
    """Whether a row differs from the one before it; the first does."""
    found = np.ones(len(keys[0]), np.bool_)
    if len(found):
        found[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return found


def before(values: Array, nothing: int) -> Array:
    return np.concatenate([np.array([nothing], values.dtype), values[:-1]])[: len(values)]


def steps_of(acts: Acts) -> Steps:
    """What a delivery is of is known by its order: it stands under the goods that were paid with it as well."""
    some = [np.flatnonzero(acts.steps >> rank & 1) for rank in range(len(STEPS))]
    row = np.concatenate(some)
    rank = np.repeat(np.arange(len(STEPS)), [len(one) for one in some])
    own = acts.goods[row] != 0
    late, sold = _delivered(acts)
    goods = np.concatenate([np.zeros(len(row), np.int64), acts.goods[row[own]], sold])
    rank = np.concatenate([rank, rank[own], np.full(len(late), RANK["r"])])
    row = np.concatenate([row, row[own], late])
    shops, shop = np.unique(acts.shop, return_inverse=True)
    kinds, kind = np.unique(goods, return_inverse=True)
    people = int(acts.who.max(initial=0)) + 1
    major = (shop[row] * len(kinds) + kind) * people + acts.who[row]
    minor = (acts.at[row] * RANKS + rank) * len(acts.channels) + acts.channel[row]
    order = np.lexsort((minor, major))
    major, minor = major[order], minor[order]
    is_first = changes(major, minor)
    order, major = order[is_first], major[is_first]
    place, row = major // people, row[order]
    return Steps(
        way=np.cumsum(changes(major)) - 1, shop=shops[place // len(kinds)], goods=kinds[place % len(kinds)],
        at=acts.at[row], day=acts.day[row], rank=rank[order], channel=acts.channel[row],
        first_at=acts.first_at[row], is_lasting=acts.is_lasting[row],
    )  # fmt: skip


def _delivered(acts: Acts) -> tuple[Array, Array]:
    """Rows of deliveries without goods, once for each goods of their order, and these goods."""
    named = acts.order >= 0
    sold = np.flatnonzero((acts.steps >> PAID & 1 > 0) & named)
    came = np.flatnonzero((acts.steps >> RANK["r"] & 1 > 0) & named & (acts.goods == 0))
    sold = sold[np.argsort(acts.order[sold], kind="stable")]
    first, last = (np.searchsorted(acts.order[sold], acts.order[came], side) for side in ("left", "right"))  # fmt: skip
    counts = last - first
    ends = np.cumsum(counts)
    places = np.arange(counts.sum()) - np.repeat(ends - counts, counts) + np.repeat(first, counts)
    return np.repeat(came, counts), acts.goods[sold[places]]


def journeys_of(steps: Steps, channels: Sequence[str]) -> Journeys:
    """A journey ends with its payment, after three days of quiet, or on its seventh day; what comes late is of the payment before it."""
    is_early = ~np.isin(steps.rank, [RANK[letter] for letter in LATE])
    journey = np.full(len(steps.at), -1)
    journey[is_early] = _numbered(steps.way[is_early], steps.at[is_early], steps.rank[is_early])
    places = np.arange(len(journey))
    paid = np.maximum.accumulate(np.where(steps.rank == PAID, places, -1))
    known = ~is_early & (paid >= 0)
    known[known] = steps.way[paid[known]] == steps.way[known]
    journey[known] = journey[paid[known]]
    kept = np.flatnonzero(journey >= 0)
    kept = kept[np.argsort(journey[kept] * RANKS + steps.rank[kept], kind="stable")]
    return _described(steps, journey, kept, channels)


def _numbered(way: Array, at: Array, rank: Array) -> Array:
    """The number of each early step's journey, in their order."""
    is_fresh = changes(way) | (at - before(at, 0) > QUIET_DAYS * DAY) | (before(rank, 0) == PAID)
    chain = np.cumsum(is_fresh) - 1
    block = (at - at[is_fresh][chain]) // (LONGEST_DAYS * DAY)
    return np.cumsum(changes(chain, block)) - 1


def _described(steps: Steps, journey: Array, kept: Array, channels: Sequence[str]) -> Journeys:
    of, at, day, rank = journey[kept], steps.at[kept], steps.day[kept], steps.rank[kept]
    heads = np.flatnonzero(changes(of))
    if not len(heads):
        return Journeys(of, of, of, of, of, of, of, of, of, of, of)
    began_at, began = np.minimum.reduceat(at, heads), np.minimum.reduceat(day, heads)
    is_told = np.array([name != DIRECT for name in channels])[steps.channel[kept]]
    weight = np.where(rank == PAID, 0, np.where(is_told, 1, 2))
    chosen = (weight * 10**12 + at) * len(channels) + steps.channel[kept]
    starts = np.flatnonzero(changes(of, rank))
    lasts = np.append(starts[1:], len(of)) - 1
    first = kept[heads]
    near = day[starts] - began[of[starts]] <= LATE_DAYS
    starts, lasts = starts[near], lasts[near]
    return Journeys(
        shop=steps.shop[first], goods=steps.goods[first], day=began,
        channel=np.minimum.reduceat(chosen, heads) % len(channels),
        is_old=(steps.first_at[first] < began_at).astype(np.int64),
        of=of[starts], rank=rank[starts], first_at=at[starts], last_at=at[lasts],
        first_day=day[starts], last_day=day[lasts],
    )  # fmt: skip


def within(journeys: Journeys, first: int, last: int) -> Journeys:
    """Those that began in these days."""
    is_mine = (journeys.day >= first) & (journeys.day <= last)
    number, mine = np.cumsum(is_mine) - 1, is_mine[journeys.of]
    return Journeys(
        shop=journeys.shop[is_mine], goods=journeys.goods[is_mine], day=journeys.day[is_mine],
        channel=journeys.channel[is_mine], is_old=journeys.is_old[is_mine],
        of=number[journeys.of[mine]], rank=journeys.rank[mine],
        first_at=journeys.first_at[mine], last_at=journeys.last_at[mine],
        first_day=journeys.first_day[mine], last_day=journeys.last_day[mine],
    )  # fmt: skip


def funnels(journeys: Journeys, channels: Sequence[str]) -> pa.Table:
    """Journeys by what they did, in order: a step where it stands first, and where it stands last."""
    began = journeys.day[journeys.of]
    again = (journeys.last_at > journeys.first_at) & (journeys.last_day - began <= LATE_DAYS)
    of = np.concatenate([journeys.of, journeys.of[again]])
    at = np.concatenate([journeys.first_at, journeys.last_at[again]])
    rank = np.concatenate([journeys.rank, journeys.rank[again]])
    age = np.concatenate([journeys.first_day - began, (journeys.last_day - began)[again]])
    order = np.lexsort((at * RANKS + rank, of))
    texts = WORDS.take(pa.array((rank * (LATE_DAYS + 1) + age)[order]))
    ends = np.append(0, np.cumsum(np.bincount(of, minlength=len(journeys.day))))
    ways = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), texts), "")
    coded = ways.dictionary_encode()
    way = coded.indices.to_numpy().astype(np.int64)
    kinds = len(channels) * len(CUSTOMERS)
    order, starts, people = _counted(_place(journeys), way * kinds + _kind(journeys))
    first = order[starts]
    return pa.table({
        **_cell(journeys, first, channels), "way": coded.dictionary.take(pa.array(way[first])),
        "people": pa.array(people),
    })  # fmt: skip


def gaps(journeys: Journeys, channels: Sequence[str]) -> pa.Table:
    """Times from the first of one step to the first of another after it, in classes."""
    several = np.flatnonzero(np.bincount(journeys.of, minlength=len(journeys.day)) > 1)
    number = np.full(len(journeys.day), -1)
    number[several] = np.arange(len(several))
    firsts, lasts = (np.full((len(STEPS), len(several)), -1) for _ in range(2))
    mine = number[journeys.of] >= 0
    firsts[journeys.rank[mine], number[journeys.of[mine]]] = journeys.first_at[mine]
    lasts[journeys.rank[mine], number[journeys.of[mine]]] = journeys.last_at[mine]
    found, classes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for n, (a, b) in enumerate((RANK[pair[0]], RANK[pair[1]]) for pair in PAIRS):
        some = np.flatnonzero((firsts[a] >= 0) & (firsts[b] >= 0) & (lasts[b] >= firsts[a]))
        later = np.where(firsts[b, some] >= firsts[a, some], firsts[b, some], lasts[b, some])
        seconds = np.maximum(later - firsts[a, some], 1)
        found.append(several[some])
        classes.append(n * len(EDGES) + np.searchsorted(EDGES, seconds, "right") - 1)
    of, timed = np.concatenate(found), np.concatenate(classes)
    kinds = len(channels) * len(CUSTOMERS)
    order, starts, people = _counted(_place(journeys)[of], timed * kinds + _kind(journeys)[of])
    first = order[starts]
    return pa.table({
        **_cell(journeys, of[first], channels),
        "pair": pa.array(PAIRS).take(pa.array(timed[first] // len(EDGES))),
        "bucket": pa.array(timed[first] % len(EDGES)), "people": pa.array(people),
    })  # fmt: skip


def _place(journeys: Journeys) -> Array:
    """The number of shop, day and goods, in this order."""
    return _placed(journeys.shop, journeys.day, journeys.goods)


def _placed(shop: Array, day: Array, goods: Array) -> Array:
    _shops, shop = np.unique(shop, return_inverse=True)
    kinds, kind = np.unique(goods, return_inverse=True)
    first = int(day.min(initial=0))
    return (shop * (int(day.max(initial=0)) - first + 1) + day - first) * max(1, len(kinds)) + kind


def _kind(journeys: Journeys) -> Array:
    """The number of channel and customer."""
    return journeys.channel * len(CUSTOMERS) + journeys.is_old


def _counted(major: Array, minor: Array) -> tuple[Array, Array, Array]:
    """The order of the rows, where each pair of numbers begins in it, and how many rows have it."""
    order = np.lexsort((minor, major))
    starts = np.flatnonzero(changes(major[order], minor[order]))
    return order, starts, np.diff(np.append(starts, len(order)))


def _cell(journeys: Journeys, rows: Array, channels: Sequence[str]) -> dict[str, pa.Array]:
    return {
        "shop_id": pa.array(journeys.shop[rows]), "day": dates(journeys.day[rows]),
        "goods": pa.array(journeys.goods[rows]),
        "channel": pa.array(channels, pa.string()).take(pa.array(journeys.channel[rows])),
        "customer": pa.array(CUSTOMERS).take(pa.array(journeys.is_old[rows])),
    }  # fmt: skip


def dates(days: Array) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())


def pulses(steps: Steps, channels: Sequence[str], first: int, last: int) -> pa.Table:
    """A goods' day in people. Whoever is somebody else every day (no consent) is not counted among those who looked."""
    mine = (steps.goods != 0) & steps.is_lasting & (steps.day >= first) & (steps.day <= last)
    places = _placed(steps.shop[mine], steps.day[mine], steps.goods[mine])
    cells, rows, cell = np.unique(places, return_index=True, return_inverse=True)
    rank, way, day = steps.rank[mine], steps.way[mine], steps.day[mine]
    is_group = np.array([name == "group" for name in channels], np.bool_)[steps.channel[mine]]

    def people(some: Array) -> Array:
        """Steps of one person at one goods stand together, in the order of their days."""
        is_first = changes(way[some], day[some])
        return np.bincount(cell[some][is_first], minlength=len(cells))

    told = {
        "viewers": people(rank == RANK["g"]), "buyers": people(rank == PAID),
        "share_visits": people(rank == RANK["h"]), "note_views": people(rank == RANK["n"]),
        "group_buyers": people((rank == PAID) & is_group),
    }  # fmt: skip
    shown = sum(told[name] for name in ("viewers", "buyers", "share_visits", "note_views")) > 0
    table = pa.table({
        "shop_id": pa.array(steps.shop[mine][rows]), "day": dates(day[rows]),
        "goods": pa.array(steps.goods[mine][rows]),
        **{name: pa.array(counts) for name, counts in told.items()},
    })  # fmt: skip
    return table.filter(pa.array(shown))
