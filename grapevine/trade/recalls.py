"""That somebody bought what turned out to be bad, as others see it."""

from dataclasses import dataclass
from typing import ClassVar

from grapevine.signals.contracts import Event


@dataclass(frozen=True, slots=True)
class BoughtGoodsFailed(Event):
    """Goods of this order failed an inspection; the buyer is to be told."""

    name: ClassVar[str] = "trade.bought_goods_failed"
    person_id: int
    order_number: str
    shop_id: int
    goods_id: int
    object_id: str
    title: str
    finding: str
    at: str
