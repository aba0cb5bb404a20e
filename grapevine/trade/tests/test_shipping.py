"""Parcels: several a warehouse, never more than ordered, put right for a day, refunds in between."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.trade import facade
from grapevine.trade.actions import moving, shipping
from grapevine.trade.contracts import IllegalMove
from grapevine.trade.models import Line, Shipment
from grapevine.trade.parcels import OddNumber, ParcelNotFound, TooLateToCorrect, TooManyPieces
from grapevine.trade.queries import toship
from grapevine.trade.queries.toship import Filters
from grapevine.trade.rules.carriers import CARRIERS, carrier_of, clean_number
from grapevine.trade.tests.cast import Cast, gather, paid
from grapevine.trade.tests.shipping_cast import NUMBER, left, send_piece
from tests.invariants import assert_whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def state(cast: Cast, number: str) -> str:
    return facade.order_for(cast.alice, number).state


def test_two_parcels_of_one_warehouse_and_the_last_piece_ships_the_order(cast: Cast) -> None:
    number = paid(cast, (cast.cup, 3)).order_numbers[0]
    send_piece(cast, number, 2)
    assert (state(cast, number), left(cast, number)) == ("paid", 1)
    send_piece(cast, number, 1, "SF1234567890124")
    found = facade.order_for(cast.alice, number)
    assert found.state == "shipped"
    assert [(one.tracking, one.lines) for one in found.shipments] == [
        (NUMBER, (("粗陶杯", "默认", 2),)), ("SF1234567890124", (("粗陶杯", "默认", 1),)),
    ]  # fmt: skip
    assert [step.state for step in found.timeline] == ["pending", "paid", "shipped"]
    with pytest.raises(IllegalMove):
        send_piece_again(cast, number)
    assert_whole(at_rest=False)


def send_piece_again(cast: Cast, number: str) -> None:
    line = Line.objects.filter(order__number=number)[0]
    shipping.ship_parcel(
        shop_id=cast.bobs.id, number=number, warehouse_id=1, pieces={line.pk: 1}, carrier="顺丰",
        tracking=NUMBER, actor_id=cast.bob,
    )  # fmt: skip


@pytest.mark.parametrize("count", [0, 3, 999])
def test_a_parcel_with_other_pieces_than_are_left_is_refused_whole(cast: Cast, count: int) -> None:
    number = paid(cast, (cast.cup, 3)).order_numbers[0]
    send_piece(cast, number)
    with pytest.raises(TooManyPieces):
        send_piece(cast, number, count)
    assert (left(cast, number), Shipment.objects.count()) == (2, 1)


def test_pieces_of_another_order_or_warehouse_are_refused(cast: Cast) -> None:
    number, other = (paid(cast, (cast.cup, 1)).order_numbers[0] for _ in range(2))
    line = Line.objects.get(order__number=other)
    place = goods.holds_of(number)[0][1]
    mine = Line.objects.get(order__number=number)
    for pieces, where in (({line.pk: 1}, place), ({mine.pk: 1}, place + 1000), ({}, place)):
        with pytest.raises(TooManyPieces):
            shipping.ship_parcel(
                shop_id=cast.bobs.id, number=number, warehouse_id=where, pieces=pieces,
                carrier="顺丰", tracking=NUMBER, actor_id=cast.bob,
            )  # fmt: skip


def test_the_database_itself_counts_no_more_than_was_ordered(cast: Cast) -> None:
    number = paid(cast, (cast.cup, 2)).order_numbers[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(order__number=number).update(shipped_count=3)


def test_a_refund_between_two_parcels_brings_back_what_has_not_left(cast: Cast) -> None:
    number = paid(cast, (cast.cup, 3)).order_numbers[0]
    send_piece(cast, number, 2)
    moving.refund_by_shop(shop_id=cast.bobs.id, number=number, reason="碎了", actor_id=cast.bob)
    assert goods.sku_lines([cast.cup.sku_id])[cast.cup.sku_id].free == 3
    with pytest.raises(IllegalMove):
        send_piece_again(cast, number)
    assert_whole(at_rest=False)


def test_a_number_that_does_not_look_right_is_asked_about(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    with pytest.raises(OddNumber):
        send_piece(cast, number, 1, "12-34")
    send_piece(cast, number, 1, "12-34", is_sure=True)
    assert state(cast, number) == "shipped"


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda one: one.code)
def test_every_carrier_is_found_by_its_names_and_knows_its_numbers(carrier: object) -> None:
    for name in (carrier.code, carrier.name, *carrier.aliases):  # type: ignore[attr-defined]
        assert carrier_of(f" {name.lower()} ") is carrier
    assert carrier.fits(carrier.example)  # type: ignore[attr-defined]
    assert not carrier.fits("1234")  # type: ignore[attr-defined]
    assert carrier.link("A 1") == f"https://www.kuaidi100.com/chaxun?com={carrier.code}&nu=A%201"  # type: ignore[attr-defined]


def test_what_people_type_is_tidied() -> None:
    assert clean_number(" sf 1234 5678 ") == "SF12345678"
    assert clean_number("'0123456789012") == "0123456789012"
    assert carrier_of("自己送") is None


def test_a_number_is_put_right_for_a_day_and_the_old_one_stays(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    parcel_id = send_piece(cast, number)
    change: dict[str, Any] = {"shop_id": cast.bobs.id, "number": number, "actor_id": cast.bob}
    shipping.correct_parcel(
        **change, parcel_id=parcel_id, carrier="圆通", tracking="YT1234567890123"
    )
    shipping.correct_parcel(
        **change, parcel_id=parcel_id, carrier="圆通", tracking="YT1234567890123"
    )
    (found,) = facade.order_for(cast.alice, number).shipments
    assert (found.carrier, found.tracking) == ("圆通", "YT1234567890123")
    assert [(one.carrier, one.tracking) for one in found.changes] == [("顺丰", NUMBER)]
    assert "yuantong" in found.link
    with pytest.raises(ParcelNotFound):
        shipping.correct_parcel(
            **change, parcel_id=parcel_id + 1, carrier="圆通", tracking="YT1234567890123"
        )
    later = clock.now() + timedelta(hours=24, seconds=1)
    with time_machine.travel(later), pytest.raises(TooLateToCorrect):
        shipping.correct_parcel(**change, parcel_id=parcel_id, carrier="顺丰", tracking=NUMBER)


def test_what_waits_is_found_by_place_age_goods_province_and_promise(cast: Cast) -> None:
    south = goods.add_warehouse(shop_id=cast.bobs.id, name="南仓", priority=-1)
    goods.adjust(sku_id=cast.vase.sku_id, change=2, warehouse_id=south.id)
    cup, vase = (paid(cast, (one, 1)).order_numbers[0] for one in (cast.cup, cast.vase))

    def found(**filters: object) -> list[str]:
        page = toship.to_ship(cast.bobs.id, Filters(**filters))  # type: ignore[arg-type]
        return [one.number for one in page.items]

    assert found() == [cup, vase]
    assert found(warehouse_id=south.id) == [vase]
    assert found(goods="陶杯") == [cup]
    assert found(province="广东省") == [cup, vase]
    assert found(province="北京市") == []
    assert found(numbers=(vase,)) == [vase]
    assert (found(age_hours=24), found(is_late=True)) == ([], [])
    with time_machine.travel(clock.now() + timedelta(hours=48, seconds=1)):
        assert found(age_hours=48) == [cup, vase]
        assert found(is_late=True) == [cup, vase]
        assert toship.counts(cast.bobs.id) == {"all": 2, "late": 2}
    assert toship.to_ship(cast.carols.id).items == []
