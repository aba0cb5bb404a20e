"""The shop's numbers: tree, fans. For its own staff only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.insight import facade
from grapevine.insight.web import trees
from grapevine.insight.web.advices import guidance_of
from grapevine.kit.pages import me, signed_in_page


@require_GET
@signed_in_page
def tree(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/tree/?days=7|14|28&vs=weeks|before|year&by=who&open=aov,conversion"""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = trees.tree_for(request, shop.id)
    traces = facade.traces_of(shop.id, found.last)
    context = {"shop": shop, "nav": "tree", "guide": guidance_of(facade.guide(shop.id))}
    return render(request, "insight/tree.html", context | trees.context(request, found, traces))
