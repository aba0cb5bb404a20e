"""The shop's shipping desk: what waits, one order, parcels and their numbers, alarms."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.trade.actions import addressing, alarming, shipping as actions
from grapevine.trade.contracts import AddressView, OrderState, OrderView
from grapevine.trade.queries import batches, parcels, reading, toship
from grapevine.trade.queries.toship import Filters
from grapevine.trade.rules.address import PROVINCES
from grapevine.trade.rules.carriers import CARRIERS, carrier_of
from grapevine.trade.rules.parcels import may_correct
from grapevine.trade.web.orders import place_of, state_label, steps, tracks
from grapevine.trade.web.reading import number as whole

ROWS = 50
ADDRESS_PARTS = ("name", "phone", "province", "city", "district", "detail")
AGES = (24, 48, 72, 168)


def filters_of(data: QueryDict) -> Filters:
    """What the address says: warehouse, age (hours), goods, province, late, and orders picked by hand (n)."""
    return Filters(
        warehouse_id=whole(data.get("warehouse", "")) or None, age_hours=whole(data.get("age", "")) or 0,
        goods=data.get("goods", "")[:60].strip(), province=data.get("province", "")[:20],
        is_late=data.get("late") == "1", numbers=tuple(one[:20] for one in data.getlist("n")[:200]),
    )  # fmt: skip


def query_of(filters: Filters) -> str:
    parts = {
        "warehouse": filters.warehouse_id, "age": filters.age_hours, "goods": filters.goods,
        "province": filters.province, "late": "1" if filters.is_late else "",
    }  # fmt: skip
    return urlencode({name: value for name, value in parts.items() if value})


@require_GET
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/shipping/?warehouse=&age=&goods=&province=&late=&cursor="""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    filters = filters_of(request.GET)
    page = toship.to_ship(shop.id, filters, request.GET.get("cursor"), ROWS)
    counts = toship.counts(shop.id)
    tabs = [
        {"url": "?", "label": _("全部待发"), "count": counts["all"], "current": not filters.is_late},
        {"url": "?late=1", "label": _("超时未发"), "count": counts["late"], "current": filters.is_late},
    ]  # fmt: skip
    context = {
        "shop": shop, "nav": "shipping", "page": page, "filters": filters, "tabs": tabs,
        "query": query_of(filters), "ages": AGES, "warehouses": goods.warehouses(shop.id),
        "provinces": toship.provinces(shop.id), "files": batches.batches(shop.id, 5),
        "hours": toship.ship_hours(shop.id), "alarms": parcels.alarm_counts(shop.id),
        "sees_contacts": Right.CONTACTS in shop.rights,
        "may_set": Right.SETTINGS in shop.rights, "carriers": CARRIERS,
    }  # fmt: skip
    return render(request, "trade/shipping.html", context)


@require_GET
@signed_in_page
def one(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """GET /console/<slug>/shipping/<number>/ : what is left of an order, and its parcels."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    return _page(request, shop, number)


def _page(
    request: HttpRequest, shop: ShopCard, number: str, refused: DomainError | None = None
) -> HttpResponse:
    found = reading.order_for_shop(shop.id, number)
    waiting = toship.waiting_order(shop.id, number) if found.state == OrderState.PAID else None
    context: dict[str, Any] = {
        "shop": shop, "nav": "shipping", "order": found, "label": state_label(found.state),
        "waiting": waiting, "carriers": CARRIERS, "provinces": PROVINCES,
        "fields": {k: _(v) for k, v in refused.fields.items()} if refused else {}, "given": request.POST,
        "refusal": words(refused) if refused else None, "steps": steps(found, to_buyer=False),
        "place": place_of(found, masks=Right.CONTACTS not in shop.rights),
        "parcels": [(one, _may_correct(found, one.parcel)) for one in tracks(found)],
        "alarms": [(one, alarm_label(one.kind)) for one in parcels.order_alarms(number)],
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "trade/ship_order.html", context, status=status)


def _may_correct(order: OrderView, parcel: Any) -> bool:
    return bool(parcel.tracking) and order.state in (OrderState.PAID, OrderState.SHIPPED) and may_correct(
        shipped_at=parcel.shipped_at, delivered_at=parcel.delivered_at,
        returned_at=parcel.returned_at, now=clock.now(),
    )  # fmt: skip


def alarm_label(kind: str) -> str:
    return {
        "late": _("超过承诺的时间还没发货"), "stall": _("包裹 48 小时没有新的物流信息"),
        "returned": _("包裹正在退回寄件人"),
    }.get(kind, kind)  # fmt: skip


@require_POST
@signed_in_page
def add_address(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """POST /console/<slug>/shipping/orders/<number>/address/ : where an imported order goes that has no address."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    name, phone, province, city, district, detail = (
        request.POST.get(part, "") for part in ADDRESS_PARTS
    )
    given = AddressView(name, phone, province, city, district, detail)
    try:
        addressing.add_address(shop_id=shop.id, number=number, address=given, actor_id=me(request))
    except DomainError as error:
        return _page(request, shop, number, error)
    messages.success(request, _("地址补好了"))
    return HttpResponseRedirect(reverse("trade:ship_order", args=[slug, number]), status=303)


