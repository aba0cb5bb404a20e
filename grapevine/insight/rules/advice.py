"""From what the tree found to what to do next: rules on (node, direction, cause), and the money in it.

Before anything is advised the shop's own doings are looked at: goods out of sale, stock that ran out, a price that was
raised, a flash sale that ended. One of them is the cause where the goods it touched lost a good part of what is missing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grapevine.insight.advising import Beta, Candidate, Cause, Finding, Kind, Piece, Situation
from grapevine.insight.contracts import Node, State, Tree
from grapevine.insight.rules import learning

PER_FINDING = 3
FINDINGS_MAX = 3
EXPLAINS = 0.3
"""The part of what is missing that the touched goods must have lost."""
TITLES = 3
COUPON_DAYS, COUPON_COUNT, COUPON_BPS = 14, 100, 1_000
GROUP_SIZE, GROUP_HOURS, GROUP_BPS = 3, 24, 1_500
COVER_DAYS = 14
LINES_MAX = 50
STEP = 100
"""Prices and coupons are in whole yuan where that leaves anything."""
DOWN, UP = State.DOWN, State.UP

RULES: Mapping[tuple[str, State, Cause], tuple[Kind, ...]] = {
    ("channel:share", DOWN, Cause.NODE): (Kind.WAKE, Kind.COUPON, Kind.NOTE),
    ("channel:group", DOWN, Cause.NODE): (Kind.GROUP, Kind.WAKE),
    ("channel:note", DOWN, Cause.NODE): (Kind.NOTE, Kind.WAKE, Kind.GROUP),
    ("channel:feed", DOWN, Cause.NODE): (Kind.NOTE, Kind.GROUP),
    ("channel:search", DOWN, Cause.NODE): (Kind.NOTE, Kind.GROUP),
    ("channel:shop", DOWN, Cause.NODE): (Kind.NOTE, Kind.COUPON),
    ("channel:direct", DOWN, Cause.NODE): (Kind.WAKE, Kind.COUPON),
    ("visitors", DOWN, Cause.NODE): (Kind.NOTE, Kind.WAKE, Kind.GROUP),
    ("conversion", DOWN, Cause.NODE): (Kind.COUPON, Kind.GROUP, Kind.NOTE),
    ("aov", DOWN, Cause.NODE): (Kind.COUPON, Kind.NOTE),
    ("mix", DOWN, Cause.NODE): (Kind.WAKE, Kind.GROUP),
    ("detail", DOWN, Cause.NODE): (Kind.NOTE, Kind.GROUP),
    ("cart", DOWN, Cause.NODE): (Kind.COUPON, Kind.GROUP, Kind.NOTE),
    ("pay", DOWN, Cause.NODE): (Kind.COUPON, Kind.GROUP),
    ("pieces", DOWN, Cause.NODE): (Kind.COUPON, Kind.NOTE),
    ("discount", DOWN, Cause.NODE): (),
    ("shipping", DOWN, Cause.NODE): (),
    ("new", DOWN, Cause.NODE): (Kind.GROUP, Kind.WAKE, Kind.NOTE),
    ("returning", DOWN, Cause.NODE): (Kind.COUPON, Kind.WAKE),
    ("buyers", DOWN, Cause.NODE): (Kind.COUPON, Kind.GROUP, Kind.WAKE),
    ("payment", DOWN, Cause.NODE): (Kind.COUPON, Kind.GROUP, Kind.WAKE),
    ("*", DOWN, Cause.SOLD_OUT): (Kind.MOVE, Kind.ORDER),
    ("*", DOWN, Cause.RAISED): (Kind.COUPON, Kind.GROUP),
    ("*", DOWN, Cause.SALE_OVER): (Kind.GROUP, Kind.NOTE),
    ("*", DOWN, Cause.WITHHELD): (),
    ("channel:share", UP, Cause.NODE): (Kind.WAKE, Kind.GROUP),
    ("channel:group", UP, Cause.NODE): (Kind.GROUP, Kind.WAKE),
    ("channel:note", UP, Cause.NODE): (Kind.NOTE,),
    ("channel:feed", UP, Cause.NODE): (Kind.NOTE,),
    ("conversion", UP, Cause.NODE): (Kind.NOTE, Kind.WAKE),
    ("visitors", UP, Cause.NODE): (Kind.GROUP,),
    ("*", UP, Cause.NODE): (),
}
"""The kinds of action for a family of nodes, a direction and a cause; `*` where no line names the family."""

ELASTICITY: Mapping[tuple[str, Kind], float] = {
    ("conversion", Kind.COUPON): 0.45,
    ("conversion", Kind.GROUP): 0.35,
    ("conversion", Kind.NOTE): 0.15,
    ("aov", Kind.COUPON): 0.4,
    ("aov", Kind.NOTE): 0.2,
    ("cart", Kind.COUPON): 0.45,
    ("pay", Kind.COUPON): 0.45,
    ("pieces", Kind.COUPON): 0.4,
    ("channel:share", Kind.WAKE): 0.5,
    ("channel:group", Kind.GROUP): 0.5,
    ("channel:note", Kind.NOTE): 0.5,
    ("channel:feed", Kind.NOTE): 0.4,
    ("channel:search", Kind.NOTE): 0.35,
    ("returning", Kind.COUPON): 0.4,
    ("*", Kind.COUPON): 0.25,
    ("*", Kind.GROUP): 0.3,
    ("*", Kind.NOTE): 0.3,
    ("*", Kind.WAKE): 0.3,
    ("*", Kind.MOVE): 0.8,
    ("*", Kind.ORDER): 0.6,
}
"""The part of a gap that an action closes if it works: where to start from. How often it works is learnt."""
RISEN = 0.4
"""A rise is carried on by less than a fall is made good."""
PER_ORDER = frozenset({"aov", "pieces"})
BUYING = frozenset({"conversion", "detail", "cart", "pay", "buyers", "payment", "new", "returning"})
"""What a price may move: whether people buy, and how much; never how many come."""
BESIDE = frozenset({"new", "returning"})
"""The same buyers seen another way: told only where nothing on the path says more."""
FAMILIES = frozenset(name for name, _, _ in RULES) - {"*"}


# ---- what was found ---------------------------------------------------------------------------


def findings(tree: Tree, situation: Situation) -> tuple[Finding, ...]:
    """What moved and why, the most money first. Nothing moved, or too little is known: nothing is found."""
    weekly = 7 / max(1, tree.days)
    moved = _moved(tree.root, "payment", parent_moved=True)
    if any(node.on_path for node, _ in moved):
        moved = [pair for pair in moved if pair[1] not in BESIDE]
    found = [_finding(node, family, situation, weekly) for node, family in moved]
    told: dict[tuple[str, Any], Finding] = {}
    for one in sorted(found, key=lambda one: -one.gap_minor):
        told.setdefault((one.node if one.cause is Cause.NODE else one.cause, one.state), one)
    return tuple(list(told.values())[:FINDINGS_MAX])


def _moved(node: Node, family: str, *, parent_moved: bool) -> list[tuple[Node, str]]:
    """The deepest nodes that moved, with their family; a child is asked only if its parent is on the path."""
    family = node.name if node.name in FAMILIES else family
    moved = parent_moved and node.state in (DOWN, UP) and node.contribution_minor != 0
    below = [
        pair
        for child in node.children
        for pair in _moved(child, family, parent_moved=moved and node.on_path)
    ]
    rises = [pair for pair in below if pair[0].state is node.state]
    if moved and node.on_path and not rises:
        return [(node, family), *below]
    return below if node.on_path else [(node, family)] if moved else []


def _finding(node: Node, family: str, situation: Situation, weekly: float) -> Finding:
    finding = Finding(
        node.name, family, node.state, node.now, node.before, node.change,
        round(abs(node.contribution_minor) * weekly), Cause.NODE, {},
    )  # fmt: skip
    if node.state is not DOWN:
        return finding
    missing = max(1, abs(node.contribution_minor))
    for cause, goods_ids, facts in _causes(situation, family):
        lost = sum(one.loss_minor for one in situation.pieces if one.goods_id in goods_ids)
        if lost >= EXPLAINS * missing:
            told = {**facts, "lost_minor": lost}
            return replace(finding, cause=cause, facts=told, goods_ids=tuple(sorted(goods_ids)))
    return finding


def _causes(
    situation: Situation, family: str
) -> Iterable[tuple[Cause, set[int], Mapping[str, Any]]]:
    """What the shop's own doings may explain, the surest first. A price moves no visitors."""
    titles = {one.goods_id: one.title for one in situation.pieces}
    if situation.shop_withheld or situation.withheld:
        stopped = set(titles) if situation.shop_withheld else set(situation.withheld)
        yield Cause.WITHHELD, stopped, {"count": len(stopped), "shop": situation.shop_withheld}
    if situation.sold_out:
        first = situation.sold_out[0]
        yield (
            Cause.SOLD_OUT, {one.goods_id for one in situation.sold_out},
            {"title": first.title, "per_day": round(first.per_day, 1), "count": len(situation.sold_out)},
        )  # fmt: skip
    if situation.raised and family in BUYING | PER_ORDER:
        top = situation.raised[0]
        yield (
            Cause.RAISED, {one.goods_id for one in situation.raised},
            {"title": top.title, "before_minor": top.before_minor, "after_minor": top.after_minor,
             "on": top.on.isoformat()},
        )  # fmt: skip
    if situation.sales_over:
        sale = situation.sales_over[0]
        yield (
            Cause.SALE_OVER, {one.goods_id for one in situation.sales_over},
            {"title": sale.title, "price_minor": sale.price_minor, "on": sale.on.isoformat()},
        )  # fmt: skip


