"""The supply pool over the API."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods.actions import pool as actions
from grapevine.goods.contracts import GoodsCard, NewTerm, Right
from grapevine.goods.pool import PickView, PoolFilter, PoolItem, SupplyView
from grapevine.goods.queries import cards, pool as reads
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["pool"])
Answer = dict[str, Any]
AMOUNT_MAX = 10**12


class TermIn(Schema):
    """One SKU's supply price (without a rate) and the lowest price to sell at; absent: its list price."""

    sku: str = Field(max_length=40)
    supply_minor: int | None = Field(None, ge=0, le=AMOUNT_MAX)
    floor_minor: int | None = Field(None, ge=0, le=AMOUNT_MAX)


class OfferIn(Schema):
    """Either `rate_bps`, at most half of the sale, or a supply price for each SKU."""

    rate_bps: int | None = Field(None, ge=1, le=5000)
    terms: list[TermIn] = Field(default_factory=list, max_length=200)


class PickIn(Schema):
    offer: str = Field(max_length=12)


class OffIn(Schema):
    """How much of the price the shop gives up of its own earning."""

    off_bps: int = Field(ge=0, le=5000)


def _shop_id(request: HttpRequest, slug: str, right: Right) -> int:
    return cards.shop_for_staff(me(request), slug, right).id


def _goods(card: GoodsCard) -> Answer:
    return {
        "goods": card.public_id, "title": card.title, "category": card.category,
        "price_minor": card.price_minor, "currency": card.currency, "on_sale": card.on_sale,
    }  # fmt: skip


def _item(one: PoolItem) -> Answer:
    return _goods(one.goods) | {
        "offer": one.public_id, "supplier": one.supplier, "rate_bps": one.rate_bps,
        "earn_minor": one.earn_minor, "free": one.free, "pick": one.picked,
    }  # fmt: skip


def _pick(one: PickView) -> Answer:
    return _goods(one.goods) | {
        "pick": one.public_id, "supplier": one.supplier, "price_minor": one.price_minor,
        "earn_minor": one.earn_minor, "off_bps": one.off_bps, "most_off_bps": one.most_off_bps,
        "free": one.free, "on_sale": one.is_on, "picked_at": one.picked_at,
        "ended_at": one.ended_at, "ended_why": one.ended_why,
    }  # fmt: skip


def _supplied(one: SupplyView) -> Answer:
    names = ("sku", "option", "list_minor", "supply_minor", "floor_minor")
    return _goods(one.goods) | {
        "offer": one.public_id, "rate_bps": one.rate_bps, "picks": one.picks, "since": one.since,
        "terms": [dict(zip(names, term, strict=True)) for term in one.terms],
    }  # fmt: skip


@router.get("/shops/{slug}/pool", response=ListOut[Answer], auth=signed_in)
def browse_pool(
    request: HttpRequest, slug: str, q: str = "", category: str = "", earn_minor: int = 0,
    price_minor: int = 0, sort: str = "new", cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """What the shop may pick: earning `earn_minor` at least, `price_minor` at most; sort new, earn, rate or price."""
    wanted = PoolFilter(q[:60], category[:20], max(0, earn_minor), max(0, price_minor), sort[:6])
    page = reads.pool_page(_shop_id(request, slug, Right.GOODS), wanted, cursor, limit)
    return {"items": [_item(one) for one in page.items], "next_cursor": page.next_cursor}


@router.get("/shops/{slug}/picks", response=ListOut[Answer], auth=signed_in)
def list_picks(
    request: HttpRequest, slug: str, over: bool = False, cursor: str | None = None,  # noqa: FBT001, FBT002
    limit: int | None = None,
) -> Any:  # fmt: skip
    """What the shop picked and sells; with `over` what is over, and why."""
    shop_id = _shop_id(request, slug, Right.GOODS)
    page = reads.picks_of(shop_id, is_over=over, cursor=cursor, limit=limit)
    return {"items": [_pick(one) for one in page.items], "next_cursor": page.next_cursor}


@router.post("/shops/{slug}/picks", response={201: Answer}, auth=signed_in)
@once
def pick(request: HttpRequest, slug: str, body: PickIn) -> Status[Any]:
    """Put an offer of the pool into the shop; its stock and shipping stay the supplier's."""
    shop_id = _shop_id(request, slug, Right.GOODS)
    made = actions.pick_goods(shop_id=shop_id, offer_id=body.offer, person_id=me(request))
    return Status(201, {"pick": made})


@router.patch("/shops/{slug}/picks/{public_id}", response={204: None}, auth=signed_in)
@once
def change_pick(request: HttpRequest, slug: str, public_id: str, body: OffIn) -> Status[None]:
    """Sell a pick for less, out of the shop's own earning."""
    actions.set_off(
        shop_id=_shop_id(request, slug, Right.GOODS), public_id=public_id, off_bps=body.off_bps,
        actor_id=me(request),
    )  # fmt: skip
    return Status(204, None)


@router.delete("/shops/{slug}/picks/{public_id}", response={204: None}, auth=signed_in)
@once
def drop_pick(request: HttpRequest, slug: str, public_id: str) -> Status[None]:
    """Take a pick out of the shop; what was sold is paid as agreed."""
    actions.drop_pick(
        shop_id=_shop_id(request, slug, Right.GOODS), public_id=public_id, actor_id=me(request)
    )
    return Status(204, None)


@router.get("/shops/{slug}/pool-offers", response=ListOut[Answer], auth=signed_in)
def list_pool_offers(request: HttpRequest, slug: str) -> Any:
    """What the shop lets others sell, with its terms and how many shops picked it."""
    shop_id = _shop_id(request, slug, Right.PRICES)
    return {"items": [_supplied(one) for one in reads.supplied_by(shop_id)]}


@router.put("/shops/{slug}/pool-offers/{public_id}", response=Answer, auth=signed_in)
@once
def offer_in_pool(request: HttpRequest, slug: str, public_id: str, body: OfferIn) -> Any:
    """Let other shops sell these goods. Terms worse than before end their picks at once."""
    made = actions.offer_goods(
        shop_id=_shop_id(request, slug, Right.PRICES), public_id=public_id, actor_id=me(request),
        rate_bps=body.rate_bps,
        terms=[NewTerm(one.sku, one.supply_minor, one.floor_minor) for one in body.terms],
    )  # fmt: skip
    return {"offer": made}


@router.delete("/shops/{slug}/pool-offers/{public_id}", response={204: None}, auth=signed_in)
@once
def withdraw_from_pool(request: HttpRequest, slug: str, public_id: str) -> Status[None]:
    """Nobody else sells these goods from now on; their picks end at once."""
    actions.withdraw_offer(
        shop_id=_shop_id(request, slug, Right.PRICES), public_id=public_id, actor_id=me(request)
    )
    return Status(204, None)


@router.get("/goods/{public_id}/seller", response=Answer)
def read_seller(request: HttpRequest, public_id: str, via: str = "") -> Any:  # noqa: ARG001
    """Who sells and sends these goods, and the shop whose pick `via` recommends them, as the buyer is told."""
    detail, term = reads.goods_by_pick(cards.goods_detail(public_id), via[:12])
    seller = reads.sellers([detail.card.shop_id])[detail.card.shop_id]
    return asdict(seller) | {
        "price_minor": detail.card.price_minor,
        "recommended_by": {"shop": term.shop_slug, "name": term.shop_name} if term else None,
    }
