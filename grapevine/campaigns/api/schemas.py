"""What coupons, reductions and flash sales look like over the API."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import AwareDatetime, Field, StringConstraints

from grapevine.campaigns.contracts import (
    CouponPlanView,
    CouponView,
    FlashSaleView,
    NewCoupons,
    NewFlashSale,
    NewReduction,
    NewScope,
    ReductionView,
    Scope,
)
from grapevine.campaigns.rules.windows import NAMED_MAX

Answer = dict[str, Any]
Word = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")]


class ScopeIn(Schema):
    """Categories by name, goods by public id, SKUs by code; nothing named is everything."""

    categories: list[Word] = Field(default_factory=list, max_length=NAMED_MAX)
    goods: list[Word] = Field(default_factory=list, max_length=NAMED_MAX)
    skus: list[Word] = Field(default_factory=list, max_length=NAMED_MAX)

    def named(self) -> NewScope:
        return NewScope(tuple(self.categories), tuple(self.goods), tuple(self.skus))


class CouponsIn(Schema):
    """`rate_bps` 0: `worth_minor` off. Else that part off (1500: 15 %), up to `worth_minor`."""

    worth_minor: int
    rate_bps: int = 0
    threshold_minor: int = 0
    issue_limit: int
    per_person: int = 1
    budget_minor: int | None = None
    audience: Word = "everyone"
    days: int | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    title: Word = ""
    scope: ScopeIn = Field(default_factory=ScopeIn)

    def new(self) -> NewCoupons:
        given = self.model_dump(exclude={"scope"})
        return NewCoupons(scope=self.scope.named(), **given)


class TierIn(Schema):
    threshold_minor: int
    cut_minor: int


class ReductionIn(Schema):
    tiers: list[TierIn] = Field(max_length=20)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    title: Word = ""
    scope: ScopeIn = Field(default_factory=ScopeIn)

    def new(self) -> NewReduction:
        tiers = tuple((tier.threshold_minor, tier.cut_minor) for tier in self.tiers)
        return NewReduction(tiers, self.starts_at, self.ends_at, self.title, self.scope.named())


class FlashSaleIn(Schema):
    sku: Word
    price_minor: int
    quota: int
    per_person: int = 1
    starts_at: AwareDatetime
    ends_at: AwareDatetime

    def new(self) -> NewFlashSale:
        return NewFlashSale(**self.model_dump())


class GiftsIn(Schema):
    handles: list[Word] = Field(max_length=NAMED_MAX)


class TakenOut(Schema):
    public_id: str


class GivenOut(Schema):
    given: int


def scope(of: Scope) -> Answer:
    """What it names, and how many goods and SKUs; all empty: everything."""
    return {"categories": of.categories, "goods": len(of.goods), "skus": len(of.skus)}


def coupon_plan(plan: CouponPlanView) -> Answer:
    """As a buyer may see it."""
    return {
        "public_id": plan.public_id, "title": plan.title, "worth_minor": plan.worth_minor,
        "rate_bps": plan.rate_bps, "threshold_minor": plan.threshold_minor,
        "by_platform": not plan.shop_id, "audience": plan.audience, "scope": scope(plan.scope),
        "per_person": plan.per_person, "days": plan.days, "starts_at": plan.starts_at,
        "ends_at": plan.ends_at, "mine": plan.mine, "takeable": plan.takeable,
    }  # fmt: skip


def own_coupon_plan(plan: CouponPlanView) -> Answer:
    """As whoever gives it out sees it."""
    return {
        **coupon_plan(plan), "issue_limit": plan.issue_limit, "issued": plan.issued,
        "budget_minor": plan.budget_minor, "stopped_at": plan.stopped_at,
    }  # fmt: skip


def coupon(one: CouponView) -> Answer:
    return {
        "public_id": one.public_id, "state": str(one.state), "until": one.until,
        "taken_at": one.taken_at, "used_at": one.used_at, "amount_minor": one.amount_minor,
        "plan": coupon_plan(one.plan), "shop": one.plan.shop_slug, "shop_name": one.plan.shop_name,
    }  # fmt: skip


def reduction(one: ReductionView) -> Answer:
    return {
        "public_id": one.public_id, "title": one.title, "scope": scope(one.scope),
        "tiers": [{"threshold_minor": over, "cut_minor": cut} for over, cut in one.tiers],
        "starts_at": one.starts_at, "ends_at": one.ends_at, "stopped_at": one.stopped_at,
    }  # fmt: skip


def flash_sale(one: FlashSaleView) -> Answer:
    return {
        "public_id": one.public_id, "sku": one.sku.code if one.sku else "",
        "price_minor": one.price_minor, "quota": one.quota, "left": one.free,
        "per_person": one.per_person, "starts_at": one.starts_at, "ends_at": one.ends_at,
        "stopped_at": one.stopped_at,
    }  # fmt: skip
