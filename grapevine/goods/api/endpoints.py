"""Shops, goods and stock over the API."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import access
from grapevine.goods.actions import auditing, desk, onboarding, warehouses
from grapevine.goods.api.brand import router as brand
from grapevine.goods.api.desk import router as desk_router
from grapevine.goods.api.opening import router as opening
from grapevine.goods.api.oversight import router as oversight
from grapevine.goods.api.pool import router as pooling
from grapevine.goods.api.staff import router as staffing
from grapevine.goods.api.stocking import router as stocking
from grapevine.goods.contracts import (
    NO_CLIP,
    Clip,
    Facts,
    GoodsCard,
    GoodsDetail,
    GoodsNotFound,
    NewSku,
    Right,
    ShopCard,
)
from grapevine.goods.queries import cards
from grapevine.guard.facade import audit, once
from grapevine.kit.api import ListOut, maybe_signed_in, signed_in
from grapevine.kit.pages import me
from grapevine.media import facade as media
from grapevine.media.contracts import PictureCard, VideoCard

router = Router(tags=["goods"])
for part in (stocking, staffing, desk_router, opening, oversight, brand, pooling):
    router.add_router("", part)
Answer = dict[str, Any]


class ShopIn(Schema):
    slug: str = Field(max_length=60)
    name: str = Field(max_length=60)
    colour: str = Field("#1d5a41", max_length=10)
    bio: str = Field("", max_length=300)


class SkuIn(Schema):
    option: str = Field("", max_length=60)
    price_minor: int
    stock: int


class PairIn(Schema):
    name: str = Field(max_length=40)
    value: str = Field(max_length=200)


class FactsIn(Schema):
    """`kind` goods or service; a service is not sent, its SKUs are what can be booked."""

    kind: str = Field("goods", max_length=10)
    origin: str = Field("", max_length=80)
    supplier: str = Field("", max_length=120)
    attributes: list[PairIn] = Field(default_factory=list, max_length=40)

    def facts(self) -> Facts:
        pairs = tuple((one.name, one.value) for one in self.attributes)
        return Facts(self.kind, self.origin, self.supplier, pairs)


class GoodsIn(Schema):
    title: str = Field(max_length=120)
    category: str = Field("", max_length=40)
    body: str = Field("", max_length=20_001)
    axes: str = Field("", max_length=61)
    pictures: list[str] = Field(default_factory=list, max_length=9)
    video: str = Field("", max_length=12)
    poster: int = Field(0, ge=0, le=9)
    skus: list[SkuIn] = Field(max_length=101)
    facts: FactsIn | None = None


class VideoIn(Schema):
    """`video` the public id of a video you uploaded, "" for none; `poster` which of the goods' pictures stands for it, from 1."""

    video: str = Field("", max_length=12)
    poster: int = Field(0, ge=0, le=9)


class ShelfIn(Schema):
    on: bool


class AdjustIn(Schema):
    change: int = Field(ge=-10_000_000, le=10_000_000)


def _shop(shop: ShopCard) -> Answer:
    return {
        "slug": shop.slug, "name": shop.name, "colour": shop.colour, "bio": shop.bio,
        "logo": shop.logo.url if shop.logo else None, "opened_at": shop.opened_at,
    }  # fmt: skip


def _card(card: GoodsCard) -> Answer:
    return {
        "public_id": card.public_id, "title": card.title, "category": card.category,
        "shop": card.shop_slug, "shop_name": card.shop_name, "price_minor": card.price_minor,
        "currency": card.currency, "sold": card.sold, "on_sale": card.on_sale,
        "cover": card.cover.url if card.cover else None,
    }  # fmt: skip


def _detail(detail: GoodsDetail) -> Answer:
    skus = [
        {"code": sku.code, "option": sku.option, "price_minor": sku.price_minor, "free": sku.free}
        for sku in detail.skus
    ]
    pictures = [picture.url for picture in detail.pictures]
    pairs = [{"name": name, "value": value} for name, value in detail.facts.attributes]
    return {
        **_card(detail.card), "body": detail.body, "axes": list(detail.axes), "pictures": pictures, "skus": skus,
        "video": _video(detail),
        "facts": {**asdict(detail.facts), "attributes": pairs},
    }  # fmt: skip


def _video(detail: GoodsDetail) -> Answer | None:
    if detail.video is None:
        return None
    poster = detail.poster.url if detail.poster else None
    return {
        "public_id": detail.video.public_id, "url": detail.video.url,
        "content_type": detail.video.content_type, "seconds": detail.video.seconds, "poster": poster,
    }  # fmt: skip


def _clip(
    person_id: int, body: "VideoIn | GoodsIn", pictures: Sequence[PictureCard],
    now: VideoCard | None = None,
) -> Clip:  # fmt: skip
    """The person's own video, or the one that is there `now`, with the picture at that place. Raises VideoNotFound."""
    if not body.video:
        return NO_CLIP
    at = pictures[body.poster - 1].id if 1 <= body.poster <= len(pictures) else 0
    is_there = now is not None and now.public_id == body.video
    return Clip((now if now and is_there else media.video_owned_by(person_id, body.video)).id, at)


