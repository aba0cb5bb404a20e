"""What higher modules may plug in: who may cut a price, and who must be told when that is about to be used."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from grapevine.goods.contracts import PickTerm, SkuLine
from grapevine.trade.contracts import Offer, OfferRequest, Redemption

Offerer = Callable[[OfferRequest], Sequence[Offer]]
Redeemer = Callable[[Redemption], None]


class Shortened(tuple[Offer, ...]):
    """Offers of which the person holds more than were looked at; the buyer is told so."""

    __slots__ = ()


_offerers: list[Offerer] = []
_redeemers: dict[str, Redeemer] = {}


def register_offerer(offerer: Offerer) -> None:
    """Ask `offerer` for every quote, in the order of registration."""
    if offerer not in _offerers:
        _offerers.append(offerer)


def register_redeemer(prefix: str, redeemer: Redeemer) -> None:
    """Call `redeemer` in the transaction that places an order using an offer whose reference begins so.

    It takes what is limited (a coupon, a quota, points) by a guarded update and raises OfferGone if
    somebody was faster; then nothing is placed. What is taken comes back by OrderCancelled and OrderRefunded.
    """
    _redeemers[prefix] = redeemer


def offers_for(request: OfferRequest) -> tuple[list[Offer], bool]:
    """All offers, and whether one of the offerers looked at a part only."""
    found = [offerer(request) for offerer in _offerers]
    return [offer for some in found for offer in some], any(
        isinstance(some, Shortened) for some in found
    )


def redeem(redemption: Redemption) -> None:
    prefix = redemption.reference.partition(":")[0]
    redeemer = _redeemers.get(prefix)
    if redeemer is not None:
        redeemer(redemption)


Sharer = Callable[[Mapping[int, str], Sequence[SkuLine], int | None], Mapping[int, PickTerm]]
_sharers: list[Sharer] = []


def register_sharer(sharer: Sharer) -> None:
    """Say by which terms a shop earns of lines that are bought by its way: SKU → the way named, the SKUs, the buyer.

    Asked for what no pick of the pool sells. The price stays the seller's; of the terms only whose and how much counts.
    """
    if sharer not in _sharers:
        _sharers.append(sharer)


def shared_terms(
    ways: Mapping[int, str], lines: Sequence[SkuLine], buyer_id: int | None
) -> dict[int, PickTerm]:
    found: dict[int, PickTerm] = {}
    for sharer in _sharers:
        found |= sharer(ways, lines, buyer_id)
    return found


FeeScale = Callable[[int, datetime], int]
WHOLE_BPS = 10_000
_scales: list[FeeScale] = []


def register_fee_scale(scale: FeeScale) -> None:
    """Say how much of its usual share the platform takes of an order, in basis points: by its shop and when it was placed."""
    _scales.append(scale)


def fee_scale(shop_id: int, at: datetime) -> int:
    """10,000 where nobody says anything else."""
    return _scales[-1](shop_id, at) if _scales else WHOLE_BPS
