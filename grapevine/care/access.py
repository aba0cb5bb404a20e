"""The doors to reviews, flags and certificates."""

from grapevine.care.models import Certificate, Flag, Review, Standing
from grapevine.care.refusals import CertificateNotFound, FlagNotFound, LineNotFound, ReviewNotFound
from grapevine.trade import facade as trade
from grapevine.trade.contracts import LineView, OrderView


def line_of_buyer(buyer_id: int, number: str, position: int) -> tuple[OrderView, LineView]:
    """The buyer's own order and its line at this place, from 1. Raises OrderNotFound or LineNotFound."""
    order = trade.order_for(buyer_id, number)
    if not 1 <= position <= len(order.lines):
        raise LineNotFound(position)
    return order, order.lines[position - 1]


def review_by_public_id(public_id: str) -> Review:
    try:
        return Review.objects.get(public_id=public_id)
    except Review.DoesNotExist:
        raise ReviewNotFound(public_id) from None


def review_of_buyer(buyer_id: int, public_id: str) -> Review:
    review = review_by_public_id(public_id)
    if review.buyer_id != buyer_id:
        raise ReviewNotFound(public_id)
    return review


def review_of_shop(shop_id: int, public_id: str) -> Review:
    review = review_by_public_id(public_id)
    if review.shop_id != shop_id:
        raise ReviewNotFound(public_id)
    return review


def standing_of(review: Review) -> Standing:
    """The review's standing, locked: whoever adds a row to the review waits here for the one before."""
    return Standing.objects.select_for_update().get(review=review)


def flag_by_public_id(public_id: str) -> Flag:
    try:
        return Flag.objects.get(public_id=public_id)
    except Flag.DoesNotExist:
        raise FlagNotFound(public_id) from None


def certificate_by_public_id(public_id: str) -> Certificate:
    try:
        return Certificate.objects.get(public_id=public_id)
    except Certificate.DoesNotExist:
        raise CertificateNotFound(public_id) from None


def certificate_of_shop(shop_id: int, public_id: str) -> Certificate:
    found = certificate_by_public_id(public_id)
    if found.shop_id != shop_id:
        raise CertificateNotFound(public_id)
    return found
