"""Coupons: who may take one, how many there are, what they cut, and how they come back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from grapevine.campaigns.actions import coupons
from grapevine.campaigns.contracts import (
    CouponPlanNotFound,
    CouponsGone,
    CouponsOver,
    CouponState,
    CouponTaken,
    NewScope,
    NotForYou,
    TooMany,
)
from grapevine.campaigns.handlers import give_back_after_cancelling
from grapevine.campaigns.models import Coupon, CouponPlan
from grapevine.campaigns.queries import coupons as queries
from grapevine.campaigns.tests.cast import sign_up
from grapevine.campaigns.tests.prices_cast import (
    Stage,
    buys,
    cancels,
    coupon_terms,
    list_sku,
    offer_coupons,
    offer_reduction,
    pays_for,
    quoted,
    stage,
)
from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.people import facade as people
from grapevine.people.contracts import PersonNotFound
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OfferGone, OrderCancelled, Wishes

pytestmark = pytest.mark.django_db
PLATFORM = 0


@pytest.fixture
def on() -> Stage:
    return stage()


def taken(person_id: int, plan: Any) -> str:
    return coupons.take_coupon(person_id=person_id, plan_id=plan.public_id)


def states(person_id: int) -> tuple[int, int, int]:
    """(usable, used, expired)"""
    found = queries.wallet_counts(person_id)
    return found["usable"], found["used"], found["expired"]


def test_a_fixed_coupon_cuts_from_its_threshold_on(on: Stage) -> None:
    taken(on.alice, offer_coupons(on))
    assert quoted(on.alice, (on.tea, 1)).total_minor == 14000
    assert quoted(on.alice, (on.cup, 1)).total_minor == 6000
    assert quoted(on.carol, (on.tea, 1)).total_minor == 15000
    assert quoted(None, (on.tea, 1)).total_minor == 15000


@pytest.mark.parametrize(("teas", "total"), [(1, 12750), (2, 26000), (3, 41000)])
def test_a_percentage_cuts_up_to_its_cap(on: Stage, teas: int, total: int) -> None:
    taken(on.alice, offer_coupons(on, rate_bps=1500, worth_minor=4000))
    assert quoted(on.alice, (on.tea, teas)).total_minor == total


def test_one_shop_coupon_is_used_and_the_best_is_chosen(on: Stage) -> None:
    taken(on.alice, offer_coupons(on))
    better = taken(on.alice, offer_coupons(on, worth_minor=1500))
    seen = quoted(on.alice, (on.tea, 1))
    assert seen.total_minor == 13500
    assert [(one.reference, one.is_used) for one in seen.coupons if one.is_used] == [
        (f"campaigns.coupon:{better}", True)
    ]
    assert sorted(one.amount_minor for one in seen.coupons) == [1000, 1500]
    none = quoted(on.alice, (on.tea, 1), wishes=Wishes(coupons=()))
    assert none.total_minor == 15000


def test_reduction_shop_coupon_and_platform_coupon_stack_in_this_order(on: Stage) -> None:
    offer_reduction(on, (20000, 3000))
    taken(on.alice, offer_coupons(on))
    platform = coupons.create_coupons(
        shop_id=PLATFORM, new=coupon_terms(on.now, rate_bps=1000, worth_minor=5000)
    )
    taken(on.alice, platform)
    seen = quoted(on.alice, (on.tea, 1), (on.cup, 1))
    assert [offer.amount_minor for offer in seen.offers] == [3000, 1000, 1700]
    assert seen.total_minor == 15300
    assert sum(shop.subsidy_minor for shop in seen.shops) == 1700


def test_a_coupon_for_a_category_cuts_its_lines_alone(on: Stage) -> None:
    plan = offer_coupons(on, threshold_minor=5000, scope=NewScope(categories=("家居",)))
    taken(on.alice, plan)
    seen = quoted(on.alice, (on.tea, 1), (on.cup, 1))
    assert [line.discount_minor for line in seen.shops[0].lines] == [0, 1000]
    assert quoted(on.alice, (on.tea, 1)).coupons == ()


def test_using_it_marks_it_used_and_cancelling_gives_it_back_once(on: Stage) -> None:
    mine = taken(on.alice, offer_coupons(on))
    placed = buys(on.alice, (on.tea, 1))
    coupon = Coupon.objects.get(public_id=mine)
    assert (coupon.state, coupon.amount_minor, coupon.payment_number) == ("used", 1000, placed.payment_number)  # fmt: skip
    assert coupon.orders == list(placed.order_numbers)
    assert quoted(on.alice, (on.tea, 1)).total_minor == 15000
    cancels(on.alice, placed)
    assert states(on.alice) == (1, 0, 0)
    again = buys(on.alice, (on.tea, 1))
    number, at = placed.order_numbers[0], clock.now().isoformat()
    late = OrderCancelled(number, on.alice, on.shop.id, "", at, placed.payment_number, [f"campaigns.coupon:{mine}"])  # fmt: skip
    give_back_after_cancelling(late)
    assert states(on.alice) == (0, 1, 0)
    assert Coupon.objects.get(public_id=mine).payment_number == again.payment_number


def test_a_refund_gives_an_unexpired_coupon_back(on: Stage) -> None:
    taken(on.alice, offer_coupons(on))
    placed = buys(on.alice, (on.tea, 1))
    pays_for(on.alice, placed)
    assert states(on.alice) == (0, 1, 0)
    trade.refund_order(number=placed.order_numbers[0], reason="不想要了")
    signals.drain()
    assert states(on.alice) == (1, 0, 0)


def test_a_refund_after_its_end_does_not(on: Stage) -> None:
    taken(on.alice, offer_coupons(on, days=1))
    placed = buys(on.alice, (on.tea, 1))
    pays_for(on.alice, placed)
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        trade.refund_order(number=placed.order_numbers[0], reason="不想要了")
        signals.drain()
        assert states(on.alice) == (0, 1, 0)


def test_a_platform_coupon_comes_back_when_none_of_its_orders_stands(on: Stage) -> None:
    other = goods.open_shop(owner_id=on.carol, slug="hill", name="小山", colour="#8d3b1f", bio="")
    lamp = list_sku(other, "纸灯", 20000, "家居", 9)
    taken(on.alice, coupons.create_coupons(shop_id=PLATFORM, new=coupon_terms(on.now)))
    taken(on.alice, offer_coupons(on))
    placed = buys(on.alice, (on.tea, 1), (lamp, 1))
    pays_for(on.alice, placed)
    first, second = placed.order_numbers
    trade.refund_order(number=first, reason="不想要了")
    signals.drain()
    assert states(on.alice) == (1, 1, 0)  # the shop's own is back, the platform's is not yet
    trade.refund_order(number=second, reason="不想要了")
    signals.drain()
    assert states(on.alice) == (2, 0, 0)


def test_the_same_coupon_in_two_purchases_is_used_once(on: Stage) -> None:
    mine = taken(on.alice, offer_coupons(on))
    wish = Wishes(coupons=(f"campaigns.coupon:{mine}",))
    buys(on.alice, (on.tea, 1), wishes=wish)
    with pytest.raises(OfferGone):
        buys(on.alice, (on.tea, 1), wishes=wish)
    with pytest.raises(OfferGone):
        buys(on.carol, (on.tea, 1), wishes=wish)
    assert Coupon.objects.filter(state="used").count() == 1


def test_it_is_good_from_its_beginning_to_its_end(on: Stage) -> None:
    start, end = on.now + timedelta(hours=1), on.now + timedelta(hours=5)
    plan = offer_coupons(on, starts_at=start, ends_at=end)
    with pytest.raises(CouponsOver):
        taken(on.alice, plan)
    second, totals = timedelta(seconds=1), []
    with time_machine.travel(start, tick=False):
        taken(on.alice, plan)
    for moment in (start, end - second, end):
        with time_machine.travel(moment, tick=False):
            totals.append(quoted(on.alice, (on.tea, 1)).total_minor)
            seen = states(on.alice)
    assert totals == [14000, 14000, 15000]
    assert seen == (0, 0, 1)
    with time_machine.travel(end, tick=False), pytest.raises(CouponsOver):
        taken(on.carol, plan)


def test_ten_are_issued_and_the_eleventh_finds_none(on: Stage) -> None:
    plan = offer_coupons(on, issue_limit=10)
    people_ = [sign_up(f"taker{n}") for n in range(12)]
    refused = 0
    for person in people_:
        try:
            taken(person, plan)
        except CouponsGone:
            refused += 1
    assert (refused, Coupon.objects.count()) == (2, 10)
    assert CouponPlan.objects.get().issued == 10


def test_a_person_takes_as_many_as_the_plan_says(on: Stage) -> None:
    plan = offer_coupons(on, per_person=2)
    taken(on.alice, plan)
    taken(on.alice, plan)
    with pytest.raises(CouponTaken):
        taken(on.alice, plan)
    assert CouponPlan.objects.get().issued == 2


def test_the_budget_bounds_what_is_given_out(on: Stage) -> None:
    plan = offer_coupons(on, budget_minor=2500)
    assert plan.issue_limit == 2
    taken(on.alice, plan)
    taken(on.carol, plan)
    with pytest.raises(CouponsGone):
        taken(on.eve, plan)
    with pytest.raises(IntegrityError), transaction.atomic():
        CouponPlan.objects.update(issue_limit=3, issued=3)


def test_new_customers_fans_and_named_people(on: Stage) -> None:
    new = offer_coupons(on, audience="new")
    fans = offer_coupons(on, audience="fans")
    named = offer_coupons(on, audience="named")
    placed = buys(on.carol, (on.cup, 1))
    pays_for(on.carol, placed)
    taken(on.alice, new)
    for person, plan in ((on.carol, new), (on.alice, fans), (on.alice, named)):
        with pytest.raises(NotForYou):
            taken(person, plan)
    people.follow(person_id=on.alice, other_id=on.bob)
    taken(on.alice, fans)
    eve = people.cards([on.eve])[on.eve].handle
    given = coupons.give_coupons(
        shop_id=on.shop.id, plan_id=named.public_id, handles=[eve, f"@{eve}"]
    )
    again = coupons.give_coupons(shop_id=on.shop.id, plan_id=named.public_id, handles=[eve])
    assert (given, again, states(on.eve)) == (1, 0, (1, 0, 0))


def test_giving_is_all_or_nothing(on: Stage) -> None:
    plan = offer_coupons(on, audience="named", issue_limit=1)
    names = [people.cards([one])[one].handle for one in (on.alice, on.carol)]
    for handles, wrong in ((names, CouponsGone), ([names[0], "nobody-here"], PersonNotFound), ([], BadInput)):  # fmt: skip
        with pytest.raises(wrong):
            coupons.give_coupons(shop_id=on.shop.id, plan_id=plan.public_id, handles=handles)
    assert not Coupon.objects.exists()
    assert CouponPlan.objects.get().issued == 0
    with pytest.raises(NotForYou):
        coupons.give_coupons(shop_id=on.shop.id, plan_id=offer_coupons(on).public_id, handles=names)


def test_a_stopped_plan_gives_none_but_what_is_held_stays_good(on: Stage) -> None:
    plan = offer_coupons(on)
    taken(on.alice, plan)
    with pytest.raises(CouponPlanNotFound):
        coupons.stop_coupons(shop_id=on.shop.id + 1, public_id=plan.public_id)
    coupons.stop_coupons(shop_id=on.shop.id, public_id=plan.public_id)
    with pytest.raises(CouponsOver):
        taken(on.carol, plan)
    assert quoted(on.alice, (on.tea, 1)).total_minor == 14000


def test_what_can_be_taken_at_a_shop(on: Stage) -> None:
    small, big = offer_coupons(on, issue_limit=1), offer_coupons(on, worth_minor=2000)
    offer_coupons(on, audience="named")
    home = offer_coupons(on, worth_minor=500, scope=NewScope(categories=("家居",)))
    taken(on.alice, small)
    taken(on.alice, big)
    shown = queries.takeable([on.shop.id], on.alice)
    assert [(one.public_id, one.mine, one.takeable) for one in shown] == [
        (big.public_id, 1, False), (home.public_id, 0, True),
    ]  # fmt: skip
    tea = goods.goods_detail(on.tea.goods_public_id)
    assert [one.public_id for one in queries.takeable([on.shop.id], of_goods=tea)] == [big.public_id]  # fmt: skip


def test_the_wallet_goes_page_by_page(on: Stage, django_assert_num_queries: Any) -> None:
    plan = offer_coupons(on, per_person=5)
    ids = [taken(on.alice, plan) for _ in range(5)]
    with django_assert_num_queries(2):
        page = queries.wallet(on.alice, CouponState.USABLE, None, 3)
    assert [one.public_id for one in page.items] == ids[:1:-1]
    assert page.items[0].plan.shop_name == "半日"
    rest = queries.wallet(on.alice, CouponState.USABLE, page.next_cursor, 3)
    assert ([one.public_id for one in rest.items], rest.next_cursor) == (ids[1::-1], None)
    assert queries.wallet(on.carol).items == []


def test_a_shop_has_a_hundred_kinds_at_a_time(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coupons, "LIVE_MAX", 2)
    offer_coupons(on)
    offer_coupons(on)
    with pytest.raises(TooMany):
        offer_coupons(on)


def test_the_price_is_the_same_for_everybody_who_holds_the_same(on: Stage) -> None:
    """Following, buying, where somebody lives: nothing of a person but what they hold moves a price."""
    plan = offer_coupons(on)
    people.follow(person_id=on.carol, other_id=on.bob)
    pays_for(on.carol, buys(on.carol, (on.cup, 1)))
    for person in (on.alice, on.carol, on.eve):
        taken(person, plan)
    seen = {quoted(person, (on.tea, 2), (on.cup, 1)).total_minor for person in (on.alice, on.carol, on.eve)}  # fmt: skip
    assert seen == {35000}


def test_of_very_many_coupons_the_first_to_end_are_compared_and_a_named_one_always(
    on: Stage,
) -> None:
    for _ in range(2):
        small = offer_coupons(on, per_person=50, worth_minor=100)
        for _ in range(50):
            taken(on.alice, small)
    assert not quoted(on.alice, (on.tea, 1)).is_shortened
    later = on.now + timedelta(days=9)
    best = f"campaigns.coupon:{taken(on.alice, offer_coupons(on, worth_minor=5000, ends_at=later))}"
    other = (
        f"campaigns.coupon:{taken(on.alice, offer_coupons(on, worth_minor=4000, ends_at=later))}"
    )
    seen = quoted(on.alice, (on.tea, 1))
    assert (seen.is_shortened, len(seen.coupons), seen.total_minor) == (True, 100, 14900)
    seen = quoted(on.alice, (on.tea, 1), wishes=Wishes(coupons=(best,)))
    assert (seen.is_shortened, len(seen.coupons), seen.total_minor) == (True, 101, 10000)
    first = seen.coupons[0].reference if seen.coupons[0].reference != best else seen.coupons[1].reference  # fmt: skip
    seen = quoted(on.alice, (on.tea, 1), wishes=Wishes(coupons=(first,)))
    assert (seen.is_shortened, seen.total_minor) == (True, 14900)
    with pytest.raises(OfferGone):
        quoted(on.carol, (on.tea, 1), wishes=Wishes(coupons=(other,)))
    buys(on.alice, (on.tea, 1), wishes=Wishes(coupons=(best,)))
    assert Coupon.objects.get(public_id=best.partition(":")[2]).state == "used"
    with pytest.raises(OfferGone):
        quoted(on.alice, (on.tea, 1), wishes=Wishes(coupons=(best,)))
    assert quoted(on.alice, (on.tea, 1), wishes=Wishes(coupons=(other,))).total_minor == 11000
