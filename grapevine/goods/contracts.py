"""Shops, goods and stock as others see them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NamedTuple

from grapevine.goods.onboarding import (
    Cause as Cause,
    DocumentRefused as DocumentRefused,
    DocumentRunsOut as DocumentRunsOut,
    SalesResumed as SalesResumed,
    SalesWithheld as SalesWithheld,
    ShopApproved as ShopApproved,
    ShopSentBack as ShopSentBack,
)
from grapevine.kit.errors import DomainError, NotAllowed, NotFound
from grapevine.kit.text import marked
from grapevine.media.contracts import PictureCard, VideoCard
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


class BelowCost(DomainError):
    code = "goods.below_cost"
    status = 409
    message = marked("有价格低于成本：%(which)s")
    remedy = marked("改高一点，或者确认就是要亏本卖")


class LargePriceChange(DomainError):
    code = "goods.large_price_change"
    status = 409
    message = marked("有价格一次改了三成以上：%(which)s")
    remedy = marked("看看有没有写错；没错就确认一下")


class PriceChangeNotFound(NotFound):
    code = "goods.price_change_not_found"
    message = marked("没有找到这次调价，或者已经撤销了")


class WarehouseNotFound(NotFound):
    code = "goods.warehouse_not_found"
    message = marked("没有找到这个仓库")


class ShippingNotFound(NotFound):
    code = "goods.shipping_not_found"
    message = marked("没有找到这个运费模板")


class SlugTaken(DomainError):
    code = "goods.slug_taken"
    status = 409
    message = marked("这个店铺地址已经有人用了")


class Role(StrEnum):
    """Of a shop's staff."""

    OWNER = "owner"
    MANAGER = "manager"
    CLERK = "clerk"
    SERVICE = "service"
    FINANCE = "finance"


class Returns(StrEnum):
    """Whether goods may come back without a reason: within seven days, or why not (消费者权益保护法, article 25)."""

    SEVEN_DAYS = "seven_days"
    CUSTOM = "custom"
    FRESH = "fresh"
    DIGITAL = "digital"
    PERIODICAL = "periodical"


class Right(StrEnum):
    """What a page or an endpoint of a shop's console asks for; `rules.roles` says who has it."""

    TODAY = "today"
    ORDERS = "orders"
    SHIPPING = "shipping"
    REFUNDS = "refunds"
    AFTER_SALES = "after_sales"
    REVIEWS = "reviews"
    CONTACTS = "contacts"
    """To see a buyer's telephone number and address whole; each look is written down."""
    GOODS = "goods"
    STOCK = "stock"
    PRICES = "prices"
    MARKETING = "marketing"
    INSIGHT = "insight"
    FINANCE = "finance"
    STAFF = "staff"
    SETTINGS = "settings"
    CLOSING = "closing"


class LacksRight(NotAllowed):
    """Staff of the shop, in a role that may not do this."""

    code = "goods.lacks_right"
    message = marked("你的角色不能做这件事")
    remedy = marked("请店主来做，或请店主调整你的角色")


@dataclass(frozen=True, slots=True)
class ShopCard:
    """A shop. `rights` are those of the staff member it was loaded for; nobody's otherwise."""

    id: int
    slug: str
    name: str
    colour: str
    logo: PictureCard | None
    bio: str
    owner_id: int
    opened_at: datetime
    rights: frozenset[Right] = frozenset()


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
    category: str = ""
    grams: int = 0
    limit_per_person: int = 0
    shipping_id: int | None = None
    is_service: bool = False
    has_own_picture: bool = False
    returns: str = "seven_days"
    """One of `Returns`."""


POOL_MOST_BPS = 5000
"""All that may be paid to others for one sale, of what is left of it: a mini-shop's part and a sharer's together."""


@dataclass(frozen=True, slots=True)
class NewTerm:
    """What a supplier asks for one SKU; None takes what the rate gives, and the list price as the floor."""

    code: str
    supply_minor: int | None = None
    floor_minor: int | None = None


@dataclass(frozen=True, slots=True)
class PickTerm:
    """A SKU of the pool as another shop may sell it now. `price_minor` is its price there.

    `rate_bps` of the sale are that shop's, or with None what is above `supply_minor`.
    """

    pick: str
    sku_id: int
    shop_id: int
    shop_name: str
    shop_slug: str
    price_minor: int
    rate_bps: int | None
    supply_minor: int


