"""A shop with tea for 150 and a cup for 60, and who buys there. Bob sells, Alice and the others buy."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from grapevine.campaigns.actions import coupons, flash, reductions
from grapevine.campaigns.contracts import (
    CouponPlanView,
    FlashSaleView,
    NewCoupons,
    NewFlashSale,
    NewReduction,
    ReductionView,
)
from grapevine.campaigns.tests.cast import HOME, browser, job, sign_up
from grapevine.goods import facade as goods
from grapevine.goods.contracts import NewSku, ShopCard, SkuLine
from grapevine.kit import clock
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import Placed, Quote, Wishes


@dataclass(frozen=True, slots=True)
class Stage:
    alice: int
    bob: int
    carol: int
    eve: int
    shop: ShopCard
    tea: SkuLine
    cup: SkuLine
    now: datetime


def list_sku(shop: ShopCard, title: str, price_minor: int, category: str, stock: int) -> SkuLine:
    card = goods.list_goods(
        shop_id=shop.id, title=title, category=category, body="",
        skus=[NewSku(option="默认", price_minor=price_minor, stock=stock)], picture_ids=[],
    )  # fmt: skip
    return goods.goods_detail(card.public_id).skus[0]


def stage(*, stock: int = 99) -> Stage:
    alice, bob, carol, eve = map(sign_up, ["Alice", "Bob", "Carol", "Eve"])
    shop = goods.open_shop(
        owner_id=bob, slug="halfday", name="半日", colour="#8d3b1f", bio="慢慢来"
    )
    tea = list_sku(shop, "岩茶礼盒", 15000, "茶", stock)
    cup = list_sku(shop, "粗陶马克杯", 6000, "家居", stock)
    return Stage(alice, bob, carol, eve, shop, tea, cup, clock.now())


def coupon_terms(at: datetime, **changes: Any) -> NewCoupons:
    """满100减10, a hundred of them, for a week, unless `changes` says otherwise."""
    plain = NewCoupons(
        worth_minor=1000, threshold_minor=10000, issue_limit=100, starts_at=at,
        ends_at=at + timedelta(days=7),
    )  # fmt: skip
    return replace(plain, **changes)


def offer_coupons(on: Stage, *, shop_id: int | None = None, **changes: Any) -> CouponPlanView:
    return coupons.create_coupons(
        shop_id=on.shop.id if shop_id is None else shop_id, new=coupon_terms(on.now, **changes)
    )


def offer_reduction(on: Stage, *tiers: tuple[int, int], **changes: Any) -> ReductionView:
    new = NewReduction(tiers=tiers, starts_at=on.now, ends_at=on.now + timedelta(days=7))
    return reductions.create_reduction(shop_id=on.shop.id, new=replace(new, **changes))


def plan_flash(on: Stage, **changes: Any) -> FlashSaleView:
    """The cup for 39.90 instead of 60, twenty of them, for an hour from now."""
    new = NewFlashSale(
        sku=on.cup.code, price_minor=3990, quota=20, starts_at=on.now,
        ends_at=on.now + timedelta(hours=1),
    )  # fmt: skip
    return flash.create_flash_sale(shop_id=on.shop.id, new=replace(new, **changes))


def quoted(
    person_id: int | None, *lines: tuple[SkuLine, int], wishes: Wishes | None = None
) -> Quote:
    return trade.quote(
        buyer_id=person_id, lines=[(sku.sku_id, n) for sku, n in lines], wishes=wishes or Wishes()
    )


def buys(person_id: int, *lines: tuple[SkuLine, int], wishes: Wishes | None = None) -> Placed:
    return trade.place_order(
        buyer_id=person_id, lines=[(sku.sku_id, n) for sku, n in lines], address=HOME,
        wishes=wishes or Wishes(),
    )  # fmt: skip


def pays_for(person_id: int, placed: Placed) -> None:
    """At the sandbox's own page; then our job asks the provider, then the news is delivered."""
    trade.start_payment(buyer_id=person_id, number=placed.payment_number)
    browser(person_id).post(f"/sandbox/{placed.payment_number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")
    signals.drain()


def cancels(person_id: int, placed: Placed) -> None:
    trade.cancel_order(buyer_id=person_id, number=placed.order_numbers[0])
    signals.drain()
