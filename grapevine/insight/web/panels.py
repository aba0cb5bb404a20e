"""What the today page shows of this module."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from grapevine.goods.contracts import Right, ShopCard
from grapevine.insight import facade
from grapevine.insight.web.advices import guidance_of


def today_advices(request: HttpRequest, *, shop: ShopCard) -> str:
    """What was found and what to do about it, for staff who may see the shop's numbers."""
    if Right.INSIGHT not in shop.rights:
        return ""
    context = {"shop": shop, "guide": guidance_of(facade.guide(shop.id))}
    return render_to_string("insight/_today.html", context, request)
