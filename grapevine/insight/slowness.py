"""What is told of slow sellers and drafts. A sibling of `contracts`."""

from dataclasses import dataclass
from datetime import datetime

from grapevine.goods.contracts import StockedSku
from grapevine.insight.rules.slow import Slow
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked


class DraftNotFound(NotFound):
    code = "insight.draft_not_found"
    message = marked("没有找到这份草稿，或者已经处理过了")


class NotSlow(DomainError):
    code = "insight.not_slow"
    status = 409
    message = marked("这个规格现在不用处理")


@dataclass(frozen=True, slots=True)
class SlowRow:
    sku: StockedSku
    told: Slow
    sold: int


@dataclass(frozen=True, slots=True)
class DraftView:
    public_id: str
    code: str
    goods_public_id: str
    title: str
    kind: str
    before_minor: int
    price_minor: int | None
    state: str
    made_at: datetime
    result: str