# ---- what may be done -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Success:
    """What is known of each kind, by category; `("", )` stands for every category together."""

    betas: Mapping[tuple[str, str], Beta]

    def of(self, kind: Kind, category: str) -> Beta:
        return (
            self.betas.get((kind, category)) or self.betas.get((kind, "")) or Beta(*learning.PRIOR)
        )


UNKNOWN = Success({})


def candidates(
    found: Sequence[Finding], situation: Situation, success: Success = UNKNOWN
) -> list[Candidate]:
    """What may be done about each finding, at most three a finding; each kind once, where it is worth most."""
    best: dict[Kind, Candidate] = {}
    for finding in found:
        own = [
            one
            for kind in kinds_for(finding)
            if kind not in situation.rested
            and (one := _candidate(kind, finding, situation, success)) is not None
        ]
        own.sort(key=lambda one: (-one.expected_minor, one.kind))
        for one in own[:PER_FINDING]:
            if one.kind not in best or best[one.kind].expected_minor < one.expected_minor:
                best[one.kind] = one
    return sorted(best.values(), key=lambda one: (-one.expected_minor, one.kind))


def kinds_for(finding: Finding) -> tuple[Kind, ...]:
    for family in (finding.family, "*"):
        kinds = RULES.get((family, finding.state, finding.cause))
        if kinds is not None:
            return kinds
    return ()


