"""Member prices and points, through trade's ports."""

from collections.abc import Sequence

from django.conf import settings

from grapevine.kit.text import marked
from grapevine.loyalty import queries, rules
from grapevine.loyalty.contracts import MONEY
from grapevine.trade.contracts import Offer, OfferKind, OfferRequest

POINTS = "loyalty.points"
MEMBER = "loyalty.member"


def member_prices(request: OfferRequest) -> Sequence[Offer]:
    """A lower price a piece at every shop the buyer joined. One query, two with a membership."""
    if request.buyer_id is None:
        return ()
    levels = queries.joined(request.buyer_id, {line.sku.shop_id for line in request.lines})
    if not levels:
        return ()
    lines = [line.sku for line in request.lines if line.sku.shop_id in levels]
    out = queries.excluded({sku.goods_id for sku in lines})
    prices: dict[int, dict[int, int]] = {}
    for sku in lines:
        price = rules.member_price(sku.price_minor, levels[sku.shop_id].rate_bps)
        if price < sku.price_minor and sku.goods_id not in out:
            prices.setdefault(sku.shop_id, {})[sku.sku_id] = price
    return [
        Offer(OfferKind.PRICE, marked("会员价"), f"{MEMBER}:{shop_id}", shop_id, sku_prices=own)
        for shop_id, own in prices.items()
    ]


def points(request: OfferRequest) -> Sequence[Offer]:
    """What the buyer asked points to pay, as far as they reach. No query unless asked; one if so."""
    if request.buyer_id is None or request.points_minor <= 0 or not settings.POINTS_SHARE_BPS:
        return ()
    if any(line.sku.currency != MONEY for line in request.lines):
        return ()
    has = rules.worth(queries.points(request.buyer_id), per_yuan=settings.POINTS_PER_YUAN)
    most = min(request.points_minor, has)
    if not most:
        return ()
    return (
        Offer(
            OfferKind.POINTS, marked("积分抵扣"), POINTS, rate_bps=settings.POINTS_SHARE_BPS,
            most_minor=most, by_platform=True,
        ),
    )  # fmt: skip
