"""The tree of many shops at once: what each node was and is, and what it added to the change of payments.

payment = buyers × order value; buyers = visitors × conversion, beside it new + returning; visitors by channel; conversion by step
(saw goods → cart or order → paid), each step within its channel, and what a changed mix of channels did apart, so that no
total turns against all of its parts (Simpson); order value = pieces × list price × what is left after cuts × shipping. Everything
is an array whose rows are shops; nothing here knows of one shop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.rules import lmdi
from grapevine.insight.rules.judging import COUNT_MIN, Evidence
from grapevine.insight.rules.lmdi import Array

COUNTS = ("visitors", "lookers", "carters", "buyers")
"""By channel. Each includes the next: who bought has been at the till, who was there saw goods."""
SUMS = (
    "new_buyers", "orders", "items", "payments_minor", "payments_square", "refunds_minor",
    "listed_minor", "cut_minor", "received_minor",
)  # fmt: skip
SIDE = ("new", "returning")
STEPS = ("detail", "cart", "pay")
VALUE = ("pieces", "price", "discount", "shipping")
MONEY = ("payment", "aov", "price")
SHARES = ("conversion", "mix", *STEPS, "rate", "discount", "shipping")
CHANNEL = "channel:"
DIFFERENT = 0.02
"""So far apart payments may be as told by the log and by trade, and still be of the same orders."""
CV_SQUARE = 0.6**2
ORDERS_FOR_A_SPREAD = 3


class Side(NamedTuple):
    """One side of the comparison. `sums`: name → (shops); `counts`: name → (shops × channels)."""

    sums: Mapping[str, Array]
    counts: Mapping[str, Array]

    def total(self, name: str) -> Array:
        return self.counts[name].sum(axis=1) if name in self.counts else self.sums[name]


class Column(NamedTuple):
    name: str
    parent: int
    family: str
    """Those of one family add up to their parent."""


@dataclass(frozen=True, slots=True)
class Forest:
    columns: tuple[Column, ...]
    now: Array
    before: Array
    cents: NDArray[np.int64]
    evidence: Evidence

    @property
    def parents(self) -> NDArray[np.int64]:
        return np.array([column.parent for column in self.columns])


def columns(channels: Sequence[str]) -> tuple[Column, ...]:
    """The nodes, parents before children."""
    found = [Column("payment", -1, ""), Column("buyers", 0, "product"), Column("aov", 0, "product")]
    found += [Column("visitors", 1, "product"), Column("conversion", 1, "product")]
    found += [Column(name, 1, "who") for name in SIDE]
    found += [Column(f"{CHANNEL}{name}", 3, "channels") for name in channels]
    found += [Column(name, 4, "steps") for name in ("mix", *STEPS, "rate")]
    found += [Column(name, 2, "value") for name in VALUE]
    return tuple(found)


class _Sheet:
    """Collects the columns; what a node lacks is absent."""

    def __init__(self, shops: int, channels: Sequence[str]) -> None:
        self.columns = columns(channels)
        self.place = {column.name: number for number, column in enumerate(self.columns)}
        shape = (shops, len(self.columns))
        self.now, self.before, self.parts, self.delta = (np.zeros(shape) for _ in range(4))
        self.ones, self.zeros, self.spread = np.zeros(shape), np.zeros(shape), np.ones(shape)
        self.present = np.zeros(shape, np.bool_)

    def put(
        self, name: str, now: Array, before: Array, part: Array, *, counts: tuple[Array, Array],
        spread: Array | float = 1.0, delta: Array | None = None, present: Array | NDArray[np.bool_] | bool = True,
    ) -> None:  # fmt: skip
        at = self.place[name]
        self.now[:, at], self.before[:, at] = now, before
        self.parts[:, at], self.spread[:, at] = part, spread
        self.ones[:, at], self.zeros[:, at] = counts
        self.delta[:, at] = _log_change(now, before) if delta is None else delta
        self.present[:, at] = present

    def cents(self) -> NDArray[np.int64]:
        """Each family adds up to its parent, whose cents are known before."""
        found = np.zeros(self.parts.shape, np.int64)
        found[:, 0] = np.rint(self.parts[:, 0])
        families: dict[tuple[int, str], list[int]] = {}
        for number, column in enumerate(self.columns[1:], start=1):
            families.setdefault((column.parent, column.family), []).append(number)
        for (parent, _), members in families.items():
            there = self.present[:, members]
            has = there.any(axis=1)
            shares = lmdi.to_the_cent(
                found[has][:, parent], self.parts[has][:, members], there[has]
            )
            found[np.flatnonzero(has)[:, None], members] = shares
        return found


def _log_change(now: Array, before: Array) -> Array:
    both = (now > 0) & (before > 0)
    found: Array = np.log(np.where(both, now, 1.0) / np.where(both, before, 1.0))
    return found


def _counted(now: Array, before: Array, weight: Array) -> Array:
    """Δ of counts; none is half a one."""
    found: Array = np.log(np.maximum(now, COUNT_MIN) / np.maximum(before, COUNT_MIN * weight))
    return found


def variation(side: Side) -> Array:
    """The squared coefficient of variation of order values."""
    orders, paid = side.sums["orders"], side.sums["payments_minor"]
    known = (orders >= ORDERS_FOR_A_SPREAD) & (paid > 0)
    mean = lmdi.quotient(paid, np.where(known, orders, 0.0), 1.0)
    square = lmdi.quotient(side.sums["payments_square"], np.where(known, orders, 0.0))
    return np.where(known, np.maximum(0.0, square / mean**2 - 1), CV_SQUARE)


def grow(
    now: Side, before: Side, *, channels: Sequence[str], weight: Array, noise: Array
) -> Forest:
    """The forest. `weight`: what one order of the days before counts, by shop; `noise`: φ² of each shop and column."""
    sheet = _Sheet(len(now.sums["orders"]), channels)
    paid, paid_before = now.sums["payments_minor"], before.sums["payments_minor"]
    buyers = (now.total("buyers"), before.total("buyers"))
    visitors = (now.total("visitors"), before.total("visitors"))
    orders = (now.sums["orders"], before.sums["orders"])
    mean, change = lmdi.log_mean(paid, paid_before), paid - paid_before
    rate = lmdi.quotients((buyers[0], visitors[0]), (buyers[1], visitors[1]))
    value = lmdi.quotients((paid, buyers[0]), (paid_before, buyers[1]))
    parts = lmdi.factors(
        change, mean,
        np.stack([visitors[0], rate[0], value[0]], axis=-1),
        np.stack([visitors[1], rate[1], value[1]], axis=-1),
    )  # fmt: skip
    cv = np.maximum(variation(now), variation(before))
    sheet.put("payment", paid, paid_before, change, counts=orders, spread=1 + cv,
              delta=np.where((paid > 0) & (paid_before > 0), _log_change(paid, paid_before), _counted(*orders, weight)))  # fmt: skip
    by_buyers = parts[:, 0] + parts[:, 1]
    sheet.put("buyers", *buyers, by_buyers, counts=buyers, delta=_counted(*buyers, weight))
    sheet.put("aov", *value, parts[:, 2], counts=orders, spread=cv)
    sheet.put(
        "visitors", *visitors, parts[:, 0], counts=visitors, delta=_counted(*visitors, weight)
    )
    rest = np.maximum(1 - np.minimum(rate[0], rate[1]), 0.05)
    sheet.put("conversion", *rate, parts[:, 1], counts=buyers, spread=rest,
              delta=_counted(*buyers, weight) - _counted(*visitors, weight))  # fmt: skip
    _who(sheet, now, before, by_buyers, mean, weight)
    _channels(sheet, now, before, parts[:, 0], mean, weight, channels)
    _steps(sheet, now, before, parts[:, 1], mean, rate)
    _value(sheet, now, before, parts[:, 2], mean, cv)
    evidence = Evidence(
        sheet.delta, sheet.ones, sheet.zeros, sheet.spread, noise, sheet.present, weight[:, None]
    )
    return Forest(sheet.columns, sheet.now, sheet.before, sheet.cents(), evidence)


def _who(sheet: _Sheet, now: Side, before: Side, part: Array, mean: Array, weight: Array) -> None:
    """Buyers, new and returning."""
    sides = [
        np.stack([side.sums["new_buyers"], side.total("buyers") - side.sums["new_buyers"]], axis=-1)
        for side in (now, before)
    ]
    shares = lmdi.addends(part, mean, *sides)
    for number, name in enumerate(SIDE):
        pair = (sides[0][:, number], sides[1][:, number])
        sheet.put(name, *pair, shares[:, number], counts=pair, delta=_counted(*pair, weight))


def _channels(
    sheet: _Sheet,
    now: Side,
    before: Side,
    part: Array,
    mean: Array,
    weight: Array,
    channels: Sequence[str],
) -> None:
    """Visitors by channel."""
    a, b = now.counts["visitors"], before.counts["visitors"]
    shares = lmdi.addends(part, mean, a, b)
    for number, name in enumerate(channels):
        pair = (a[:, number], b[:, number])
        sheet.put(f"{CHANNEL}{name}", *pair, shares[:, number], counts=pair,
                  delta=_counted(*pair, weight), present=(pair[0] > 0) | (pair[1] > 0))  # fmt: skip


def _steps(
    sheet: _Sheet, now: Side, before: Side, part: Array, mean: Array, rate: tuple[Array, Array]
) -> None:
    """Conversion: what the mix of channels did, Σ(share₁ − share₀)·rate, and what each step did within its channel."""
    a, b = now.counts["visitors"], before.counts["visitors"]
    shares = [lmdi.quotient(x, x.sum(axis=1, keepdims=True)) for x in (a, b)]
    rates = lmdi.quotients((now.counts["buyers"], a), (before.counts["buyers"], b))
    middle, usual = (shares[0] + shares[1]) / 2, (rates[0] + rates[1]) / 2
    mixed = ((shares[0] - shares[1]) * usual).sum(axis=1)
    stepped = middle * (rates[0] - rates[1])
    pairs = [
        lmdi.quotients((now.counts[x], now.counts[y]), (before.counts[x], before.counts[y]))
        for y, x in pairwise(COUNTS)
    ]
    by_step = lmdi.factors(
        stepped, middle * lmdi.log_mean(*rates),
        np.stack([pair[0] for pair in pairs], axis=-1), np.stack([pair[1] for pair in pairs], axis=-1),
    ).sum(axis=1)  # fmt: skip
    each = lmdi.worth(part, mean, *rate)
    inner = lmdi.log_mean(*rate)
    has_mix = ((a > 0) | (b > 0)).sum(axis=1) > 1
    has_steps = _has_steps(now) & _has_steps(before)

    def put(
        name: str,
        effect: Array,
        counts: tuple[Array, Array],
        spread: Array | float,
        present: NDArray[np.bool_],
    ) -> None:
        delta = lmdi.quotient(effect, inner)
        after = rate[0] if name in ("mix", "rate") else lmdi.quotient(counts[0], _below(now, name))
        sheet.put(name, after, after * np.exp(-delta), effect * each, counts=counts, spread=spread,
                  delta=delta, present=present & (inner > 0))  # fmt: skip

    apart = np.maximum((middle * usual**2).sum(axis=1) - (middle * usual).sum(axis=1) ** 2, 0.0)
    told = lmdi.quotient(apart, (middle * usual).sum(axis=1) ** 2)
    put("mix", mixed, (a.sum(axis=1), b.sum(axis=1)), told, has_mix)
    for number, name in enumerate(STEPS):
        above = (now.total(COUNTS[number + 1]), before.total(COUNTS[number + 1]))
        below = (_below(now, name), _below(before, name))
        left = 1 - np.minimum(lmdi.quotient(above[0], below[0]), lmdi.quotient(above[1], below[1]))
        put(name, by_step[:, number], above, np.maximum(left, 0.05), has_steps)
    buyers = (now.total("buyers"), before.total("buyers"))
    put("rate", stepped.sum(axis=1), buyers, 1.0, ~has_steps & has_mix)


def _below(side: Side, step: str) -> Array:
    return side.total(COUNTS[STEPS.index(step)])


def _has_steps(side: Side) -> NDArray[np.bool_]:
    """Whether somebody told of goods seen and of carts: then fewer buy than are at the till."""
    has: NDArray[np.bool_] = (side.total("carters") > side.total("buyers")) & (
        side.total("lookers") >= side.total("carters")
    )
    return has


def _value(sheet: _Sheet, now: Side, before: Side, part: Array, mean: Array, cv: Array) -> None:
    """Order value, where trade knows of the orders that the log told of."""
    there = _is_told(now) & _is_told(before)
    sides = [_ratios(side, there) for side in (now, before)]
    shares = lmdi.factors(part, mean, *sides)
    orders = (now.sums["orders"], before.sums["orders"])
    cut = 1 - np.minimum(sides[0][:, 2], sides[1][:, 2])
    spreads = {"pieces": cv, "price": cv, "discount": cv * cut**2, "shipping": cv * cut**2}
    shipped = (np.abs(sides[0][:, 3] - 1) > lmdi.ALIKE) | (np.abs(sides[1][:, 3] - 1) > lmdi.ALIKE)
    for number, name in enumerate(VALUE):
        present = there & shipped if name == "shipping" else there
        sheet.put(name, sides[0][:, number], sides[1][:, number], shares[:, number], counts=orders,
                  spread=spreads[name], present=present)  # fmt: skip


def _is_told(side: Side) -> NDArray[np.bool_]:
    paid, received = side.sums["payments_minor"], side.sums["received_minor"]
    same = np.abs(paid - received) <= DIFFERENT * received
    some = (received > 0) & (paid > 0) & (side.sums["items"] > 0) & (side.total("buyers") > 0)
    found: NDArray[np.bool_] = same & some & (side.sums["listed_minor"] > side.sums["cut_minor"])
    return found


def _ratios(side: Side, there: NDArray[np.bool_]) -> Array:
    """Pieces a buyer, list price, what is left after cuts, and with shipping: their product is the order value."""

    def of(above: Array, below: Array) -> Array:
        return lmdi.quotient(above, np.where(there, below, 0.0), 1.0)

    sums = side.sums
    left = sums["listed_minor"] - sums["cut_minor"]
    price = of(sums["listed_minor"], sums["items"]) * of(
        sums["payments_minor"], sums["received_minor"]
    )
    return np.stack(
        [of(sums["items"], side.total("buyers")), price, of(left, sums["listed_minor"]), of(sums["received_minor"], left)],
        axis=-1,
    )  # fmt: skip
