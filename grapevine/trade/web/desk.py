"""The shop's order desk."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.trade.actions import contacts, moving, shipping
from grapevine.trade.contracts import OrderState, OrderView
from grapevine.trade.queries import reading
from grapevine.trade.web.orders import place_of, rights, state_label, steps

ROWS = 50
STATES = ("paid", "waiting", "shipped", "received", "completed", "refunded", "pending", "cancelled")


@require_GET
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/orders/?state=&q=&cursor="""
    shop = goods.shop_for_staff(me(request), slug, Right.ORDERS)
    state = request.GET.get("state", "")
    known = state if state in list(OrderState) else ""
    query = request.GET.get("q", "")[:20]
    page = reading.orders_of_shop(shop.id, known, request.GET.get("cursor"), ROWS, number=query)
    counts = reading.shop_order_counts(shop.id)
    tabs = [{"url": "?", "label": _("全部"), "current": not known}]
    tabs += [
        {"url": f"?state={name}", "label": state_label(name), "count": counts.get(name), "current": name == known}
        for name in STATES
    ]  # fmt: skip
    rows = [(order, state_label(order.state)) for order in page.items]
    context = {
        "shop": shop,
        "nav": "orders",
        "rows": rows,
        "tabs": tabs,
        "page": page,
        "query": query,
    }
    return render(request, "trade/desk.html", context)


@require_GET
@signed_in_page
def order(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """GET /console/<slug>/orders/<number>/"""
    shop = goods.shop_for_staff(me(request), slug, Right.ORDERS)
    return _order_page(request, shop, reading.order_for_shop(shop.id, number))


def _order_page(
    request: HttpRequest, shop: ShopCard, found: OrderView, error: DomainError | None = None
) -> HttpResponse:
    context = {
        "shop": shop, "nav": "orders", "order": found, "label": state_label(found.state),
        "may": rights(found, "shop"), "steps": steps(found), "place": place_of(found, masks=False),
        "looks": [_(reason) for reason in contacts.REASONS] if Right.CONTACTS in shop.rights else [],
        "refusal": words(error) if error else None,
    }  # fmt: skip
    status = error.status if error else 200
    return render(request, "trade/desk_order.html", context, status=status)


@require_POST
@signed_in_page
def unmasking(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """POST /console/<slug>/orders/<number>/unmasking/ : reason ; the order with the buyer's contacts, once."""
    shop = goods.shop_for_staff(me(request), slug, Right.CONTACTS)
    try:
        found = contacts.see_contacts(
            shop_id=shop.id, number=number, actor_id=me(request),
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except BadInput as error:
        return _order_page(request, shop, reading.order_for_shop(shop.id, number), error)
    response = _order_page(request, replace(shop, rights=shop.rights - {Right.CONTACTS}), found)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@signed_in_page
def shipment(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """POST /console/<slug>/orders/<number>/shipment/ : carrier, tracking."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    shipping.ship_order(
        shop_id=shop.id, number=number, carrier=request.POST.get("carrier", ""),
        tracking=request.POST.get("tracking", ""), actor_id=me(request),
    )  # fmt: skip
    messages.success(request, _("已发货"))
    return HttpResponseRedirect(reverse("trade:desk_order", args=[slug, number]), status=303)


@require_POST
@signed_in_page
def refund(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """POST /console/<slug>/orders/<number>/refund/"""
    shop = goods.shop_for_staff(me(request), slug, Right.REFUNDS)
    moving.refund_by_shop(
        shop_id=shop.id, number=number, reason=request.POST.get("reason", ""), actor_id=me(request)
    )
    messages.success(request, _("已退款，钱会原路退回"))
    return HttpResponseRedirect(reverse("trade:desk_order", args=[slug, number]), status=303)
