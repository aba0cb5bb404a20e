"""The pool in a shop's console: what can be picked, what was picked, and what the shop supplies to others."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods.actions import pool as actions
from grapevine.goods.contracts import GoodsDetail, NewTerm, Right, ShopCard
from grapevine.goods.onboarding import UpgradeNeeded
from grapevine.goods.pool import ENDED, PoolFilter, SupplyView
from grapevine.goods.queries import cards, onboarding as onboarding_reads, pool as reads
from grapevine.goods.rules import table as typed
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked

PAGE = 24
KEPT = ("q", "category", "earn", "price", "sort")


def _tabs(shop: ShopCard, page: str) -> list[dict[str, Any]]:
    names = {"picks": _("我的选品"), "pool": _("去选品")}
    return [
        {"url": reverse(f"goods:{one}", args=[shop.slug]), "label": label, "current": one == page}
        for one, label in names.items()
    ]


def _refused(error: DomainError | None) -> dict[str, Any]:
    if error is None:
        return {}
    return {
        "refusal": words(error), "wrong": [_(text) for text in error.fields.values()],
        "upgrade": isinstance(error, UpgradeNeeded),
    }  # fmt: skip


@require_GET
@signed_in_page
def pool(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/picks/pool/?q=&category=&earn=&price=&sort=&cursor= : what may be picked, filtered."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    return _pool(request, shop)


def _pool(request: HttpRequest, shop: ShopCard, error: DomainError | None = None) -> HttpResponse:
    wanted = wanted_filter(request.GET)
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    sorts = [
        ("new", _("新的在前")), ("earn", _("赚得多的在前")), ("rate", _("佣金比例高的在前")),
        ("price", _("便宜的在前")),
    ]  # fmt: skip
    context = {
        "shop": shop, "nav": "picks", "tabs": _tabs(shop, "pool"), "wanted": wanted,
        "page": reads.pool_page(shop.id, wanted, request.GET.get("cursor"), PAGE),
        "sorts": sorts, "categories": reads.pool_categories(shop.id), "search": urlencode(kept),
        "earn": typed.yuan(wanted.earn_minor) if wanted.earn_minor else "",
        "price": typed.yuan(wanted.price_minor) if wanted.price_minor else "",
        "is_filtered": bool(kept.keys() - {"sort"}), **_refused(error),
    }  # fmt: skip
    return render(request, "goods/pool.html", context, status=error.status if error else 200)


def wanted_filter(data: QueryDict) -> PoolFilter:
    return PoolFilter(
        data.get("q", "")[:60].strip(), data.get("category", "")[:20],
        max(0, typed.minor(data.get("earn", "")) or 0),
        max(0, typed.minor(data.get("price", "")) or 0), data.get("sort", "new")[:6],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in_page
def picks(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/picks/?over=1&cursor= ; POST offer picks it, or act=off|drop with pick changes one."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    if request.method == "GET":
        return _picks(request, shop)
    data = request.POST
    try:
        told = _changed(shop, data, me(request))
    except DomainError as error:
        return _pool(request, shop, error) if data.get("offer") else _picks(request, shop, error)
    messages.success(request, told)
    target = reverse("goods:pool" if data.get("offer") else "goods:picks", args=[slug])
    query = request.GET.urlencode()
    return HttpResponseRedirect(f"{target}?{query}" if query else target, status=303)


def _changed(shop: ShopCard, data: QueryDict, person_id: int) -> str:
    if data.get("offer"):
        offer_id = data.get("offer", "")[:12]
        actions.pick_goods(shop_id=shop.id, offer_id=offer_id, person_id=person_id)
        return _("已上架到你的店里")
    which: dict[str, Any] = {
        "shop_id": shop.id, "public_id": data.get("pick", "")[:12], "actor_id": person_id,
    }  # fmt: skip
    if data.get("act") == "drop":
        actions.drop_pick(**which)
        return _("已下架")
    actions.set_off(**which, off_bps=_bps(data.get("off", "")))
    return _("已改好")


def _bps(text: str) -> int:
    """12 or 12.5 (percent) as basis points."""
    found = typed.minor(text)
    if found is None or not 0 <= found <= 10_000:
        raise BadInput(fields={"rate": marked("比例写成 10 或 12.5")})
    return found


def _picks(request: HttpRequest, shop: ShopCard, error: DomainError | None = None) -> HttpResponse:
    is_over = request.GET.get("over") == "1"
    page = reads.picks_of(shop.id, is_over=is_over, cursor=request.GET.get("cursor"), limit=PAGE)
    context = {
        "shop": shop, "nav": "picks", "tabs": _tabs(shop, "picks"), "is_over": is_over,
        "page": page, "rows": [(one, _(ENDED[one.ended_why]) if one.ended_why else "") for one in page.items],
        "standing": onboarding_reads.standing(shop.id), **_refused(error),
    }  # fmt: skip
    return render(request, "goods/picks.html", context, status=error.status if error else 200)


@require_GET
@signed_in_page
def supply(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/supply/?q= : what this shop lets others sell, and what it may add."""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    query = request.GET.get("q", "").strip()[:60]
    context = {
        "shop": shop, "nav": "supply", "supplied": reads.supplied_by(shop.id), "query": query,
        "others": reads.goods_to_offer(shop.id, query),
        "is_individual": onboarding_reads.standing(shop.id).kind == "individual",
    }  # fmt: skip
    return render(request, "goods/supply.html", context)


