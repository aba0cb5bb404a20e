"""The attributes a shop suggests for each of its categories."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grapevine.goods.actions import parts
from grapevine.goods.contracts import Right
from grapevine.goods.queries import cards, desk as queries
from grapevine.goods.rules import matrix
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page


@require_http_methods(["GET", "POST"])
@signed_in_page
def categories(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/goods/categories/ : name, attributes (separated by commas; none takes it away)"""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    refused = None
    if request.method == "POST":
        try:
            parts.save_category(
                shop_id=shop.id, name=request.POST.get("name", "")[:40],
                attributes=matrix.values_of(request.POST.get("attributes", "")[:1000]),
            )  # fmt: skip
            messages.success(request, _("已保存"))
            return HttpResponseRedirect(reverse("goods:attributes", args=[slug]), status=303)
        except DomainError as error:
            refused = error
    rows = [(name, "，".join(names)) for name, names in queries.category_attributes(shop.id)]
    context = {
        "shop": shop, "nav": "goods", "rows": rows, "used": queries.categories_of(shop.id),
        "wrong": [_(text) for text in refused.fields.values()] if refused else [],
    }  # fmt: skip
    return render(
        request, "goods/attributes.html", context, status=refused.status if refused else 200
    )
