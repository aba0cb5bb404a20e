"""What trade adds to lower modules' pages."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from grapevine.goods import facade as goods_facade
from grapevine.goods.contracts import GoodsDetail, ShopCard
from grapevine.kit.memory import Memory
from grapevine.kit.pages import person_id_of
from grapevine.trade.queries.parcels import alarm_counts
from grapevine.trade.queries.reading import cart_count

BADGES_MAX, BADGE_SECONDS = 500, 3_600
_badges: Memory[tuple[int, str], str] = Memory(BADGES_MAX, BADGE_SECONDS)


def buy(request: HttpRequest, *, goods: GoodsDetail, **_: Any) -> str:
    """The buttons of the goods page: into the cart, and buy alone."""
    if not goods.card.on_sale:
        return ""
    hidden = {"from": request.GET.get("from", "")[:60]}
    if request.GET.get("via"):
        hidden["via"] = request.GET["via"][:12]
    context = {
        "goods": goods, "hidden": hidden,
        "sheet": goods_facade.sheet(goods, request.GET),
    }  # fmt: skip
    return render_to_string("trade/_buy.html", context, request)


def cart_badge(request: HttpRequest, **_: Any) -> str:
    person_id = person_id_of(request)
    count = cart_count(person_id) if person_id else 0
    return _badge(count) if count else ""


def _badge(count: int) -> str:
    known = _badges.get((count, get_language() or ""))
    if known is None:
        html = render_to_string("trade/_badge.html", {"count": count})
        known = _badges.put((count, get_language() or ""), html)
    return known


def shipping_todos(request: HttpRequest, *, shop: ShopCard, **_: Any) -> str:
    """What needs eyes among parcels, on the first page of the console: too late, standing still, going back."""
    counts = alarm_counts(shop.id)
    return render_to_string("trade/_todos.html", {"shop": shop, "counts": counts}, request)
