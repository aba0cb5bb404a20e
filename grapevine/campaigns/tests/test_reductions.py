"""满减: what it may be, what it cuts, and how the cut is split."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from grapevine.campaigns.actions import reductions
from grapevine.campaigns.contracts import NewReduction, NewScope, ReductionNotFound, TooMany
from grapevine.campaigns.rules.reductions import check_reduction, reduction_name
from grapevine.campaigns.tests.prices_cast import (
    Stage,
    buys,
    offer_coupons,
    offer_reduction,
    pays_for,
    quoted,
    stage,
)
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.trade import facade as trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def on() -> Stage:
    return stage()


def parts(of: Any) -> list[int]:
    return [line.discount_minor for shop in of.shops for line in shop.lines]


def test_over_200_less_30_on_150_and_60_leaves_180(on: Stage) -> None:
    offer_reduction(on, (20000, 3000))
    seen = quoted(on.alice, (on.tea, 1), (on.cup, 1))
    assert seen.total_minor == 18000
    assert parts(seen) == [2143, 857]  # 30×150/210 and 30×60/210, to the fen
    assert [offer.label for offer in seen.offers] == ["满200减30"]
    placed = buys(on.alice, (on.tea, 1), (on.cup, 1))
    assert placed.total_minor == 18000
    order = trade.order_for(on.alice, placed.order_numbers[0])
    assert [line.payable_minor for line in order.lines] == [12857, 5143]


def test_refunding_never_gives_back_more_than_was_paid(on: Stage) -> None:
    offer_reduction(on, (20000, 3000))
    placed = buys(on.alice, (on.tea, 1), (on.cup, 1))
    pays_for(on.alice, placed)
    order = trade.order_for(on.alice, placed.order_numbers[0])
    assert sum(line.payable_minor for line in order.lines) == order.total_minor == 18000


@pytest.mark.parametrize(
    ("teas", "total"), [(1, 15000), (2, 27000), (3, 40000), (7, 100000)]
)  # fmt: skip
def test_the_best_tier_counts(on: Stage, teas: int, total: int) -> None:
    offer_reduction(on, (20000, 3000), (40000, 5000))
    assert quoted(on.alice, (on.tea, teas)).total_minor == total


def test_the_best_reduction_of_a_shop_applies_alone(on: Stage) -> None:
    offer_reduction(on, (10000, 1000))
    offer_reduction(on, (15000, 2500))
    seen = quoted(on.alice, (on.tea, 1))
    assert seen.total_minor == 12500
    assert len(seen.offers) == 1


@pytest.mark.parametrize(
    ("scope", "cut"),
    [
        ({"categories": ("茶",)}, [3000, 0]),
        ({"categories": ("家居",)}, [0, 0]),
        ({"goods": ("tea",)}, [3000, 0]),
        ({"skus": ("tea", "cup")}, [2143, 857]),
        ({"categories": ("别的",)}, [0, 0]),
    ],
)  # fmt: skip
def test_a_scope_counts_and_cuts_its_own_lines_only(
    on: Stage, scope: dict[str, Any], cut: list[int]
) -> None:
    names = {
        "goods": {"tea": on.tea.goods_public_id},
        "skus": {"tea": on.tea.code, "cup": on.cup.code},
    }
    named = {k: tuple(names.get(k, {}).get(one, one) for one in v) for k, v in scope.items()}
    offer_reduction(on, (14000, 3000), scope=NewScope(**named))
    assert parts(quoted(on.alice, (on.tea, 1), (on.cup, 1))) == cut


def test_goods_of_another_shop_cannot_be_named(on: Stage) -> None:
    other = on.shop.id + 999
    new = NewReduction(
        tiers=((20000, 3000),), starts_at=on.now, ends_at=on.now + timedelta(days=1),
        scope=NewScope(goods=(on.tea.goods_public_id,)),
    )  # fmt: skip
    with pytest.raises(BadInput) as refused:
        reductions.create_reduction(shop_id=other, new=new)
    assert list(refused.value.fields) == ["scope"]


def test_it_begins_and_ends_by_the_clock(on: Stage) -> None:
    start, end = on.now + timedelta(hours=1), on.now + timedelta(hours=2)
    offer_reduction(on, (10000, 3000), starts_at=start, ends_at=end)
    second = timedelta(seconds=1)
    totals = []
    for moment in (start - second, start, end - second, end, end + second):
        with time_machine.travel(moment, tick=False):
            totals.append(quoted(on.alice, (on.tea, 1)).total_minor)
    assert totals == [15000, 12000, 12000, 15000, 15000]


def test_stopping_ends_it_at_once_and_only_by_its_own_shop(on: Stage) -> None:
    made = offer_reduction(on, (10000, 3000))
    with pytest.raises(ReductionNotFound):
        reductions.stop_reduction(shop_id=on.shop.id + 1, public_id=made.public_id)
    assert quoted(on.alice, (on.tea, 1)).total_minor == 12000
    reductions.stop_reduction(shop_id=on.shop.id, public_id=made.public_id)
    reductions.stop_reduction(shop_id=on.shop.id, public_id=made.public_id)
    assert quoted(on.alice, (on.tea, 1)).total_minor == 15000


def test_a_shop_has_twenty_at_a_time(on: Stage) -> None:
    made = [offer_reduction(on, (10000 + n, 1000)) for n in range(20)]
    with pytest.raises(TooMany):
        offer_reduction(on, (10000, 1000))
    reductions.stop_reduction(shop_id=on.shop.id, public_id=made[0].public_id)
    offer_reduction(on, (10000, 1000))


@pytest.mark.parametrize("campaigns", [0, 3])
def test_a_quote_asks_once_whatever_there_is(
    on: Stage, campaigns: int, django_assert_num_queries: Any
) -> None:
    for _ in range(campaigns):
        offer_reduction(on, (10000, 3000))
        offer_coupons(on)
    with django_assert_num_queries(4):  # SKUs, what is offered, memberships, shipping
        trade.quote(buyer_id=on.alice, lines=[(on.tea.sku_id, 1), (on.cup.sku_id, 1)], covers=False)


GOOD: dict[str, Any] = {"tiers": ((20000, 3000), (30000, 5000))}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"tiers": ()}, "tiers"), ({"tiers": ((100, 100),)}, "tiers"),
        ({"tiers": ((100, 0),)}, "tiers"), ({"tiers": ((-5, -9),)}, "tiers"),
        ({"tiers": ((200, 30), (100, 40))}, "tiers"), ({"tiers": ((200, 30), (300, 30))}, "tiers"),
        ({"tiers": tuple((n * 100, n) for n in range(1, 7))}, "tiers"),
        ({"tiers": ((10**11, 5),)}, "tiers"), ({"title": "长" * 41}, "title"),
        ({"days": 0}, "ends_at"), ({"days": 367}, "ends_at"), ({"start": -9, "days": 1}, "ends_at"), ({"start": 367}, "starts_at"),
        ({"scope": NewScope(skus=tuple(map(str, range(201))))}, "scope"),
    ],
)  # fmt: skip
def test_what_it_may_not_be(wrong: dict[str, Any], field: str) -> None:
    now, given = clock.now(), {**GOOD, **wrong}
    start = now + timedelta(days=given.pop("start", 0))
    new = NewReduction(
        starts_at=start, ends_at=start + timedelta(days=given.pop("days", 1)), **given
    )
    with pytest.raises(BadInput) as refused:
        check_reduction(new, now=now)
    assert list(refused.value.fields) == [field]


def test_its_name_says_what_it_does() -> None:
    now = clock.now()
    tiers = ((20000, 3000), (29990, 5050))
    assert reduction_name(NewReduction(tiers, now, now)) == "满200减30，满299.9减50.5"
    many = tuple((n * 1_000_000, n * 100_050) for n in range(1, 6))
    assert len(reduction_name(NewReduction(many, now, now))) == 40
