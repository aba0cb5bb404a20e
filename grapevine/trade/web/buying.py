"""Cart, checkout, cashier, and the sandbox provider's own page."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.signals import facade as signals
from grapevine.signals.contracts import Source, source_from
from grapevine.trade.actions import cart as carts
from grapevine.trade.actions.placing import place_order
from grapevine.trade.actions.starting import start_payment
from grapevine.trade.contracts import CartLine, NothingToBuy, PaymentNotFound, WrongCount
from grapevine.trade.payments.providers.sandbox import provider as sandbox
from grapevine.trade.queries import reading
from grapevine.trade.queries.checkout import checkout_context, read_address, read_wishes
from grapevine.trade.rules.pricing import COUNT_MAX

STOP_POLLING = 286
"""The status by which htmx stops asking again."""


def _number(text: str) -> int | None:
    """A whole number a form sent, or None: digits of other scripts, signs and powers are not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _count(text: str) -> int:
    found = _number(text)
    if found is None:
        raise WrongCount(most=COUNT_MAX)
    return found


def _source(request: HttpRequest, data: Mapping[str, str]) -> Source:
    return source_from(data.get("from", ""), share_token=request.COOKIES.get("gv_share", ""))


@require_GET
@signed_in_page
def cart(request: HttpRequest) -> HttpResponse:
    """GET /cart/ : by shop, with what cannot be bought apart."""
    lines = reading.cart(me(request))
    good = [line for line in lines if not line.problem]
    shops: dict[str, list[CartLine]] = {}
    for line in good:
        shops.setdefault(line.sku.shop_name, []).append(line)
    total = sum(line.sku.price_minor * line.count for line in good)
    bad = [(line, _(line.problem)) for line in lines if line.problem]
    context = {
        "tab": "cart",
        "shops": list(shops.items()),
        "bad": bad,
        "total": total,
        "pieces": len(good),
    }
    return render(request, "trade/cart.html", context)


@require_POST
@signed_in_page
def add(request: HttpRequest) -> HttpResponse:
    """POST /cart/lines/ : sku, count, then=cart|buy."""
    data = request.POST
    sku = goods.sku_by_code(data.get("sku", "")[:40])
    count = _count(data.get("count", "1"))
    if data.get("then") == "buy":
        query = urlencode({"sku": sku.code, "count": count, "from": data.get("from", "")[:60]})
        return HttpResponseRedirect(f"{reverse('trade:checkout')}?{query}", status=303)
    carts.add_to_cart(buyer_id=me(request), lines=[(sku, count)], source=_source(request, data))
    messages.success(request, _("已加入购物车"))
    back = f"{reverse('goods:goods', args=[sku.goods_public_id])}?{urlencode({'from': data.get('from', '')[:60]})}"
    return HttpResponseRedirect(back, status=303)


@require_POST
@signed_in_page
def change(request: HttpRequest, line_id: int) -> HttpResponse:
    """POST /cart/lines/<id>/ : count, 0 takes it out."""
    carts.set_count(
        buyer_id=me(request), line_id=line_id, count=_count(request.POST.get("count", "0"))
    )
    return HttpResponseRedirect(reverse("trade:cart"), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def checkout(request: HttpRequest) -> HttpResponse:
    """GET /checkout/?sku=&count=&from= or the whole cart; POST places the order and goes to the cashier."""
    data = request.POST if request.method == "POST" else request.GET
    lines, hidden = _wanted(request, data)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            return _placed(request, lines, from_cart="sku" not in hidden)
        except DomainError as error:
            refused = error
    context = checkout_context(
        buyer_id=me(request), lines=lines, wishes=read_wishes(data), submit_url=reverse("trade:checkout"), hidden=hidden,
        error=refused, given=request.POST.dict() if refused else None,
    )  # fmt: skip
    context |= {"refusal": words(refused) if refused else None, "takes_wishes": True}
    return render(
        request, "trade/checkout.html", context, status=refused.status if refused else 200
    )


def _wanted(
    request: HttpRequest, data: Mapping[str, str]
) -> tuple[list[tuple[int, int]], dict[str, str]]:
    code = data.get("sku", "")[:40]
    if code:
        count = _count(data.get("count", "1"))
        hidden = {"sku": code, "count": str(count), "from": data.get("from", "")[:60]}
        return [(goods.sku_by_code(code).sku_id, count)], hidden
    lines = [
        (line.sku.sku_id, line.count) for line in reading.cart(me(request)) if not line.problem
    ]
    if not lines:
        raise NothingToBuy
    return lines, {}


def _placed(
    request: HttpRequest, lines: Sequence[tuple[int, int]], *, from_cart: bool
) -> HttpResponse:
    data, buyer_id = request.POST, me(request)
    address = read_address(buyer_id, data)
    expected = data.get("expected_minor", "")
    told = reading.cart_source(buyer_id, [sku for sku, _n in lines]) if from_cart else {}
    source = (
        Source(told.get("surface", ""), told.get("share_token", ""), told.get("note", ""))
        if told
        else _source(request, data)
    )
    placed = place_order(
        buyer_id=buyer_id, lines=lines, address=address, source=source, key=data.get("key", "")[:80],
        expected_minor=_number(expected), from_cart=from_cart, wishes=read_wishes(data),
    )  # fmt: skip
    carts.save_address(person_id=buyer_id, address=address)
    return HttpResponseRedirect(reverse("trade:cashier", args=[placed.payment_number]), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def cashier(request: HttpRequest, number: str) -> HttpResponse:
    """GET /pay/<number>/ : choose how, wait, done; POST starts at the provider."""
    payment = reading.payment(me(request), number)
    if request.method == "POST":
        method, _sep, way = request.POST.get("method", "").partition(":")
        begun = start_payment(
            buyer_id=me(request), number=number, method=method, way=way,
            client_ip=request.META.get("REMOTE_ADDR", ""),
        )  # fmt: skip
        here = f"{reverse('trade:cashier', args=[number])}?waiting=1"
        return HttpResponseRedirect(begun.url or here, status=303)
    polled = request.headers.get("HX-Target") == "cashier"
    if polled and payment.state == "pending" and not payment.failed:
        return HttpResponse(
            status=204
        )  # nothing new: the page, and the focus in it, stay as they are
    orders = [reading.order_for(me(request), one) for one in payment.order_numbers]
    context: dict[str, Any] = {
        "payment": payment, "orders": orders, "waiting": request.GET.get("waiting") == "1",
        "token": signals.live_token(f"order:{payment.order_numbers[0]}"),
    }  # fmt: skip
    template = "trade/_cashier.html" if polled else "trade/cashier.html"
    response = render(request, template, context, status=STOP_POLLING if polled else 200)
    response["Vary"] = "HX-Target"
    return response


@require_http_methods(["GET", "POST"])
@signed_in_page
def sandbox_page(request: HttpRequest, number: str) -> HttpResponse:
    """GET /sandbox/<number>/ : the provider's cashier; POST decides and goes back to ours."""
    payment = reading.payment(me(request), number)
    attempt = reading.last_attempt(number, "sandbox")
    if attempt is None:
        raise PaymentNotFound(number)
    charge = sandbox.charge(attempt.number)
    outcome = request.POST.get("outcome", "")
    if request.method == "POST" and outcome in sandbox.OUTCOMES:
        sandbox.decide(attempt.number, outcome)
        return HttpResponseRedirect(
            f"{reverse('trade:cashier', args=[number])}?waiting=1", status=303
        )
    return render(request, "trade/sandbox.html", {"payment": payment, "charge": charge})
