"""News that comes late, or in another order than it happened."""

import pytest

from grapevine.campaigns.actions import groups as actions
from grapevine.campaigns.contracts import KeyUsed
from grapevine.campaigns.models import Group, Seat
from grapevine.campaigns.tests.cast import HOME, Cast, browser, gather, job, joins, opens, state_of
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


def paid_untold(person_id: int, payment_number: str) -> None:
    """Paid, and the outbox not delivered yet."""
    trade.start_payment(buyer_id=person_id, number=payment_number)
    browser(person_id).post(f"/sandbox/{payment_number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")


def test_a_buyer_who_was_refunded_before_the_news_of_payment_stops_nothing(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    lead = opens(cast, cast.alice)
    paid_untold(cast.alice, lead.payment_number)
    Group.objects.update(state="expired")
    trade.refund_order(number=lead.order_number, reason="不想要了")
    signals.drain()
    assert caplog.records == [], "no delivery failed"
    assert state_of(cast.alice, lead) == "refunded"
    assert Seat.objects.get().state == "refunded"


def test_nobody_sits_down_for_an_order_that_was_refunded_before(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    paid_untold(cast.alice, lead.payment_number)
    trade.refund_order(number=lead.order_number, reason="不想要了")
    actions.leave_seat(order_number=lead.order_number, refunded=True)
    actions.pay_seat(order_number=lead.order_number)
    assert Seat.objects.get().state == "refunded"
    group = Group.objects.get()
    assert (group.state, group.paid, group.held) == ("open", 0, 0)


def test_a_form_that_bought_something_else_takes_no_seat(cast: Cast) -> None:
    lead = opens(cast, cast.alice)
    trade.place_order(buyer_id=cast.carol, lines=[(cast.sku, 1)], address=HOME, key="form")
    with pytest.raises(KeyUsed):
        joins(cast, cast.carol, lead.group_public_id, key="form")
    with pytest.raises(KeyUsed):
        opens(cast, cast.carol, key="form")
    assert (Group.objects.count(), Seat.objects.count()) == (1, 1)
