"""People's ways through shops, as arrays of all rows at once: steps, journeys, the times between steps, a goods' pulse.

A row of the log is a step, several, or none; a step counts for its goods and for the shop as a whole (goods 0). The steps of
one person, shop and goods stand one after the other in the order of time, and a journey is a run of them. Nothing is looped over
but kinds of steps; everything is sorted as one whole number a row (`keys.py`). Days are counted from 1970, moments are seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grapevine.insight.rules.counting import Coded, Counted
from grapevine.insight.rules.days import Days, Span
from grapevine.insight.rules.funnels import bucket
from grapevine.insight.rules.keys import (
    BITS,
    Array,
    Fields,
    before,
    changes,
    coded,
    coded_few,
    counted,
    distinct,
)
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
AGES = LATE_DAYS + 1
WORDS = [step.letter + (str(age) if age else "") for step in STEPS for age in range(AGES)]
"""A step on a day of its journey, as a way is written."""
LAST_BUCKET = bucket(366 * DAY)
EDGES = np.array([
    next(second for second in range(int(2 ** (n / 4)), 1 << 40) if bucket(second) >= n)
    for n in range(LAST_BUCKET + 1)
])  # fmt: skip
"""The first second of each class of times."""
CUSTOMERS = ("new", "old")
PULSES = ("viewers", "buyers", "share_visits", "note_views", "group_buyers")
PULSE_OF = {RANK["g"]: 0, PAID: 1, RANK["h"]: 2, RANK["n"]: 3}
GROUP_BUYERS = 4


@dataclass(frozen=True)
class Acts:
    """Rows of the log by column. `who` is a number for a person or a browser; `steps`: bit n is set if the row is the n-th
    step; `letter`: the place of a page's letter, from one on; `order` and `channel` are places among words (-1: no order);
    `first_at`: when `who` first paid at the shop; `is_lasting`: whether `who` is the same tomorrow.
    """

    shop: Array
    who: Array
    goods: Array
    at: Array
    channel: Array
    steps: Array
    letter: Array
    order: Array
    first_at: Array
    is_lasting: Array
    channels: Sequence[str]

    @cached_property
    def shops(self) -> tuple[Array, Array]:
        return coded_few(self.shop)

    @cached_property
    def people(self) -> tuple[Array, Array]:
        return coded(self.who)

    @cached_property
    def begins(self) -> int:
        return int(self.at.min(initial=NEVER)) if len(self.at) else 0

    @cached_property
    def seconds(self) -> int:
        return int(self.at.max(initial=0)) - self.begins + 1 if len(self.at) else 1


@dataclass(frozen=True, slots=True)
class Steps:
    """Each step once, in the order of `way`, time and rank; `way` is the number of shop, goods and person, and what follows
    it here is by way. `shop` and `goods` are places among `shops` and `kinds`; `at` is since `begins`.
    """

    way: Array
    at: Array
    rank: Array
    channel: Array
    shop: Array
    goods: Array
    first_at: Array
    is_lasting: Array
    shops: Array
    kinds: Array
    channels: Sequence[str]
    begins: int
    seconds: int
    days: Days

    def day(self, at: Array) -> Array:
        return self.days.of(at + self.begins)


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
    first_age: Array
    last_age: Array


def steps_of(acts: Acts, days: Days) -> Steps:
    """What a delivery is of is known by its order: it stands under the goods that were paid with it as well."""
    row, rank, goods = _stepped(acts)
    kind, kinds = coded_few(goods)
    (shop, shops), (who, people) = acts.shops, acts.people
    whose = Fields(len(shops), len(kinds), len(people))
    minor = Fields(acts.seconds, RANKS, len(acts.channels))
    way, words = whose.packed(shop[row], kind, who[row]), None
    if whose.bits + minor.bits > BITS:  # very many goods at once
        way, words = coded(way)
    packed = distinct(
        way << minor.bits | minor.packed(acts.at[row] - acts.begins, rank, acts.channel[row])
    )
    found = packed >> minor.bits
    heads = changes(found)
    mine = found[heads] if words is None else words[found[heads]]
    shop_of, kind_of, who_of = whose.columns(mine)
    at, rank, channel = minor.columns(packed)
    is_lasting = np.zeros(len(people), np.bool_)
    is_lasting[who] = acts.is_lasting
    return Steps(
        way=np.cumsum(heads) - 1, at=at, rank=rank, channel=channel, shop=shop_of, goods=kind_of,
        first_at=_first_payments(acts, shop_of, who_of), is_lasting=is_lasting[who_of], shops=shops, kinds=kinds,
        channels=acts.channels, begins=acts.begins, seconds=acts.seconds, days=days,
    )  # fmt: skip


def _stepped(acts: Acts) -> tuple[Array, Array, Array]:
    """The row, the rank and the goods of each step, for its goods and for the shop."""
    some = [np.flatnonzero(acts.steps >> rank & 1) for rank in range(len(STEPS))]
    row = np.concatenate(some)
    rank = np.repeat(np.arange(len(STEPS)), [len(one) for one in some])
    own = acts.goods[row] != 0
    late, sold = _delivered(acts)
    goods = np.concatenate([np.zeros(len(row), np.int64), acts.goods[row[own]], sold])
    rank = np.concatenate([rank, rank[own], np.full(len(late), RANK["r"])])
    return np.concatenate([row, row[own], late]), rank, goods


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


def _first_payments(acts: Acts, shop: Array, who: Array) -> Array:
    """The second of the first payment at this shop, of each of these."""
    (shop_of, shops), (who_of, people) = acts.shops, acts.people
    pair = Fields(len(shops), len(people))
    some = np.flatnonzero(acts.first_at < NEVER)
    known = pair.packed(shop_of[some], who_of[some])
    order = np.argsort(known)
    known, at = np.append(known[order], -1), np.append(acts.first_at[some[order]], NEVER)
    asked = pair.packed(shop, who)
    place = np.searchsorted(known[:-1], asked)
    return np.where(known[place] == asked, at[place], NEVER)


def journeys_of(steps: Steps) -> Journeys:
    """A journey ends with its payment, after three days of quiet, or on its seventh day; what comes late is of the payment before it."""
    is_early = ~np.isin(steps.rank, [RANK[letter] for letter in LATE])
    way = steps.way[is_early]
    number = _numbered(way, steps.at[is_early], steps.rank[is_early])
    journey = np.full(len(steps.at), -1)
    journey[is_early] = number
    places = np.arange(len(journey))
    paid = np.maximum.accumulate(np.where(steps.rank == PAID, places, -1))
    known = ~is_early & (paid >= 0)
    known[known] = steps.way[paid[known]] == steps.way[known]
    journey[known] = journey[paid[known]]
    return _described(steps, journey, way[changes(number)])


def _numbered(way: Array, at: Array, rank: Array) -> Array:
    """The number of each early step's journey, in their order."""
    is_fresh = changes(way) | (at - before(at, 0) > QUIET_DAYS * DAY) | (before(rank, 0) == PAID)
    chain = np.cumsum(is_fresh) - 1
    block = (at - at[is_fresh][chain]) // (LONGEST_DAYS * DAY)
    return np.cumsum(changes(chain, block)) - 1


