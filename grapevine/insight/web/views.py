"""The shop's numbers: tree, fans. For its own staff only."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import facade
from grapevine.insight.contracts import Node
from grapevine.insight.rules.drawing import draw
from grapevine.insight.web import words
from grapevine.insight.web.advices import guidance_of
from grapevine.kit.pages import me, signed_in_page


@require_GET
@signed_in_page
def tree(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/tree/?days=7|28"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    asked = request.GET.get("days")
    found = facade.tree_of(shop.id, int(asked) if asked in ("7", "28") else None)
    drawing = draw(found.root, found.cause)
    context = {
        "shop": shop, "nav": "tree", "tree": found, "drawing": drawing,
        "verdict": words.verdict(found), "guide": guidance_of(facade.guide(shop.id)),
        "boxes": [(box, *_told(box.node)) for box in drawing.boxes],
        "rows": _rows(found.root),
    }  # fmt: skip
    return render(request, "insight/tree.html", context)


def _told(node: Node) -> tuple[str, str, str, str, str]:
    """label, value now, value before, change, contribution"""
    return (
        words.node_label(node.name), words.node_value(node, node.now),
        words.node_value(node, node.before), words.change_text(node),
        words.signed_money(node.contribution_minor),
    )  # fmt: skip


def _rows(node: Node, depth: int = 0) -> list[tuple[Any, ...]]:
    rows = [(node, depth * 18, *_told(node))]
    for child in node.children:
        rows += _rows(child, depth + 1)
    return rows
