"""Points and memberships, as others see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from grapevine.goods.contracts import ShopCard
from grapevine.kit.errors import NotFound
from grapevine.kit.text import marked
from grapevine.ledger.contracts import Account
from grapevine.signals.contracts import Event

CURRENCY = "PTS"
"""Points stand in the ledger under a currency of their own, so that they never add up with money."""
MONEY = "CNY"
"""What points pay and what earns them."""
ISSUED = Account("platform", "points:issued")
SPENT = Account("platform", "points:spent")


class NoMembership(NotFound):
    code = "loyalty.no_membership"
    message = marked("这家店没有会员")
    remedy = marked("店铺设好等级后就能加入")


@dataclass(frozen=True, slots=True)
class Level:
    """A step of a shop's membership: from `threshold_minor` spent in a year, goods cost `rate_bps` of their price."""

    name: str
    threshold_minor: int
    rate_bps: int


@dataclass(frozen=True, slots=True)
class PointsRules:
    """What points are worth, as the operator set it."""

    per_yuan: int
    """Points that pay one yuan."""
    earned_per_yuan: int
    share_bps: int
    """The most of a purchase that points may pay."""


@dataclass(frozen=True, slots=True)
class PointsView:
    """A person's points: free to use, set aside for orders not paid yet, and what the free ones pay."""

    points: int
    set_aside: int
    worth_minor: int


@dataclass(frozen=True, slots=True)
class PointsLine:
    """One movement. `points` below zero went out; `kind` says why to machines, `reason` to people."""

    id: int
    at: datetime
    points: int
    kind: str
    reason: str
    order_number: str


@dataclass(frozen=True, slots=True)
class MembershipView:
    """A shop's levels and where a person stands. `level` is theirs, or would be if they joined."""

    shop_id: int
    levels: Sequence[Level]
    is_member: bool
    spent_minor: int
    level: Level
    following: Level | None

    @property
    def missing_minor(self) -> int:
        """What is still to be spent until the following level."""
        return self.following.threshold_minor - self.spent_minor if self.following else 0


@dataclass(frozen=True, slots=True)
class MemberPrice:
    """What goods cost a member: at the person's own level, or at the first one for a stranger."""

    price_minor: int
    level: Level
    is_member: bool


@dataclass(frozen=True, slots=True)
class MyMembership:
    shop: ShopCard
    joined_at: datetime
    view: MembershipView | None
    """None while the shop offers no levels."""


@dataclass(frozen=True, slots=True)
class MemberJoined(Event):
    name: ClassVar[str] = "loyalty.member_joined"
    person_id: int
    shop_id: int
    at: str


@dataclass(frozen=True, slots=True)
class MemberLeft(Event):
    name: ClassVar[str] = "loyalty.member_left"
    person_id: int
    shop_id: int
    at: str