@dataclass(frozen=True, slots=True)
class Want:
    """Pieces of a SKU to hold for a reference (an order)."""

    reference: str
    sku_id: int
    count: int


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the counter as allocation sees it; `distance_km` to the buyer, 0 if unknown."""

    stock_id: int
    warehouse_id: int
    free: int
    priority: int
    distance_km: int
    bucket: int


@dataclass(frozen=True, slots=True)
class WarehouseView:
    id: int
    public_id: str
    name: str
    province: str
    priority: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class StockView:
    """What one warehouse has of one SKU; `per_day` is what it sold a day over the last weeks."""

    sku_id: int
    code: str
    title: str
    option: str
    warehouse_id: int
    warehouse: str
    free: int
    held: int
    sold: int
    per_day: float


@dataclass(frozen=True, slots=True)
class PricedSku:
    """A SKU as its shop prices it; `others_minor` are the quarter, half and three-quarter prices of its category
    at other shops, () where fewer than four sell such goods."""

    sku_id: int
    code: str
    title: str
    option: str
    category: str
    price_minor: int
    cost_minor: int | None
    others_minor: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StockedSku:
    """A SKU with its free pieces over all warehouses, priced and dated, for judging how it sells."""

    sku_id: int
    code: str
    goods_id: int
    public_id: str
    title: str
    option: str
    category: str
    price_minor: int
    lowest_minor: int
    cost_minor: int | None
    free: int
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A list price to be: `code` is the SKU's."""

    code: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class PriceBatch:
    """Prices changed at once: (SKU code, title, option, before, after)."""

    batch: str
    at: datetime
    reason: str
    is_undone: bool
    changes: tuple[tuple[str, str, str, int, int], ...]


@dataclass(frozen=True, slots=True)
class TransferSuggestion:
    """Move `count` pieces from a warehouse with more than it needs to one that runs short."""

    sku_id: int
    code: str
    title: str
    option: str
    from_warehouse_id: int
    from_warehouse: str
    to_warehouse_id: int
    to_warehouse: str
    count: int


@dataclass(frozen=True, slots=True)
class ShippingZone:
    """Provinces with one price: the first `first_grams` cost `first_minor`, each further `step_grams` `step_minor`.

    An empty `provinces` is everywhere else. `sends` False: not delivered there. Weights of 0 count by pieces of 1 g.
    """

    provinces: tuple[str, ...] = ()
    first_grams: int = 1000
    first_minor: int = 0
    step_grams: int = 1000
    step_minor: int = 0
    sends: bool = True


@dataclass(frozen=True, slots=True)
class ShippingView:
    id: int
    public_id: str
    shop_id: int
    name: str
    zones: tuple[ShippingZone, ...]
    free_over_minor: int | None
    is_default: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What goods are: `kind` goods or service, where they come from, who supplies them, and pairs of attributes."""

    kind: str = "goods"
    origin: str = ""
    supplier: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GoodsDetail:
    card: GoodsCard
    body: str
    pictures: Sequence[PictureCard]
    skus: Sequence[SkuLine]
    facts: Facts = field(default_factory=Facts)
    axes: Sequence[str] = ()
    """What the options choose, in their order: 釉色, 容量."""
    video: VideoCard | None = None
    poster: PictureCard | None = None
    """The picture that stands for the video until it plays."""


class Clip(NamedTuple):
    """A video and the picture that stands for it, by their ids; 0 is none."""

    video_id: int = 0
    poster_id: int = 0


NO_CLIP = Clip()


@dataclass(frozen=True, slots=True)
class NewSku:
    option: str
    price_minor: int
    stock: int
    code: str = ""
    grams: int = 0
    picture_id: int | None = None
    own_code: str = ""
    cost_minor: int | None = None


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
    axes: str = ""
    facts: Facts = field(default_factory=Facts)
    limit_per_person: int = 0
    on_sale: bool = True


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


@dataclass(frozen=True, slots=True)
class GoodsFailedInspection(Event):
    name: ClassVar[str] = "goods.failed_inspection"
    shop_id: int
    person_id: int
    goods_id: int
    object_id: str
    title: str
    finding: str
    at: str