def _candidate(
    kind: Kind, finding: Finding, situation: Situation, success: Success
) -> Candidate | None:
    made = MAKERS[kind](finding, situation)
    if made is None:
        return None
    facts, category = made
    share = ELASTICITY.get((finding.family, kind)) or ELASTICITY["*", kind]
    if finding.state is UP:
        share *= RISEN
    reach, beta = finding.gap_minor * share, success.of(kind, category)
    low, high = learning.known(beta)
    if reach * beta.mean < STEP:
        return None
    expected = round(reach * beta.mean)
    return Candidate(
        kind, finding, facts, category, rough(reach * low), expected, rough(reach * high)
    )


def rough(minor: float) -> int:
    """Two digits: what is guessed is not told to the cent."""
    step: int = 10 ** max(2, len(str(int(minor))) - 2)
    return round(minor / step) * step


Made = tuple[Mapping[str, Any], str] | None


def _touched(finding: Finding, situation: Situation) -> list[Piece]:
    """The goods an action is about: those the cause touched, else those that lost most; with pieces to sell."""
    pieces = [
        one for one in situation.pieces if one.free > 0 and one.goods_id not in situation.withheld
    ]
    own = [one for one in pieces if one.goods_id in finding.goods_ids]
    if finding.state is UP:
        return own or sorted(pieces, key=lambda one: -one.now_minor)
    return own or sorted(pieces, key=lambda one: (-one.loss_minor, -one.before_minor))


def whole(minor: float) -> int:
    """Whole yuan, rounded down; the sum itself where that would leave nothing."""
    return int(minor) // STEP * STEP or int(minor)


def _coupon(finding: Finding, situation: Situation) -> Made:
    if finding.family in PER_ORDER:
        return _coupon_for_more(situation)
    for one in _touched(finding, situation):
        cut = _cut(one, finding)
        room = one.price_minor - (one.cost_minor if one.cost_minor is not None else 0)
        if 0 < cut < one.price_minor and cut <= room:
            facts = {
                "goods": one.public_id, "title": one.title, "price_minor": one.price_minor,
                "worth_minor": cut, "net_minor": one.price_minor - cut, "threshold_minor": 0,
                "count": COUPON_COUNT, "days": COUPON_DAYS,
                "audience": "fans" if finding.family in ("returning", "channel:direct") else "everyone",
            }  # fmt: skip
            if len(one.others_minor) == 3 and one.price_minor > one.others_minor[2]:
                facts["median_minor"] = one.others_minor[1]
            return facts, one.category
    return None


