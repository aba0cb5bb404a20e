"""The doors to orders and payments."""

from django.db.models import QuerySet

from grapevine.trade.contracts import OrderNotFound, PaymentNotFound
from grapevine.trade.models import Attempt, Order, Payment


def _orders(*, lock: bool) -> QuerySet[Order]:
    rows = Order.objects.select_related("payment")
    return rows.select_for_update(of=("self",)) if lock else rows


def order_of_buyer(buyer_id: int, number: str, *, lock: bool = False) -> Order:
    try:
        return _orders(lock=lock).get(number=number, buyer_id=buyer_id)
    except Order.DoesNotExist:
        raise OrderNotFound(number) from None


def order_of_shop(shop_id: int, number: str, *, lock: bool = False) -> Order:
    try:
        return _orders(lock=lock).get(number=number, shop_id=shop_id)
    except Order.DoesNotExist:
        raise OrderNotFound(number) from None


def order_by_number(number: str, *, lock: bool = False) -> Order:
    """For the house itself (campaigns, jobs): no person stands behind this door."""
    try:
        return _orders(lock=lock).get(number=number)
    except Order.DoesNotExist:
        raise OrderNotFound(number) from None


def payment_of_buyer(buyer_id: int, number: str) -> Payment:
    try:
        return Payment.objects.get(number=number, buyer_id=buyer_id)
    except Payment.DoesNotExist:
        raise PaymentNotFound(number) from None


def payment_by_number(number: str) -> Payment:
    try:
        return Payment.objects.get(number=number)
    except Payment.DoesNotExist:
        raise PaymentNotFound(number) from None


def attempt_by_number(number: str) -> Attempt:
    """For providers' messages: they name the attempt."""
    try:
        return Attempt.objects.select_related("payment").get(number=number)
    except Attempt.DoesNotExist:
        raise PaymentNotFound(number) from None