def _described(steps: Steps, journey: Array, ways: Array) -> Journeys:
    kept = np.flatnonzero(journey >= 0)
    points = Fields(len(ways), RANKS, steps.seconds, len(steps.channels))
    packed = np.sort(
        points.packed(journey[kept], steps.rank[kept], steps.at[kept], steps.channel[kept])
    )
    of, rank, at, channel = points.columns(packed)
    heads, starts = np.flatnonzero(changes(of)), np.flatnonzero(changes(of, rank))
    if not len(heads):
        return Journeys(of, of, of, of, of, of, of, of, of, of, of)
    began_at = np.minimum.reduceat(at, heads)
    began = steps.day(began_at)
    is_told = np.array([name != DIRECT for name in steps.channels])[channel]
    choice = Fields(3, steps.seconds, len(steps.channels))
    weight = np.where(rank == PAID, 0, np.where(is_told, 1, 2))
    chosen = np.minimum.reduceat(choice.packed(weight, at, channel), heads)
    lasts = np.append(starts[1:], len(of)) - 1
    first_age = steps.day(at[starts]) - began[of[starts]]
    near = first_age <= LATE_DAYS
    starts, lasts = starts[near], lasts[near]
    return Journeys(
        shop=steps.shop[ways], goods=steps.goods[ways], day=began, channel=choice.column(chosen, 2),
        is_old=(steps.first_at[ways] < began_at + steps.begins).astype(np.int64),
        of=of[starts], rank=rank[starts], first_at=at[starts], last_at=at[lasts],
        first_age=first_age[near], last_age=steps.day(at[lasts]) - began[of[starts]],
    )  # fmt: skip


def within(journeys: Journeys, span: Span) -> Journeys:
    """Those that began in these days, each day counted from the first of them."""
    is_mine = span.has(journeys.day)
    number, mine = np.cumsum(is_mine) - 1, is_mine[journeys.of]
    return Journeys(
        shop=journeys.shop[is_mine], goods=journeys.goods[is_mine],
        day=journeys.day[is_mine] - span.first,
        channel=journeys.channel[is_mine], is_old=journeys.is_old[is_mine],
        of=number[journeys.of[mine]], rank=journeys.rank[mine],
        first_at=journeys.first_at[mine], last_at=journeys.last_at[mine],
        first_age=journeys.first_age[mine], last_age=journeys.last_age[mine],
    )  # fmt: skip


