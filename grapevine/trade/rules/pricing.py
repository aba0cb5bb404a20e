"""The price of a purchase. Pure, deterministic, and blind to who buys.

Offers apply in the order of `OfferKind`, each to what the ones before have left:

1. PRICE: another unit price. A line takes the lowest it is offered; equal ones the smaller reference.
2. REDUCTION (满减): at most one a shop, the one that cuts most.
3. SHOP_COUPON: at most one a shop.  4. PLATFORM_COUPON: at most one a purchase.
   The buyer's own choice, or the legal combination that cuts most; among equals the fewest coupons, then the
   smallest references.
5. POINTS: at most one a purchase.

Lines at an exclusive price (a group, a flash sale) take part in 2–4 not at all. Every cut is split over its lines
by largest remainder in proportion to what they still cost, so lines sum to totals to the minor unit and none
goes below zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import NamedTuple

from grapevine.kit.money import allocate
from grapevine.trade.contracts import (
    AppliedOffer,
    CouponChoice,
    Offer,
    OfferGone,
    OfferKind,
    OfferLine,
    Quote,
    QuoteLine,
    ShopQuote,
)

COUNT_MAX = 999
LINES_MAX = 100
COMBINATIONS_MAX = 2000
COUPONS = (OfferKind.SHOP_COUPON, OfferKind.PLATFORM_COUPON)


@dataclass(slots=True)
class _Bill:
    """A purchase on its way through the offers: what every line still costs, and who cut it."""

    lines: Sequence[OfferLine]
    left: list[int]
    cuts: list[list[tuple[str, int]]]
    subsidies: list[int]
    is_exclusive: list[bool]
    used: dict[str, AppliedOffer] = field(default_factory=dict)

    def copy(self) -> "_Bill":
        cuts = [list(own) for own in self.cuts]
        return replace(
            self,
            left=list(self.left),
            cuts=cuts,
            subsidies=list(self.subsidies),
            used=dict(self.used),
        )

    def touches(self, offer: Offer) -> list[int]:
        """The lines an offer may cut."""
        return [
            n
            for n, line in enumerate(self.lines)
            if (not offer.shop_id or line.sku.shop_id == offer.shop_id)
            and (not offer.skus or line.sku.sku_id in offer.skus)
            and not (self.is_exclusive[n] and offer.kind is not OfferKind.POINTS)
        ]

    def worth(self, offer: Offer) -> int:
        """What the offer would cut now, never more than its lines still cost."""
        base = sum(self.left[n] for n in self.touches(offer))
        if base < offer.threshold_minor or base == 0:
            return 0
        if offer.tiers:
            cut = max((cut for threshold, cut in offer.tiers if base >= threshold), default=0)
        else:
            cut = base * offer.rate_bps // 10_000
            cut = min(cut, offer.most_minor) if offer.most_minor else cut
        return min(cut, base)

    def apply(self, offer: Offer) -> int:
        """Cut, split over the lines by largest remainder; returns how much."""
        cut = self.worth(offer)
        own = self.touches(offer)
        if cut > 0:
            for n, part in zip(own, allocate(cut, [self.left[n] for n in own]), strict=True):
                self.take(n, offer, part)
        return cut

    def take(self, n: int, offer: Offer, part: int) -> None:
        if not part:
            return
        self.left[n] -= part
        self.cuts[n].append((offer.reference, part))
        self.subsidies[n] += part if offer.by_platform else 0
        before = self.used.get(offer.reference)
        self.used[offer.reference] = AppliedOffer(
            offer.label, part + (before.amount_minor if before else 0), offer.reference, offer.kind
        )


class _Rank(NamedTuple):
    """What makes a combination better, the smaller first."""

    left_minor: int
    coupons: int
    references: tuple[str, ...]


def quote(
    lines: Sequence[OfferLine], offers: Sequence[Offer], *, coupons: Sequence[str] | None = None
) -> Quote:
    """The price of these lines under these offers, without shipping.

    `coupons` None takes the best ones; else exactly these references, and OfferGone if one of them cuts
    nothing or two of them exclude each other.
    """
    assert lines
    amounts = [line.sku.price_minor * line.count for line in lines]
    bill = _Bill(lines, amounts, [[] for _ in lines], [0] * len(lines), [False] * len(lines))
    _unit_prices(bill, [offer for offer in offers if offer.kind is OfferKind.PRICE])
    _reductions(bill, [offer for offer in offers if offer.kind is OfferKind.REDUCTION])
    held = sorted(
        (offer for offer in offers if offer.kind in COUPONS), key=lambda offer: offer.reference
    )
    choices = [(offer, bill.worth(offer)) for offer in held]
    bill = _chosen(bill, held, coupons) if coupons is not None else _best(bill, held)
    for offer in offers:
        if offer.kind is OfferKind.POINTS:
            bill.apply(offer)
    return _quote(bill, choices)


def _unit_prices(bill: _Bill, offers: Sequence[Offer]) -> None:
    for n, line in enumerate(bill.lines):
        own = [
            (offer.sku_prices[line.sku.sku_id], offer.reference, offer)
            for offer in offers
            if offer.sku_prices.get(line.sku.sku_id, line.sku.price_minor) < line.sku.price_minor
        ]
        if own:
            price, _, offer = min(own, key=lambda one: one[:2])
            bill.take(n, offer, (line.sku.price_minor - price) * line.count)
            bill.is_exclusive[n] = offer.is_exclusive


def _reductions(bill: _Bill, offers: Sequence[Offer]) -> None:
    for shop_id in dict.fromkeys(line.sku.shop_id for line in bill.lines):
        own = [
            (-bill.worth(offer), offer.reference, offer)
            for offer in offers
            if offer.shop_id == shop_id
        ]
        if own:
            bill.apply(min(own, key=lambda one: one[:2])[2])


def _chosen(bill: _Bill, held: Sequence[Offer], coupons: Sequence[str]) -> _Bill:
    known = {offer.reference: offer for offer in held}
    if len(set(coupons)) != len(coupons) or not set(coupons) <= set(known):
        raise OfferGone
    wanted = [known[reference] for reference in coupons]
    if len({(offer.kind, offer.shop_id) for offer in wanted}) != len(wanted):
        raise OfferGone
    if sum(offer.kind is OfferKind.PLATFORM_COUPON for offer in wanted) > 1:
        raise OfferGone
    for offer in sorted(
        wanted, key=lambda offer: (offer.kind is OfferKind.PLATFORM_COUPON, offer.reference)
    ):
        if not bill.apply(offer):
            raise OfferGone
    return bill


def _best(bill: _Bill, held: Sequence[Offer]) -> _Bill:
    """Every legal combination is tried; beyond 2,000 the coupons that cut least alone are left out."""
    if not held:
        return bill
    places: dict[int, list[Offer | None]] = {}
    for offer in held:
        if bill.worth(offer):
            place = offer.shop_id if offer.kind is OfferKind.SHOP_COUPON else 0
            places.setdefault(place, [None]).append(offer)
    if not places:
        return bill
    _trim(bill, places)
    best, best_rank = bill, _Rank(sum(bill.left), 0, ())
    order = sorted(places, key=lambda place: (place == 0, place))
    for combination in product(*(places[place] for place in order)):
        used = [offer for offer in combination if offer]
        tried = bill.copy()
        if not all(tried.apply(offer) for offer in used):
            continue
        rank = _Rank(sum(tried.left), len(used), tuple(offer.reference for offer in used))
        if rank < best_rank:
            best, best_rank = tried, rank
    return best


def _trim(bill: _Bill, places: dict[int, list[Offer | None]]) -> None:
    def size() -> int:
        total = 1
        for own in places.values():
            total *= len(own)
        return total

    while size() > COMBINATIONS_MAX:
        longest = max(places.values(), key=len)
        longest.remove(min((o for o in longest if o), key=lambda o: (bill.worth(o), o.reference)))


def _quote(bill: _Bill, choices: Sequence[tuple[Offer, int]]) -> Quote:
    shops: dict[int, list[QuoteLine]] = {}
    for n, line in enumerate(bill.lines):
        amount = line.sku.price_minor * line.count
        made = QuoteLine(
            line.sku,
            line.count,
            amount,
            amount - bill.left[n],
            bill.subsidies[n],
            tuple(bill.cuts[n]),
        )
        shops.setdefault(line.sku.shop_id, []).append(made)
    done = tuple(ShopQuote(pk, own[0].sku.shop_name, tuple(own)) for pk, own in shops.items())
    assert sum(shop.total_minor for shop in done) == sum(bill.left)
    assert all(left >= 0 for left in bill.left)
    return Quote(
        shops=done,
        offers=tuple(bill.used.values()),
        coupons=tuple(
            CouponChoice(offer.label, offer.reference, worth, offer.reference in bill.used)
            for offer, worth in choices
        ),
        currency=bill.lines[0].sku.currency,
    )


def with_shipping(quoted: Quote, costs: Mapping[int, int]) -> Quote:
    """The same with what sending costs, by shop. Offers never touch it."""
    shops = tuple(replace(shop, shipping_minor=costs.get(shop.shop_id, 0)) for shop in quoted.shops)
    return replace(quoted, shops=shops)
