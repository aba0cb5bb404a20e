"""Buying together, coupons, reductions and flash sales, as others see them. The refusals stand in `refusals.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from grapevine.campaigns.refusals import (
    AlreadyIn as AlreadyIn,
    CouponPlanNotFound as CouponPlanNotFound,
    CouponsGone as CouponsGone,
    CouponsOver as CouponsOver,
    CouponTaken as CouponTaken,
    FlashSaleNotFound as FlashSaleNotFound,
    FlashSaleOverlaps as FlashSaleOverlaps,
    GroupFull as GroupFull,
    GroupNotFound as GroupNotFound,
    GroupOver as GroupOver,
    KeyUsed as KeyUsed,
    NotForYou as NotForYou,
    PlanNotFound as PlanNotFound,
    PlanStopped as PlanStopped,
    ReductionNotFound as ReductionNotFound,
    TooMany as TooMany,
    WrongSku as WrongSku,
)
from grapevine.goods.contracts import GoodsCard, SkuLine
from grapevine.people.contracts import PersonCard
from grapevine.signals.contracts import Event


class GroupState(StrEnum):
    OPEN = "open"
    FILLED = "filled"
    EXPIRED = "expired"


class SeatState(StrEnum):
    HELD = "held"
    PAID = "paid"
    RELEASED = "released"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class PlanView:
    """A shop's rule: `size` people, each at `price_minor`, within `hours`; `limit` pieces a person."""

    id: int
    public_id: str
    goods_id: int
    shop_id: int
    size: int
    price_minor: int
    hours: int
    limit: int
    active: bool
    goods: GoodsCard | None = None
    set_size: int = 0
    """What the shop set; `size` is another while its experiment says so."""


@dataclass(frozen=True, slots=True)
class SeatView:
    """A place in the bunch. `person` is None for an empty one; only `paid` counts as joined."""

    state: str
    person: PersonCard | None
    leads: bool = False


@dataclass(frozen=True, slots=True)
class GroupView:
    id: int
    public_id: str
    plan: PlanView
    leader: PersonCard
    size: int
    paid: int
    held: int
    missing: int
    deadline: datetime
    state: GroupState
    opened_at: datetime
    region: str = ""
    seats: Sequence[SeatView] = ()
    mine: str = ""
    """The viewer's own seat: "", held or paid."""
    my_order: str = ""

    @property
    def joinable(self) -> bool:
        return self.state is GroupState.OPEN and self.paid + self.held < self.size


@dataclass(frozen=True, slots=True)
class Seated:
    """What opening or joining made: a seat, and an order to pay."""

    group_public_id: str
    order_number: str
    payment_number: str
    total_minor: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ImportedGroup:
    goods_id: int
    shop_id: int
    leader_id: int
    size: int
    price_minor: int
    opened_at: datetime
    deadline: datetime
    state: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class ImportedSeat:
    group_id: int
    person_id: int
    order_number: str
    state: str
    at: datetime


COUPON = "campaigns.coupon"
REDUCTION = "campaigns.reduction"
FLASH = "campaigns.flash"
"""How the references of these offers begin."""


class Audience(StrEnum):
    """Who may take a coupon; looked at when it is taken, never when it is used."""

    EVERYONE = "everyone"
    NEW = "new"
    """Has paid no order that stands at this shop (a platform coupon: anywhere)."""
    FANS = "fans"
    """Follows the shop's owner."""
    NAMED = "named"
    """Given by the shop to people it names."""