def funnels(steps: Steps, journeys: Journeys, span: Span) -> Counted:
    """Journeys by what they did, in order: a step where it stands first, and where it stands last."""
    again = (journeys.last_at > journeys.first_at) & (journeys.last_age <= LATE_DAYS)
    points = Fields(max(len(journeys.day), 1), steps.seconds, RANKS, AGES)
    packed = points.packed(
        np.concatenate([journeys.of, journeys.of[again]]),
        np.concatenate([journeys.first_at, journeys.last_at[again]]),
        np.concatenate([journeys.rank, journeys.rank[again]]),
        np.concatenate([journeys.first_age, journeys.last_age[again]]),
    )
    of, _at, rank, age = points.columns(np.sort(packed))
    way, texts = _written(of, rank * AGES + age, len(journeys.day))
    return _cells(steps, journeys, span, np.arange(len(way)), way, {"way": texts})


def _written(of: Array, word: Array, count: int) -> tuple[Array, list[str]]:
    """The text of each journey's words, as a place among texts: told a word further at a time, of those that go on."""
    lengths = np.bincount(of, minlength=count)
    starts = np.cumsum(lengths) - lengths
    way, texts, alive, depth = np.zeros(count, np.int64), [""], np.flatnonzero(lengths), 0
    while len(alive):
        longer = Fields(len(texts), len(WORDS))
        places, known = coded_few(longer.packed(way[alive], word[starts[alive] + depth]))
        way[alive] = len(texts) + places
        befores, words = (one.tolist() for one in longer.columns(known))
        texts += [texts[n] + WORDS[w] for n, w in zip(befores, words, strict=True)]
        depth += 1
        alive = alive[lengths[alive] > depth]
    return way, texts


def gaps(steps: Steps, journeys: Journeys, span: Span) -> Counted:
    """Times from the first of one step to the first of another after it, in classes."""
    several = np.flatnonzero(np.bincount(journeys.of, minlength=len(journeys.day)) > 1)
    number = np.full(len(journeys.day), -1)
    number[several] = np.arange(len(several))
    firsts, lasts = (np.full((len(STEPS), len(several)), -1, np.int32) for _ in range(2))
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
    cells = _cells(steps, journeys, span, of, timed, {"pair": [""] * (len(PAIRS) * len(EDGES))})
    return cells.instead(
        "pair", Coded(PAIRS, cells.texts["pair"].codes // len(EDGES)),
        {"bucket": cells.texts["pair"].codes % len(EDGES)},
    )  # fmt: skip


def _cells(
    steps: Steps, journeys: Journeys, span: Span, of: Array, kind: Array, words: dict[str, list[str]]
) -> Counted:  # fmt: skip
    """How many of these journeys stand at each place, by what they are."""
    ((name, texts),) = words.items()
    cell = Fields(
        len(steps.shops), span.length, len(steps.kinds), len(steps.channels), len(CUSTOMERS), len(texts)
    )  # fmt: skip
    packed, people = counted(cell.packed(
        journeys.shop[of], journeys.day[of], journeys.goods[of], journeys.channel[of], journeys.is_old[of], kind,
    ))  # fmt: skip
    shop, day, goods, channel, customer, text = cell.columns(packed)
    return Counted(
        steps.shops[shop], day + span.first,
        {"channel": Coded(steps.channels, channel), "customer": Coded(CUSTOMERS, customer), name: Coded(texts, text)},
        {"goods": steps.kinds[goods]}, {"people": people},
    )  # fmt: skip


def pulses(steps: Steps, span: Span) -> Counted:
    """A goods' day in people. Whoever is somebody else every day (no consent) is not counted among those who looked."""
    kind = np.full(RANKS, -1)
    for rank, place in PULSE_OF.items():
        kind[rank] = place
    day = steps.day(steps.at)
    mine = (steps.kinds[steps.goods[steps.way]] != 0) & steps.is_lasting[steps.way] & span.has(day)
    mine &= kind[steps.rank] >= 0
    is_group = np.array([name == "group" for name in steps.channels], np.bool_)[steps.channel]
    rows = np.flatnonzero(mine)
    grouped = rows[is_group[rows] & (steps.rank[rows] == PAID)]
    rows, kinds = np.append(rows, grouped), np.append(kind[steps.rank[rows]], np.full(len(grouped), GROUP_BUYERS))  # fmt: skip
    way = steps.way[rows]
    people = Fields(len(steps.shops), span.length, len(steps.kinds), len(PULSES), max(len(steps.shop), 1))  # fmt: skip
    found = distinct(people.packed(
        steps.shop[way], day[rows] - span.first, steps.goods[way], kinds, way
    ))  # fmt: skip
    shop, day, goods, pulse, _way = people.columns(found)
    is_new = changes(shop, day, goods)
    cell, heads = np.cumsum(is_new) - 1, np.flatnonzero(is_new)
    counts = np.bincount(cell * len(PULSES) + pulse, minlength=len(heads) * len(PULSES))
    told = counts.reshape(len(heads), len(PULSES))
    return Counted(
        steps.shops[shop[heads]], day[heads] + span.first, {}, {"goods": steps.kinds[goods[heads]]},
        {name: told[:, place] for place, name in enumerate(PULSES)},
    )  # fmt: skip
