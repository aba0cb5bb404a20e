"""A shop's service plan: what it is on, what there is, and what changing costs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit.pages import me, signed_in_page
from grapevine.trade.actions.choosing import choose_plan
from grapevine.trade.queries import plans as reading
from grapevine.trade.web.finance import Desk


@require_http_methods(["GET", "POST"])
@signed_in_page
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/finance/plan/ ; POST plan=<code>, or "": the owner chooses, from the first of next month."""
    actor = me(request)
    right = Right.FINANCE if request.method == "GET" else Right.CLOSING
    shop = goods.shop_for_staff(actor, slug, right)
    if request.method == "POST":
        day = choose_plan(shop_id=shop.id, code=request.POST.get("plan", ""), actor_id=actor)
        messages.success(request, _("已选好，%(day)s 起生效") % {"day": day.isoformat()})
        return HttpResponseRedirect(reverse("trade:finance_plan", args=[slug]), status=303)
    desk = Desk(f"shop:{shop.id}", actor, shop)
    context = desk.context("plan", _("服务套餐")) | {
        "standing": reading.standing(shop.id), "may_choose": Right.CLOSING in shop.rights,
    }  # fmt: skip
    return render(request, "trade/finance_plan.html", context)
