"""Seats that are held are taken for others, and count for nobody as paid."""

import pytest

from grapevine.campaigns.actions import groups as actions
from grapevine.campaigns.models import Group
from grapevine.campaigns.tests.cast import gather, joins, opens, pays, state_of

pytestmark = pytest.mark.django_db


def facts(public_id: str) -> tuple[str, int, int]:
    group = Group.objects.get(public_id=public_id)
    return group.state, group.paid, group.held


def test_a_group_is_full_when_its_seats_are_paid_not_when_they_are_held() -> None:
    cast = gather(size=2)
    lead = opens(cast, cast.alice)
    second = joins(cast, cast.carol, lead.group_public_id)
    pays(cast.alice, lead)
    assert facts(lead.group_public_id) == ("open", 1, 1)
    assert state_of(cast.alice, lead) == "waiting"
    pays(cast.carol, second)
    assert facts(lead.group_public_id) == ("filled", 2, 0)


def test_news_of_payment_for_a_seat_that_others_hold_by_now_goes_back() -> None:
    cast = gather(size=2)
    lead = opens(cast, cast.alice)
    lost = joins(cast, cast.carol, lead.group_public_id)
    actions.leave_seat(order_number=lost.order_number, refunded=False)
    joins(cast, cast.dan, lead.group_public_id)
    pays(cast.carol, lost)
    assert state_of(cast.carol, lost) == "refunded"
    assert facts(lead.group_public_id) == ("open", 0, 2)
