"""The price of a purchase: lines, offers, and the exact share of every line."""

from collections.abc import Sequence

from grapevine.kit.money import allocate
from grapevine.trade.contracts import Offer, OfferLine, Quote, QuoteLine, ShopQuote

COUNT_MAX = 999
LINES_MAX = 100


def quote(lines: Sequence[OfferLine], offers: Sequence[Offer]) -> Quote:
    """Apply offers in the given order, never below zero; split what they cut over the lines.

    The split is by largest remainder over the lines' goods amounts, so the lines sum to the total
    to the minor unit. An offer that would cut more than is left is trimmed, not dropped.
    """
    assert lines
    amounts = [line.sku.price_minor * line.count for line in lines]
    goods_minor = sum(amounts)
    left, kept = goods_minor, []
    for offer in offers:
        cut = min(offer.amount_minor, left)
        if cut > 0:
            kept.append(Offer(offer.label, cut, offer.reference))
            left -= cut
    discounts = allocate(goods_minor - left, amounts)
    priced = [
        QuoteLine(line.sku, line.count, amount, discount)
        for line, amount, discount in zip(lines, amounts, discounts, strict=True)
    ]
    shops: dict[int, list[QuoteLine]] = {}
    for line in priced:
        shops.setdefault(line.sku.shop_id, []).append(line)
    made = tuple(
        ShopQuote(shop_id, own[0].sku.shop_name, tuple(own)) for shop_id, own in shops.items()
    )
    assert sum(shop.total_minor for shop in made) == left
    return Quote(made, tuple(kept), goods_minor, goods_minor - left, left)
