"""The supply pool as pages and programs see it, and what its actions refuse."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from grapevine.goods.contracts import GoodsCard
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event

ENDED = {
    "dropped": marked("自己下架的"),
    "withdrawn": marked("供货方不再供这件商品"),
    "raised": marked("供货方涨价或降低了佣金"),
}
"""Why a pick is over."""
ACTION_WORDS = {
    "pool.offer": marked("放进供货池"),
    "pool.withdraw": marked("移出供货池"),
    "pool.pick": marked("选品上架"),
    "pool.reprice": marked("改选品让利"),
    "pool.drop": marked("选品下架"),
}


class OfferNotFound(NotFound):
    code = "goods.offer_not_found"
    message = marked("供货池里没有这件商品，或者供货方已经撤回")


class PickNotFound(NotFound):
    code = "goods.pick_not_found"
    message = marked("没有找到这件选品，或者已经下架")


class CannotSupply(DomainError):
    code = "goods.cannot_supply"
    status = 409
    message = marked("个人小店不能给别人供货")
    remedy = marked("升级成个体工商户或企业就可以")


class OwnGoods(DomainError):
    code = "goods.own_goods"
    status = 409
    message = marked("这是自己店里的商品，不用选")


class PickedAlready(DomainError):
    code = "goods.picked_already"
    status = 409
    message = marked("这件商品已经在你的店里了")


class UnderFloor(DomainError):
    code = "goods.under_floor"
    status = 422
    message = marked("最多让 %(most)s，再低就破供货方的最低售价了")


@dataclass(frozen=True, slots=True)
class PoolFilter:
    """`earn_minor` at least, `price_minor` at most (0: any); `sort` new, earn, rate or price."""

    query: str = ""
    category: str = ""
    earn_minor: int = 0
    price_minor: int = 0
    sort: str = "new"


@dataclass(frozen=True, slots=True)
class PoolItem:
    """An offer as somebody who may pick it sees it, at the price of its cheapest SKU."""

    public_id: str
    goods: GoodsCard
    supplier: str
    rate_bps: int
    """What one sale earns, of the list price, whether the supplier said so or gave a supply price."""
    earn_minor: int
    free: int
    picked: str
    """The pick of the shop that looks; "" if it has none."""


@dataclass(frozen=True, slots=True)
class PickView:
    """A pick with what it sells for, earns now, and may give up at most; `ended_why` "" while it lives.

    `is_on` False for a live one: the goods, or the shop that picked them, are out of sale at the moment.
    """

    public_id: str
    goods: GoodsCard
    supplier: str
    price_minor: int
    earn_minor: int
    off_bps: int
    most_off_bps: int
    free: int
    is_on: bool
    picked_at: datetime
    ended_at: datetime | None
    ended_why: str


@dataclass(frozen=True, slots=True)
class SupplyView:
    """An offer as its supplier sees it: terms by SKU (code, option, list, supply, floor), and how many picked it."""

    public_id: str
    goods: GoodsCard
    rate_bps: int | None
    terms: tuple[tuple[str, str, int, int, int], ...]
    picks: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells, as the buyer is told (电子商务法, articles 15 and 17). `code` "" where none is registered."""

    shop_id: int
    shop_slug: str
    shop_name: str
    company: str
    code: str


@dataclass(frozen=True, slots=True)
class GoodsPicked(Event):
    name: ClassVar[str] = "goods.picked"
    shop_id: int
    person_id: int
    goods_id: int
    object_id: str
    at: str
    object_type: str = "goods"


@dataclass(frozen=True, slots=True)
class PickEnded(Event):
    """A pick is over; `why` a key of ENDED. `person_id` owns the shop that had it."""

    name: ClassVar[str] = "goods.pick_ended"
    shop_id: int
    person_id: int
    goods_id: int
    object_id: str
    why: str
    at: str
    object_type: str = "goods"
