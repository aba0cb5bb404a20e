"""What points and memberships add to lower modules' pages."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from grapevine.goods.contracts import GoodsDetail, ShopCard
from grapevine.kit.pages import person_id_of
from grapevine.loyalty import queries, rules
from grapevine.loyalty.contracts import MembershipView
from grapevine.loyalty.web.words import rate_words
from grapevine.trade.contracts import OfferKind, Quote


def ladder(view: MembershipView) -> list[dict[str, Any]]:
    """Levels as a page shows them, with the one a person has."""
    return [
        {
            "name": one.name, "threshold_minor": one.threshold_minor,
            "rate": rate_words(one.rate_bps), "is_mine": view.is_member and one == view.level,
        }
        for one in view.levels
    ]  # fmt: skip


def membership(request: HttpRequest, *, shop: ShopCard, **_: Any) -> str:
    """The membership card of the shop page: every level, where I stand, the button to join."""
    view = queries.membership(shop.id, person_id_of(request))
    if view is None:
        return ""
    context = {"shop": shop, "membership": view, "levels": ladder(view)}
    return render_to_string("loyalty/_card.html", context, request)


def member_price(request: HttpRequest, *, goods: GoodsDetail, **_: Any) -> str:
    """The member price on the goods page, also before joining."""
    found = queries.price_for_member(goods.card, person_id_of(request))
    if found is None:
        return ""
    context = {"found": found, "card": goods.card, "rate": rate_words(found.level.rate_bps)}
    return render_to_string("loyalty/_price.html", context, request)


def checkout_points(request: HttpRequest, *, quote: Quote, submit_url: str, **_: Any) -> str:
    """Pay a part with points: what I have, what it would pay here, and what is in use."""
    person_id = person_id_of(request)
    if person_id is None:
        return ""
    used = sum(one.amount_minor for one in quote.offers if one.kind is OfferKind.POINTS)
    given = queries.points_rules()
    free = queries.points(person_id)
    payable = sum(shop.payable_minor for shop in quote.shops) + used
    most = rules.usable(free, payable, per_yuan=given.per_yuan, share_bps=given.share_bps)
    if not most and not used:
        return ""
    context = {
        "points": free, "most_minor": most, "used_minor": used,
        "used": rules.needed(used, per_yuan=given.per_yuan),
        "needed": rules.needed(most, per_yuan=given.per_yuan),
        "submit_url": submit_url,
    }  # fmt: skip
    return render_to_string("loyalty/_checkout.html", context, request)
