"""Handing orders over by code, and the places where that happens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard import facade as guard
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.trade.actions import pickup as actions
from grapevine.trade.queries import pickup as reading
from grapevine.trade.queries.reading import order_for_shop


@require_http_methods(["GET", "POST"])
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/pickup/?done= : who waits; POST a code hands the order over."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            number = actions.hand_over(
                shop_id=shop.id, code=request.POST.get("code", "")[:40], actor_id=me(request)
            )
        except DomainError as error:
            refused = error
        else:
            messages.success(request, _("已交给买家"))
            there = reverse("trade:pickup", args=[slug])
            return HttpResponseRedirect(f"{there}?done={number}", status=303)
    done = request.GET.get("done", "")[:20]
    context = {
        "shop": shop, "nav": "pickup", "waiting": reading.waiting_pickups(shop.id),
        "points": reading.points_of([shop.id], all_=True), "refusal": words(refused) if refused else None,
        "done": order_for_shop(shop.id, done) if done else None,
        "may_set": Right.SETTINGS in shop.rights,
    }  # fmt: skip
    return render(request, "trade/pickup.html", context, status=refused.status if refused else 200)


@require_POST
@signed_in_page
def point(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/pickup/points/ : id (to change one), name, address, hours, phone, is_active"""
    shop = goods.shop_for_staff(me(request), slug, Right.SETTINGS)
    data = request.POST
    try:
        made = actions.save_point(
            shop_id=shop.id, public_id=data.get("id", "")[:12], name=data.get("name", "")[:200],
            address=data.get("address", "")[:400], hours=data.get("hours", "")[:200],
            phone=data.get("phone", "")[:60], is_active=data.get("is_active") == "1",
        )  # fmt: skip
        guard.audit(
            actor_id=me(request), action="trade.pickup_point", object=f"point:{made.public_id}",
            shop_id=shop.id,
        )  # fmt: skip
        messages.success(request, _("自提点已保存"))
    except DomainError as error:
        said = next(iter(error.fields.values()), error.message)
        messages.error(request, _(said))
    return HttpResponseRedirect(reverse("trade:pickup", args=[slug]), status=303)
