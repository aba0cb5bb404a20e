"""The shop's prices: what is suggested and why, changed in bulk with guardrails, undone. For its own staff only."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import BelowCost, LargePriceChange, NewPrice, Right, ShopCard
from grapevine.guard import facade as guard
from grapevine.insight.queries.prices import PricedRow, price_rows
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.formats import money_text
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked

DAYS_A_MONTH = 30
MINOR = 100


@require_http_methods(["GET", "POST"])
@signed_in_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/pricing/?q= ; POST sku (several), price-<code>, below_cost_ok, large_ok; or save=costs."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    return _changed(request, shop) if request.method == "POST" else _page(request, shop)


def _page(
    request: HttpRequest, shop: ShopCard, *, refused: DomainError | None = None
) -> HttpResponse:
    query = request.GET.get("q", "")[:40]
    given: Mapping[str, str] = request.POST.dict() if refused else {}
    picked = set(request.POST.getlist("sku")) if refused else set()
    context = {
        "shop": shop, "nav": "pricing", "query": query,
        "rows": [_row(row, given, picked) for row in price_rows(shop.id, query)],
        "batches": goods.price_batches(shop.id)[:10],
        "refusal": words(refused) if refused else None,
        "asks_below": isinstance(refused, BelowCost),
        "asks_large": isinstance(refused, LargePriceChange),
        "given": given,
    }  # fmt: skip
    return render(
        request, "insight/pricing.html", context, status=refused.status if refused else 200
    )


def _row(row: PricedRow, given: Mapping[str, str], picked: set[str]) -> dict[str, Any]:
    sku, told = row.sku, row.suggestion
    suggested = told.price_minor if told.kind == "demand" else sku.price_minor
    return {
        "sku": sku, "told": told, "why": _why(row), "picked": sku.code in picked,
        "cost": given.get(f"cost-{sku.code}", _yuan(sku.cost_minor)),
        "price": given.get(f"price-{sku.code}", _yuan(suggested)),
        "range": f"{money_text(told.low_minor)} – {money_text(told.high_minor)}" if told.low_minor and told.high_minor else "",
        "change": _monthly(told.profit_then_minor, told.profit_now_minor),
        "pieces": _monthly_pieces(told.pieces_now, told.pieces_then),
    }  # fmt: skip


def _yuan(minor: int | None) -> str:
    return "" if minor is None else f"{minor // MINOR}.{minor % MINOR:02d}"


def _monthly(then: float | None, now: float | None) -> int | None:
    return None if then is None or now is None else round((then - now) * DAYS_A_MONTH)


def _monthly_pieces(now: float | None, then: float | None) -> tuple[int, int] | None:
    return None if now is None or then is None else (round(now * DAYS_A_MONTH), round(then * DAYS_A_MONTH))  # fmt: skip


def _why(row: PricedRow) -> str:
    told = row.suggestion
    if told.kind == "demand" and told.demand is not None:
        return _("价格涨 1%%，大约少卖 %(percent)s%%（可能在 %(low)s%% 到 %(high)s%% 之间）") % {
            "percent": f"{told.demand.elasticity:.1f}",
            "low": f"{max(0.0, told.demand.elasticity - 1.28 * told.demand.elasticity_sd):.1f}",
            "high": f"{told.demand.elasticity + 1.28 * told.demand.elasticity_sd:.1f}",
        }
    if told.kind == "others":
        return _("还看不出价格的影响，先参考别家同类商品的中间一半")
    if told.kind == "needs_cost":
        return _("填上成本，就能算出利润最高的价格")
    return _("卖得还少，或者价格从没变过，看不出价格的影响")


def _changed(request: HttpRequest, shop: ShopCard) -> HttpResponse:
    data = request.POST
    try:
        if data.get("save") == "costs":
            costs = [
                (name.removeprefix("cost-"), _minor(text) if text.strip() else None)
                for name, text in data.items()
                if name.startswith("cost-") and isinstance(text, str)
            ]
            goods.set_costs(shop_id=shop.id, costs=costs)
            messages.success(request, _("成本已保存"))
        else:
            _apply(request, shop, data.getlist("sku"))
    except DomainError as refused:
        return _page(request, shop, refused=refused)
    return HttpResponseRedirect(reverse("insight:pricing", args=[shop.slug]), status=303)


def _apply(request: HttpRequest, shop: ShopCard, codes: list[str]) -> None:
    data = request.POST
    prices = [NewPrice(code, _minor(data.get(f"price-{code}", ""))) for code in codes]
    batch = goods.change_prices(
        shop_id=shop.id, prices=prices, actor_id=me(request), reason=data.get("reason", ""),
        below_cost_ok=data.get("below_cost_ok") == "1", large_ok=data.get("large_ok") == "1",
    )  # fmt: skip
    after = {new.code: new.price_minor for new in prices}
    guard.audit(
        actor_id=me(request),
        action="prices.change",
        object=f"batch:{batch}",
        shop_id=shop.id,
        after=after,
    )
    messages.success(request, _("价格改好了，可以撤销"))


def _minor(text: str) -> int:
    try:
        amount = Decimal(text.strip()) * MINOR
    except InvalidOperation:
        raise BadInput(fields={"price": marked("价格写成 12.50 这样")}) from None
    if not amount.is_finite() or amount != amount.to_integral_value() or abs(amount) > 10**12:
        raise BadInput(fields={"price": marked("价格写成 12.50 这样")})
    return int(amount)


@require_POST
@signed_in_page
def undo(request: HttpRequest, slug: str, batch: str) -> HttpResponse:
    """POST /console/<slug>/pricing/<batch>/undoing/"""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    count = goods.undo_prices(shop_id=shop.id, batch=batch, actor_id=me(request))
    guard.audit(actor_id=me(request), action="prices.undo", object=f"batch:{batch}", shop_id=shop.id, after={"count": count})  # fmt: skip
    told = ngettext("%(count)s 个价格改回去了", "%(count)s 个价格改回去了", count)
    messages.success(request, told % {"count": count})
    return HttpResponseRedirect(reverse("insight:pricing", args=[slug]), status=303)
