"""A shop's numbers over the API, for its own staff."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import facade
from grapevine.insight.api.advices import router as advices
from grapevine.insight.api.cube import router as cube
from grapevine.insight.api.people import router as people
from grapevine.insight.api.pricing import router as pricing
from grapevine.insight.api.roads import router as roads
from grapevine.insight.api.slow import router as slow
from grapevine.insight.contracts import Node, Totals
from grapevine.kit.api import signed_in
from grapevine.kit.pages import me

router = Router(tags=["insight"])
router.add_router("", advices)
router.add_router("", cube)
router.add_router("", pricing)
router.add_router("", roads)
router.add_router("", slow)
router.add_router("", people)
Answer = dict[str, Any]


def _node(node: Node) -> Answer:
    return {
        "name": node.name, "now": node.now, "before": node.before, "state": str(node.state),
        "change": node.change, "contribution_minor": node.contribution_minor,
        "on_path": node.on_path, "children": [_node(child) for child in node.children],
    }  # fmt: skip


def _totals(totals: Totals) -> Answer:
    return {
        "visitors": totals.visitors, "buyers": totals.buyers, "new_buyers": totals.new_buyers,
        "orders": totals.orders, "items": totals.items, "payments_minor": totals.payments_minor,
    }  # fmt: skip


@router.get("/shops/{slug}/tree", response=Answer, auth=signed_in)
def tree(request: HttpRequest, slug: str, days: int | None = None) -> Any:
    """Today's totals and the decision tree: value, change, state and contribution of every node."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    view = facade.today(shop.id)
    found = facade.tree_of(shop.id, days) if days in (7, 28) else view.tree
    return {
        "today": _totals(view.today), "days": found.days, "first": str(found.first),
        "last": str(found.last), "cause": list(found.cause), "root": _node(found.root),
    }  # fmt: skip


@router.get("/shops/{slug}/network", response=Answer, auth=signed_in)
def network(request: HttpRequest, slug: str) -> Any:
    """The fan network: counts by layer, and who brought whom."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = facade.network_of(shop.id)
    return {
        "people": found.people, "supporting": found.supporting, "edges": found.edges,
        "layers": list(found.layers), "hidden": found.hidden,
        "fans": [
            {
                "name": dot.fan.name, "layer": dot.layer, "orders": dot.fan.orders,
                "brought": dot.fan.brought, "supporting": dot.fan.supporting,
            }
            for dot in found.dots
        ],
    }  # fmt: skip
