"""The decision tree of one shop, from the arrays of many: states, the path to the cause, whether enough is known."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, isfinite, log, sqrt

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.contracts import Node, State, Totals
from grapevine.insight.rules import judging
from grapevine.insight.rules.growing import CV_SQUARE, ORDERS_FOR_A_SPREAD, SIDE, Forest
from grapevine.insight.rules.judging import ERROR_MAX, SMALL, Z90
from grapevine.insight.rules.lmdi import Array

WINDOWS = (7, 14, 28)
"""Spans in days; a shop gets the shortest that has enough orders to say something."""


def judge(now: float, before: float, variance: float) -> State:
    """What can be said of one change whose log has this variance."""
    if variance <= 0 or (now <= 0 and before <= 0):
        return State.UNKNOWN
    error = sqrt(variance)
    if now <= 0 or before <= 0:
        return State.UNKNOWN if error > ERROR_MAX else (State.UP if now > 0 else State.DOWN)
    delta = log(now / before)
    if abs(delta) > Z90 * error and abs(delta) > SMALL:
        return State.UP if delta > 0 else State.DOWN
    return State.UNKNOWN if error > ERROR_MAX else State.FLAT


def spread(totals: Totals) -> float:
    """The squared coefficient of variation of order values."""
    if totals.orders < ORDERS_FOR_A_SPREAD or totals.payments_minor <= 0:
        return CV_SQUARE
    mean = totals.payments_minor / totals.orders
    return max(0.0, totals.payments_square / totals.orders / mean**2 - 1)


@dataclass(frozen=True, slots=True)
class Judged:
    """A forest and what the test says of it: arrays of shops × nodes."""

    forest: Forest
    moved: NDArray[np.int8]
    known: judging.Mask
    low: Array
    high: Array


def judged(forest: Forest) -> Judged:
    evidence = forest.evidence
    error = evidence.error()
    return Judged(
        forest,
        judging.moved(evidence, forest.parents),
        evidence.is_known(),
        np.expm1(evidence.delta - Z90 * error),
        np.expm1(evidence.delta + Z90 * error),
    )


def orders_missing(forest: Forest) -> Array:
    """How many more orders each shop's span needs; 0 where it has enough, infinite where its weeks differ too much."""
    evidence = forest.evidence
    weight = evidence.weight[:, 0]
    needed = judging.counts_needed(evidence.spread[:, 0], evidence.noise[:, 0], weight)
    pooled = (evidence.now[:, 0] + evidence.before[:, 0] / weight) / (1 + 1 / weight)
    return np.where(evidence.is_known()[:, 0], 0.0, np.maximum(needed - pooled, 1.0))


def roots(found: Judged) -> Iterable[tuple[Node, tuple[str, ...]]]:
    """The root and the path to the cause of every shop, in order."""
    columns = found.forest.columns
    children: list[list[int]] = [[] for _ in columns]
    for number, column in enumerate(columns):
        if column.parent >= 0:
            children[column.parent].append(number)
    tables = [
        array.tolist()
        for array in (
            found.forest.now, found.forest.before, found.forest.cents, found.moved, found.known,
            found.low, found.high, found.forest.evidence.present,
        )
    ]  # fmt: skip
    for row in zip(*tables, strict=True):
        yield _root(row, children, [column.name for column in columns])


def _root(
    row: tuple[list[float], ...], children: list[list[int]], names: list[str]
) -> tuple[Node, tuple[str, ...]]:
    now, before, cents, moved, known, low, high, present = row
    cause = _path(moved, cents, children, names)
    marked = set(cause)

    def state(at: int) -> State:
        if moved[at]:
            return State.UP if moved[at] > 0 else State.DOWN
        return State.FLAT if known[at] else State.UNKNOWN

    def made(at: int) -> Node:
        below = [child for child in children[at] if present[child]]
        below.sort(key=lambda child: _order(names[child], int(cents[child])))
        return Node(
            names[at], now[at], before[at], state(at),
            (now[at] - before[at]) / before[at] if before[at] else 0.0, int(cents[at]),
            on_path=names[at] in marked, children=tuple(made(child) for child in below),
            low=low[at], high=high[at],
        )  # fmt: skip

    return made(0), cause


def _order(name: str, cents: int) -> tuple[int, int]:
    """Channels by what they did, the rest as the tree has them."""
    return (0, -abs(cents)) if name.startswith("channel:") else (0, 0)


def _path(
    moved: list[float], cents: list[float], children: list[list[int]], names: list[str]
) -> tuple[str, ...]:
    """From the root down to the cause: at each step the child that moved most in the root's direction."""
    sign, at = moved[0], 0
    if not sign:
        return ()
    path = [names[0]]
    while True:
        below = [
            child
            for child in children[at]
            if names[child] not in SIDE and moved[child] == sign and cents[child] * sign > 0
        ]
        if not below:
            return tuple(path)
        at = max(below, key=lambda child: abs(cents[child]))
        path.append(names[at])


def missing_of(value: float) -> int:
    """A number of orders to tell; 0 where none would do."""
    return ceil(value) if isfinite(value) else 0


def nodes(root: Node) -> Iterable[Node]:
    """Every node, parents first."""
    yield root
    for child in root.children:
        yield from nodes(child)
