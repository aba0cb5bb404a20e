"""Group pages. Everybody with the address may look; only paying needs an account."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from grapevine.campaigns.actions import groups as actions
from grapevine.campaigns.contracts import PlanView, Seated
from grapevine.campaigns.queries import groups as queries
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsDetail, SkuLine
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, person_id_of, signed_in_page
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Source, source_from
from grapevine.trade import facade as trade

AMOUNT_DIGITS_MAX = 16


@require_GET
def group(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /groups/<public_id>/ : the bunch, what is missing, until when; htmx asks for the bunch alone."""
    found = queries.group_view(public_id, person_id_of(request))
    others = [one for one in queries.live_groups(found.plan.goods_id, 4) if one.id != found.id]
    context = {
        "group": found, "others": others[:3], "token": signals.live_token(f"group:{public_id}"),
        "rows": _rows(found.seats), "plan_now": queries.plan_for_goods(found.plan.goods_id),
    }  # fmt: skip
    template = (
        "campaigns/_bunch.html" if request.headers.get("HX-Request") else "campaigns/group.html"
    )
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response


def _rows(seats: Any) -> list[Any]:
    """Seats in the rows of a bunch: 4, 3, 4, 3 …"""
    rows, at, width = [], 0, 4 if len(seats) > 5 else 3
    while at < len(seats):
        rows.append(seats[at : at + width])
        at, width = at + width, width - 1 if width > 2 else 3
    return rows


@require_http_methods(["GET", "POST"])
@signed_in_page
def open_page(request: HttpRequest) -> HttpResponse:
    """GET /groups/open/?plan=&sku=&count= : choose, then check out; POST opens the group."""
    data = request.POST if request.method == "POST" else request.GET
    plan = queries.plan_view(data.get("plan", "")[:12])
    hidden = {"plan": plan.public_id, "from": data.get("from", "")[:60]}
    return _checkout(
        request, plan, reverse("campaigns:open"), hidden, "group-plan:" + plan.public_id, _open
    )


@require_http_methods(["GET", "POST"])
@signed_in_page
def join_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /groups/<public_id>/join/ : check out a seat; POST takes it."""
    found = queries.group_view(public_id, me(request))
    if found.mine or not found.joinable:
        return HttpResponseRedirect(reverse("campaigns:group", args=[public_id]), status=303)

    def join(_plan: PlanView, **facts: Any) -> Seated:
        return actions.join_group(group_id=public_id, **facts)

    url = reverse("campaigns:join", args=[public_id])
    return _checkout(request, found.plan, url, {}, f"group:{public_id}", join)


def _open(plan: PlanView, **facts: Any) -> Seated:
    return actions.open_group(plan_id=plan.public_id, **facts)


def _checkout(
    request: HttpRequest,
    plan: PlanView,
    url: str,
    hidden: dict[str, str],
    claim: str,
    sit: Callable[..., Seated],
) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    assert plan.goods is not None
    detail = goods.goods_detail(plan.goods.public_id)
    sku = _chosen(detail, data.get("sku", ""))
    count = int(data.get("count", "1")) if data.get("count", "1").isdigit() else 1
    if sku is None:
        return render(
            request,
            "campaigns/choose.html",
            {"plan": plan, "goods": detail, "url": url, "hidden": hidden},
        )
    lines, refused, status = [(sku.sku_id, count)], None, 200
    if request.method == "POST" and not trade.checkout_step(data):
        try:
            address = trade.read_address(me(request), data)
            seated = sit(
                plan, buyer_id=me(request), sku_id=sku.sku_id, count=count, address=address,
                source=_source(request), key=data.get("key", "")[:80],
                wishes=trade.read_wishes(data), expected_minor=_minor(data.get("expected_minor", "")),
            )  # fmt: skip
        except DomainError as error:
            refused, status = error, error.status
        else:
            trade.save_address(person_id=me(request), address=address)
            return HttpResponseRedirect(
                reverse("trade:cashier", args=[seated.payment_number]), status=303
            )
    context = trade.checkout_context(
        buyer_id=me(request), lines=lines, claim=claim, submit_url=url, error=refused,
        wishes=trade.read_wishes(data),
        hidden={**hidden, "sku": sku.code, "count": str(count)},
        given=request.POST if request.method == "POST" else None,
        back=reverse("goods:goods", args=[detail.card.public_id]),
    )  # fmt: skip
    return render(request, "trade/checkout.html", context, status=status)


def _minor(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < AMOUNT_DIGITS_MAX else None


def _chosen(detail: GoodsDetail, code: str) -> SkuLine | None:
    if len(detail.skus) == 1:
        return detail.skus[0]
    return next((sku for sku in detail.skus if sku.code == code), None)


def _source(request: HttpRequest) -> Source:
    token = request.COOKIES.get("gv_share", "")
    return source_from(request.POST.get("from", ""), share_token=token)
