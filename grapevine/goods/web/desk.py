"""The shop's goods desk."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.goods.actions import desk as actions
from grapevine.goods.actions.whole import WholeSku, make_whole, save_whole
from grapevine.goods.contracts import GoodsDetail, LacksRight, Right, ShopCard
from grapevine.goods.queries import cards
from grapevine.goods.web import goodsform
from grapevine.goods.web.judged import listed_words
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words


@require_http_methods(["GET", "POST"])
@signed_in_page
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/goods/new/"""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    if request.method == "GET":
        return _form(request, shop)
    came = goodsform.sent(request)
    try:
        typed = goodsform.typed(request, None, came)
        card = make_whole(
            shop_id=shop.id, whole=typed.whole, actor_id=me(request), wrong=typed.wrong
        )
    except DomainError as error:
        return _form(request, shop, error=error, came=came)
    messages.success(request, listed_words(card))
    return HttpResponseRedirect(reverse("goods:edit", args=[slug, card.public_id]), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def edit(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET, POST /console/<slug>/goods/<public_id>/ : do=matrix or slots also makes options."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    detail = cards.goods_detail_of_shop(shop.id, public_id)
    if request.method == "GET":
        return _form(request, shop, detail)
    came = goodsform.sent(request)
    try:
        typed = goodsform.typed(request, detail, came)
        _check_prices(shop, detail, typed.whole.skus, makes=typed.more is not None)
        is_live = save_whole(
            shop_id=shop.id, public_id=public_id, whole=typed.whole, more=typed.more,
            actor_id=me(request), wrong=typed.wrong,
        )  # fmt: skip
    except DomainError as error:
        return _form(request, shop, detail, error, came)
    said = _("已保存") if is_live else _("已保存；要审核的改动通过后生效，在售的先保持原样")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("goods:edit", args=[slug, public_id]), status=303)


@require_POST
@signed_in_page
def shelf(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """POST /console/<slug>/goods/<public_id>/shelf/ : on=1 on the shelf, on=0 off it."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    on = request.POST.get("on") == "1"
    actions.set_on_sale(shop_id=shop.id, public_id=public_id, on=on, actor_id=me(request))
    messages.success(request, _("已上架") if on else _("已下架"))
    return HttpResponseRedirect(reverse("goods:edit", args=[slug, public_id]), status=303)


def _check_prices(
    shop: ShopCard, detail: GoodsDetail, skus: Sequence[WholeSku], *, makes: bool
) -> None:
    """Who may change goods but not prices leaves those of existing SKUs as they are. Raises LacksRight."""
    now = {sku.code: sku.price_minor for sku in detail.skus}
    changed = any(one.code in now and now[one.code] != one.price_minor for one in skus)
    if (changed or makes) and Right.PRICES not in shop.rights:
        raise LacksRight(Right.PRICES)


def _form(
    request: HttpRequest,
    shop: ShopCard,
    detail: GoodsDetail | None = None,
    error: DomainError | None = None,
    came: goodsform.Sent = goodsform.NOTHING_SENT,
) -> HttpResponse:
    wrong = {name: _(text) for name, text in error.fields.items()} if error else {}
    context = {
        "shop": shop, "nav": "goods", "goods": detail, "fields": goodsform.told_once(wrong),
        "summary": goodsform.summary(wrong), "refusal": words(error) if error else None,
        **goodsform.context_of(request, shop, detail, wrong, came),
    }  # fmt: skip
    return render(request, "goods/form.html", context, status=error.status if error else 200)
