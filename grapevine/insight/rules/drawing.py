"""Where the tree's boxes and curves stand on the page. Pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grapevine.insight.contracts import Node, State
from grapevine.insight.rules.growing import SIDE
from grapevine.insight.rules.tree import nodes

COLUMN, ROW, WIDTH, HEIGHT = 212, 96, 184, 86
SPARK_WIDTH, SPARK_HEIGHT = 44, 16
ALWAYS = frozenset({"payment", "buyers"})


@dataclass(frozen=True, slots=True)
class Box:
    node: Node
    x: int
    y: float
    sign: str
    """How it joins its siblings: "" for the first, × for a factor, + for a part."""
    depth: int
    is_cause: bool
    folded: int
    """So many children are not drawn."""
    is_open: bool
    """Its children are drawn, and could be folded away."""


@dataclass(frozen=True, slots=True)
class Curve:
    d: str
    hot: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    boxes: tuple[Box, ...]
    """Parents before their children, as one reads a list."""
    curves: tuple[Curve, ...]
    width: int
    height: int
    opened: frozenset[str]


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line, and where it ends."""

    d: str
    x: float
    y: float


def spark(values: Sequence[float | None]) -> Spark | None:
    """The values from left to right, the largest at the top; what is not known is passed over. None for less than two."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    least, most = min(value for _, value in known), max(value for _, value in known)
    step, reach = SPARK_WIDTH / (len(values) - 1), most - least
    spots = [
        (at * step, SPARK_HEIGHT * ((most - value) / reach if reach else 0.5))
        for at, value in known
    ]
    d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    return Spark(d, round(spots[-1][0], 1), round(spots[-1][1], 1))


def worth_seeing(root: Node) -> frozenset[str]:
    """Nodes below which something moved, or that lie on the way to the cause."""
    return frozenset(
        node.name
        for node in nodes(root)
        if node.children
        and any(below.on_path or _moved(below) for below in nodes(node) if below is not node)
    )


def _moved(node: Node) -> bool:
    return node.state in (State.UP, State.DOWN)


def draw(
    root: Node,
    cause: tuple[str, ...],
    *,
    opened: Iterable[str] | None = None,
    is_by_who: bool = False,
) -> Drawing:
    """Leaves one under another, parents in the middle of their children.

    Without `opened`: what is worth seeing. Buyers are visitors × conversion, or with `is_by_who` new + returning.
    """
    chosen = (worth_seeing(root) if opened is None else frozenset(opened)) | ALWAYS
    boxes: list[Box] = []
    curves: list[Curve] = []
    rows = [0]

    def place(node: Node, depth: int, sign: str) -> float:
        at = len(boxes)
        children = [
            child
            for child in node.children
            if (child.name in SIDE) is (is_by_who and node.name == "buyers")
        ]
        shown = children if node.name in chosen else []
        joined = (
            "+"
            if any(child.name in SIDE or child.name.startswith("channel:") for child in children)
            else "×"
        )
        spots = [
            (child, place(child, depth + 1, joined if index else ""))
            for index, child in enumerate(shown)
        ]
        if spots:
            y = (spots[0][1] + spots[-1][1]) / 2
        else:
            y = float(rows[0] * ROW)
            rows[0] += 1
        boxes.insert(at, Box(
            node, depth * COLUMN, y, sign, depth, len(cause) > 1 and node.name == cause[-1],
            len(children) - len(shown), bool(shown) and node.name not in ALWAYS,
        ))  # fmt: skip
        for child, spot in spots:
            curves.append(
                _curve(depth * COLUMN + WIDTH, y + HEIGHT / 2, spot + HEIGHT / 2, node, child)
            )
        return y

    place(root, 0, "")
    depth = max(box.depth for box in boxes)
    ordered = sorted(curves, key=lambda curve: curve.hot)
    height = rows[0] * ROW - (ROW - HEIGHT)
    return Drawing(
        tuple(boxes), tuple(ordered), depth * COLUMN + WIDTH + 4, height, chosen - ALWAYS
    )


def _curve(x: int, y: float, to: float, parent: Node, child: Node) -> Curve:
    end, middle = x + COLUMN - WIDTH, x + (COLUMN - WIDTH) / 2
    d = f"M{x} {y:.1f} C{middle:.1f} {y:.1f} {middle:.1f} {to:.1f} {end} {to:.1f}"
    return Curve(d, parent.on_path and child.on_path)
