"""The share buttons on lower modules' pages."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from grapevine.kit.middleware import visitor_of
from grapevine.spread import queries
from grapevine.spread.rules import BOTH, INVITED

COOKIE = "gv_share"


def _button(request: HttpRequest, kind: str, public_id: str, template: str = "_icon") -> str:
    context = {"object_type": kind, "object_id": public_id}
    return render_to_string(f"spread/{template}.html", context, request)


def note(request: HttpRequest, *, note: Any, **_: Any) -> str:
    return _button(request, "note", note.card.public_id)


def goods(request: HttpRequest, *, goods: Any, **_: Any) -> str:
    return _button(request, "goods", goods.card.public_id)


def shop(request: HttpRequest, *, shop: Any, **_: Any) -> str:
    return _button(request, "shop", shop.slug)


def group(request: HttpRequest, *, group: Any, **_: Any) -> str:
    """The bar of a group one belongs to: poster and invitation."""
    return _button(request, "group", group.public_id, "_invite")


def thanks(request: HttpRequest, *, goods: Any, **_: Any) -> str:
    """On goods that a friend's share led to: what whoever was invited gets. No query for who came otherwise; else two."""
    token = request.COOKIES.get(COOKIE, "")
    told = queries.told_side(token, goods.card.public_id, visitor_of(request)) if token else ""
    if told not in (INVITED, BOTH):
        return ""
    rate = queries.rate_of(goods.card.shop_id)
    if not rate:
        return ""
    context = {"rate": rate / (100 if told == INVITED else 200)}
    return render_to_string("spread/_thanks.html", context, request)


def order(request: HttpRequest, *, order: Any, **_: Any) -> str:
    """Under a paid order: tell a friend about what you bought."""
    if order.state not in ("paid", "shipped", "received") or not order.lines:
        return ""
    return _button(request, "goods", order.lines[0].goods_public_id, "_tell")
