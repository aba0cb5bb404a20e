"""Made-up weeks of shops in which nothing happens but chance, or what is planted: how often the tree sees it.

A shop's weeks differ by its own noise and each channel's; people come, look, fill carts and buy by chance; order values are spread
like a gamma distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from grapevine.insight.contracts import Node, State, Tree
from grapevine.insight.queries.sides import Facts, days_for, weekly_noise
from grapevine.insight.queries.trees import compared, is_enough, trees
from grapevine.insight.rules import growing, noise
from grapevine.insight.rules.lmdi import Array
from grapevine.insight.rules.matching import WEEK, match
from grapevine.insight.rules.tree import WINDOWS, nodes

CHANNELS = ("direct", "feed", "note", "search", "share")
WEEKDAYS = np.array([0.92, 0.9, 0.93, 0.97, 1.08, 1.16, 1.04])
LOOK, CART, PAY = 0.7, 0.24, 0.3
VALUE, CV = 10_000.0, 0.6
LISTED = 1.09
CALM = 0.05
LAST = date(2026, 9, 6)
"""A Sunday with no holiday in the three months before it."""


@dataclass(frozen=True, slots=True)
class Planted:
    """Buyers of the last `days` fall to `kept` of what they were, through fewer visitors."""

    days: int
    kept: float


def facts(
    orders_a_week: Sequence[float],
    *,
    seed: int = 7,
    phi: float = CALM,
    planted: Planted | None = None,
) -> Facts:
    """Facts of as many shops as there are numbers."""
    chance = np.random.default_rng(seed)
    days = days_for([match(LAST, span) for span in WINDOWS], LAST)
    count, length, width = len(orders_a_week), len(days), len(CHANNELS)
    expected = np.asarray(orders_a_week)[:, None, None] / WEEK / (LOOK * CART * PAY * 1.05)
    expected = expected * chance.dirichlet([4.0] * width, count)[:, None, :]
    expected = expected * WEEKDAYS[[day.weekday() for day in days]][None, :, None]
    own = phi * chance.gamma(4, 0.25, (count, 1, 1))
    expected = (
        expected
        * _weekly(chance, own, (count, length, 1))
        * _weekly(chance, own / 2, (count, length, width))
    )
    if planted:
        expected[:, -planted.days :] *= planted.kept
    visitors = chance.poisson(expected)
    lookers = chance.binomial(visitors, LOOK)
    carters = chance.binomial(
        lookers, np.clip(CART * _weekly(chance, own / 2, (count, length, 1)), 0, 1)
    )
    buyers = chance.binomial(carters, PAY)
    counts = np.stack([visitors, lookers, carters, buyers], axis=-1).astype(np.float64)
    sums = _sums(chance, buyers.sum(axis=2))
    return Facts(np.arange(count), {day: at for at, day in enumerate(days)}, CHANNELS, counts, sums)


def _weekly(chance: np.random.Generator, phi: Array, shape: tuple[int, int, int]) -> Array:
    """One factor for each week that ends with the last day."""
    weeks = -(-shape[1] // WEEK)
    drawn = np.exp(phi * chance.standard_normal((shape[0], weeks, shape[2])))
    return np.repeat(drawn, WEEK, axis=1)[:, -shape[1] :]


def _sums(chance: np.random.Generator, buyers: NDArray[np.int64]) -> Array:
    orders = buyers + chance.poisson(0.05 * buyers)
    shape = orders / CV**2
    paid = np.where(orders > 0, chance.gamma(np.maximum(shape, 1e-9), VALUE * CV**2), 0.0).round()
    listed = (paid * LISTED).round()
    by_name = {
        "new_buyers": chance.binomial(buyers, 0.4), "orders": orders,
        "items": orders + chance.poisson(0.5 * orders), "payments_minor": paid,
        "payments_square": orders * VALUE**2 * (1 + CV**2), "refunds_minor": 0 * paid,
        "listed_minor": listed, "cut_minor": listed - paid, "received_minor": paid,
    }  # fmt: skip
    return np.stack([by_name[name] for name in growing.SUMS], axis=-1).astype(np.float64)


def grown(of: Facts, *, spans: Sequence[int] = WINDOWS) -> list[Tree]:
    """Their trees, each of the shortest span that says something, as the night's pass makes them."""
    noises = noise.shrunk(*weekly_noise(of, LAST), [""] * len(of.shops))
    left = np.ones(len(of.shops), np.bool_)
    found: list[Tree | None] = [None] * len(of.shops)
    for span in spans:
        both = compared(of, match(LAST, span))
        mine = left if span == spans[-1] else left & is_enough(both, of.channels, noises)
        for at, tree in zip(
            np.flatnonzero(mine), trees(both.of(mine), of.channels, noises[mine]), strict=True
        ):
            found[at] = tree
        left = left & ~mine
    return [tree for tree in found if tree is not None]


def coloured(node: Node) -> bool:
    return node.state in (State.UP, State.DOWN)


def coloured_share(of: Sequence[Tree]) -> float:
    """The part of all nodes that is said to have moved."""
    every = [coloured(node) for tree in of for node in nodes(tree.root)]
    return sum(every) / len(every)
