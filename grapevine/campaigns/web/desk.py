"""The shop's desk for buying together."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.campaigns.actions import groups as actions
from grapevine.campaigns.queries import groups as queries
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit.errors import BadInput
from grapevine.kit.pages import me, signed_in_page


def minor(text: str) -> int:
    """Yuan as typed ("59.9") in fen; -1 if it is not an amount."""
    text = text.strip()
    whole, _sep, part = text.partition(".")
    if not (
        text.isascii()
        and whole.isdigit()
        and len(whole) < 10
        and (part == "" or (part.isdigit() and len(part) <= 2))
    ):
        return -1
    return int(whole) * 100 + int((part + "00")[:2])


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@require_http_methods(["GET", "POST"])
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/groups/ : plans and running groups; POST offers goods as a group."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    fields: dict[str, str] = {}
    if request.method == "POST":
        data = request.POST
        try:
            actions.create_plan(
                shop_id=shop.id, goods_public_id=data.get("goods", "")[:12], size=number(data.get("size", "")),
                price_minor=minor(data.get("price", "")), hours=number(data.get("hours", "")),
                limit=number(data.get("limit", "2")), actor_id=me(request),
            )  # fmt: skip
            messages.success(request, _("拼团已上线"))
            return HttpResponseRedirect(reverse("campaigns:desk", args=[slug]), status=303)
        except BadInput as error:
            fields = {name: _(text) for name, text in error.fields.items()}
    context = {
        "shop": shop, "nav": "groups", "plans": queries.plans_of_shop(shop.id), "fields": fields,
        "groups": queries.groups_of_shop(shop.id, "open", 50), "given": request.POST,
        "goods": goods.goods_of_shop(shop.id, limit=100).items,
    }  # fmt: skip
    return render(request, "campaigns/desk.html", context, status=422 if fields else 200)


@require_POST
@signed_in_page
def stop(request: HttpRequest, slug: str, plan_id: str) -> HttpResponse:
    """POST /console/<slug>/groups/<plan>/stop/ : no new groups."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    actions.stop_plan(shop_id=shop.id, public_id=plan_id, actor_id=me(request))
    messages.success(request, _("已停止，正在拼的团会走完"))
    return HttpResponseRedirect(reverse("campaigns:desk", args=[slug]), status=303)
