"""Groups open, fill and expire; every seat and every fen is accounted for."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from grapevine.campaigns import facade
from grapevine.campaigns.actions import groups as actions
from grapevine.campaigns.contracts import (
    AlreadyIn,
    GroupFull,
    GroupOver,
    PlanNotFound,
    PlanStopped,
    WrongSku,
)
from grapevine.campaigns.models import Group, Seat
from grapevine.campaigns.tests.cast import (
    HOME,
    Cast,
    gather,
    job,
    joins,
    opens,
    pays,
    sign_up,
    state_of,
)
from grapevine.kit import clock
from grapevine.ledger import facade as ledger
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import WrongCount

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def facts(public_id: str) -> tuple[str, int, int]:
    group = Group.objects.get(public_id=public_id)
    return group.state, group.paid, group.held


def test_a_seat_that_is_not_paid_is_held_and_counts_for_nobody(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    view = facade.group_view(lead.group_public_id, cast.alice)
    assert (view.paid, view.held, view.missing, view.mine) == (0, 1, 3, "held")
    assert [seat.state for seat in view.seats] == ["held", "empty", "empty"]
    assert lead.total_minor == 5990
    assert facade.live_groups(cast.cup.id) == []  # shown to others once the leader has paid


def test_a_group_fills_and_only_then_its_orders_go_on(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    assert [one.missing for one in facade.live_groups(cast.cup.id)] == [2]
    second = joins(cast, cast.carol, lead.group_public_id)
    pays(cast.carol, second)
    assert (state_of(cast.alice, lead), state_of(cast.carol, second)) == ("waiting", "waiting")
    third = joins(cast, cast.dan, lead.group_public_id)
    pays(cast.dan, third)
    assert facts(lead.group_public_id) == ("filled", 3, 0)
    states = [state_of(cast.alice, lead), state_of(cast.carol, second), state_of(cast.dan, third)]
    assert states == ["paid", "paid", "paid"]
    with pytest.raises(GroupOver):
        joins(cast, cast.eve, lead.group_public_id)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert actions.expire_groups() == 0
    assert facts(lead.group_public_id) == ("filled", 3, 0)


def test_the_last_seat_goes_to_one(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    joins(cast, cast.carol, lead.group_public_id)
    joins(cast, cast.dan, lead.group_public_id)
    with pytest.raises(GroupFull):
        joins(cast, cast.eve, lead.group_public_id)
    assert facts(lead.group_public_id) == ("open", 0, 3)
    assert not Seat.objects.filter(person_id=cast.eve).exists()


def test_one_seat_a_person_and_the_same_form_twice_is_one(cast: Cast) -> None:
    lead = opens(cast, cast.alice, key="once")
    assert opens(cast, cast.alice, key="once") == lead
    assert Group.objects.count() == 1
    with pytest.raises(AlreadyIn):
        joins(cast, cast.alice, lead.group_public_id)
    joined = joins(cast, cast.carol, lead.group_public_id, key="again")
    assert joins(cast, cast.carol, lead.group_public_id, key="again") == joined
    assert facts(lead.group_public_id) == ("open", 0, 2)


def test_what_is_refused_leaves_nothing(cast: Cast) -> None:
    with pytest.raises(WrongCount):
        facade.open_group(
            buyer_id=cast.alice, plan_id=cast.plan.public_id, sku_id=cast.sku, count=3, address=HOME
        )
    with pytest.raises(WrongSku):
        facade.open_group(
            buyer_id=cast.alice, plan_id=cast.plan.public_id, sku_id=999_999, count=1, address=HOME
        )
    with pytest.raises(PlanNotFound):
        facade.stop_plan(shop_id=cast.shop.id + 1, public_id=cast.plan.public_id)
    facade.stop_plan(shop_id=cast.shop.id, public_id=cast.plan.public_id)
    with pytest.raises(PlanStopped):
        opens(cast, cast.alice)
    assert (Group.objects.count(), Seat.objects.count()) == (0, 0)


def test_an_expired_group_refunds_everybody_once_and_in_full(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    second = joins(cast, cast.carol, lead.group_public_id)
    pays(cast.carol, second)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert actions.expire_groups() == 1
        assert actions.expire_groups() == 0
        signals.drain()
        actions.refund_members(group_id=lead.group_public_id)
        with pytest.raises(GroupOver):
            joins(cast, cast.dan, lead.group_public_id)
        job("trade.jobs.send_refunds")
    assert facts(lead.group_public_id)[0] == "expired"
    assert (state_of(cast.alice, lead), state_of(cast.carol, second)) == ("refunded", "refunded")
    assert set(Seat.objects.values_list("state", flat=True)) == {"refunded"}
    assert [ledger.balance(trade.escrow(one.order_number)) for one in (lead, second)] == [0, 0]
    assert {minor for _, minor in ledger.clearing_accounts()} <= {0}


def test_a_seat_not_paid_in_time_is_free_again_and_late_money_goes_back(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    late = joins(cast, cast.carol, lead.group_public_id)
    trade.start_payment(buyer_id=cast.carol, number=late.payment_number)
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        job("trade.jobs.expire_payments")
        signals.drain()
        assert facts(lead.group_public_id) == ("open", 1, 0)
    assert state_of(cast.carol, late) == "cancelled"
    again = joins(cast, cast.carol, lead.group_public_id)
    assert facts(lead.group_public_id) == ("open", 1, 1)
    assert again.order_number != late.order_number


def test_news_of_payment_after_the_seat_was_freed_takes_a_free_one(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    actions.leave_seat(order_number=lead.order_number, refunded=False)
    assert facts(lead.group_public_id) == ("open", 0, 0)
    pays(cast.alice, lead)
    assert facts(lead.group_public_id) == ("open", 1, 0)
    actions.pay_seat(order_number=lead.order_number)
    assert facts(lead.group_public_id) == ("open", 1, 0)


def test_news_of_payment_after_the_group_ended_is_refunded(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    Group.objects.update(state="expired")
    pays(cast.alice, lead)
    assert state_of(cast.alice, lead) == "refunded"
    assert Seat.objects.get().state == "refunded"
    actions.pay_seat(order_number="unknown")
    actions.leave_seat(order_number="unknown", refunded=True)


def test_money_for_a_seat_taken_twice_by_one_person_goes_back(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    first = joins(cast, cast.carol, lead.group_public_id)
    actions.leave_seat(order_number=first.order_number, refunded=False)
    joins(cast, cast.carol, lead.group_public_id)
    pays(cast.carol, first)
    assert state_of(cast.carol, first) == "refunded"
    assert facts(lead.group_public_id) == ("open", 1, 1)


def test_a_refund_before_filling_frees_the_seat_and_hands_on_the_lead(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    second = joins(cast, cast.carol, lead.group_public_id)
    pays(cast.carol, second)
    trade.refund_order(number=lead.order_number, reason="不想要了")
    signals.drain()
    assert facts(lead.group_public_id) == ("open", 1, 0)
    assert facade.group_view(lead.group_public_id).leader.id == cast.carol


def test_who_pays_first_after_everybody_left_leads(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    pays(cast.alice, lead)
    trade.refund_order(number=lead.order_number, reason="不想要了")
    signals.drain()
    second = joins(cast, cast.dan, lead.group_public_id)
    pays(cast.dan, second)
    assert facade.group_view(lead.group_public_id).leader.id == cast.dan


def test_a_refund_after_filling_leaves_the_group_standing(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    for person in (cast.alice, cast.carol, cast.dan):
        pays(person, lead if person == cast.alice else joins(cast, person, lead.group_public_id))
    trade.refund_order(number=lead.order_number, reason="尺寸不合")
    signals.drain()
    assert facts(lead.group_public_id) == ("filled", 3, 0)


def test_the_database_refuses_a_seat_too_many(cast: Cast) -> None:
    opens(cast, cast.alice)
    with pytest.raises(IntegrityError, match="campaigns_seats_fit"), transaction.atomic():
        Group.objects.update(paid=3)


def test_fifty_who_come_fill_exactly_the_seats_there_are(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    refused = 0
    for n in range(50):
        try:
            joins(cast, sign_up(f"joiner{n}"), lead.group_public_id)
        except GroupFull:
            refused += 1
    assert (refused, facts(lead.group_public_id)) == (48, ("open", 0, 3))
