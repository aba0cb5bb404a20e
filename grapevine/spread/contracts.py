"""Sharing, attribution, commission and fans, as others see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from grapevine.kit.errors import NotFound
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event

KINDS = ("note", "goods", "group", "shop")


class ShareNotFound(NotFound):
    code = "spread.share_not_found"
    message = marked("这个分享链接不完整或已失效")
    remedy = marked("请朋友再发一次")


class NothingToShare(NotFound):
    code = "spread.nothing_to_share"
    message = marked("要分享的内容不在了")


@dataclass(frozen=True, slots=True)
class Shared:
    """What a share points at: words and picture for the card and the poster."""

    object_type: str
    object_id: str
    shop_id: int | None
    title: str
    subtitle: str
    price_minor: int | None
    group: bool
    picture_id: int | None
    path: str
    colour: str = ""
    shop_name: str = ""


@dataclass(frozen=True, slots=True)
class ShareView:
    token: str
    sharer_id: int
    object_type: str
    object_id: str
    shop_id: int | None
    parent_token: str
    channel: str
    created_at: datetime
    path: str
    """Of the share link on this site: /s/<token>/."""


@dataclass(frozen=True, slots=True)
class ShareCounts:
    share: ShareView
    title: str
    visits: int
    sign_ups: int
    orders: int


@dataclass(frozen=True, slots=True)
class Income:
    """A promoter's commission in minor units, by what became of it, and the orders behind it."""

    held_minor: int
    released_minor: int
    reversed_minor: int
    orders: int


@dataclass(frozen=True, slots=True)
class CommissionView:
    order_number: str
    shop_id: int
    amount_minor: int
    state: str
    at: datetime
    is_own_order: bool = False
    """The payee was invited, and bought."""


@dataclass(frozen=True, slots=True)
class FanView:
    """A person's tie to a shop, under the shop's own code. Supporting: bought and brought a buyer."""

    person_id: int
    code: str
    orders: int
    spent_minor: int
    brought: int
    brought_by: int | None
    supporting: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class TieRow:
    """A person's tie to a shop without name or sums."""

    person_id: int
    brought_by: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class OrderCredit:
    """An order of `buyer_id` that `sharer_id` brought."""

    sharer_id: int
    buyer_id: int
    order_number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Earned:
    """Commission of one sharer from one shop, in minor units, less what was taken back."""

    person_id: int
    shop_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ImportedShare:
    sharer_id: int
    object_type: str
    object_id: str
    shop_id: int | None
    parent_token: str
    channel: str
    at: datetime
    receiver_id: int | None = None


@dataclass(frozen=True, slots=True)
class ImportedSale:
    """An imported order for the fans' ties; `token` is the share that brought it, "" if none."""

    shop_id: int
    buyer_id: int
    amount_minor: int
    order_number: str
    token: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShareCreated(Event):
    name: ClassVar[str] = "spread.share_created"
    person_id: int
    shop_id: int | None
    object_type: str
    object_id: str
    share_token: str
    parent_token: str
    channel: str
    at: str


@dataclass(frozen=True, slots=True)
class ShareVisited(Event):
    name: ClassVar[str] = "spread.share_visited"
    person_id: int | None
    visitor_id: str
    shop_id: int | None
    object_type: str
    object_id: str
    share_token: str
    sharer_id: int
    at: str


@dataclass(frozen=True, slots=True)
class SignUpBrought(Event):
    """`person_id` brought `new_person_id`."""

    name: ClassVar[str] = "spread.sign_up_brought"
    person_id: int
    new_person_id: int
    shop_id: int | None
    share_token: str
    at: str


@dataclass(frozen=True, slots=True)
class OrderBrought(Event):
    """`person_id` brought the order of `buyer_id`."""

    name: ClassVar[str] = "spread.order_brought"
    person_id: int
    buyer_id: int
    shop_id: int
    order_number: str
    share_token: str
    amount_minor: int
    at: str


@dataclass(frozen=True, slots=True)
class CommissionHeld(Event):
    """`side`: sharer, or invited, who is the buyer."""

    name: ClassVar[str] = "spread.commission_held"
    person_id: int
    shop_id: int
    order_number: str
    amount_minor: int
    at: str
    side: str = "sharer"


@dataclass(frozen=True, slots=True)
class CommissionReleased(Event):
    name: ClassVar[str] = "spread.commission_released"
    person_id: int
    shop_id: int
    order_number: str
    amount_minor: int
    at: str
    side: str = "sharer"


@dataclass(frozen=True, slots=True)
class CommissionReversed(Event):
    name: ClassVar[str] = "spread.commission_reversed"
    person_id: int
    shop_id: int
    order_number: str
    amount_minor: int
    at: str
    side: str = "sharer"
