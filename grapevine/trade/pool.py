"""What shops sell for others, as pages and neighbours see it."""

from dataclasses import dataclass
from datetime import datetime

from grapevine.kit.text import marked

STATE_WORDS = {
    "frozen": marked("冻结中"),
    "earned": marked("已到账"),
    "gone": marked("已退款"),
    "unpaid": marked("待付款"),
}


@dataclass(frozen=True, slots=True)
class PoolSaleView:
    """A line sold for another shop: what it brings the supplier, what it earns, what of that went back."""

    order_number: str
    supplier: str
    at: datetime
    title: str
    option: str
    count: int
    sale_minor: int
    earn_minor: int
    back_minor: int
    currency: str
    state: str
    pick: str

    @property
    def left_minor(self) -> int:
        return self.earn_minor - self.back_minor


@dataclass(frozen=True, slots=True)
class PoolTotals:
    currency: str
    frozen_minor: int
    earned_minor: int


@dataclass(frozen=True, slots=True)
class PoolPart:
    """What one shop has of an order that is another's: paid for its lines, and its earning of them."""

    shop_id: int
    paid_minor: int
    earn_minor: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the buyer is told of a line: who recommended it. Who sells and sends it is the order's own shop."""

    title: str
    shop_name: str
    shop_slug: str