@require_POST
@signed_in_page
def parcel(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """POST /console/<slug>/shipping/<number>/parcels/ : warehouse, carrier, tracking, piece-<line>, is_sure."""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    data = request.POST
    try:
        actions.ship_parcel(
            shop_id=shop.id, number=number, warehouse_id=whole(data.get("warehouse", "")) or 0,
            pieces=_pieces(data), carrier=data.get("carrier", ""), tracking=data.get("tracking", ""),
            actor_id=me(request), is_sure=data.get("is_sure") == "1",
        )  # fmt: skip
    except DomainError as error:
        return _page(request, shop, number, error)
    say_sent(request, data.get("carrier", ""))
    return _back(slug, number)


def say_sent(request: HttpRequest, carrier: str) -> None:
    """It left; and what to expect where nobody tells us of this carrier's parcels."""
    messages.success(request, _("已发货"))
    if carrier_of(carrier) is None:
        messages.warning(
            request,
            _("不认识“%(name)s”这家快递：买家看得到名字和单号，没有物流轨迹。")
            % {"name": carrier.strip()},
        )


def _pieces(data: Mapping[str, str]) -> dict[int, int]:
    """Line → pieces, of those above zero."""
    found = {}
    for name in data:
        if name.startswith("piece-"):
            line_id, count = whole(name.removeprefix("piece-")), whole(data[name])
            if line_id and count:
                found[line_id] = count
    return found


@require_POST
@signed_in_page
def number(request: HttpRequest, slug: str, number: str, parcel_id: int) -> HttpResponse:
    """POST /console/<slug>/shipping/<number>/parcels/<id>/ : carrier, tracking, is_sure"""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    data = request.POST
    try:
        actions.correct_parcel(
            shop_id=shop.id, number=number, parcel_id=parcel_id, carrier=data.get("carrier", ""),
            tracking=data.get("tracking", ""), actor_id=me(request), is_sure=data.get("is_sure") == "1",
        )  # fmt: skip
    except DomainError as error:
        return _page(request, shop, number, error)
    messages.success(request, _("单号改好了，原来的留在时间线里"))
    return _back(slug, number)


def _back(slug: str, number: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("trade:ship_order", args=[slug, number]), status=303)


@require_GET
@signed_in_page
def alarms(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/shipping/alarms/?kind=&cursor="""
    shop = goods.shop_for_staff(me(request), slug, Right.SHIPPING)
    kind = request.GET.get("kind", "")
    page = parcels.alarms(shop.id, kind, request.GET.get("cursor"), ROWS)
    counts = parcels.alarm_counts(shop.id)
    tabs = [{"url": "?", "label": _("全部"), "count": sum(counts.values()), "current": not kind}]
    tabs += [
        {"url": f"?kind={name}", "label": label, "count": counts.get(name, 0), "current": kind == name}
        for name, label in (("late", _("超时未发")), ("stall", _("物流停滞")), ("returned", _("退回")))
    ]  # fmt: skip
    context = {
        "shop": shop, "nav": "shipping", "page": page, "tabs": tabs,
        "rows": [(one, alarm_label(one.kind)) for one in page.items],
    }  # fmt: skip
    return render(request, "trade/parcel_alarms.html", context)


@require_POST
@signed_in_page
def terms(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/shipping/terms/ : ship_hours"""
    shop = goods.shop_for_staff(me(request), slug, Right.SETTINGS)
    try:
        alarming.set_ship_hours(
            shop_id=shop.id, hours=whole(request.POST.get("ship_hours", "")) or 0
        )
        guard.audit(
            actor_id=me(request), action="trade.ship_hours", object=f"shop:{shop.id}", shop_id=shop.id,
            after={"hours": request.POST.get("ship_hours", "")[:10]},
        )  # fmt: skip
        messages.success(request, _("发货承诺改好了"))
    except DomainError as error:
        messages.error(request, _(next(iter(error.fields.values()), error.message)))
    return HttpResponseRedirect(reverse("trade:shipping", args=[slug]), status=303)
