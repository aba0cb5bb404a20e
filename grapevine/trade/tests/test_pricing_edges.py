"""What may not be stacked, and from where on an offer counts."""

import pytest

from grapevine.goods.contracts import SkuLine
from grapevine.trade.contracts import Offer, OfferGone, OfferKind, OfferLine
from grapevine.trade.rules.pricing import quote

CUP = SkuLine(
    1, "cup", 10, "gcup", "粗陶杯", "默认", 6900, "CNY", 9, shop_id=3, shop_name="半日",
    cover=None, on_sale=True,
)  # fmt: skip


def line(count: int = 1) -> OfferLine:
    return OfferLine(CUP, count)


def coupon(reference: str, minor: int, *, shop_id: int = 0, threshold: int = 0) -> Offer:
    kind = OfferKind.SHOP_COUPON if shop_id else OfferKind.PLATFORM_COUPON
    return Offer(
        kind, reference, reference, shop_id, tiers=((0, minor),), threshold_minor=threshold
    )


def price(minor: int, *, exclusive: bool) -> Offer:
    return Offer(OfferKind.PRICE, "团", "group", 3, sku_prices={1: minor}, is_exclusive=exclusive)


def test_no_coupon_cuts_an_exclusive_price() -> None:
    offers = [coupon("a", 500), coupon("b", 500, shop_id=3)]
    assert quote([line()], [price(5000, exclusive=True), *offers]).total_minor == 5000
    assert quote([line()], [price(5000, exclusive=False), *offers]).total_minor == 4000
    with pytest.raises(OfferGone):
        quote([line()], [price(5000, exclusive=True), *offers], coupons=["a"])


def test_an_offer_counts_from_its_threshold_on() -> None:
    offer = coupon("a", 500, threshold=6900)
    assert quote([line()], [offer]).total_minor == 6400
    assert quote([line()], [price(6899, exclusive=False), offer]).total_minor == 6899
    tiers = Offer(OfferKind.REDUCTION, "满减", "r", 3, tiers=((6900, 300), (13800, 900)))
    assert [quote([line(n)], [tiers]).total_minor for n in (1, 2)] == [6600, 12900]


def test_one_of_the_platforms_coupons_a_purchase() -> None:
    offers = [coupon("a", 500), coupon("b", 700)]
    assert quote([line()], offers).total_minor == 6200
    at_one_shop = Offer(OfferKind.PLATFORM_COUPON, "c", "c", 3, tiers=((0, 300),))
    for pair in (["a", "b"], ["a", "c"]):
        with pytest.raises(OfferGone):
            quote([line()], [*offers, at_one_shop], coupons=pair)


def test_one_of_a_shops_coupons_a_purchase() -> None:
    offers = [coupon("a", 500, shop_id=3), coupon("b", 700, shop_id=3)]
    assert quote([line()], offers).total_minor == 6200
    with pytest.raises(OfferGone):
        quote([line()], offers, coupons=["a", "b"])


def test_cuts_end_at_nothing_to_pay() -> None:
    assert quote([line()], [coupon("a", 10**6)]).total_minor == 0
