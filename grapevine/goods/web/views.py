"""Goods, storefronts, and opening a shop."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from grapevine.goods.actions import onboarding as actions, samples
from grapevine.goods.contracts import GoodsNotFound
from grapevine.goods.queries import brand, cards, pool
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, own_shop_of, signed_in_page
from grapevine.kit.problems import words

PAGE = 24


@require_GET
def goods(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /goods/<public_id>/"""
    detail, via = pool.goods_by_pick(cards.goods_detail(public_id), request.GET.get("via", "")[:12])
    own = own_shop_of(request)
    if own is not None and via is None and detail.card.shop_id != own.id:
        raise GoodsNotFound(public_id)  # the pick ended since the domain let the request in
    wanted = [detail.card.shop_id, *([via.shop_id] if via else [])]
    shops = cards.shops(wanted)
    shop = shops[detail.card.shop_id]
    context = {
        "via": via, "seller": pool.sellers([shop.id])[shop.id] if via else None,
        "host": shops[via.shop_id] if via else shop,
        "goods": detail, "card": detail.card, "shop": shop, "came_from": request.GET.get("from", "")[:60],
        "dear": max((sku.price_minor for sku in detail.skus), default=detail.card.price_minor),
    }  # fmt: skip
    return render(request, "goods/goods.html", context)


@require_GET
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /shop/<slug>/?sort=new|price|dear&cursor= : the shop's own storefront, nothing foreign in it."""
    found = cards.shop_by_slug(slug)
    sort = request.GET.get("sort", "new")
    query, cursor = request.GET.get("q", "").strip()[:60], request.GET.get("cursor")
    page = cards.goods_of_shop(found.id, cursor, PAGE, sort=sort, query=query)
    is_first = not cursor and not query
    blocks = brand.shown(found.id, brand.live_blocks(found.id)) if is_first else []
    sorts = [("new", _("上新")), ("price", _("便宜的在前")), ("dear", _("贵的在前"))]
    context = {"shop": found, "page": page, "sort": sort, "sorts": sorts}
    context["picked"] = pool.picked_goods(found.id) if is_first else []
    context |= {"blocks": blocks, "query": query}
    return render(request, "goods/shop.html", context)


@require_http_methods(["GET", "POST"])
@signed_in_page
def open_shop(request: HttpRequest) -> HttpResponse:
    """GET, POST /shops/new/"""
    refused: DomainError | None = None
    if request.method == "POST":
        data = request.POST
        try:
            made = actions.open_draft_shop(
                owner_id=me(request), slug=data.get("slug", "").strip().lower(), name=data.get("name", ""),
                colour=data.get("colour", ""), bio=data.get("bio", ""), logo_file=request.FILES.get("logo"),
            )  # fmt: skip
            if settings.SHOP_REVIEW != "off":
                samples.add_samples(shop_id=made.id)
            then = "goods:desk" if settings.SHOP_REVIEW == "off" else "goods:application"
            return HttpResponseRedirect(reverse(then, args=[made.slug]), status=303)
        except DomainError as error:
            refused = error
    fields = {name: _(text) for name, text in refused.fields.items()} if refused else {}
    context = {
        "given": request.POST,
        "fields": fields,
        "refusal": words(refused) if refused else None,
    }
    return render(
        request, "goods/open_shop.html", context, status=refused.status if refused else 200
    )
