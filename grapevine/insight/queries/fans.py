"""The fan network of a shop, laid out on the server: who brought whom, in layers around the shop."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from math import cos, pi, sin, sqrt

from grapevine.insight.queries.worth import supporting_ids
from grapevine.spread import facade as spread
from grapevine.spread.contracts import FanView
from grapevine.trade import facade as trade

DRAWN_MAX = 500
GOLDEN = pi * (3 - sqrt(5))
"""The golden angle: points placed by it never line up."""
PLASTIC = 0.7548776662466927
"""Another such step, that of the plastic number: with the golden one twice, rings would become spirals."""
LAYERS_DRAWN = 4
RING = 90.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A person in the picture: layer 1 came by themselves, layer n+1 was brought by layer n."""

    fan: FanView
    layer: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Stroke:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Network:
    dots: tuple[Dot, ...]
    lines: tuple[Stroke, ...]
    layers: tuple[int, ...]
    """People in layer 1, 2, 3, …"""
    people: int
    supporting: int
    edges: int
    hidden: int
    """People not drawn because there are more than 500."""
    size: float


def network_of(
    shop_id: int, *, since: datetime | None = None, goods_id: int | None = None
) -> Network:
    """Counts over everybody, or over who came `since` then or bought one of the goods; the picture shows the 500 most
    influential and whoever brought them. Supporting by the nightly count (an order brought in 90 days), before the first
    by all times. Three queries, four for one of the goods.
    """
    fans = _green(spread.network_of_shop(shop_id), supporting_ids(shop_id))
    buyers = trade.buyers_of_goods(shop_id, goods_id) if goods_id else None
    wanted = [
        fan for fan in fans
        if (since is None or fan.since >= since) and (buyers is None or fan.person_id in buyers)
    ]  # fmt: skip
    return layout(fans, wanted)


def _green(fans: list[FanView], supporting: frozenset[int] | None) -> list[FanView]:
    if supporting is None:
        return fans
    return [replace(fan, supporting=fan.person_id in supporting) for fan in fans]


def layout(fans: list[FanView], wanted: list[FanView]) -> Network:
    """A radial tree of `wanted`: children stand in the sector of whoever brought them. Layers are those among all fans."""
    known = {fan.person_id: fan for fan in fans}
    layer_of = {fan.person_id: _layer(fan, known) for fan in wanted}
    counts: dict[int, int] = defaultdict(int)
    for layer in layer_of.values():
        counts[layer] += 1
    chosen = _chosen(wanted, known)
    layer_of |= {fan.person_id: _layer(fan, known) for fan in chosen}
    angles = _angles(chosen, known)
    dots, at = [], {}
    for fan in chosen:
        layer = min(layer_of[fan.person_id], LAYERS_DRAWN)
        reach = RING * (layer + _wobble(fan.person_id, len(chosen)))
        x, y = reach * cos(angles[fan.person_id]), reach * sin(angles[fan.person_id])
        at[fan.person_id] = (x, y)
        dots.append(Dot(fan, layer_of[fan.person_id], round(x, 1), round(y, 1), _radius(fan)))
    lines = []
    for fan in chosen:
        x, y = at[fan.person_id]
        px, py = at.get(fan.brought_by or 0, (0.0, 0.0))
        lines.append(Stroke(round(px, 1), round(py, 1), round(x, 1), round(y, 1)))
    return Network(
        dots=tuple(dots), lines=tuple(lines),
        layers=tuple(counts[layer] for layer in range(1, max(counts, default=0) + 1)),
        people=len(wanted), supporting=sum(fan.supporting for fan in wanted),
        edges=sum(1 for fan in wanted if fan.brought_by in known),
        hidden=sum(1 for fan in wanted if fan.person_id not in at),
        size=RING * (min(max(counts, default=1), LAYERS_DRAWN) + 0.6),
    )  # fmt: skip


def _wobble(person_id: int, people: int) -> float:
    """A little in or out, always the same for a person, so that full rings stay readable."""
    width = 0.62 if people > 60 else 0.2
    return ((person_id * GOLDEN) % 1 - 0.5) * width


def _radius(fan: FanView) -> float:
    """Area by influence: the buyers a fan brought."""
    return round(min(16.0, 3.5 + 2.2 * sqrt(fan.brought)), 1)


def _layer(fan: FanView, known: dict[int, FanView]) -> int:
    layer, seen, at = 1, {fan.person_id}, fan
    while at.brought_by in known and at.brought_by not in seen:
        at = known[at.brought_by]
        seen.add(at.person_id)
        layer += 1
    return layer


def _chosen(fans: list[FanView], known: dict[int, FanView]) -> list[FanView]:
    """The most influential and whoever brought them, so that every line has both ends."""
    chosen: dict[int, FanView] = {}
    for fan in sorted(fans, key=lambda one: (-one.brought, -one.orders, one.person_id)):
        chain, at = [], fan
        while at.person_id not in chosen and at not in chain:
            chain.append(at)
            if at.brought_by not in known:
                break
            at = known[at.brought_by]
        if len(chosen) + len(chain) <= DRAWN_MAX:
            chosen.update((one.person_id, one) for one in chain)
    return list(chosen.values())


def _angles(chosen: list[FanView], known: dict[int, FanView]) -> dict[int, float]:
    ids = {fan.person_id for fan in chosen}
    children: dict[int, list[int]] = defaultdict(list)
    for fan in chosen:
        parent = fan.brought_by if fan.brought_by in ids and fan.brought_by in known else 0
        children[parent if parent != fan.person_id else 0].append(fan.person_id)
    angles: dict[int, float] = {}
    leaves = [0]

    def place(person_id: int, depth: int) -> float:
        own = [c for c in children[person_id] if c not in angles] if depth < 60 else []
        if not own:
            leaves[0] += 1
            angles[person_id] = float(leaves[0])
        else:
            angles[person_id] = 0.0
            spots = [place(child, depth + 1) for child in own]
            angles[person_id] = (min(spots) + max(spots)) / 2
        return angles[person_id]

    apart = sorted(children[0], key=lambda one: one * PLASTIC % 1)
    for person_id in apart:
        if person_id not in angles:
            place(person_id, 1)
    for person_id in ids - set(angles):
        place(person_id, 1)
    return {key: 2 * pi * value / max(1, leaves[0]) for key, value in angles.items()}
