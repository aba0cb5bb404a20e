"""Fetching in place of sending: no shipping cost, a code that works once and is not to be guessed."""

from typing import Any

import pytest

from grapevine.goods import facade as goods
from grapevine.goods.contracts import ShippingZone
from grapevine.guard.contracts import TooManyRequests
from grapevine.kit.errors import BadInput
from grapevine.trade import facade
from grapevine.trade.actions import pickup, shipping
from grapevine.trade.contracts import Wishes
from grapevine.trade.models import Pickup, Shipment
from grapevine.trade.parcels import IsPickedUp, PointNotFound, PointView, WrongCode
from grapevine.trade.tests.cast import HOME, Cast, gather, paid, placed
from tests.invariants import assert_whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def point(cast: Cast) -> PointView:
    zones = [ShippingZone((), 1000, 1200, 1000, 500)]
    goods.save_shipping(shop_id=cast.bobs.id, name="全国", zones=zones, free_over_minor=None, is_default=True)  # fmt: skip
    return pickup.save_point(
        shop_id=cast.bobs.id, name="巷口店", address="深圳市南山区巷口 3 号", hours="10:00–20:00"
    )


def fetched(cast: Cast, point: PointView, **more: Any) -> str:
    return paid(cast, wishes=Wishes(pickups=(point.public_id,)), **more).order_numbers[0]


def code_of(cast: Cast, number: str) -> str:
    found = facade.order_for(cast.alice, number).pickup
    assert found is not None
    return found.code


def take(cast: Cast, code: str) -> str:
    return pickup.hand_over(shop_id=cast.bobs.id, code=code, actor_id=cast.bob)


def test_an_order_that_is_fetched_costs_no_shipping_and_moves_in_one_step(
    cast: Cast, point: PointView
) -> None:
    sent = facade.order_for(cast.alice, paid(cast).order_numbers[0])
    number = fetched(cast, point)
    order = facade.order_for(cast.alice, number)
    assert (sent.shipping_minor, order.shipping_minor) == (1200, 0)
    code = code_of(cast, number)
    assert len(code) == 8
    assert code.isdigit()
    assert take(cast, f"{code[:4]} {code[4:]}") == number
    found = facade.order_for(cast.alice, number)
    assert [step.state for step in found.timeline] == ["pending", "paid", "shipped", "received"]
    assert (found.state, found.pickup and found.pickup.code) == ("received", "")
    assert [one.lines for one in found.shipments] == [(("粗陶杯", "默认", 1),)]
    assert_whole(at_rest=False)
    with pytest.raises(WrongCode):
        take(cast, code)


def test_the_code_is_sealed_and_for_the_buyer_alone(cast: Cast, point: PointView) -> None:
    from django.db import connection

    number = fetched(cast, point)
    code = code_of(cast, number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, digest FROM trade_pickup")
        assert code not in "".join(cursor.fetchone())
    seen = facade.order_for_shop(cast.bobs.id, number).pickup
    assert seen is not None
    assert seen.code == ""


def test_before_it_is_paid_and_after_it_is_refunded_there_is_no_code(
    cast: Cast, point: PointView
) -> None:
    one = placed(cast, wishes=Wishes(pickups=(point.public_id,)))
    assert code_of(cast, one.order_numbers[0]) == ""
    secret = Pickup.objects.get().code
    with pytest.raises(WrongCode):
        take(cast, secret)
    number = fetched(cast, point)
    code = code_of(cast, number)
    facade.refund_order(number=number, reason="x")
    with pytest.raises(WrongCode):
        take(cast, code)
    assert not Shipment.objects.exists()


def test_another_shop_cannot_use_a_code(cast: Cast, point: PointView) -> None:
    code = code_of(cast, fetched(cast, point))
    with pytest.raises(WrongCode):
        pickup.hand_over(shop_id=cast.carols.id, code=code, actor_id=cast.carol)
    assert take(cast, code)


def test_codes_cannot_be_tried_out(cast: Cast, point: PointView) -> None:
    code = code_of(cast, fetched(cast, point))
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(pickup.TRIES_A_MINUTE):
        with pytest.raises(WrongCode):
            take(cast, wrong)
    with pytest.raises(TooManyRequests):
        take(cast, code)


def test_a_parcel_is_not_sent_for_it(cast: Cast, point: PointView) -> None:
    number = fetched(cast, point)
    with pytest.raises(IsPickedUp):
        shipping.ship_order(shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF1234", actor_id=cast.bob)  # fmt: skip


def test_a_closed_point_or_one_of_another_shop_is_refused(cast: Cast, point: PointView) -> None:
    other = pickup.save_point(shop_id=cast.carols.id, name="山茶店", address="x", hours="y")
    for chosen in ((other.public_id,), ("nothing",), (point.public_id, other.public_id)):
        with pytest.raises(PointNotFound):
            placed(cast, wishes=Wishes(pickups=chosen))
    closed = {"name": "巷口店", "address": "a", "hours": "b", "is_active": False}
    pickup.save_point(shop_id=cast.bobs.id, public_id=point.public_id, **closed)  # type: ignore[arg-type]
    with pytest.raises(PointNotFound):
        placed(cast, wishes=Wishes(pickups=(point.public_id,)))
    with pytest.raises(PointNotFound):
        pickup.save_point(shop_id=cast.carols.id, public_id=point.public_id, **closed)  # type: ignore[arg-type]
    assert not Pickup.objects.exists()


def test_one_shop_is_fetched_from_and_the_other_sends(cast: Cast, point: PointView) -> None:
    one = paid(cast, (cast.cup, 1), (cast.tea, 1), wishes=Wishes(pickups=(point.public_id,)))
    found = [facade.order_for(cast.alice, number) for number in one.order_numbers]
    assert sorted((order.shop_slug, order.pickup is not None) for order in found) == [
        ("bobs", True), ("carols", False),
    ]  # fmt: skip


def test_where_nobody_sends_it_can_still_be_fetched(cast: Cast, point: PointView) -> None:
    zones = [ShippingZone(("北京市",), 1000, 1200, 1000, 500)]
    goods.save_shipping(shop_id=cast.bobs.id, name="只到北京", zones=zones, free_over_minor=None, is_default=True)  # fmt: skip
    assert HOME.province == "广东省"
    assert code_of(cast, fetched(cast, point))


@pytest.mark.parametrize("wrong", ["name", "address", "hours"])
def test_a_point_needs_name_address_and_hours(cast: Cast, wrong: str) -> None:
    parts = {"name": "a", "address": "b", "hours": "c", wrong: " "}
    with pytest.raises(BadInput) as refused:
        pickup.save_point(shop_id=cast.bobs.id, **parts)  # type: ignore[arg-type]
    assert list(refused.value.fields) == [wrong]
