"""Where the tree's boxes and curves stand on the page. Pixels."""

from dataclasses import dataclass

from grapevine.insight.contracts import Node
from grapevine.insight.rules.growing import SIDE

COLUMN, ROW, WIDTH, HEIGHT = 190, 70, 166, 62


@dataclass(frozen=True, slots=True)
class Box:
    node: Node
    x: int
    y: float
    sign: str
    """How it joins its siblings: "" for the first, × for a factor, + for a part."""
    depth: int
    is_cause: bool


@dataclass(frozen=True, slots=True)
class Curve:
    d: str
    hot: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    width: int
    height: int


def draw(root: Node, cause: tuple[str, ...]) -> Drawing:
    """Leaves one under another, parents in the middle of their children."""
    boxes: list[Box] = []
    curves: list[Curve] = []
    row = [0]

    def place(node: Node, depth: int, sign: str) -> float:
        children = [child for child in node.children if child.name not in SIDE]
        joined = "+" if any(child.name.startswith("channel:") for child in children) else "×"
        spots = [
            (child, place(child, depth + 1, joined if index else ""))
            for index, child in enumerate(children)
        ]
        if spots:
            y = (spots[0][1] + spots[-1][1]) / 2
        else:
            y = float(row[0] * ROW)
            row[0] += 1
        is_cause = bool(cause) and node.name == cause[-1] and len(cause) > 1
        boxes.append(Box(node, depth * COLUMN, y, sign, depth, is_cause))
        for child, spot in spots:
            curves.append(
                _curve(depth * COLUMN + WIDTH, y + HEIGHT / 2, spot + HEIGHT / 2, node, child)
            )
        return y

    place(root, 0, "")
    depth = max(box.depth for box in boxes)
    ordered = sorted(curves, key=lambda curve: curve.hot)
    boxes.sort(key=lambda box: (box.depth, box.y))
    return Drawing(tuple(boxes), tuple(ordered), depth * COLUMN + WIDTH + 4, max(1, row[0]) * ROW)


def _curve(x: int, y: float, to: float, parent: Node, child: Node) -> Curve:
    end, middle = x + COLUMN - WIDTH, x + (COLUMN - WIDTH) / 2
    d = f"M{x} {y:.1f} C{middle:.1f} {y:.1f} {middle:.1f} {to:.1f} {end} {to:.1f}"
    return Curve(d, parent.on_path and child.on_path)
