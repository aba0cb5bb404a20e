"""Points on their whole way: earned, set aside, spent, freed, given back; and the books after each."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra.django import TestCase

from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account
from grapevine.loyalty import actions, facade, handlers, offers
from grapevine.loyalty.contracts import CURRENCY
from grapevine.loyalty.models import Purchase
from grapevine.loyalty.tests.cast import (
    Cast,
    books as balanced,
    bought,
    browser,
    event_count,
    finished,
    gather,
    job,
    later,
    pays,
    placed,
    platform,
    points,
    receive,
    refunded,
    settle,
    tell_again,
)
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import (
    OfferGone,
    OfferKind,
    OfferLine,
    OfferRequest,
    OrderPaid,
    OrderRefunded,
    OrderSettled,
    PriceChanged,
    Wishes,
)

pytestmark = pytest.mark.django_db
BALANCED = {"CNY": 0, "PTS": 0}


@pytest.fixture
def cast() -> Cast:
    return gather()


def grown_rich(cast: Cast) -> Cast:
    """Alice has 1,399 points: 20 cups, 1,399.80 yuan, final."""
    finished(cast, cast.alice, (cast.cup, 20))
    assert points(cast.alice) == (1399, 0)
    return cast


@pytest.fixture
def rich(cast: Cast) -> Cast:
    return grown_rich(cast)


def request(cast: Cast, asked: int, buyer: int | None, *, currency: str = "CNY") -> OfferRequest:
    sku = dataclasses.replace(cast.cup, currency=currency)
    return OfferRequest(buyer, (OfferLine(sku, 1),), "", asked)


def kinds(person_id: int) -> list[tuple[str, int]]:
    return [(one.kind, one.points) for one in facade.points_statement(person_id).items]


def test_an_order_earns_once_it_is_final_and_never_before(cast: Cast) -> None:
    one = bought(cast.alice, (cast.cup, 1), (cast.tea, 1))
    for number in one.order_numbers:
        receive(cast, cast.alice, number)
    signals.drain()
    assert points(cast.alice) == (0, 0)
    settle(days=6.9)
    assert points(cast.alice) == (0, 0)
    settle(days=7.1)
    assert points(cast.alice) == (69 + 30, 0)
    assert platform() == (-99, 0)
    assert sorted(Purchase.objects.values_list("amount_minor", flat=True)) == [3000, 6999]
    assert balanced() == BALANCED


def test_a_refunded_order_earns_nothing(cast: Cast) -> None:
    one = bought(cast.alice, (cast.cup, 1))
    receive(cast, cast.alice, one.order_numbers[0])
    refunded(one.order_numbers[0])
    settle()
    assert (points(cast.alice), platform()) == ((0, 0), (0, 0))
    assert not Purchase.objects.exists()
    assert balanced() == {"CNY": 0}, "no point was ever posted"


def test_points_pay_a_part_and_the_platform_makes_it_up(rich: Cast) -> None:
    one = placed(rich.alice, (rich.cup, 1), points=500)
    assert one.total_minor == 6999 - 500
    assert points(rich.alice) == (899, 500)
    number = one.order_numbers[0]
    pays(rich.alice, one)
    assert points(rich.alice) == (899, 0)
    assert platform() == (-1399, 500)
    assert ledger.balance(trade.escrow(number)) == 6999
    assert ledger.balance(Account("platform", "subsidy")) == -500
    receive(rich, rich.alice, number)
    settle()
    assert ledger.balances(f"shop:{rich.bobs.id}") == {"payable": 20 * 6999 + 6999}
    assert points(rich.alice) == (899 + 64, 0), "earned for the money alone"
    assert kinds(rich.alice) == [("points.earned", 64), ("hold", -500), ("points.earned", 1399)]
    assert balanced() == BALANCED


@pytest.mark.parametrize(
    ("asked", "pieces", "cut"),
    [(0, 1, 0), (-5, 1, 0), (1, 1, 1), (1398, 1, 1398), (5000, 1, 1399), (5000, 20, 1399), (10**9, 20, 1399)],
)  # fmt: skip
def test_never_more_than_asked_or_there(rich: Cast, asked: int, pieces: int, cut: int) -> None:
    quoted = trade.quote(
        buyer_id=rich.alice, lines=[(rich.cup.sku_id, pieces)], wishes=Wishes(points_minor=asked)
    )
    assert quoted.discount_minor == cut


def test_never_more_than_the_share_of_what_is_payable(rich: Cast, settings: Any) -> None:
    settings.POINTS_SHARE_BPS = 1000
    wishes = Wishes(points_minor=5000)
    lines = [(rich.cup.sku_id, 1), (rich.tea.sku_id, 1)]
    assert trade.quote(buyer_id=rich.alice, lines=lines, wishes=wishes).discount_minor == 999
    settings.POINTS_SHARE_BPS = 0
    assert trade.quote(buyer_id=rich.alice, lines=lines, wishes=wishes).offers == ()


def test_points_may_pay_it_all_where_the_operator_allows(rich: Cast, settings: Any) -> None:
    settings.POINTS_SHARE_BPS = 10_000
    settings.POINTS_PER_YUAN = 10
    one = placed(rich.alice, (rich.cup, 1), points=6999)
    signals.drain()
    assert one.total_minor == 0
    assert trade.order_for(rich.alice, one.order_numbers[0]).state == "paid"
    assert points(rich.alice) == (1399 - 700, 0), "6999 fen need 699.9 points"
    receive(rich, rich.alice, one.order_numbers[0])
    settle()
    assert points(rich.alice) == (699, 0), "nothing was paid in money"
    assert Purchase.objects.count() == 1
    assert balanced() == BALANCED


@pytest.mark.parametrize("currency", ["USD", "JPY"])
def test_points_pay_yuan_alone(rich: Cast, currency: str) -> None:
    assert offers.points(request(rich, 100, rich.alice, currency=currency)) == ()
    assert offers.points(request(rich, 100, None)) == ()
    offer = offers.points(request(rich, 100, rich.alice))[0]
    assert (offer.kind, offer.most_minor, offer.rate_bps) == (OfferKind.POINTS, 100, 5000)
    assert offer.by_platform


def test_a_quote_that_does_not_ask_costs_no_look_at_points(rich: Cast) -> None:
    for asked, queries in ((0, 0), (100, 1)):
        with CaptureQueriesContext(connection) as seen:
            offers.points(request(rich, asked, rich.alice))
        assert len(seen) == queries


def test_two_carts_at_once_cannot_spend_the_same_points(rich: Cast) -> None:
    """Both were priced with all the points; the second is refused whole."""
    both = [offers.points(request(rich, 1399, rich.alice)) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grapevine.trade.ports._offerers", [lambda _request: both[0]])
        placed(rich.alice, (rich.cup, 1), points=1399)
        before = (event_count(), points(rich.alice))
        with pytest.raises(OfferGone):
            placed(rich.alice, (rich.tea, 2), (rich.cup, 1), points=1399)
    assert (event_count(), points(rich.alice)) == before
    assert points(rich.alice) == (0, 1399)
    assert trade.orders_of(rich.alice, "pending").items[0].discount_minor == 1399
    assert len(trade.orders_of(rich.alice, "pending").items) == 1


def test_a_price_that_counted_on_spent_points_is_refused(rich: Cast) -> None:
    placed(rich.alice, (rich.cup, 1), points=1399)
    with pytest.raises(PriceChanged):
        placed(rich.alice, (rich.cup, 1), points=1399, expected_minor=6999 - 1399)
    assert points(rich.alice) == (0, 1399)


@pytest.mark.parametrize("how", ["buyer", "time"])
def test_an_order_that_is_not_paid_frees_its_points(rich: Cast, how: str) -> None:
    one = placed(rich.alice, (rich.cup, 1), (rich.tea, 1), points=1000)
    assert points(rich.alice) == (399, 1000)
    if how == "buyer":
        trade.cancel_order(buyer_id=rich.alice, number=one.order_numbers[0])
    else:
        with later(timedelta(minutes=16)):
            job("trade.jobs.expire_payments")
    signals.drain()
    assert points(rich.alice) == (1399, 0)
    assert platform() == (-1399, 0)
    assert balanced() == BALANCED


def test_money_that_comes_too_late_does_not_spend_what_was_freed(rich: Cast) -> None:
    one = placed(rich.alice, (rich.cup, 1), points=1000)
    trade.start_payment(buyer_id=rich.alice, number=one.payment_number)
    browser(rich.alice).post(f"/sandbox/{one.payment_number}/", {"outcome": "silent"})
    trade.cancel_order(buyer_id=rich.alice, number=one.order_numbers[0])
    job("trade.jobs.complete_payments")
    signals.drain()
    assert points(rich.alice) == (1399, 0)
    assert balanced() == BALANCED


def test_an_overdue_worker_does_not_lose_the_hold(rich: Cast) -> None:
    """Paid in time, told a month later: the points were still set aside, and are spent."""
    one = placed(rich.alice, (rich.cup, 1), points=1000)
    pays(rich.alice, one, heard=False)
    with later(timedelta(days=30)):
        assert ledger.expire_holds() == 0
        assert points(rich.alice) == (399, 1000)
        signals.drain()
    assert (points(rich.alice), platform()) == ((399, 0), (-1399, 1000))


def test_a_refund_gives_back_what_that_order_used_and_no_more(rich: Cast) -> None:
    one = bought(rich.alice, (rich.cup, 1), (rich.tea, 1), points=1000)
    bobs, carols = one.order_numbers
    used = {number: trade.offer_amount(number, offers.POINTS) for number in (bobs, carols)}
    assert sorted(used.values()) == [300, 700]
    assert points(rich.alice) == (399, 0)
    refunded(bobs)
    assert points(rich.alice) == (399 + used[bobs], 0)
    refunded(carols)
    assert (points(rich.alice), platform()) == ((1399, 0), (-1399, 0))
    said = kinds(rich.alice)
    assert said[:2] == [("points.back", used[carols]), ("points.back", used[bobs])]
    assert sorted(said[2:4]) == [("hold", -700), ("hold", -300)]
    assert balanced() == BALANCED


def test_parts_of_a_point_are_split_over_orders_without_a_remainder(
    rich: Cast, settings: Any
) -> None:
    settings.POINTS_PER_YUAN = 7
    one = bought(rich.alice, (rich.cup, 1), (rich.tea, 1), points=1001)
    assert points(rich.alice) == (1399 - 71, 0), "1001 fen need 70.07 points"
    parts = [ledger.hold(f"points:{number}") for number in one.order_numbers]
    assert sorted(part.amount_minor for part in parts if part) == [21, 50]
    settings.POINTS_PER_YUAN = 100
    for number in one.order_numbers:
        refunded(number)
    assert points(rich.alice) == (1399, 0), "what was taken, whatever points are worth since"


def test_news_told_again_changes_nothing(rich: Cast) -> None:
    one = bought(rich.alice, (rich.cup, 1), points=500)
    refunded(one.order_numbers[0])
    before = (points(rich.alice), platform())
    assert tell_again() == 4, "two orders: one final, one paid and refunded"
    assert (points(rich.alice), platform()) == before == ((1399, 0), (-1399, 0))


def paid_event(number: str, person_id: int, uses: list[str]) -> OrderPaid:
    return OrderPaid(number, person_id, 1, [], 1, 1, "CNY", {}, "", "", offers=uses)


def refund_event(number: str, person_id: int, uses: list[str]) -> OrderRefunded:
    return OrderRefunded(number, person_id, 1, 1, "", "", offers=uses)


def test_a_refund_heard_before_its_payment_is_right_too(rich: Cast) -> None:
    number = placed(rich.alice, (rich.cup, 1), points=500).order_numbers[0]
    uses = [offers.POINTS]
    handlers.on_order_refunded(refund_event(number, rich.alice, uses))
    assert points(rich.alice) == (1399, 0)
    handlers.on_order_paid(paid_event(number, rich.alice, uses))
    handlers.on_order_refunded(refund_event(number, rich.alice, uses))
    assert (points(rich.alice), platform()) == ((1399, 0), (-1399, 0))


def test_orders_without_points_cost_no_query() -> None:
    with CaptureQueriesContext(connection) as seen:
        handlers.on_order_paid(paid_event("x", 1, ["campaigns.coupon:a"]))
        handlers.on_order_refunded(refund_event("x", 1, []))
    assert len(seen) == 0


def test_an_order_that_is_final_is_counted_once(cast: Cast) -> None:
    number = finished(cast, cast.alice, (cast.cup, 1)).order_numbers[0]
    for _ in range(2):
        handlers.on_order_settled(
            OrderSettled(number, cast.alice, cast.bobs.id, 6999, "", "")
        )  # fmt: skip
    assert points(cast.alice) == (69, 0)
    assert Purchase.objects.count() == 1


def test_who_works_at_a_shop_earns_nothing_there(cast: Cast) -> None:
    """Their money comes back to them, so points for it would be made of nothing."""
    finished(cast, cast.bob, (cast.cup, 1), (cast.tea, 1))
    assert points(cast.bob) == (30, 0), "Carol's tea alone"
    assert platform() == (-30, 0)


def test_no_points_are_given_where_the_operator_gives_none(cast: Cast, settings: Any) -> None:
    settings.POINTS_EARNED_PER_YUAN = 0
    finished(cast, cast.alice, (cast.cup, 1))
    assert (points(cast.alice), platform()) == ((0, 0), (0, 0))
    assert Purchase.objects.get().amount_minor == 6999


PLANS = st.lists(
    st.tuples(
        st.integers(1, 3),  # cups
        st.integers(0, 3),  # tea of another shop
        st.integers(0, 20_000),  # asked of points
        st.sampled_from(
            ["cancel", "expire", "pay", "refund one", "refund all", "finish", "return"]
        ),
    ),
    min_size=1,
    max_size=5,
)


class AnyLife(TestCase):
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(PLANS)
    def test_no_point_is_lost_or_made(self, plan: list[tuple[int, int, int, str]]) -> None:
        """Σ over a random life: what a person has is what was earned less what standing orders used."""
        _lives(grown_rich(gather()), plan)


def _lives(cast: Cast, plan: list[tuple[int, int, int, str]]) -> None:
    earned, spent = 1399, 0
    for cups, teas, asked, end in plan:
        free = earned - spent
        lines = [(cast.cup, cups)] + ([(cast.tea, teas)] if teas else [])
        goods = cups * 6999 + teas * 3000
        cut = min(asked, free, goods // 2)
        one = placed(cast.alice, *lines, points=asked)
        assert one.total_minor == goods - cut
        assert points(cast.alice) == (free - cut, cut)
        gained, kept = _live(cast, one.payment_number, list(one.order_numbers), end)
        spent += kept
        earned += gained
        assert points(cast.alice) == (earned - spent, 0)
        assert platform() == (-earned, spent)
    assert balanced() == BALANCED


def _live(cast: Cast, payment: str, numbers: list[str], end: str) -> tuple[int, int]:
    """Bring an order to its end; points it earned, points it used for good."""
    uses = {number: trade.offer_amount(number, offers.POINTS) for number in numbers}
    money = {number: trade.order_for(cast.alice, number).total_minor for number in numbers}
    if end in ("cancel", "expire"):
        if end == "cancel":
            trade.cancel_order(buyer_id=cast.alice, number=numbers[-1])
        else:
            with later(timedelta(minutes=16)):
                job("trade.jobs.expire_payments")
        signals.drain()
        return 0, 0
    view = trade.payment(cast.alice, payment)
    trade.start_payment(buyer_id=cast.alice, number=view.number)
    browser(cast.alice).post(f"/sandbox/{view.number}/", {"outcome": "silent"})
    job("trade.jobs.complete_payments")
    signals.drain()
    if end == "pay":
        return 0, sum(uses.values())
    if end in ("refund one", "refund all"):
        back = numbers[:1] if end == "refund one" else numbers
        for number in back:
            refunded(number)
        return 0, sum(used for number, used in uses.items() if number not in back)
    for number in numbers:
        receive(cast, cast.alice, number)
    if end == "return":
        refunded(numbers[0])
    settle()
    stand = numbers[1:] if end == "return" else numbers
    return sum(money[one] // 100 for one in stand), sum(uses[one] for one in stand)


def test_points_of_somebody_else_are_out_of_reach(rich: Cast) -> None:
    assert placed(rich.eve, (rich.cup, 1), points=500).total_minor == 6999
    assert points(rich.alice) == (1399, 0)
    assert ledger.balances(f"person:{rich.eve}", CURRENCY) == {}
    assert actions.give_back(order_number="nothing", person_id=rich.eve) is None
    assert points(rich.eve) == (0, 0)
