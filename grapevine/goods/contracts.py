"""Shops, goods and stock as others see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.media.contracts import PictureCard
from grapevine.signals.contracts import Event


class ShopNotFound(NotFound):
    code = "goods.shop_not_found"
    message = marked("没有找到这家店")


class GoodsNotFound(NotFound):
    code = "goods.not_found"
    message = marked("没有找到这件商品")


class OutOfStock(DomainError):
    code = "goods.out_of_stock"
    status = 409
    message = marked("库存不够了")
    remedy = marked("少买几件，或换一个规格")


class SlugTaken(DomainError):
    code = "goods.slug_taken"
    status = 409
    message = marked("这个店铺地址已经有人用了")


@dataclass(frozen=True, slots=True)
class ShopCard:
    id: int
    slug: str
    name: str
    colour: str
    logo: PictureCard | None
    bio: str
    owner_id: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class GoodsCard:
    """Goods on a card: `price_minor` is the lowest of its SKUs."""

    id: int
    public_id: str
    shop_id: int
    shop_slug: str
    shop_name: str
    title: str
    category: str
    cover: PictureCard | None
    price_minor: int
    currency: str
    sold: int
    on_sale: bool


@dataclass(frozen=True, slots=True)
class SkuLine:
    """One SKU as a line of a cart or an order shows it; `free` is what can be bought now."""

    sku_id: int
    code: str
    goods_id: int
    goods_public_id: str
    title: str
    option: str
    price_minor: int
    currency: str
    free: int
    shop_id: int
    shop_name: str
    cover: PictureCard | None
    on_sale: bool


@dataclass(frozen=True, slots=True)
class GoodsDetail:
    card: GoodsCard
    body: str
    pictures: Sequence[PictureCard]
    skus: Sequence[SkuLine]


@dataclass(frozen=True, slots=True)
class NewSku:
    option: str
    price_minor: int
    stock: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class NewShop:
    owner_id: int
    slug: str
    name: str
    colour: str = "#1d5a41"
    bio: str = ""
    logo_id: int | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewGoods:
    shop_id: int
    title: str
    category: str
    body: str
    skus: Sequence[NewSku]
    picture_ids: Sequence[int] = ()
    currency: str = "CNY"
    listed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeGoods:
    """What became of an imported NewGoods: its ids, and its SKUs' ids in the order given."""

    goods_id: int
    public_id: str
    sku_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class ShopOpened(Event):
    name: ClassVar[str] = "goods.shop_opened"
    shop_id: int
    person_id: int
    at: str


@dataclass(frozen=True, slots=True)
class GoodsListed(Event):
    name: ClassVar[str] = "goods.listed"
    shop_id: int
    goods_id: int
    object_id: str
    at: str
    object_type: str = "goods"


@dataclass(frozen=True, slots=True)
class GoodsChanged(Event):
    name: ClassVar[str] = "goods.changed"
    shop_id: int
    goods_id: int
    object_id: str
    at: str
    object_type: str = "goods"


@dataclass(frozen=True, slots=True)
class GoodsDelisted(Event):
    name: ClassVar[str] = "goods.delisted"
    shop_id: int
    goods_id: int
    object_id: str
    at: str
    object_type: str = "goods"


@dataclass(frozen=True, slots=True)
class GoodsImported(Event):
    """Goods from `first_id` to `last_id` came in by import."""

    name: ClassVar[str] = "goods.imported"
    first_id: int
    last_id: int
