"""What higher modules may plug in: who may cut a price."""

from collections.abc import Callable, Sequence

from grapevine.trade.contracts import Offer, OfferRequest

Offerer = Callable[[OfferRequest], Sequence[Offer]]
_offerers: list[Offerer] = []


def register_offerer(offerer: Offerer) -> None:
    """Ask `offerer` for every quote, in the order of registration."""
    if offerer not in _offerers:
        _offerers.append(offerer)


def offers_for(request: OfferRequest) -> list[Offer]:
    return [offer for offerer in _offerers for offer in offerer(request)]
