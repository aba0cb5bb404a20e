"""Cooperations of shops as pages and neighbours see them, and what their actions refuse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from grapevine.goods.contracts import GoodsCard, ShopCard
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked

OPEN = ("proposed", "accepted")
RATE_MAX_BPS = 5000
DAYS_MAX = 366
GOODS_MAX = 50
CATEGORIES_MAX = 20
FANS_LEAST = 5
"""Fewer fans in common than these are not told of: they might be known by name."""
RIVAL_FROM_BPS = 3000
"""Whoever has as much of its shelf in the same categories competes, and is no idea for a cooperation."""
STATE_WORDS = {
    "proposed": marked("等答复"),
    "accepted": marked("合作中"),
    "waiting": marked("还没开始"),
    "over": marked("到期了"),
    "declined": marked("没谈成"),
    "ended": marked("结束了"),
}
ACTION_WORDS = {
    "cooperation.propose": marked("提出合作"),
    "cooperation.accept": marked("接受合作"),
    "cooperation.decline": marked("谢绝合作"),
    "cooperation.end": marked("结束合作"),
}


class CooperationNotFound(NotFound):
    code = "spread.cooperation_not_found"
    message = marked("没有找到这个合作，或者已经有了答复")


class AlreadyTogether(DomainError):
    code = "spread.already_together"
    status = 409
    message = marked("你们已经在合作，或者有一份提议在等答复")


@dataclass(frozen=True, slots=True)
class NewCooperation:
    """What is proposed; without categories and goods it is about everything of both. `goods` are public ids."""

    other: str
    rate_bps: int
    starts_at: datetime
    ends_at: datetime
    categories: Sequence[str] = ()
    goods: Sequence[str] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    """A cooperation that works at this moment, from one shop's side: the other shop, and what of its goods is meant."""

    public_id: str
    shop_id: int
    categories: tuple[str, ...]
    goods_ids: frozenset[int]

    def covers(self, goods_id: int, category: str) -> bool:
        if not self.categories and not self.goods_ids:
            return True
        return goods_id in self.goods_ids or category in self.categories


@dataclass(frozen=True, slots=True)
class Gain:
    """What one shop has of it, less what went back: orders of its goods by the other's pages, what they brought it
    after the share it pays, and what it earned by selling the other's."""

    orders: int
    sold_minor: int
    paid_minor: int
    earned_minor: int

    @property
    def whole_minor(self) -> int:
        return self.sold_minor - self.paid_minor + self.earned_minor


@dataclass(frozen=True, slots=True)
class CooperationView:
    """A cooperation as the shop that looks sees it. `state` a key of STATE_WORDS; `is_ours`: this shop proposed it."""

    public_id: str
    other: ShopCard
    state: str
    is_ours: bool
    rate_bps: int
    categories: tuple[str, ...]
    goods: tuple[GoodsCard, ...]
    starts_at: datetime
    ends_at: datetime
    words: str
    proposed_at: datetime
    ended_at: datetime | None
    ours: Gain
    theirs: Gain


@dataclass(frozen=True, slots=True)
class PartnerIdea:
    """A shop that many of one's fans know and that sells other things. In basis points; `score` is what they are ordered by."""

    shop: ShopCard
    fans_bps: int
    """Of this shop's fans, how many are the other's too."""
    same_goods_bps: int
    """How much of what both sell is of the same categories."""
    score: int
    categories: tuple[str, ...]
