"""The doors to orders and payments open for those they belong to, and for nobody else."""

from collections.abc import Callable

import pytest

from grapevine.trade import access
from grapevine.trade.contracts import OrderNotFound, PaymentNotFound
from grapevine.trade.tests.cast import Cast, gather, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.mark.parametrize("lock", [False, True])
def test_an_order_is_its_buyers_and_its_shops(cast: Cast, lock: bool) -> None:
    made = placed(cast, (cast.cup, 1))
    number = made.order_numbers[0]
    for door, own, other in (
        (access.order_of_buyer, cast.alice, cast.eve),
        (access.order_of_shop, cast.bobs.id, cast.bobs.id + 1),
    ):
        assert door(own, number, lock=lock).number == number
        for who, what in ((other, number), (own, "nothing")):
            with pytest.raises(OrderNotFound):
                door(who, what, lock=lock)


def test_a_payment_is_its_buyers(cast: Cast) -> None:
    made = placed(cast, (cast.cup, 1))
    assert access.payment_of_buyer(cast.alice, made.payment_number).number == made.payment_number
    assert access.payment_by_number(made.payment_number).buyer_id == cast.alice
    assert access.order_by_number(made.order_numbers[0]).payment.number == made.payment_number
    shut: list[Callable[[], object]] = [
        lambda: access.payment_of_buyer(cast.eve, made.payment_number),
        lambda: access.payment_of_buyer(cast.alice, "nothing"),
        lambda: access.payment_by_number("nothing"),
        lambda: access.attempt_by_number("nothing"),
    ]
    for door in shut:
        with pytest.raises(PaymentNotFound):
            door()
    with pytest.raises(OrderNotFound):
        access.order_by_number("nothing")