@router.post("/shops", response={201: Answer}, auth=signed_in)
@once
def open_shop(request: HttpRequest, body: ShopIn) -> Status[Any]:
    """Open a shop of your own brand: its address, name and colour. It sells once its application is approved."""
    made = onboarding.open_draft_shop(
        owner_id=me(request), slug=body.slug, name=body.name, colour=body.colour, bio=body.bio
    )
    return Status(201, _shop(made))


@router.get("/shops/{slug}", response=Answer, auth=maybe_signed_in)
def read_shop(request: HttpRequest, slug: str) -> Any:  # noqa: ARG001
    """A shop's card."""
    return _shop(cards.shop_by_slug(slug))


@router.get("/shops/{slug}/goods", response=ListOut[Answer], auth=maybe_signed_in)
def shop_goods(
    request: HttpRequest,  # noqa: ARG001
    slug: str,
    sort: str = "new",
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """A shop's goods on sale; `sort` new, price or dear."""
    page = cards.goods_of_shop(cards.shop_by_slug(slug).id, cursor, limit, sort=sort)
    return {"items": [_card(card) for card in page.items], "next_cursor": page.next_cursor}


@router.post("/shops/{slug}/goods", response={201: Answer}, auth=signed_in)
@once
def list_goods(request: HttpRequest, slug: str, body: GoodsIn) -> Status[Any]:
    """Put goods on the shelf; `pictures` are public ids of pictures you uploaded. `on_sale` says whether the checks are through."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    pictures = media.pictures_owned_by(me(request), body.pictures)
    card = auditing.submit_goods(
        shop_id=shop.id, title=body.title, category=body.category, body=body.body,
        skus=[NewSku(sku.option, sku.price_minor, sku.stock) for sku in body.skus],
        picture_ids=[picture.id for picture in pictures], axes=body.axes, actor_id=me(request),
        clip=_clip(me(request), body, pictures),
        facts=body.facts.facts() if body.facts is not None else None,
    )  # fmt: skip
    return Status(201, _detail(cards.goods_detail(card.public_id)))


@router.put("/shops/{slug}/goods/{public_id}/facts", response=Answer, auth=signed_in)
@once
def set_facts(request: HttpRequest, slug: str, public_id: str, body: FactsIn) -> Any:
    """Kind, origin, supplier and attributes of goods; `on_sale` says whether the checks are through."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    auditing.submit_facts(
        shop_id=shop.id, public_id=public_id, facts=body.facts(), actor_id=me(request)
    )
    return _detail(cards.goods_detail(public_id))


@router.put("/shops/{slug}/goods/{public_id}/video", response=Answer, auth=signed_in)
@once
def set_video(request: HttpRequest, slug: str, public_id: str, body: VideoIn) -> Any:
    """Show a video, another one, or none. A new one of goods on sale waits for a look where goods are looked at."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    detail = cards.goods_detail_of_shop(shop.id, public_id)
    clip = _clip(me(request), body, detail.pictures, detail.video)
    auditing.change_keys(shop_id=shop.id, public_id=public_id, actor_id=me(request), clip=clip)
    return _detail(cards.goods_detail(public_id))


@router.get("/goods/{public_id}", response=Answer, auth=maybe_signed_in)
def read_goods(request: HttpRequest, public_id: str) -> Any:  # noqa: ARG001
    """Goods with pictures and SKUs; `free` is what can be bought now."""
    return _detail(cards.goods_detail(public_id))


@router.put("/shops/{slug}/goods/{public_id}/shelf", response=Answer, auth=signed_in)
@once
def shelf(request: HttpRequest, slug: str, public_id: str, body: ShelfIn) -> Any:
    """Put goods on or off the shelf."""
    shop = cards.shop_for_staff(me(request), slug, Right.GOODS)
    desk.set_on_sale(shop_id=shop.id, public_id=public_id, on=body.on, actor_id=me(request))
    return _card(cards.goods_by_public_id(public_id))


@router.post("/shops/{slug}/skus/{code}/adjustments", response=Answer, auth=signed_in)
@once
def adjust(request: HttpRequest, slug: str, code: str, body: AdjustIn) -> Any:
    """Add pieces, or take them away; never below what is free."""
    shop = cards.shop_for_staff(me(request), slug, Right.STOCK)
    line = cards.sku_by_code(code)
    if line.shop_id != shop.id:
        raise GoodsNotFound(code)
    access.goods_for_shop(shop.id, line.goods_public_id)
    warehouses.adjust(sku_id=line.sku_id, change=body.change)
    audit(
        actor_id=me(request),
        action="stock.adjust",
        object=f"sku:{code}",
        after={"change": body.change},
        shop_id=shop.id,
    )
    return {"code": code, "free": cards.sku_by_code(code).free}