@require_http_methods(["GET", "POST"])
@signed_in_page
def supply_goods(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/supply/<goods>/ ; POST way=rate|supply, rate, supply-<sku>, floor-<sku> offers them."""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    detail = cards.goods_detail_of_shop(shop.id, public_id)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            rate_bps, terms = _asked(request.POST, detail)
            actions.offer_goods(
                shop_id=shop.id, public_id=public_id, actor_id=me(request), rate_bps=rate_bps,
                terms=terms,
            )  # fmt: skip
            messages.success(request, _("已放进供货池"))
            return HttpResponseRedirect(reverse("goods:supply", args=[slug]), status=303)
        except DomainError as error:
            refused = error
    known = next(
        (one for one in reads.supplied_by(shop.id) if one.goods.id == detail.card.id), None
    )
    context = {
        "shop": shop, "nav": "supply", "goods": detail, "offer": known,
        **_form(request.POST, detail, known), **_refused(refused),
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "goods/supply_goods.html", context, status=status)


def _asked(data: QueryDict, detail: GoodsDetail) -> tuple[int | None, list[NewTerm]]:
    by_rate = data.get("way", "rate") != "supply"
    terms = [
        NewTerm(
            sku.code, None if by_rate else _amount(data.get(f"supply-{sku.code}", "")),
            _amount(data.get(f"floor-{sku.code}", "")),
        )
        for sku in detail.skus
    ]  # fmt: skip
    return (_bps(data.get("rate", "")) if by_rate else None), terms


def _amount(text: str) -> int | None:
    """Nothing is None; BadInput for what is no amount."""
    if not text.strip():
        return None
    found = typed.minor(text)
    if found is None or found < 0:
        raise BadInput(fields={"terms": marked("金额写成 12 或 12.50")})
    return found


def _form(data: QueryDict, detail: GoodsDetail, known: SupplyView | None) -> dict[str, Any]:
    """The form as it was sent, or the terms as they are, or nothing yet."""
    terms = {code: (supply, floor) for code, _o, _l, supply, floor in known.terms} if known else {}
    is_supply = known is not None and known.rate_bps is None
    rows = []
    for sku in detail.skus:
        supply, floor = terms.get(sku.code, (None, None))
        was = typed.yuan(supply if is_supply else None), typed.yuan(floor)
        rows.append(
            {
                "sku": sku, "supply": data.get(f"supply-{sku.code}", was[0]),
                "floor": data.get(f"floor-{sku.code}", was[1]),
            }
        )  # fmt: skip
    rate = f"{known.rate_bps / 100:g}" if known and known.rate_bps else ""
    return {
        "rows": rows,
        "rate": data.get("rate", rate),
        "way": data.get("way", "supply" if is_supply else "rate"),
    }


@require_POST
@signed_in_page
def supply_withdrawal(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/supply/<goods>/withdrawal/"""
    shop = cards.shop_for_staff(me(request), slug, Right.PRICES)
    actions.withdraw_offer(shop_id=shop.id, public_id=public_id, actor_id=me(request))
    messages.success(request, _("已移出供货池，别家马上不能再卖"))
    return HttpResponseRedirect(reverse("goods:supply", args=[slug]), status=303)
