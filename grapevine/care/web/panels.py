"""What care adds to lower modules' pages."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from grapevine.care import facade
from grapevine.care.actions.showing import count_view
from grapevine.care.queries.showing import is_verified
from grapevine.care.rules.score import FEW
from grapevine.goods.contracts import GoodsCard, GoodsDetail, ShopCard
from grapevine.kit.middleware import visitor_of
from grapevine.kit.pages import person_id_of
from grapevine.people.contracts import PersonCard
from grapevine.scene.contracts import NoteDetail, NoteState
from grapevine.trade.contracts import OrderView

ON_GOODS_PAGE = 3


def goods_reviews(request: HttpRequest, *, goods: GoodsDetail, **_: Any) -> str:
    """The score, how it is spread, and the newest reviews. One query without any, else eleven."""
    score = facade.goods_score(goods.card.id)
    items = (
        facade.reviews_of_goods(
            goods.card.id, viewer_id=person_id_of(request), limit=ON_GOODS_PAGE
        ).items
        if score.reviews
        else ()
    )
    context = {"card": goods.card, "score": score, "items": items, "few": FEW}
    return render_to_string("care/_goods.html", context, request)


def goods_shown(request: HttpRequest, *, goods: GoodsDetail, **_: Any) -> str:
    """Notes of people who bought and received these goods. One query without any."""
    shown = facade.shown_of_goods(goods.card.id)
    return render_to_string("care/_shown.html", {"shown": shown}, request) if shown else ""


def chips(request: HttpRequest, *, cards: Sequence[GoodsCard], **_: Any) -> dict[int, str]:
    """The score on a goods card. One query."""
    scores = facade.goods_scores([card.id for card in cards])
    return {
        goods_id: render_to_string("care/_chip.html", {"score": score}, request)
        for goods_id, score in scores.items()
        if score.counted
    }


def shop_credit(request: HttpRequest, *, shop: ShopCard, **_: Any) -> str:
    """The shop's level, its score and its valid certificates, with the way to all of it. Three queries."""
    context = {
        "shop": shop, "level": facade.levels_of([shop.id]).get(shop.id, ""),
        "badges": facade.badges_of(shop.id), "score": facade.shop_score(shop.id),
    }  # fmt: skip
    return render_to_string("care/_credit.html", context, request)


def order_lines(request: HttpRequest, *, order: OrderView, **_: Any) -> str:
    """What may be said about each line of one's own received order. Three queries."""
    lines = facade.lines_of([order]) if order.buyer_id == person_id_of(request) else []
    return render_to_string("care/_order.html", {"lines": lines}, request) if lines else ""


def verified(request: HttpRequest, *, note: NoteDetail, **_: Any) -> str:
    """The mark of a note whose writer bought and received what it is about; counts who looked. One query if not."""
    if note.state != NoteState.PUBLISHED or not is_verified(note.card.id):
        return ""
    if not note.mine:
        count_view(note_id=note.card.id, visitor_id=visitor_of(request))
    return render_to_string("care/_verified.html", {}, request)


def my_link(request: HttpRequest, *, person: PersonCard, **_: Any) -> str:
    """The way to one's own reviews, on one's own page."""
    if person_id_of(request) != person.id:
        return ""
    return render_to_string("care/_my_link.html", {}, request)
