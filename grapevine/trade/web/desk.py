"""The shop's order desk."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.guard import facade as guard
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.signals import facade as signals
from grapevine.trade.actions import contacts, moving, shipping
from grapevine.trade.contracts import OrderView
from grapevine.trade.queries import desk as queries, pool, reading
from grapevine.trade.rules.address import PROVINCES
from grapevine.trade.rules.carriers import CARRIERS
from grapevine.trade.rules.order_filter import OrderFilter, order_filter
from grapevine.trade.web.exporting import csv_rows
from grapevine.trade.web.orders import place_of, rights, state_label, steps, tracks
from grapevine.trade.web.shipping import say_sent

ROWS = 50
STATES = ("paid", "waiting", "shipped", "received", "completed", "refunded", "pending", "cancelled")


@require_GET
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/orders/?state=&q=&first=&last=&goods=&province=&buyer=&cursor= : the address is the list."""
    shop = goods.shop_for_staff(me(request), slug, Right.ORDERS)
    try:
        wanted, wrong = order_filter(request.GET), {}
    except BadInput as error:
        wanted, wrong = OrderFilter(), {name: _(text) for name, text in error.fields.items()}
    page = queries.orders_of_shop(shop.id, wanted, request.GET.get("cursor"), ROWS)
    context = {
        "shop": shop, "nav": "orders", "wanted": wanted, "wrong": wrong, "page": page,
        "rows": [
            (order, state_label(order.state), signals.channel_label(order.source.get("channel", "")))
            for order in page.items
        ],
        "tabs": _tabs(request, shop.id, wanted.state), "provinces": PROVINCES,
    }  # fmt: skip
    return render(request, "trade/desk.html", context, status=BadInput.status if wrong else 200)


def _tabs(request: HttpRequest, shop_id: int, current: str) -> list[dict[str, Any]]:
    """A tab a state with its count, keeping the other words of the address."""
    counts = queries.shop_order_counts(shop_id)
    words = request.GET.copy()
    words.pop("cursor", None)
    found = []
    for name in ("", *STATES):
        words["state"] = name
        count = counts.get(name)
        found.append(
            {
                "url": f"?{words.urlencode()}", "current": name == current,
                "label": state_label(name) if name else _("全部"),
                "count": f"{count}+" if count == queries.COUNT_MAX else count,
            }
        )  # fmt: skip
    return found


@require_GET
@signed_in_page
def export(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """GET /console/<slug>/orders/export.csv?… : the list as it is narrowed, a row for each line of an order."""
    shop = goods.shop_for_staff(me(request), slug, Right.ORDERS)
    wanted = order_filter(request.GET)
    guard.audit(actor_id=me(request), action="trade.export_orders", object=f"shop:{shop.id}", shop_id=shop.id,
                after={"query": request.GET.urlencode()})  # fmt: skip
    rows = csv_rows(queries.orders_streamed(shop.id, wanted))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="orders-{shop.slug}.csv"'
    return response


@require_GET
@signed_in_page
def order(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """GET /console/<slug>/orders/<number>/"""
    shop = goods.shop_for_staff(me(request), slug, Right.ORDERS)
    return _order_page(request, shop, reading.order_for_shop(shop.id, number))


def _may(shop: ShopCard, found: OrderView) -> dict[str, bool]:
    """What the order allows a shop now and the role allows this member of its staff."""
    needed = {"ship": Right.SHIPPING, "refund": Right.REFUNDS}
    return {
        name: is_open and (name not in needed or needed[name] in shop.rights)
        for name, is_open in rights(found, "shop").items()
    }


def _order_page(
    request: HttpRequest, shop: ShopCard, found: OrderView, error: DomainError | None = None
) -> HttpResponse:
    context = {
        "shop": shop, "nav": "orders", "order": found, "label": state_label(found.state),
        "may": _may(shop, found), "steps": steps(found, to_buyer=False), "place": place_of(found, masks=False),
        "tracks": tracks(found), "told": pool.told(found.number) if found.source.get("via") else [],
        "looks": [_(reason) for reason in contacts.REASONS] if Right.CONTACTS in shop.rights else [],
        "refusal": words(error) if error else None, "carriers": CARRIERS,
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
    say_sent(request, request.POST.get("carrier", ""))
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
