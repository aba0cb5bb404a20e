"""Feed, recommendations and search over the API."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from grapevine.discovery import facade
from grapevine.discovery.api import wishes
from grapevine.discovery.api.cards import page_json
from grapevine.discovery.api.schemas import (
    FeedOut,
    FoundOut,
    GoodsItem,
    GoodsList,
    NoteItem,
    ShopItem,
)
from grapevine.discovery.contracts import Found, Kind, Suggested, Tab
from grapevine.discovery.queries import slots
from grapevine.discovery.queries.recall import Scope
from grapevine.discovery.queries.recommending import SEEN_MAX
from grapevine.goods import facade as goods
from grapevine.kit.api import ListOut, maybe_signed_in, signed_in
from grapevine.kit.middleware import is_recognised
from grapevine.kit.pages import me, person_id_of
from grapevine.signals import facade as signals

router = Router(tags=["discovery"])
router.add_router("", wishes.router)
WordList = ListOut[str]
KindName = Literal["notes", "goods", "shops"]
KINDS: Mapping[KindName, Kind] = {"notes": Kind.NOTE, "goods": Kind.GOODS, "shops": Kind.SHOP}


def _personalised(request: HttpRequest) -> bool | None:
    told: bool | None = getattr(request.user, "personalised", None)
    return told


def _region(request: HttpRequest) -> str:
    return getattr(request.user, "region", "") or ""


@router.get("/feed", auth=maybe_signed_in, response=FeedOut)
def read_feed(
    request: HttpRequest, tab: Tab = Tab.ALL, category: str = "", topic: str = "", shop: str = "",
    cursor: str = "", limit: int = 20,
) -> HttpResponse:  # fmt: skip
    """One page of the feed; inside a shop (`shop`: its slug) only notes about that shop's goods."""
    scope = Scope("category", category) if category else Scope("topic", topic) if topic else None
    page = facade.feed(
        person_id=person_id_of(request),
        cursor=cursor,
        limit=limit,
        tab=tab,
        scope=scope,
        shop_id=goods.shop_by_slug(shop).id if shop else None,
        personalised=_personalised(request),
        region=_region(request),
        has_blocks=getattr(request.user, "has_blocks", None),
    )
    return HttpResponse(page_json(page), content_type="application/json; charset=utf-8")


@router.get("/recommendations", auth=maybe_signed_in, response=GoodsList)
def read_recommendations(
    request: HttpRequest, shop: str = "", beside: str = "", seen: str = "", limit: int = 12
) -> dict[str, Any]:
    """Goods for this person, each with why; inside a shop that shop's alone, and its partners' with their `via`.

    `beside`: a goods looked at; `seen`: those looked at in this visit, by commas, the last one first.
    """
    looked = goods.goods_by_public_ids([one[:12] for one in seen.split(",")[:SEEN_MAX] if one])
    if shop and not beside:
        slot = slots.shop_slot(
            person_id_of(request), goods.shop_by_slug(shop).id, limit,
            personalised=_personalised(request), is_recognised=is_recognised(request),
            seen=[card.id for card in looked.values()], region=_region(request),
        )  # fmt: skip
        if slot.suggested:
            signals.expose(slot.variant)
        return _recommended(person_id_of(request), slot.suggested)
    found = facade.recommend_goods(
        person_id_of(request),
        goods.shop_by_slug(shop).id if shop else None,
        limit,
        beside=goods.id_of_goods(beside) if beside else None,
        seen=[card.id for card in looked.values()],
        region=_region(request),
        personalised=_personalised(request),
    )
    return _recommended(person_id_of(request), found)


def _recommended(person_id: int | None, found: Sequence[Suggested]) -> dict[str, Any]:
    return {
        "items": [GoodsItem.suggested(one) for one in found], "next_cursor": None,
        "request_id": facade.list_id(person_id, found),
    }  # fmt: skip


@router.get("/search/suggestions", auth=maybe_signed_in, response=WordList)
def read_suggestions(request: HttpRequest, q: str = "") -> dict[str, Any]:  # noqa: ARG001  ninja
    """How a search may go on; without text, the names most notes are about."""
    found = facade.suggestions(q) if q.strip() else facade.hot_words()
    return {"items": found, "next_cursor": None}


@router.get("/search/history", auth=signed_in, response=WordList)
def read_history(request: HttpRequest) -> dict[str, Any]:
    """The caller's own last ten searches, newest first."""
    return {"items": facade.history_of(me(request)), "next_cursor": None}


@router.delete("/search/history", auth=signed_in, response={204: None})
def delete_history(request: HttpRequest, q: str = "") -> Status[None]:
    """Forget one search (`q`), or all of them."""
    facade.forget_searches(person_id=me(request), query=q)
    return Status(204, None)


@router.get("/search", auth=maybe_signed_in, response=FoundOut)
def read_search(
    request: HttpRequest, q: str, kind: KindName = "notes", shop: str = "", cursor: str = "",
    limit: int = 20,
) -> dict[str, Any]:  # fmt: skip
    """Notes, goods or shops that hold every word, best first."""
    found = facade.search(
        query=q,
        kind=KINDS[kind],
        shop_id=goods.shop_by_slug(shop).id if shop else None,
        cursor=cursor,
        limit=limit,
        viewer_id=person_id_of(request),
        steered_by=person_id_of(request) if _personalised(request) else None,
    )
    return {
        "kind": kind,
        "items": _items(found),
        "next_cursor": found.next_cursor,
        "widened": found.widened,
    }


def _items(found: Found) -> list[NoteItem | GoodsItem | ShopItem]:
    notes = [
        NoteItem.of(card, likes=card.likes, position=place, channel="search")
        for place, card in enumerate(found.notes, 1)
    ]
    sold = [GoodsItem.of(card, channel="search") for card in found.goods]
    return [*notes, *sold, *(ShopItem.of(shop) for shop in found.shops)]