def _cut(one: Piece, finding: Finding) -> int:
    """Back to the old price, or down to what others ask in the middle, or a tenth off; never more than a third."""
    most = one.price_minor // 3
    if finding.cause is Cause.RAISED and finding.facts.get("title") == one.title:
        return min(most, int(finding.facts["after_minor"]) - int(finding.facts["before_minor"]))
    if len(one.others_minor) == 3 and one.price_minor > one.others_minor[2]:
        return min(most, whole(one.price_minor - one.others_minor[1]))
    return whole(one.price_minor * COUPON_BPS / 10_000)


def _coupon_for_more(situation: Situation) -> Made:
    """A coupon that asks for a little more than an order is worth now."""
    if situation.order_minor < 10 * STEP:
        return None
    threshold = -(-situation.order_minor * 12 // 10 // (10 * STEP)) * 10 * STEP
    return {
        "goods": "", "title": "", "price_minor": 0, "net_minor": 0, "order_minor": situation.order_minor,
        "worth_minor": whole(threshold * 0.08), "threshold_minor": threshold,
        "count": COUPON_COUNT, "days": COUPON_DAYS, "audience": "everyone",
    }, situation.category  # fmt: skip


def _group(finding: Finding, situation: Situation) -> Made:
    for one in _touched(finding, situation):
        price = whole(one.price_minor * (10_000 - GROUP_BPS) / 10_000)
        if not one.has_plan and 0 < price < one.price_minor and price >= (one.cost_minor or 0):
            return {
                "goods": one.public_id, "title": one.title, "alone_minor": one.price_minor,
                "price_minor": price, "size": GROUP_SIZE, "hours": GROUP_HOURS,
            }, one.category  # fmt: skip
    return None


def _note(finding: Finding, situation: Situation) -> Made:
    pieces = [
        one for one in situation.pieces if one.free > 0 and one.goods_id not in situation.withheld
    ]
    own = [one for one in pieces if one.goods_id in finding.goods_ids] or pieces
    if not own:
        return None
    return {
        "goods": [one.public_id for one in own[:TITLES]], "titles": [one.title for one in own[:TITLES]],
        "title": own[0].title, "earned_minor": max(own[0].before_minor, own[0].now_minor),
    }, own[0].category  # fmt: skip


def _wake(_finding: Finding, situation: Situation) -> Made:
    if not situation.fans:
        return None
    return {"people": situation.fans, "brought": situation.brought}, situation.category


def _category(goods_id: int, situation: Situation) -> str:
    own = [one.category for one in situation.pieces if one.goods_id == goods_id]
    return own[0] if own else situation.category


def _move(_finding: Finding, situation: Situation) -> Made:
    lines = [
        {
            "code": one.code, "title": one.title, "source": one.source, "source_name": one.source_name,
            "target": one.target, "target_name": one.target_name, "count": one.spare,
        }
        for one in situation.sold_out
        if one.source and one.spare > 0
    ]  # fmt: skip
    return _lines(lines, situation)


def _order(_finding: Finding, situation: Situation) -> Made:
    lines = [
        {
            "code": one.code, "title": one.title, "target": one.target, "target_name": one.target_name,
            "count": max(1, round(one.per_day * COVER_DAYS)), "per_day": round(one.per_day, 1),
        }
        for one in situation.sold_out
        if not one.source
    ]  # fmt: skip
    return _lines(lines, situation)


def _lines(lines: list[dict[str, Any]], situation: Situation) -> Made:
    if not lines:
        return None
    kept = lines[:LINES_MAX]
    facts = {
        "lines": kept, "pieces": sum(int(one["count"]) for one in kept), "title": kept[0]["title"],
        "days": COVER_DAYS,
    }  # fmt: skip
    goods_id = next(one.goods_id for one in situation.sold_out if one.code == kept[0]["code"])
    return facts, _category(goods_id, situation)


MAKERS: Mapping[Kind, Callable[[Finding, Situation], Made]] = {
    Kind.COUPON: _coupon, Kind.GROUP: _group, Kind.NOTE: _note, Kind.WAKE: _wake, Kind.MOVE: _move,
    Kind.ORDER: _order,
}  # fmt: skip


def place(found: Sequence[Candidate], *, seed: str) -> list[tuple[Candidate, float]]:
    """In the order in which they are shown, each with the chance it had to stand there."""
    order = learning.in_order([one.expected_minor for one in found], seed=seed)
    return [(found[at], chance) for at, chance in order]
