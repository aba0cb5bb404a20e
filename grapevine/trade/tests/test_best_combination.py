"""The best legal combination of coupons, found a second time by trying everything, with other arithmetic.

Nothing of `rules.pricing` is used to find it: every subset of the coupons is tried in the order of the kinds,
cuts are split by exact fractions, and the cheapest subset wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from hypothesis import example, given, settings, strategies as st

from grapevine.goods.contracts import SkuLine
from grapevine.trade.contracts import Offer, OfferKind, OfferLine, Quote
from grapevine.trade.rules.pricing import quote

REDUCTION, SHOP, PLATFORM = OfferKind.REDUCTION, OfferKind.SHOP_COUPON, OfferKind.PLATFORM_COUPON
SHOPS = 3


def line(sku_id: int, shop_id: int, price: int, count: int = 1) -> OfferLine:
    sku = SkuLine(
        sku_id, f"c{sku_id}", sku_id, f"g{sku_id}", f"t{sku_id}", "", price, "CNY", 99, shop_id,
        f"s{shop_id}", None, on_sale=True,
    )  # fmt: skip
    return OfferLine(sku, count)


@dataclass
class Basket:
    """What each line still costs, and whether it may be cut."""

    lines: Sequence[OfferLine]
    cost: list[int]
    closed: list[bool]

    def cuts(self, offer: Offer) -> list[int]:
        """What each line would lose: exact shares rounded down, then a fen each to the largest rests."""
        own = [
            n
            for n, one in enumerate(self.lines)
            if not self.closed[n]
            and offer.shop_id in (0, one.sku.shop_id)
            and (one.sku.sku_id in offer.skus or not offer.skus)
        ]
        base = sum(self.cost[n] for n in own)
        lost = [0] * len(self.lines)
        whole = self._whole(offer, base)
        if whole == 0:
            return lost
        exact = {n: Fraction(whole * self.cost[n], base) for n in own}
        for n in own:
            lost[n] = int(exact[n])
        for n in sorted(own, key=lambda n: (lost[n] - exact[n], n))[: whole - sum(lost)]:
            lost[n] += 1
        return lost

    def _whole(self, offer: Offer, base: int) -> int:
        if base <= 0 or base < offer.threshold_minor:
            return 0
        reached = [cut for threshold, cut in offer.tiers if threshold <= base]
        part = int(Fraction(base * offer.rate_bps, 10_000))
        if offer.most_minor:
            part = min(part, offer.most_minor)
        return min(base, max(reached, default=0) if offer.tiers else part)

    def without(self, lost: Sequence[int]) -> "Basket":
        left = [cost - part for cost, part in zip(self.cost, lost, strict=True)]
        return Basket(self.lines, left, self.closed)


def opened(lines: Sequence[OfferLine], offers: Sequence[Offer]) -> Basket:
    """The basket after unit prices and the best reduction of each shop."""
    cost, closed = [], []
    for one in lines:
        best = (one.sku.price_minor, "", False)
        for offer in (offer for offer in offers if offer.kind is OfferKind.PRICE):
            price = offer.sku_prices.get(one.sku.sku_id, best[0])
            if price < one.sku.price_minor and (
                best[1] == "" or (price, offer.reference) < best[:2]
            ):
                best = (price, offer.reference, offer.is_exclusive)
        cost.append(best[0] * one.count)
        closed.append(best[2])
    basket = Basket(lines, cost, closed)
    for shop_id in range(1, SHOPS + 1):
        own = [one for one in offers if one.kind is REDUCTION and one.shop_id == shop_id]
        if own:
            own.sort(key=lambda one: one.reference)
            chosen = max(own, key=lambda one: sum(basket.cuts(one)))
            basket = basket.without(basket.cuts(chosen))
    return basket


def is_legal(coupons: Sequence[Offer]) -> bool:
    shops = [coupon.shop_id for coupon in coupons if coupon.kind is SHOP]
    platform = [coupon for coupon in coupons if coupon.kind is PLATFORM]
    return len(shops) == len(set(shops)) and len(platform) <= 1


def cheapest(lines: Sequence[OfferLine], offers: Sequence[Offer]) -> tuple[int, int, list[str]]:
    """(what is left to pay, how many coupons, which): every subset tried, fewest and smallest among equals."""
    start = opened(lines, offers)
    held = [one for one in offers if one.kind in (SHOP, PLATFORM)]
    found = []
    for count in range(len(held) + 1):
        for some in combinations(held, count):
            basket, useless = start, False
            for coupon in sorted(some, key=lambda one: (one.kind is PLATFORM, one.shop_id)):
                lost = basket.cuts(coupon)
                useless = useless or sum(lost) == 0
                basket = basket.without(lost)
            if is_legal(some) and not useless:
                found.append((sum(basket.cost), count, sorted(one.reference for one in some)))
    return min(found)


@st.composite
def coupon(draw: st.DrawFn, number: int) -> Offer:
    shop_id = draw(st.integers(0, SHOPS))
    fixed = draw(st.booleans())
    threshold = draw(st.integers(0, 300))
    cut = draw(st.integers(1, 120))
    return Offer(
        SHOP if shop_id else PLATFORM, "券", f"c:{number}", shop_id,
        skus=frozenset(draw(st.sets(st.integers(1, 5), max_size=3))),
        tiers=((threshold, cut),) if fixed else (), rate_bps=0 if fixed else draw(st.integers(1, 9999)),
        threshold_minor=threshold, most_minor=0 if fixed else draw(st.integers(0, 80)),
    )  # fmt: skip


@st.composite
def purchases(draw: st.DrawFn) -> tuple[list[OfferLine], list[Offer]]:
    lines = [
        line(n, draw(st.integers(1, SHOPS)), draw(st.integers(0, 200)), draw(st.integers(1, 3)))
        for n in range(1, draw(st.integers(1, 5)) + 1)
    ]
    offers: list[Offer] = [draw(coupon(number)) for number in range(draw(st.integers(0, 5)))]
    for number in range(draw(st.integers(0, 2))):
        prices = draw(st.dictionaries(st.integers(1, 5), st.integers(0, 150), max_size=2))
        exclusive = draw(st.booleans())
        offers.append(
            Offer(OfferKind.PRICE, "价", f"p:{number}", sku_prices=prices, is_exclusive=exclusive)
        )
    for number in range(draw(st.integers(0, 2))):
        tiers = tuple(draw(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), min_size=1, max_size=3)))  # fmt: skip
        shop_id = draw(st.integers(1, SHOPS))
        offers.append(Offer(REDUCTION, "满减", f"r:{number}", shop_id, tiers=tiers))
    return lines, offers


def used(seen: Quote) -> list[str]:
    return sorted(one.reference for one in seen.coupons if one.is_used)


@given(purchases())
@settings(max_examples=300, deadline=None)
@example(
    (
        [line(1, 1, 100), line(2, 2, 100)],
        [
            Offer(SHOP, "", "c:0", 1, tiers=((100, 30),)),
            Offer(PLATFORM, "", "c:1", tiers=((200, 50),)),
        ],
    )
)
def test_the_best_combination_is_what_trying_everything_finds(
    purchase: tuple[list[OfferLine], list[Offer]],
) -> None:
    lines, offers = purchase
    left, count, _ = cheapest(lines, offers)
    seen = quote(lines, offers)
    assert (sum(shop.payable_minor for shop in seen.shops), len(used(seen))) == (left, count)


@given(purchases())
@settings(max_examples=100, deadline=None)
def test_no_line_falls_below_nothing_and_cuts_sum_to_the_total(
    purchase: tuple[list[OfferLine], list[Offer]],
) -> None:
    seen = quote(*purchase)
    for shop in seen.shops:
        for one in shop.lines:
            assert one.payable_minor >= 0
            assert sum(part for _, part in one.cuts) == one.discount_minor
    cut = {offer.reference: offer.amount_minor for offer in seen.offers}
    split: dict[str, int] = {}
    for shop in seen.shops:
        for one in shop.lines:
            for reference, part in one.cuts:
                split[reference] = split.get(reference, 0) + part
    assert split == cut


def test_a_shop_coupon_that_loses_the_platforms_threshold_is_left_out() -> None:
    lines = [line(1, 1, 100), line(2, 2, 100)]
    shop = Offer(SHOP, "", "c:0", 1, tiers=((100, 30),))
    platform = Offer(PLATFORM, "", "c:1", tiers=((200, 50),))
    seen = quote(lines, [shop, platform])
    assert (seen.total_minor, used(seen)) == (150, ["c:1"])
