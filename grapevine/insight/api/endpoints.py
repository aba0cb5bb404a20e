"""A shop's numbers over the API, for its own staff."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import facade
from grapevine.insight.api.advices import router as advices
from grapevine.insight.api.cube import router as cube
from grapevine.insight.api.journeys import router as journeys
from grapevine.insight.api.lifecycle import router as lifecycle
from grapevine.insight.api.own_asset import router as own_asset
from grapevine.insight.api.people import router as people
from grapevine.insight.api.pricing import router as pricing
from grapevine.insight.api.slow import router as slow
from grapevine.insight.api.trials import router as trials
from grapevine.insight.contracts import Baseline, Node, Totals
from grapevine.insight.rules.tree import WINDOWS
from grapevine.kit.api import signed_in
from grapevine.kit.pages import me

router = Router(tags=["insight"])
router.add_router("", advices)
router.add_router("", cube)
router.add_router("", pricing)
router.add_router("", journeys)
router.add_router("", slow)
router.add_router("", lifecycle)
router.add_router("", people)
router.add_router("", own_asset)
router.add_router("", trials)
Answer = dict[str, Any]


def _node(node: Node) -> Answer:
    return {
        "name": node.name, "now": node.now, "before": node.before, "state": str(node.state),
        "change": node.change, "low": node.low, "high": node.high, "contribution_minor": node.contribution_minor,
        "on_path": node.on_path, "children": [_node(child) for child in node.children],
    }  # fmt: skip


def _totals(totals: Totals) -> Answer:
    return {
        "visitors": totals.visitors, "buyers": totals.buyers, "new_buyers": totals.new_buyers,
        "orders": totals.orders, "items": totals.items, "payments_minor": totals.payments_minor,
    }  # fmt: skip


@router.get("/shops/{slug}/tree", response=Answer, auth=signed_in)
def tree(
    request: HttpRequest, slug: str, days: int | None = None, vs: Baseline = Baseline.WEEKS
) -> Any:
    """Today's totals and the decision tree: value, change, 90 % interval, state and contribution of every node.

    `days`: 7, 14 or 28; without it the shortest that has enough orders. `vs`: `weeks` (the same weekdays of four weeks),
    `before` (as many days just before) or `year`. `ended_on`: the last day anybody came, where nobody comes any more: the span
    ends with it. Payments are gross; what was refunded in the spans stands beside them.
    """
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    view = facade.today(shop.id)
    is_usual = days not in WINDOWS and vs is Baseline.WEEKS
    found = (
        view.tree
        if is_usual
        else facade.tree_of(shop.id, days if days in WINDOWS else None, baseline=vs)
    )
    return {
        "today": _totals(view.today), "days": found.days, "first": str(found.first),
        "last": str(found.last), "vs": str(found.baseline), "cause": list(found.cause),
        "orders": found.orders_now, "orders_missing": found.orders_missing, "widened": found.is_widened,
        "left_out": [_(name) for name in found.left_out],
        "holidays": [_(name) for name in found.taken_in], "refunds_minor": found.refunds_minor,
        "refunds_before_minor": found.refunds_before_minor,
        "ended_on": found.ended_on.isoformat() if found.ended_on else "",
        "built_at": found.built_at.isoformat() if found.built_at else "", "root": _node(found.root),
    }  # fmt: skip


@router.get("/shops/{slug}/network", response=Answer, auth=signed_in)
def network(request: HttpRequest, slug: str) -> Any:
    """The fan network: counts by layer, and the people by the shop's own codes, never by name."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = facade.network_of(shop.id)
    return {
        "people": found.people, "supporting": found.supporting, "edges": found.edges,
        "layers": list(found.layers), "hidden": found.hidden,
        "fans": [
            {
                "code": dot.fan.code, "layer": dot.layer, "orders": dot.fan.orders,
                "brought": dot.fan.brought, "supporting": dot.fan.supporting,
            }
            for dot in found.dots
        ],
    }  # fmt: skip
