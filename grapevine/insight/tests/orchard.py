"""Trees for tests, from a few numbers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from grapevine.insight.contracts import Baseline, Node, Tree
from grapevine.insight.queries.trees import Compared, trees
from grapevine.insight.rules import growing
from grapevine.insight.rules.growing import COUNTS, SUMS, Side
from grapevine.insight.rules.matching import match
from grapevine.insight.rules.tree import nodes

SUNDAY = date(2026, 9, 6)
"""No holiday in the three months before it."""
CHANNELS = ("feed", "group", "note", "share")
Came = tuple[float, float, float, float]
"""Visitors, lookers, carters, buyers."""


def side(channels: Mapping[str, Came], paid: float, **sums: float) -> Side:
    """One shop's side; as many orders and pieces as buyers, of which half are new, unless told otherwise."""
    buyers = sum(came[3] for came in channels.values())
    usual: dict[str, Any] = {
        "new_buyers": buyers // 2, "orders": buyers, "items": buyers, "payments_minor": paid,
        "payments_square": 1.25 * paid**2 / max(buyers, 1), "refunds_minor": 0, "listed_minor": 0,
        "cut_minor": 0, "received_minor": 0,
    }  # fmt: skip
    return Side(
        {name: np.array([float((usual | sums)[name])]) for name in SUMS},
        {
            name: np.array([[float(channels.get(one, (0,) * 4)[at]) for one in CHANNELS]])
            for at, name in enumerate(COUNTS)
        },
    )


def plain(visitors: int, buyers: int, paid: float, **sums: float) -> Side:
    """Everybody through one channel, and nobody told of carts."""
    return side({"feed": (visitors, 0, 0, buyers)}, paid, **sums)


def tree_of(now: Side, before: Side, *, phi: float = 0.05) -> Tree:
    """The tree of two weeks side by side."""
    noise = np.full((1, len(growing.columns(CHANNELS))), phi**2)
    both = Compared(
        match(SUNDAY, 7, Baseline.BEFORE), now, before, np.ones(1), before.sums["orders"]
    )
    return trees(both, CHANNELS, noise)[0]


def node(tree: Tree, name: str) -> Node:
    return next(one for one in nodes(tree.root) if one.name == name)
