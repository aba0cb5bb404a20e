"""Orders, quotes, payments and their refusals, as others see them. The refusals stand in `refusals.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from grapevine.goods.contracts import PickTerm, SkuLine
from grapevine.signals.contracts import Event
from grapevine.trade.aftersales import (
    AfterSalesMoved as AfterSalesMoved,
    AppealDecided as AppealDecided,
    CaseState as CaseState,
    CaseView as CaseView,
    PiecesRefunded as PiecesRefunded,
    TargetsMissed as TargetsMissed,
)
from grapevine.trade.money_news import WithdrawalMoved as WithdrawalMoved
from grapevine.trade.parcels import (
    ParcelAlarm as ParcelAlarm,
    PickupView,
    ShipmentView as ShipmentView,
)
from grapevine.trade.pool import PoolPart as PoolPart
from grapevine.trade.recalls import BoughtGoodsFailed as BoughtGoodsFailed
from grapevine.trade.refusals import (
    BadAddress as BadAddress,
    BadInvoice as BadInvoice,
    DayNotOver as DayNotOver,
    IllegalMove as IllegalMove,
    LimitReached as LimitReached,
    NotDelivered as NotDelivered,
    NothingToBuy as NothingToBuy,
    NotOnSale as NotOnSale,
    OfferGone as OfferGone,
    OrderNotFound as OrderNotFound,
    PaymentClosed as PaymentClosed,
    PaymentNotFound as PaymentNotFound,
    PriceChanged as PriceChanged,
    WrongCount as WrongCount,
)


class OrderState(StrEnum):
    PENDING = "pending"
    WAITING = "waiting"
    PAID = "paid"
    SHIPPED = "shipped"
    RECEIVED = "received"
    COMPLETED = "completed"
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
    street: str = ""
    id: int | None = None
    is_default: bool = False


class OfferKind(StrEnum):
    """In the order in which offers apply; `docs/PRICES.md` is made from this."""

    PRICE = "price"
    REDUCTION = "reduction"
    SHOP_COUPON = "shop_coupon"
    PLATFORM_COUPON = "platform_coupon"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody offers on a purchase, as conditions; `rules.pricing` decides what it is worth.

    `reference` says whose it is ("campaigns.coupon:ab12") and is unique in a quote. A PRICE has
    `sku_prices`. The others cut the lines in `skus` (empty: all of `shop_id`, 0: everywhere) once these
    reach a threshold: by the best of `tiers` (threshold, cut), or by `rate_bps` up to `most_minor`.
    """

    kind: OfferKind
    label: str
    reference: str
    shop_id: int = 0
    sku_prices: Mapping[int, int] = field(default_factory=dict)
    skus: frozenset[int] = frozenset()
    tiers: tuple[tuple[int, int], ...] = ()
    rate_bps: int = 0
    threshold_minor: int = 0
    most_minor: int = 0
    is_exclusive: bool = False
    """A PRICE whose lines take part in no reduction and no coupon."""
    by_platform: bool = False
    """Who pays: the platform makes it up to the shop; otherwise the shop earns less."""


@dataclass(frozen=True, slots=True)
class OfferLine:
    sku: SkuLine
    count: int


