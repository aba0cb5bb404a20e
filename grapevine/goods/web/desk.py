"""The shop's goods desk."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from grapevine.goods.actions import auditing
from grapevine.goods.actions import desk as actions
from grapevine.goods.contracts import GoodsDetail, LacksRight, NewSku, Right, ShopCard
from grapevine.goods.queries import cards
from grapevine.goods.web.judged import judged
from grapevine.goods.web.parts import context_of
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.media import facade as media

SKU_ROWS = 12
PICTURES_MAX = 9


@require_http_methods(["GET", "POST"])
@signed_in_page
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/goods/new/"""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    if request.method == "GET":
        return _form(request, shop)
    try:
        made = _pictures(request)
        card = auditing.submit_goods(
            shop_id=shop.id, skus=[sku for _code, sku in _skus(request, made)],
            picture_ids=made, actor_id=me(request), **_facts(request),
        )  # fmt: skip
    except DomainError as error:
        return _form(request, shop, error=error)
    said = _("已上架") if card.on_sale else _("已保存，还没有上架，原因见下面")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("goods:edit", args=[slug, card.public_id]), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def edit(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET, POST /console/<slug>/goods/<public_id>/"""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    detail = cards.goods_detail_of_shop(shop.id, public_id)
    if request.method == "GET":
        return _form(request, shop, detail)
    try:
        made = _pictures(request)
        skus = _skus(request, made or [picture.id for picture in detail.pictures])
        _check_prices(shop, detail, skus)
        is_live = auditing.submit_change(
            shop_id=shop.id, public_id=public_id, picture_ids=made or None, skus=skus,
            actor_id=me(request), **_facts(request),
        )  # fmt: skip
    except DomainError as error:
        return _form(request, shop, detail, error)
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
    return HttpResponseRedirect(reverse("goods:desk", args=[slug]), status=303)


def _check_prices(shop: ShopCard, detail: GoodsDetail, skus: Sequence[tuple[str, NewSku]]) -> None:
    """Who may change goods but not prices leaves those of existing SKUs as they are. Raises LacksRight."""
    now = {sku.code: sku.price_minor for sku in detail.skus}
    changed = any(code in now and now[code] != new.price_minor for code, new in skus)
    if changed and Right.PRICES not in shop.rights:
        raise LacksRight(Right.PRICES)


def _facts(request: HttpRequest) -> dict[str, Any]:
    return {name: request.POST.get(name, "") for name in ("title", "category", "body", "axes")}


def _pictures(request: HttpRequest) -> list[int]:
    files = request.FILES.getlist("pictures")[:PICTURES_MAX]
    return [media.store_picture(owner_id=me(request), file=file).id for file in files]


def _skus(request: HttpRequest, pictures: Sequence[int]) -> list[tuple[str, NewSku]]:
    """The rows of the form that are filled in: (code, SKU). Amounts in yuan, refused by rules if wrong.

    A row may name one of the goods' `pictures` by its place, from 1.
    """
    data, found = request.POST, []
    columns = [data.getlist(name) for name in ("code", "option", "price", "stock")]
    places = data.getlist("picture")
    for n, (code, option, price, stock) in enumerate(zip(*columns, strict=False)):
        if option.strip() or price.strip() or stock.strip():
            place = _count(places[n]) if n < len(places) else -1
            own = pictures[place - 1] if 1 <= place <= len(pictures) else None
            sku = NewSku(option.strip(), _minor(price), _count(stock), picture_id=own)
            found.append((code, sku))
    return found


def _minor(text: str) -> int:
    whole, _sep, part = text.strip().partition(".")
    right = (
        whole.isdigit() and len(whole) < 10 and (part == "" or (part.isdigit() and len(part) <= 2))
    )
    return int(whole) * 100 + int((part + "00")[:2]) if right else -1


def _count(text: str) -> int:
    return int(text) if text.strip().isdigit() and len(text) < 10 else -1


def _form(
    request: HttpRequest,
    shop: ShopCard,
    detail: GoodsDetail | None = None,
    error: DomainError | None = None,
) -> HttpResponse:
    rows: list[dict[str, Any]] = []
    if request.method == "POST":
        data = request.POST
        columns = [data.getlist(name) for name in ("code", "option", "price", "stock")]
        columns.append(data.getlist("picture") or [""] * len(columns[0]))
        rows = [
            {"code": c, "option": o, "price": p, "stock": s, "picture": i}
            for c, o, p, s, i in zip(*columns, strict=False)
        ]
    elif detail:
        order = [picture.id for picture in detail.pictures]
        rows = [
            {
                "code": s.code, "option": s.option, "price": f"{s.price_minor / 100:.2f}",
                "stock": s.free,
                "picture": order.index(s.cover.id) + 1
                if s.has_own_picture and s.cover and s.cover.id in order else "",
            }
            for s in detail.skus
        ]  # fmt: skip
    empty = max(1, min(3, SKU_ROWS - len(rows))) if detail or not rows else 1
    rows += [{"code": "", "option": "", "price": "", "stock": "", "picture": ""}] * empty
    facts = _facts(request) if request.method == "POST" else {}
    if detail and not facts:
        facts = {
            "title": detail.card.title,
            "category": detail.card.category,
            "body": detail.body,
            "axes": " / ".join(detail.axes),
        }
    context = {
        "shop": shop, "nav": "goods", "goods": detail, "sku_rows": rows, "facts": facts,
        "fields": {name: _(text) for name, text in error.fields.items()} if error else {},
        "refusal": words(error) if error else None, **(judged(detail.card.id) if detail else {}),
    }  # fmt: skip
    if detail:
        context |= context_of(shop, detail)
    return render(request, "goods/form.html", context, status=error.status if error else 200)