class CouponState(StrEnum):
    USABLE = "usable"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines an offer cuts: these categories, goods or SKUs; all of them where nothing is named."""

    categories: tuple[str, ...] = ()
    goods: tuple[int, ...] = ()
    skus: tuple[int, ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Sequence[Any]]) -> "Scope":
        """From what `rules.windows.stored` keeps."""
        parts = [tuple(stored.get(name, ())) for name in ("categories", "goods", "skus")]
        return cls(*parts)

    @property
    def is_everything(self) -> bool:
        return not (self.categories or self.goods or self.skus)


@dataclass(frozen=True, slots=True)
class NewScope:
    """The same as a shop names it: goods by public id, SKUs by code."""

    categories: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewCoupons:
    """A kind of coupon to give out. `rate_bps` 0: `worth_minor` off; else that part off, up to `worth_minor`."""

    worth_minor: int
    issue_limit: int
    starts_at: datetime
    ends_at: datetime
    title: str = ""
    rate_bps: int = 0
    threshold_minor: int = 0
    audience: str = "everyone"
    per_person: int = 1
    budget_minor: int | None = None
    days: int | None = None
    scope: NewScope = field(default_factory=NewScope)


@dataclass(frozen=True, slots=True)
class NewReduction:
    """A 满减 to offer: tiers of (threshold, cut)."""

    tiers: tuple[tuple[int, int], ...]
    starts_at: datetime
    ends_at: datetime
    title: str = ""
    scope: NewScope = field(default_factory=NewScope)


@dataclass(frozen=True, slots=True)
class NewFlashSale:
    sku: str
    price_minor: int
    quota: int
    starts_at: datetime
    ends_at: datetime
    per_person: int = 1


@dataclass(frozen=True, slots=True)
class CouponPlanView:
    id: int
    public_id: str
    shop_id: int
    title: str
    rate_bps: int
    worth_minor: int
    threshold_minor: int
    scope: Scope
    audience: str
    issue_limit: int
    per_person: int
    budget_minor: int | None
    issued: int
    days: int | None
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None = None
    shop_name: str = ""
    shop_slug: str = ""
    mine: int = 0
    """How many of them the viewer took."""

    @property
    def left(self) -> int:
        return self.issue_limit - self.issued

    @property
    def takeable(self) -> bool:
        return self.left > 0 and self.mine < self.per_person

    @property
    def tenths(self) -> str:
        """What is left to pay, in tenths as a shop says it: 1500 bps off is "8.5" (折)."""
        return f"{(10_000 - self.rate_bps) / 1000:g}"

    @property
    def percent(self) -> str:
        """The part that is cut, in percent: "15"."""
        return f"{self.rate_bps / 100:g}"


@dataclass(frozen=True, slots=True)
class CouponView:
    """A coupon somebody holds or held."""

    public_id: str
    plan: CouponPlanView
    state: CouponState
    taken_at: datetime
    until: datetime
    used_at: datetime | None = None
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class ReductionView:
    public_id: str
    shop_id: int
    title: str
    tiers: tuple[tuple[int, int], ...]
    scope: Scope
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None = None

    @property
    def examples(self) -> list[tuple[int, int, int]]:
        """(what is bought for, what is cut, what is paid), at each threshold."""
        return [(threshold, cut, threshold - cut) for threshold, cut in self.tiers]


@dataclass(frozen=True, slots=True)
class FlashSaleView:
    """`free` is what is left of the quota."""

    public_id: str
    shop_id: int
    goods_id: int
    sku_id: int
    price_minor: int
    quota: int
    free: int
    per_person: int
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None = None
    sku: SkuLine | None = None

    @property
    def taken(self) -> int:
        return self.quota - self.free


@dataclass(frozen=True, slots=True)
class GroupOpened(Event):
    name: ClassVar[str] = "campaigns.group_opened"
    person_id: int
    shop_id: int
    object_id: str
    goods_id: int
    region: str
    at: str
    object_type: str = "group"


@dataclass(frozen=True, slots=True)
class GroupJoined(Event):
    """A seat was paid for."""

    name: ClassVar[str] = "campaigns.group_joined"
    person_id: int
    shop_id: int
    object_id: str
    region: str
    at: str
    object_type: str = "group"


@dataclass(frozen=True, slots=True)
class GroupFilled(Event):
    name: ClassVar[str] = "campaigns.group_filled"
    person_id: int
    shop_id: int
    object_id: str
    region: str
    at: str
    object_type: str = "group"


@dataclass(frozen=True, slots=True)
class GroupExpired(Event):
    name: ClassVar[str] = "campaigns.group_expired"
    person_id: int
    shop_id: int
    object_id: str
    region: str
    at: str
    object_type: str = "group"


@dataclass(frozen=True, slots=True)
class SeatLost(Event):
    """A paid seat of a group that expired: its order goes back."""

    name: ClassVar[str] = "campaigns.seat_lost"
    person_id: int
    shop_id: int
    object_id: str
    order_number: str
    at: str
    object_type: str = "group"
