"""A buyer's orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.text import marked
from grapevine.trade.actions import cart as carts, moving, shipping
from grapevine.trade.contracts import OrderNotFound, OrderState, OrderView, ShipmentView
from grapevine.trade.queries import parcels, pool, reading
from grapevine.trade.queries.checkout import place_text, read_address, step_of
from grapevine.trade.rules.address import masked
from grapevine.trade.rules.states import SENDABLE_TO, may
from grapevine.trade.web import own
from grapevine.trade.web.addresses import form_page
from grapevine.trade.web.drawing import qr

TABS = ("pending", "waiting", "paid", "shipped", "received", "completed", "cancelled", "refunded")
AFTER_SALES = (OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED, OrderState.COMPLETED)
REASONS = (
    marked("不想要了"), marked("拍错了，重新买"), marked("地址或电话填错了"), marked("想换一种付款方式"),
    marked("店家缺货"), marked("其他原因"),
)  # fmt: skip


def state_label(state: str) -> str:
    return {
        "pending": _("待付款"), "waiting": _("待成团"), "paid": _("待发货"), "shipped": _("待收货"),
        "received": _("已收货"), "completed": _("已完成"), "cancelled": _("已取消"), "refunded": _("已退款"),
    }[str(state)]  # fmt: skip


def actor_label(actor: str, *, to_buyer: bool = True) -> str:
    return {
        "buyer": _("你") if to_buyer else _("买家"), "shop": _("店家"), "system": _("系统"), "provider": _("支付渠道"),
    }.get(actor, "")  # fmt: skip


def rights(order: OrderView, actor: str) -> dict[str, bool]:
    """What this actor may do with the order now."""
    targets = {
        "cancel": OrderState.CANCELLED, "refund": OrderState.REFUNDED, "ship": OrderState.SHIPPED,
        "receive": OrderState.RECEIVED,
    }  # fmt: skip
    found = {name: may(order.state, target, actor) for name, target in targets.items()}
    found["move"] = actor == "buyer" and order.state in SENDABLE_TO and not order.shipments
    found["after_sales"] = actor == "buyer" and order.state in AFTER_SALES
    found["again"] = actor == "buyer" and order.state not in (
        OrderState.PENDING,
        OrderState.WAITING,
    )
    return found


def steps(order: OrderView, *, to_buyer: bool = True) -> list[dict[str, object]]:
    """The timeline in words."""
    said, before = [], ""
    for step in order.timeline:
        label = _("已下单") if step.state == "pending" else state_label(step.state)
        reason = _(step.reason) if step.reason else ""
        if step.state == before:  # not a move: something else happened in this state
            label, reason = reason or label, ""
        said.append(
            {
                "label": label,
                "at": step.at,
                "reason": reason,
                "actor": actor_label(step.actor, to_buyer=to_buyer),
            }
        )
        before = step.state
    return said


def scan_label(status: str) -> str:
    return {
        "collected": _("已揽收"), "moving": _("运输中"), "problem": _("有疑难"), "delivering": _("派送中"),
        "delivered": _("已签收"), "returning": _("退回中"), "returned": _("已退回"),
    }.get(status, status)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Track:
    """A parcel with what happened to it, the newest first: (label, moment, words)."""

    parcel: ShipmentView
    events: tuple[tuple[str, datetime, str], ...]
    label: str


def tracks(order: OrderView) -> list[Track]:
    """Parcels with scans and former numbers in one line of time."""
    found = []
    for one in order.shipments:
        events = [(_("已发出"), one.shipped_at, _(one.warehouse))]
        events += [
            (scan_label(scan.status), scan.at, f"{scan.place} {scan.text}".strip())
            for scan in one.scans
        ]
        events += [
            (_("改了单号"), change.at, _("原来是 %(carrier)s %(tracking)s") % {"carrier": _(change.carrier), "tracking": change.tracking})
            for change in one.changes
        ]  # fmt: skip
        events.sort(key=lambda event: event[1])
        label = scan_label(one.scans[-1].status) if one.scans else ""
        found.append(Track(one, tuple(reversed(events)), label))
    return found


@dataclass(frozen=True, slots=True)
class Until:
    """What happens by itself, and exactly when."""

    at: datetime
    what: str


def until(order: OrderView) -> Until | None:
    if order.state == OrderState.PENDING:
        return Until(order.expires_at, _("之前没有付款，订单自动取消，不扣款"))
    if order.state == OrderState.SHIPPED and order.shipments:
        last = order.delivered_at or max(one.shipped_at for one in order.shipments)
        return Until(last + timedelta(days=settings.RECEIPT_DAYS), _("自动确认收货"))
    if order.state == OrderState.RECEIVED and order.received_at:
        last = order.received_at + timedelta(days=settings.RETURN_WINDOW_DAYS)
        return Until(last, _("之前可以向店家申请退货")) if last > clock.now() else None
    return None


def place_of(order: OrderView, *, masks: bool) -> dict[str, str] | None:
    """Where the goods go, in words; `masks` hides the middle of the phone."""
    if order.address is None:
        return None
    phone = masked(order.address.phone) if masks else order.address.phone
    return {"name": order.address.name, "phone": phone, "text": place_text(order.address)}


@require_GET
@signed_in_page
def orders(request: HttpRequest) -> HttpResponse:
    """GET /orders/?state=&q=&cursor="""
    state, query = request.GET.get("state", ""), request.GET.get("q", "").strip()[:40]
    known = state if state in list(OrderState) else ""
    page = reading.orders_of(me(request), known, request.GET.get("cursor"), query=query)
    counts = reading.order_counts(me(request))
    everything = {"url": reverse("trade:orders"), "label": _("全部"), "count": sum(counts.values())}
    tabs: list[dict[str, Any]] = [everything | {"current": not known}]
    tabs += [
        {"url": f"?state={name}", "label": state_label(name), "count": counts.get(name, 0), "current": name == known}
        for name in TABS
        if counts.get(name) or name in ("pending", "paid", "shipped", known)
    ]  # fmt: skip
    rows = [
        {"order": order, "label": state_label(order.state), "may": rights(order, "buyer"), "until": until(order)}
        for order in own.orders(request, page.items)
    ]  # fmt: skip
    context = {"tab": "inbox", "rows": rows, "tabs": tabs, "page": page, "query": query, "state": known}  # fmt: skip
    return render(request, "trade/orders.html", context)


@require_GET
@signed_in_page
def order(request: HttpRequest, number: str) -> HttpResponse:
    """GET /orders/<number>/"""
    found = reading.order_for(me(request), number)
    if not own.orders(request, [found]):
        raise OrderNotFound(number)
    context = {
        "order": found, "label": state_label(found.state), "may": rights(found, "buyer"),
        "steps": steps(found), "until": until(found), "place": place_of(found, masks=True),
        "reasons": [_(reason) for reason in REASONS], "tracks": tracks(found),
        "told": pool.told(number) if found.source.get("via") else [],
        "alarms": parcels.order_alarms(number),
        "qr": qr(found.pickup.code) if found.pickup and found.pickup.code else "",
    }  # fmt: skip
    return render(request, "trade/order.html", context)


def _back(number: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("trade:order", args=[number]), status=303)


def _reason(data: Mapping[str, str]) -> str:
    """The reason picked, and what was written beside it."""
    parts = [data.get("reason", "").strip(), data.get("more", "").strip()]
    return " ".join(part for part in parts if part)[:120]


@require_POST
@signed_in_page
def cancellation(request: HttpRequest, number: str) -> HttpResponse:
    """POST /orders/<number>/cancellation/ : reason, more"""
    moving.cancel_order(buyer_id=me(request), number=number, reason=_reason(request.POST))
    messages.success(request, _("订单已取消"))
    return _back(number)


@require_POST
@signed_in_page
def refund(request: HttpRequest, number: str) -> HttpResponse:
    """POST /orders/<number>/refund/ : reason, more"""
    moving.refund_by_buyer(buyer_id=me(request), number=number, reason=_reason(request.POST))
    messages.success(request, _("已退款，钱会原路退回"))
    return _back(number)


@require_POST
@signed_in_page
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """POST /orders/<number>/receipt/"""
    moving.receive_order(buyer_id=me(request), number=number)
    messages.success(request, _("已确认收货"))
    return _back(number)


@require_POST
@signed_in_page
def again(request: HttpRequest, number: str) -> HttpResponse:
    """POST /orders/<number>/again/ : its goods into the cart, as many as are still sold."""
    lines = carts.buy_again(buyer_id=me(request), number=number)
    messages.success(
        request,
        ngettext("%(n)d 种商品放进购物车了", "%(n)d 种商品放进购物车了", lines) % {"n": lines},
    )
    return HttpResponseRedirect(reverse("trade:cart"), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def address(request: HttpRequest, number: str) -> HttpResponse:
    """GET /orders/<number>/address/ : another address before it leaves; POST changes it, or takes a `step`."""
    found = reading.order_for(me(request), number)
    if not rights(found, "buyer")["move"]:
        messages.error(request, _("已经不能改地址了，请联系店家"))
        return _back(number)
    refused: DomainError | None = None
    if request.method == "POST" and not step_of(request.POST):
        try:
            wanted = read_address(me(request), request.POST)
            shipping.change_address(buyer_id=me(request), number=number, address=wanted)
        except DomainError as error:
            refused = error
        else:
            messages.success(request, _("地址改好了"))
            return _back(number)
    return form_page(
        request, before=found.address, refused=refused, heading=_("改收货地址"),
        back=reverse("trade:order", args=[number]),
    )  # fmt: skip
