"""A tree as text and back: rows of [name, depth, now, before, state, change, cents, low, high, on the path], parents first."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from grapevine.insight.contracts import Baseline, Node, State, Tree

VERSION = 1
DIGITS = 6
Row = list[Any]


def text_of(tree: Tree) -> str:
    """Without the moment it was made, which stands beside it."""
    body = {
        "days": tree.days, "first": str(tree.first), "last": str(tree.last), "orders": tree.orders,
        "cause": list(tree.cause), "baseline": str(tree.baseline), "orders_now": tree.orders_now,
        "missing": tree.orders_missing, "refunds": tree.refunds_minor,
        "refunds_before": tree.refunds_before_minor, "widened": tree.is_widened,
        "left_out": list(tree.left_out), "taken_in": list(tree.taken_in), "young": tree.is_young,
        "nodes": list(_rows(tree.root, 0)),
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _rows(node: Node, depth: int) -> Iterator[Row]:
    yield [
        node.name, depth, _short(node.now), _short(node.before), str(node.state), _short(node.change),
        node.contribution_minor, _short(node.low), _short(node.high), int(node.on_path),
    ]  # fmt: skip
    for child in node.children:
        yield from _rows(child, depth + 1)


def _short(value: float) -> float:
    return round(value, DIGITS)


def tree_from(text: str) -> Tree:
    body = json.loads(text)
    root, _ = _node(body["nodes"], 0)
    return Tree(
        root, body["days"], date.fromisoformat(body["first"]), date.fromisoformat(body["last"]),
        body["orders"], tuple(body["cause"]), Baseline(body["baseline"]), body["orders_now"],
        body["missing"], body["refunds"], body["refunds_before"], body["widened"],
        tuple(body["left_out"]), tuple(body["taken_in"]), body["young"],
    )  # fmt: skip


def _node(rows: list[Row], at: int) -> tuple[Node, int]:
    """The node at this place, and the place behind its last descendant."""
    name, depth, now, before, state, change, cents, low, high, on_path = rows[at]
    children: list[Node] = []
    at += 1
    while at < len(rows) and rows[at][1] > depth:
        child, at = _node(rows, at)
        children.append(child)
    node = Node(
        name, now, before, State(state), change, cents, bool(on_path), tuple(children), low, high
    )
    return node, at
