"""Judging goods before they are sold, and by samples afterwards, as others see it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from grapevine.goods.contracts import GoodsCard
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event


class Level(StrEnum):
    """What a finding means: the goods may not be sold here, must be mended first, or a person has to look."""

    REFUSE = "refuse"
    MEND = "mend"
    LOOK = "look"


class ReviewNotFound(NotFound):
    code = "goods.review_not_found"
    message = marked("没有找到这次审核")


class InspectionNotFound(NotFound):
    code = "goods.inspection_not_found"
    message = marked("没有找到这次抽查")


class GoodsRefused(DomainError):
    """`fields` names the category where that is the matter, not what is written."""

    code = "goods.refused"
    status = 422
    message = marked("这件商品不能在这里卖：%(hits)s")
    remedy = marked("换成可以卖的商品，或换一个类目")


@dataclass(frozen=True, slots=True)
class Listing:
    """What the checks look at. `others_minor` are prices of its category elsewhere, lowest first.

    `is_coming`: its pictures are on their way.
    """

    title: str
    body: str
    category: str
    pictures: int
    price_minor: int
    attributes: tuple[str, ...]
    others_minor: tuple[int, ...] = ()
    is_coming: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: `detail` quotes the words, names the field or the price."""

    code: str
    level: Level
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """`change` is what would become of goods on sale; {} for goods that were never sold."""

    public_id: str
    goods: GoodsCard
    state: str
    change: dict[str, object]
    findings: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    risk: int
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PlanView:
    public_id: str
    share_bps: int
    seed: int
    weights: dict[str, int]
    population: int
    drawn: int
    open: int
    failed: int
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class InspectionView:
    public_id: str
    plan: str
    goods: GoodsCard
    weight: int
    inspector_id: int | None
    state: str
    finding: str
    has_report: bool
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class GoodsJudged(Event):
    """`state` waiting, passed or rejected; `is_change` of goods that are on sale as they were."""

    name: ClassVar[str] = "goods.judged"
    shop_id: int
    person_id: int
    goods_id: int
    state: str
    is_change: bool
    at: str
