"""What cuts prices in the demo world: coupons, a 满减 and a flash sale at its first shops, one coupon taken."""

from datetime import timedelta

from django.db import transaction

from grapevine.campaigns import facade as campaigns
from grapevine.campaigns.contracts import FlashSaleOverlaps, NewCoupons, NewFlashSale, NewReduction
from grapevine.front.demo.cast import CAST
from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShopCard
from grapevine.kit import clock
from grapevine.people import facade as people

SHOPS = 3
DAYS = timedelta(days=14)
HOURS = timedelta(hours=8)


def offer() -> int:
    """Arrange them by the same actions as a shop's desk; how many shops got some."""
    owner = people.card_by_handle(CAST[1].handle)
    first = goods.shops_of(owner.id)
    others = [shop for shop in goods.shops_page(limit=20).items if shop not in first]
    found = [*first, *others][:SHOPS]
    return sum(_offer_at(shop) for shop in found)


def _offer_at(shop: ShopCard) -> bool:
    """All of it or, where a run that was cut off had arranged it already, nothing."""
    try:
        with transaction.atomic():
            _flash_sale(shop)
            _coupons(shop)
            _reduction(shop)
    except FlashSaleOverlaps:
        return False
    return True


def _coupons(shop: ShopCard) -> None:
    now = clock.now()
    plain = NewCoupons(
        worth_minor=500, threshold_minor=6000, issue_limit=500, starts_at=now, ends_at=now + DAYS
    )
    percent = NewCoupons(
        worth_minor=3000, rate_bps=1500, threshold_minor=10000, issue_limit=200, starts_at=now,
        ends_at=now + DAYS, days=7, budget_minor=300_000, audience="fans",
    )  # fmt: skip
    made = campaigns.create_coupons(shop_id=shop.id, new=plain)
    campaigns.create_coupons(shop_id=shop.id, new=percent)
    shopper = people.card_by_handle(CAST[0].handle)
    campaigns.take_coupon(person_id=shopper.id, plan_id=made.public_id)


def _reduction(shop: ShopCard) -> None:
    now = clock.now()
    tiers = ((20000, 3000), (40000, 8000))
    campaigns.create_reduction(shop_id=shop.id, new=NewReduction(tiers, now, now + DAYS))


def _flash_sale(shop: ShopCard) -> None:
    """The first choice of the shop's newest goods, a quarter cheaper."""
    cards = goods.goods_of_shop(shop.id, limit=1).items
    if not cards:
        return
    now, sku = clock.now(), goods.goods_detail(cards[0].public_id).skus[0]
    new = NewFlashSale(
        sku=sku.code, price_minor=max(1, sku.price_minor * 3 // 4), quota=30, per_person=2,
        starts_at=now, ends_at=now + HOURS,
    )  # fmt: skip
    campaigns.create_flash_sale(shop_id=shop.id, new=new)
