"""A buyer's orders."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.kit.pages import me, signed_in_page
from grapevine.trade.actions import moving
from grapevine.trade.contracts import OrderState, OrderView
from grapevine.trade.queries import reading
from grapevine.trade.rules.states import may


def state_label(state: str) -> str:
    return {
        "pending": _("待付款"), "waiting": _("待成团"), "paid": _("待发货"), "shipped": _("待收货"),
        "received": _("已收货"), "completed": _("已完成"), "cancelled": _("已取消"), "refunded": _("已退款"),
    }[str(state)]  # fmt: skip


def rights(order: OrderView, actor: str) -> dict[str, bool]:
    """What this actor may do with the order now."""
    targets = {
        "cancel": OrderState.CANCELLED, "refund": OrderState.REFUNDED, "ship": OrderState.SHIPPED,
        "receive": OrderState.RECEIVED,
    }  # fmt: skip
    return {name: may(order.state, target, actor) for name, target in targets.items()}


def steps(order: OrderView) -> list[dict[str, object]]:
    """The timeline in words."""
    return [
        {"label": _("已下单") if step.state == "pending" else state_label(step.state), "at": step.at, "reason": _(step.reason) if step.reason else ""}
        for step in order.timeline
    ]  # fmt: skip


@require_GET
@signed_in_page
def orders(request: HttpRequest) -> HttpResponse:
    """GET /orders/?state=&cursor="""
    state = request.GET.get("state", "")
    known = state if state in list(OrderState) else ""
    page = reading.orders_of(me(request), known, request.GET.get("cursor"))
    counts = reading.order_counts(me(request))
    tabs = [{"url": reverse("trade:orders"), "label": _("全部"), "current": not known}]
    tabs += [
        {"url": f"?state={name}", "label": state_label(name), "count": counts.get(name), "current": name == known}
        for name in ("pending", "waiting", "paid", "shipped", "received", "completed", "refunded")
    ]  # fmt: skip
    rows = [(order, state_label(order.state)) for order in page.items]
    return render(
        request, "trade/orders.html", {"tab": "inbox", "rows": rows, "tabs": tabs, "page": page}
    )


@require_GET
@signed_in_page
def order(request: HttpRequest, number: str) -> HttpResponse:
    """GET /orders/<number>/"""
    found = reading.order_for(me(request), number)
    context = {
        "order": found,
        "label": state_label(found.state),
        "may": rights(found, "buyer"),
        "steps": steps(found),
    }
    return render(request, "trade/order.html", context)


def _back(number: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("trade:order", args=[number]), status=303)


@require_POST
@signed_in_page
def cancellation(request: HttpRequest, number: str) -> HttpResponse:
    """POST /orders/<number>/cancellation/"""
    moving.cancel_order(buyer_id=me(request), number=number, reason=request.POST.get("reason", ""))
    messages.success(request, _("订单已取消"))
    return _back(number)


@require_POST
@signed_in_page
def refund(request: HttpRequest, number: str) -> HttpResponse:
    """POST /orders/<number>/refund/"""
    moving.refund_by_buyer(
        buyer_id=me(request), number=number, reason=request.POST.get("reason", "")
    )
    messages.success(request, _("已退款，钱会原路退回"))
    return _back(number)


@require_POST
@signed_in_page
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """POST /orders/<number>/receipt/"""
    moving.receive_order(buyer_id=me(request), number=number)
    messages.success(request, _("已确认收货"))
    return _back(number)
