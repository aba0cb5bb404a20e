"""The desk of a shop's face: name, logo, colour, the blocks of its home page, its own domain."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from grapevine.goods.actions import branding, domains
from grapevine.goods.contracts import Right, ShopCard
from grapevine.goods.queries import brand, cards
from grapevine.goods.rules.storefront import KINDS
from grapevine.kit.colours import readable
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.media import facade as media

CHOICE = 60
PREVIEW = 24


@require_http_methods(["GET", "POST"])
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/brand/ : `do` edit, add, up, down, remove, publish, undo; domain, prove, forget."""
    shop = cards.shop_for_staff(me(request), slug, Right.SETTINGS)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _act(request, shop))
            return HttpResponseRedirect(reverse("goods:brand", args=[slug]), status=303)
        except DomainError as error:
            refused = error
    face = brand.face_of(shop)
    given = request.POST if refused and request.POST.get("do") == "edit" else None
    colour = given.get("colour", "") if given else face.shop.colour
    context = {
        "shop": shop, "nav": "brand", "face": face, "kinds": list(KINDS.items()),
        "name": given.get("name") if given else face.shop.name, "colour": colour,
        "bio": given.get("bio") if given else face.shop.bio, "better": readable(colour),
        "blocks": [(KINDS[block.kind], *row) for row in brand.shown(shop.id, face.blocks) for block in row[:1]],
        "choice": cards.goods_of_shop(shop.id, None, CHOICE).items, "given": request.POST,
        "domains": brand.domains(shop.id), "refusal": words(refused) if refused else None,
        "fields": {name: _(text) for name, text in refused.fields.items()} if refused else {},
    }  # fmt: skip
    return render(request, "goods/brand.html", context, status=refused.status if refused else 200)


def _act(request: HttpRequest, shop: ShopCard) -> str:
    """Do what the pressed button says; the words for having done it."""
    data, what = request.POST, request.POST.get("do", "")
    mine: dict[str, Any] = {"shop_id": shop.id}
    block, host, actor = data.get("block", ""), data.get("host", ""), me(request)
    if what == "edit":
        branding.edit_brand(
            **mine, name=data.get("name", ""), colour=data.get("colour", ""),
            bio=data.get("bio", ""), logo_file=request.FILES.get("logo"),
        )  # fmt: skip
    elif what == "add":
        branding.add_block(**mine, kind=data.get("kind", ""), facts=_facts(request))
    elif what in ("up", "down"):
        branding.move_block(**mine, block_id=block, step=-1 if what == "up" else 1)
    elif what == "remove":
        branding.remove_block(**mine, block_id=block)
    elif what == "publish":
        branding.publish_brand(**mine, actor_id=actor)
        return _("已发布，大家都看到了")
    elif what == "undo":
        branding.undo_brand(**mine, actor_id=actor)
        return _("已经换回上一版")
    else:
        _domain(what, mine, host, actor)
    return _("已保存")


def _domain(what: str, mine: dict[str, Any], host: str, actor: int) -> None:
    if what == "domain":
        domains.add_domain(**mine, host=host)
    elif what == "prove":
        domains.prove_domain(**mine, host=host, actor_id=actor)
    elif what == "forget":
        domains.remove_domain(**mine, host=host, actor_id=actor)
    else:
        raise BadInput


def _facts(request: HttpRequest) -> dict[str, Any]:
    data, file = request.POST, request.FILES.get("picture")
    facts: dict[str, Any] = {
        "title": data.get("title", ""), "text": data.get("text", ""), "goods": data.getlist("goods"),
    }  # fmt: skip
    if file and data.get("kind") == "banner":
        facts["picture_id"] = media.store_picture(owner_id=me(request), file=file).id
    return facts


@require_GET
@signed_in_page
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/brand/preview/ : the home page as the draft has it, for staff alone."""
    shop = cards.shop_for_staff(me(request), slug, Right.SETTINGS)
    face = brand.face_of(shop)
    context = {
        "shop": face.shop, "page": cards.goods_of_shop(shop.id, None, PREVIEW), "sort": "new",
        "sorts": [("new", _("上新"))], "blocks": brand.shown(shop.id, face.blocks),
    }  # fmt: skip
    response = render(request, "goods/shop.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
