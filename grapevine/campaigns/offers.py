"""What this module offers on a purchase, through trade's ports."""

import json
from collections.abc import Sequence
from typing import Any

from grapevine.campaigns import offers_sql as text
from grapevine.campaigns.contracts import COUPON, FLASH, REDUCTION, Scope
from grapevine.campaigns.models import Group, GroupPlan
from grapevine.campaigns.rules.windows import covers
from grapevine.kit import clock, sql
from grapevine.kit.text import marked
from grapevine.trade.contracts import Offer, OfferKind, OfferLine, OfferRequest
from grapevine.trade.facade import Shortened

PLAN = "group-plan:"
CLAIM = "group:"
COUPONS_MAX = 100
"""So many that nobody has named are compared; those that end first."""


def group_price(request: OfferRequest) -> Sequence[Offer]:
    """For a claim on a group (or on a plan, before it is opened): down to the group price a piece."""
    if request.claim.startswith(CLAIM):
        group = Group.objects.select_related("plan").filter(
            public_id=request.claim.removeprefix(CLAIM)
        )
        plan = next((one.plan for one in group), None)
    elif request.claim.startswith(PLAN):
        plan = GroupPlan.objects.filter(public_id=request.claim.removeprefix(PLAN)).first()
    else:
        return ()
    if plan is None:
        return ()
    prices = {
        line.sku.sku_id: min(line.sku.price_minor, plan.price_minor)
        for line in request.lines
        if line.sku.goods_id == plan.goods_id
    }
    return (
        Offer(
            OfferKind.PRICE, marked("拼团优惠"), f"campaigns.plan:{plan.public_id}", plan.shop_id,
            sku_prices=prices, is_exclusive=True,
        ),
    )  # fmt: skip


def standing(request: OfferRequest) -> Sequence[Offer]:
    """Flash prices and reductions that run now, and the coupons this buyer holds. One query, always.

    Nothing of the buyer but what they hold, and have bought of a sale, is looked at. Of the coupons those they
    name, and the COUPONS_MAX that end first; Shortened if there are more.
    """
    now, person_id = clock.now(), request.buyer_id or 0
    skus = [line.sku.sku_id for line in request.lines]
    shops = sorted({line.sku.shop_id for line in request.lines})
    named = [one.partition(":")[2] for one in request.named if one.startswith(f"{COUPON}:")]
    at_shops = sql.places(len(shops))
    query = text.STANDING.format(
        skus=sql.places(len(skus)), shops=at_shops, most=COUPONS_MAX + len(named) + 1
    )
    given = [person_id, *skus, now, now, *shops, now, now, person_id, now, now, *shops]
    if named:
        query += text.NAMED.format(named=sql.places(len(named)), shops=at_shops)
        given += [*named, person_id, now, now, *shops]
    rows = {row[:2]: row for row in sql.rows(query, given)}
    held = [row for row in rows.values() if row[0] == "coupon" and row[1] not in named]
    for row in held[COUPONS_MAX:]:
        del rows[row[:2]]
    made = [_MAKERS[row[0]](row, request.lines) for row in rows.values()]
    offers = [offer for offer in made if offer is not None]
    return Shortened(offers) if len(held) > COUPONS_MAX else offers


def _flash(row: Sequence[Any], lines: Sequence[OfferLine]) -> Offer | None:
    """Whole or not at all: who wants more than the quota or their limit leaves pays the list price for all."""
    _, public_id, _, shop_id, sku_id, price_minor, free, still, _, _ = row
    wanted = sum(line.count for line in lines if line.sku.sku_id == sku_id)
    if wanted > min(free, still):
        return None
    return Offer(
        OfferKind.PRICE, marked("限时特价"), f"{FLASH}:{public_id}", shop_id,
        sku_prices={sku_id: price_minor}, is_exclusive=True,
    )  # fmt: skip


def _reduction(row: Sequence[Any], lines: Sequence[OfferLine]) -> Offer | None:
    _, public_id, title, shop_id, *_, tiers, scope = row
    skus = _scoped(scope, shop_id, lines)
    if skus is None:
        return None
    return Offer(
        OfferKind.REDUCTION, title, f"{REDUCTION}:{public_id}", shop_id, skus=skus,
        tiers=tuple((threshold, cut) for threshold, cut in json.loads(tiers)),
    )  # fmt: skip


def _coupon(row: Sequence[Any], lines: Sequence[OfferLine]) -> Offer | None:
    _, public_id, title, shop_id, rate_bps, worth, threshold, _, _, scope = row
    skus = _scoped(scope, shop_id, lines)
    if skus is None:
        return None
    kind = OfferKind.SHOP_COUPON if shop_id else OfferKind.PLATFORM_COUPON
    return Offer(
        kind, title, f"{COUPON}:{public_id}", shop_id, skus=skus,
        tiers=() if rate_bps else ((threshold, worth),), rate_bps=rate_bps,
        threshold_minor=threshold, most_minor=worth if rate_bps else 0, by_platform=not shop_id,
    )  # fmt: skip


def _scoped(stored: str, shop_id: int, lines: Sequence[OfferLine]) -> frozenset[int] | None:
    """The SKUs of the purchase in a scope; the empty set is all of them, None is none."""
    scope = Scope.read(json.loads(stored))
    if scope.is_everything:
        return frozenset()
    found = frozenset(
        line.sku.sku_id
        for line in lines
        if covers(scope, line.sku) and shop_id in (0, line.sku.shop_id)
    )
    return found or None


_MAKERS = {"flash": _flash, "reduction": _reduction, "coupon": _coupon}
