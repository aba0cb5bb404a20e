"""Orders, quotes, payments and their refusals, as others see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from grapevine.goods.contracts import SkuLine
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event


class OrderNotFound(NotFound):
    code = "trade.order_not_found"
    message = marked("没有找到这个订单")


class PaymentNotFound(NotFound):
    code = "trade.payment_not_found"
    message = marked("没有找到这笔支付")


class NotOnSale(DomainError):
    code = "trade.not_on_sale"
    status = 409
    message = marked("「%(title)s」已经下架了")
    remedy = marked("从购物车里移除它")


class WrongCount(DomainError):
    code = "trade.wrong_count"
    status = 422
    message = marked("数量要在 1 到 %(most)s 之间")


class NothingToBuy(DomainError):
    code = "trade.nothing_to_buy"
    status = 422
    message = marked("还没有选商品")


class BadAddress(DomainError):
    code = "trade.bad_address"
    status = 422
    message = marked("收货信息还不完整")


class PriceChanged(DomainError):
    code = "trade.price_changed"
    status = 409
    message = marked("价格变了：现在是 %(now)s")
    remedy = marked("看一眼新的价格再提交")


class IllegalMove(DomainError):
    code = "trade.illegal_move"
    status = 409
    message = marked("订单现在的状态不能这样做")


class PaymentClosed(DomainError):
    code = "trade.payment_closed"
    status = 409
    message = marked("这笔支付已经结束")


class OrderState(StrEnum):
    PENDING = "pending"
    WAITING = "waiting"
    PAID = "paid"
    SHIPPED = "shipped"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class AddressView:
    """Where goods go. Sealed at rest."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    id: int | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A cut from the goods' price, with the words the buyer sees; `reference` says whose it is."""

    label: str
    amount_minor: int
    reference: str


@dataclass(frozen=True, slots=True)
class OfferLine:
    sku: SkuLine
    count: int


@dataclass(frozen=True, slots=True)
class OfferRequest:
    """What an offerer may look at. A buyer's profile is not in it: price never depends on who looks."""

    buyer_id: int | None
    lines: tuple[OfferLine, ...]
    claim: str


@dataclass(frozen=True, slots=True)
class QuoteLine:
    sku: SkuLine
    count: int
    goods_minor: int
    discount_minor: int

    @property
    def payable_minor(self) -> int:
        return self.goods_minor - self.discount_minor


@dataclass(frozen=True, slots=True)
class ShopQuote:
    """The lines of one shop: one order, when it is placed."""

    shop_id: int
    shop_name: str
    lines: tuple[QuoteLine, ...]

    @property
    def total_minor(self) -> int:
        return sum(line.payable_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Quote:
    shops: tuple[ShopQuote, ...]
    offers: tuple[Offer, ...]
    goods_minor: int
    discount_minor: int
    total_minor: int
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class CartLine:
    id: int
    sku: SkuLine
    count: int
    problem: str
    """Why it cannot be bought now, in words; "" if it can."""


@dataclass(frozen=True, slots=True)
class LineView:
    sku_id: int
    goods_id: int
    goods_public_id: str
    title: str
    option: str
    count: int
    price_minor: int
    payable_minor: int
    cover: Any = None


@dataclass(frozen=True, slots=True)
class Step:
    """A move of the order: when, by whom ("buyer", "shop", "system", "provider"), why."""

    state: str
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderView:
    number: str
    state: OrderState
    buyer_id: int
    shop_id: int
    shop_name: str
    shop_slug: str
    goods_minor: int
    discount_minor: int
    total_minor: int
    currency: str
    payment_number: str
    claim: str
    source: Mapping[str, str]
    placed_at: datetime
    paid_at: datetime | None
    expires_at: datetime
    lines: Sequence[LineView] = ()
    timeline: Sequence[Step] = ()
    address: AddressView | None = None
    carrier: str = ""
    tracking: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing made: one payment, one order per shop."""

    payment_number: str
    order_numbers: tuple[str, ...]
    total_minor: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentView:
    number: str
    buyer_id: int
    state: str
    method: str
    total_minor: int
    currency: str
    expires_at: datetime
    order_numbers: tuple[str, ...]
    failed: bool = False
    """The last attempt did not succeed; another may."""


@dataclass(frozen=True, slots=True)
class ImportedOrder:
    """A finished order from elsewhere. `state`: paid, received or refunded."""

    buyer_id: int
    shop_id: int
    sku_id: int
    goods_id: int
    count: int
    price_minor: int
    state: str
    paid_at: datetime
    title: str = ""
    option: str = ""
    goods_public_id: str = ""
    channel: str = "direct"
    source: Mapping[str, str] = field(default_factory=dict)
    claim: str = ""
    currency: str = "CNY"
    shop_name: str = ""


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    name: ClassVar[str] = "trade.order_placed"
    order_number: str
    person_id: int
    shop_id: int
    total_minor: int
    currency: str
    source: dict[str, str]
    claim: str
    at: str


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    name: ClassVar[str] = "trade.order_paid"
    order_number: str
    person_id: int
    shop_id: int
    goods_ids: list[int]
    items: int
    total_minor: int
    currency: str
    source: dict[str, str]
    claim: str
    at: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    name: ClassVar[str] = "trade.order_cancelled"
    order_number: str
    person_id: int
    shop_id: int
    claim: str
    at: str


@dataclass(frozen=True, slots=True)
class OrderRefunded(Event):
    name: ClassVar[str] = "trade.order_refunded"
    order_number: str
    person_id: int
    shop_id: int
    amount_minor: int
    claim: str
    at: str
    source: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderShipped(Event):
    name: ClassVar[str] = "trade.order_shipped"
    order_number: str
    person_id: int
    shop_id: int
    claim: str
    at: str


@dataclass(frozen=True, slots=True)
class OrderReceived(Event):
    name: ClassVar[str] = "trade.order_received"
    order_number: str
    person_id: int
    shop_id: int
    claim: str
    at: str


@dataclass(frozen=True, slots=True)
class OrderSettled(Event):
    """Final: received, and the return window is over."""

    name: ClassVar[str] = "trade.order_settled"
    order_number: str
    person_id: int
    shop_id: int
    amount_minor: int
    claim: str
    at: str
