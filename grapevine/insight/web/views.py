"""The shop's numbers: tree, fans. For its own staff only."""

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import facade
from grapevine.insight.web import trees
from grapevine.insight.web.advices import guidance_of
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import safe_cell

ROWS_SHOWN = 200


@require_GET
@signed_in_page
def tree(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/tree/?days=7|14|28&vs=weeks|before|year&by=who&open=aov,conversion"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = trees.tree_for(request, shop.id)
    context = {"shop": shop, "nav": "tree", "guide": guidance_of(facade.guide(shop.id))}
    return render(request, "insight/tree.html", context | trees.context(request, found))


@require_GET
@signed_in_page
def fans(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/fans/ : the network as a picture and as a table; ?format=csv"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    network = facade.network_of(shop.id)
    if request.GET.get("format") == "csv":
        return _fans_csv(network)
    names = {dot.fan.person_id: dot.fan.name for dot in network.dots}
    table = sorted(
        network.dots, key=lambda dot: (-dot.fan.brought, -dot.fan.orders, dot.fan.person_id)
    )
    context = {
        "shop": shop, "nav": "fans", "network": network, "half": network.size,
        "full": network.size * 2,
        "rows": [(dot, names.get(dot.fan.brought_by or 0, "")) for dot in table[:ROWS_SHOWN]],
    }  # fmt: skip
    return render(request, "insight/fans.html", context)


def _fans_csv(network: Any) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="fans.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["name", "layer", "orders", "spent_minor", "brought", "supporting"])
    for dot in network.dots:
        fan = dot.fan
        writer.writerow(
            [
                safe_cell(fan.name),
                dot.layer,
                fan.orders,
                fan.spent_minor,
                fan.brought,
                int(fan.supporting),
            ]
        )
    return response