@dataclass(frozen=True, slots=True)
class OfferRequest:
    """What an offerer may look at. A buyer's profile is not in it: price never depends on who looks.

    `buyer_id` serves what the person holds (coupons, points, a membership they joined), `named` what they picked of it.
    """

    buyer_id: int | None
    lines: tuple[OfferLine, ...]
    claim: str
    points_minor: int = 0
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Redemption:
    """An offer that an order is about to use: `amount_minor` in all, `lines` (order, SKU, pieces, amount)."""

    reference: str
    payment_number: str
    buyer_id: int
    amount_minor: int
    lines: tuple[tuple[str, int, int, int], ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class AppliedOffer:
    label: str
    amount_minor: int
    reference: str
    kind: str


@dataclass(frozen=True, slots=True)
class CouponChoice:
    """A coupon that could be used here: what it would cut alone, and whether it is in use."""

    label: str
    reference: str
    amount_minor: int
    is_used: bool


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line with its cuts: (reference, amount) in the order they were applied."""

    sku: SkuLine
    count: int
    goods_minor: int
    discount_minor: int
    subsidy_minor: int = 0
    """The part of the discount the platform pays."""
    cuts: tuple[tuple[str, int], ...] = ()

    @property
    def payable_minor(self) -> int:
        return self.goods_minor - self.discount_minor


@dataclass(frozen=True, slots=True)
class ShopQuote:
    """The lines of one shop: one order, when it is placed."""

    shop_id: int
    shop_name: str
    lines: tuple[QuoteLine, ...]
    shipping_minor: int = 0

    @property
    def goods_minor(self) -> int:
        return sum(line.goods_minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        return sum(line.discount_minor for line in self.lines)

    @property
    def subsidy_minor(self) -> int:
        return sum(line.subsidy_minor for line in self.lines)

    @property
    def payable_minor(self) -> int:
        """Goods after offers, without shipping."""
        return self.goods_minor - self.discount_minor

    @property
    def total_minor(self) -> int:
        return self.payable_minor + self.shipping_minor


@dataclass(frozen=True, slots=True)
class Quote:
    shops: tuple[ShopQuote, ...]
    offers: tuple[AppliedOffer, ...]
    coupons: tuple[CouponChoice, ...] = ()
    currency: str = "CNY"
    vias: Mapping[int, PickTerm] = field(default_factory=dict)
    """SKU → the shop that sells it for its own, and on which terms."""
    is_shortened: bool = False  # the person holds more coupons than were compared

    @property
    def goods_minor(self) -> int:
        return sum(shop.goods_minor for shop in self.shops)

    @property
    def discount_minor(self) -> int:
        return sum(shop.discount_minor for shop in self.shops)

    @property
    def shipping_minor(self) -> int:
        return sum(shop.shipping_minor for shop in self.shops)

    @property
    def total_minor(self) -> int:
        return sum(shop.total_minor for shop in self.shops)


@dataclass(frozen=True, slots=True)
class InvoiceAsk:
    """A 发票 the buyer asks for: `kind` personal or company, a company with its 税号."""

    kind: str
    title: str
    tax_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the buyer chose at checkout. `coupons` None: the best ones; a tuple: exactly these."""

    coupons: tuple[str, ...] | None = None
    points_minor: int = 0
    message: str = ""
    invoice: InvoiceAsk | None = None
    method: str = ""
    """Begin to pay this way at once."""
    confirmed: frozenset[int] = frozenset()
    """SKUs of which the buyer confirmed that they do not come back without a reason."""
    pickups: tuple[str, ...] = ()
    """Points where orders are fetched, at most one a shop; the others are sent."""


@dataclass(frozen=True, slots=True)
class CartLine:
    id: int
    sku: SkuLine
    count: int
    problem: str
    """Why it cannot be bought now, in words; "" if it can."""
    added_minor: int | None = None
    """The price it was put in at, if that is known."""
    pick: str = ""
    """The pick it was put in by; "" from its own shop."""


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
    id: int = 0
    refunded_count: int = 0
    returns: str = "seven_days"
    returns_confirmed: bool = False


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
    shipping_minor: int = 0
    offers: Sequence[AppliedOffer] = ()
    message: str = ""
    invoice: InvoiceAsk | None = None
    shipments: Sequence[ShipmentView] = ()
    received_at: datetime | None = None
    refunded_minor: int = 0
    is_settled: bool = False
    delivered_at: datetime | None = None
    pickup: PickupView | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing made: one payment, one order per shop."""

    payment_number: str
    order_numbers: tuple[str, ...]
    total_minor: int
    expires_at: datetime
    attempt_number: str = ""
    """What the provider will know this payment by, if a method was chosen already."""


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
    waits: bool = False
    """An attempt is open at a provider and has not been heard of."""


@dataclass(frozen=True, slots=True)
class AttemptView:
    """How to go on paying: open `url`, scan `qr`, or hand `params` to the provider's script."""

    number: str
    method: str
    way: str
    state: str
    url: str
    qr: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportedOrder:
    """A finished order from elsewhere. `state`: paid, received or refunded. `cut_minor`: what a coupon took off it."""

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
    cut_minor: int = 0
    region: str = ""
    """Where it went: a province, or a province and a city."""

    @property
    def total_minor(self) -> int:
        return self.price_minor * self.count - self.cut_minor


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
    goods_ids: list[int] = field(default_factory=list)


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
    payment_number: str = ""
    offers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    name: ClassVar[str] = "trade.order_cancelled"
    order_number: str
    person_id: int
    shop_id: int
    claim: str
    at: str
    payment_number: str = ""
    offers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OrderRefunded(Event):
    """`amount_minor` went back now, `before_minor` by PiecesRefunded; `offers_back` as rules.giving_back says."""

    name: ClassVar[str] = "trade.order_refunded"
    order_number: str
    person_id: int
    shop_id: int
    amount_minor: int
    claim: str
    at: str
    source: dict[str, str] = field(default_factory=dict)
    payment_number: str = ""
    offers: list[str] = field(default_factory=list)
    before_minor: int = 0
    total_minor: int = 0
    offers_back: dict[str, list[int]] = field(default_factory=dict)
    is_settled: bool = False


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
