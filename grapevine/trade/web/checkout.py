"""From the chosen goods to an order."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from grapevine.goods import facade as goods
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.signals.contracts import Source
from grapevine.trade.actions import cart as carts
from grapevine.trade.actions.placing import place_order
from grapevine.trade.contracts import NothingToBuy
from grapevine.trade.queries import reading
from grapevine.trade.queries.checkout import checkout_context, read_address, read_wishes, step_of
from grapevine.trade.web import own
from grapevine.trade.web.reading import count, number, source

Hidden = dict[str, str | list[str]]


@require_http_methods(["GET", "POST"])
@signed_in_page
def checkout(request: HttpRequest) -> HttpResponse:
    """GET /checkout/?sku=&count=&from=, ?line=&line= or the whole cart; POST orders, or takes a `step`."""
    data = request.POST if request.method == "POST" else request.GET
    lines, picks, hidden, back = _wanted(request, data)
    refused: DomainError | None = None
    if request.method == "POST" and not step_of(data):
        try:
            return _placed(request, lines, picks, from_cart="sku" not in hidden)
        except DomainError as error:
            refused = error
    context = checkout_context(
        buyer_id=me(request), lines=lines, wishes=read_wishes(data), hidden=hidden, error=refused,
        submit_url=reverse("trade:checkout"), given=request.POST if request.method == "POST" else None,
        back=back, picks=picks,
    )  # fmt: skip
    return render(
        request, "trade/checkout.html", context, status=refused.status if refused else 200
    )


def _wanted(
    request: HttpRequest, data: QueryDict
) -> tuple[list[tuple[int, int]], dict[int, str], Hidden, str]:
    """(SKU, pieces), by whose pick, what the form must carry on, and where "back" leads."""
    code = data.get("sku", "")[:40]
    if code:
        pieces = count(data.get("count", "1"))
        hidden: Hidden = {"sku": code, "count": str(pieces), "from": data.get("from", "")[:60]}
        sku = goods.sku_by_code(code)
        via = own.pick(request, sku, data.get("via", "")[:12])
        if via:
            hidden["via"] = via
        back = reverse("goods:goods", args=[sku.goods_public_id])
        return [(sku.sku_id, pieces)], {sku.sku_id: via} if via else {}, hidden, back
    picked = {number(one) for one in data.getlist("line")}
    found = [
        line for line in own.cart(request) if not line.problem and (not picked or line.id in picked)
    ]
    if not found:
        raise NothingToBuy
    lines = [(line.sku.sku_id, line.count) for line in found]
    kept: Hidden = {"line": [str(line.id) for line in found]} if picked else {}
    picks = {line.sku.sku_id: line.pick for line in found if line.pick}
    return lines, picks, kept, reverse("trade:cart")


def _placed(
    request: HttpRequest, lines: Sequence[tuple[int, int]], picks: Mapping[int, str], *,
    from_cart: bool,
) -> HttpResponse:  # fmt: skip
    data, buyer_id = request.POST, me(request)
    address = read_address(buyer_id, data)
    told = reading.cart_source(buyer_id, [sku for sku, _n in lines]) if from_cart else {}
    came_from = (
        Source(told.get("surface", ""), told.get("share_token", ""), told.get("note", ""))
        if told
        else source(request, data)
    )
    placed = place_order(
        buyer_id=buyer_id, lines=lines, address=address, source=came_from,
        key=data.get("key", "")[:80], expected_minor=number(data.get("expected_minor", "")),
        from_cart=from_cart, wishes=read_wishes(data), picks=picks,
    )  # fmt: skip
    carts.save_address(person_id=buyer_id, address=address)
    return HttpResponseRedirect(reverse("trade:cashier", args=[placed.payment_number]), status=303)
