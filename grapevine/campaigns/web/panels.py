"""What buying together adds to lower modules' pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language

from grapevine.campaigns.contracts import PlanView
from grapevine.campaigns.queries import coupons, groups as queries, promotions
from grapevine.goods.contracts import GoodsCard, GoodsDetail, ShopCard
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.memory import Memory
from grapevine.kit.pages import own_shop_of, person_id_of
from grapevine.people.contracts import PersonCard

CHIPS_MAX, CHIP_SECONDS = 5_000, 3_600
_chips: Memory[tuple[Any, ...], str] = Memory(CHIPS_MAX, CHIP_SECONDS)


def _came_from(request: HttpRequest) -> str:
    return request.GET.get("from", "")[:60]


def goods_buy(request: HttpRequest, *, goods: GoodsDetail, **_: Any) -> str:
    """The group button of the goods page's bar."""
    plan = queries.plan_for_goods(goods.card.id) if goods.card.on_sale else None
    if plan is None:
        return ""
    context = {"plan": plan, "came_from": _came_from(request)}
    return render_to_string("campaigns/_buy.html", context, request)


def goods_groups(request: HttpRequest, *, goods: GoodsDetail, **_: Any) -> str:
    """Joinable groups on the goods page, the nearest to full first."""
    groups = queries.live_groups(goods.card.id, 3)
    return render_to_string("campaigns/_live.html", {"groups": groups}, request) if groups else ""


def note_goods(request: HttpRequest, *, goods: GoodsCard, note: Any = None, **_: Any) -> str:
    """The group button beside goods in a note."""
    plan = queries.plan_for_goods(goods.id) if goods.on_sale else None
    if plan is None:
        return ""
    came_from = f"note:{note.card.public_id}" if note else ""
    return render_to_string("campaigns/_note.html", {"plan": plan, "came_from": came_from}, request)


def chips(request: HttpRequest, *, notes: Sequence[Any], **_: Any) -> dict[int, str]:
    """The chip of a feed card: people missing in a running group, or the group price."""
    ids = {note.id: note.goods_ids for note in notes}
    wanted = [goods_id for own in ids.values() for goods_id in own]
    plans = queries.plans_for_goods(wanted)
    found: dict[int, str] = {}
    for note_id, own in ids.items():
        planned = [one for one in own if one in plans]
        goods_id = next((one for one in planned if plans[one][1]), next(iter(planned), None))
        if goods_id is not None:
            found[note_id] = _chip(request, *plans[goods_id])
    return found


def _chip(request: HttpRequest, plan: PlanView, live: tuple[int, int] | None) -> str:
    """Remembered under all that it says."""
    key = (plan.price_minor, plan.size, live and live[0], get_language() or "")
    known = _chips.get(key)
    if known is None:
        context = {"plan": plan, "live": live}
        html = render_to_string("campaigns/_chip.html", context, request)
        known = _chips.put(key, html)
    return known


def order_below(request: HttpRequest, *, order: Any, **_: Any) -> str:
    """The group on the order's page."""
    if not str(order.claim).startswith("group:"):
        return ""
    group = queries.group_view(order.claim.removeprefix("group:"), order.buyer_id)
    return render_to_string("campaigns/_order.html", {"group": group}, request)


def goods_flash(request: HttpRequest, *, goods: GoodsDetail, **_: Any) -> str:
    """Flash sales of these goods that run or are planned, each with its exact moments. One query."""
    sales = promotions.flash_of_goods(goods) if goods.card.on_sale else []
    if not sales:
        return ""
    return render_to_string("campaigns/_flash.html", {"sales": sales, "now": clock.now()}, request)


def goods_offers(request: HttpRequest, *, goods: GoodsDetail, **_: Any) -> str:
    """What else cuts the price of these goods: reductions, and coupons to take. Two queries, three for somebody."""
    return _offers(request, goods.card.shop_id, of_goods=goods)


def shop_offers(request: HttpRequest, *, shop: ShopCard, **_: Any) -> str:
    """A shop's reductions and the coupons to take there."""
    return _offers(request, shop.id)


def _offers(request: HttpRequest, shop_id: int, of_goods: GoodsDetail | None = None) -> str:
    givers = [shop_id] if own_shop_of(request) else [shop_id, 0]
    plans = coupons.takeable(givers, person_id_of(request), of_goods=of_goods)
    reductions = promotions.live_reductions(shop_id, of_goods=of_goods)
    if not plans and not reductions:
        return ""
    context = {"plans": plans, "reductions": reductions, "next": request.path}
    return render_to_string("campaigns/_offers.html", context, request)


def profile_wallet(request: HttpRequest, *, person: PersonCard, **_: Any) -> str:
    """The way to one's own coupons, on one's own page."""
    if person_id_of(request) != person.id:
        return ""
    return render_to_string("campaigns/_wallet_link.html", {}, request)


def shop_of_group(parts: Mapping[str, str]) -> int | None:
    """Whose a group's page is, for shops' own domains."""
    try:
        return queries.group_view(parts["public_id"]).plan.shop_id
    except DomainError:
        return None


def shop_of_coupon(parts: Mapping[str, str]) -> int | None:
    """Whose a coupon is, for shops' own domains."""
    found = coupons.coupon_plan(parts["plan_id"])
    return found.shop_id if found else None
