"""Flash sales: the clock decides, the quota is exact, and nothing else cuts the price."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client
from hypothesis import given, strategies as st

from grapevine.campaigns.actions import coupons, flash
from grapevine.campaigns.contracts import (
    FlashSaleNotFound,
    FlashSaleOverlaps,
    NewFlashSale,
    TooMany,
    WrongSku,
)
from grapevine.campaigns.handlers import give_back_after_cancelling
from grapevine.campaigns.models import FlashCount, FlashSale, FlashShare, FlashUse
from grapevine.campaigns.queries import promotions
from grapevine.campaigns.rules.flash import check_flash_sale, shares, split
from grapevine.campaigns.tests.cast import job, sign_up
from grapevine.campaigns.tests.prices_cast import (
    Stage,
    buys,
    cancels,
    offer_coupons,
    offer_reduction,
    pays_for,
    plan_flash,
    quoted,
    stage,
)
from grapevine.goods import facade as goods
from grapevine.kit import clock, sql
from grapevine.kit.errors import BadInput
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import OrderCancelled

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def on() -> Stage:
    return stage()


def free() -> int:
    return sum(FlashShare.objects.values_list("free", flat=True))


def is_hot(on: Stage) -> bool:
    return bool(sql.rows("SELECT is_hot FROM goods_sku WHERE id = %s", [on.cup.sku_id])[0][0])


def test_the_list_price_applies_a_second_before_and_from_the_end_on(on: Stage) -> None:
    start, end = on.now + timedelta(hours=1), on.now + timedelta(hours=2)
    plan_flash(on, starts_at=start, ends_at=end)
    totals = []
    for moment in (start - SECOND, start, end - SECOND, end, end + SECOND):
        with time_machine.travel(moment, tick=False):
            totals.append(quoted(on.alice, (on.cup, 1)).total_minor)
            assert buys(on.alice, (on.cup, 1)).total_minor == totals[-1]
            FlashCount.objects.update(count=0)
    assert totals == [6000, 3990, 3990, 6000, 6000]
    assert free() == 18


def test_the_cart_says_what_checkout_will_charge_for_a_line(on: Stage) -> None:
    plan_flash(on, per_person=3)
    trade.add_to_cart(buyer_id=on.alice, lines=[(on.cup, 2), (on.tea, 1)])
    client = Client()
    client.force_login(get_user_model().objects.get(pk=on.alice))
    page = client.get("/cart/")
    rows = [row for shop in page.context["shops"] for row in shop.rows]
    assert {row.quoted.sku.sku_id: row.quoted.payable_minor for row in rows} == {
        on.cup.sku_id: 7980, on.tea.sku_id: 15000,
    }  # fmt: skip
    assert re.findall(r"(\d+) 件优惠后共 (\S+?)<", page.content.decode()) == [("2", "¥79.80")]
    off = next(row.line.id for row in rows if row.line.sku.sku_id == on.cup.sku_id)
    assert "优惠后共" not in client.get(f"/cart/?off={off}").content.decode()


def test_its_lines_take_part_in_no_other_reduction(on: Stage) -> None:
    plan_flash(on)
    offer_reduction(on, (3000, 1000))
    coupons.take_coupon(
        person_id=on.alice, plan_id=offer_coupons(on, threshold_minor=3000).public_id
    )
    seen = quoted(on.alice, (on.cup, 1))
    assert (seen.total_minor, [offer.kind for offer in seen.offers]) == (3990, ["price"])
    both = quoted(on.alice, (on.tea, 1), (on.cup, 1))
    assert [line.payable_minor for line in both.shops[0].lines] == [13000, 3990]


def test_twenty_are_sold_at_the_flash_price_and_no_more(on: Stage) -> None:
    plan_flash(on)
    totals = [buys(sign_up(f"buyer{n}"), (on.cup, 1)).total_minor for n in range(23)]
    assert totals == [3990] * 20 + [6000] * 3
    assert (free(), FlashUse.objects.count()) == (0, 20)


def test_a_person_buys_as_many_as_the_sale_says(on: Stage) -> None:
    plan_flash(on, per_person=3)
    assert buys(on.alice, (on.cup, 2)).total_minor == 7980
    assert quoted(on.alice, (on.cup, 2)).total_minor == 12000
    assert buys(on.alice, (on.cup, 1)).total_minor == 3990
    assert quoted(on.alice, (on.cup, 1)).total_minor == 6000
    assert quoted(on.carol, (on.cup, 3)).total_minor == 11970
    assert quoted(on.carol, (on.cup, 4)).total_minor == 24000
    assert free() == 17


def test_an_order_may_take_its_pieces_from_several_shares(on: Stage) -> None:
    plan_flash(on, per_person=9, quota=20)
    assert buys(on.alice, (on.cup, 9)).total_minor == 9 * 3990
    assert free() == 11
    assert sum(FlashUse.objects.values_list("count", flat=True)) == 9
    assert FlashUse.objects.count() > 1


def test_an_unpaid_order_gives_its_pieces_back_once(on: Stage) -> None:
    plan_flash(on, quota=1)
    placed = buys(on.alice, (on.cup, 1))
    assert quoted(on.carol, (on.cup, 1)).total_minor == 6000
    cancels(on.alice, placed)
    assert (free(), FlashCount.objects.get().count) == (1, 0)
    late = OrderCancelled(
        placed.order_numbers[0], on.alice, on.shop.id, "", clock.now().isoformat(),
        placed.payment_number, [f"campaigns.flash:{FlashSale.objects.get().public_id}"],
    )  # fmt: skip
    give_back_after_cancelling(late)
    assert free() == 1
    assert buys(on.alice, (on.cup, 1)).total_minor == 3990


def test_one_that_is_never_paid_comes_back_by_itself(on: Stage) -> None:
    plan_flash(on, quota=1, ends_at=on.now + timedelta(days=3))
    buys(on.alice, (on.cup, 1))
    with time_machine.travel(on.now + timedelta(days=1), tick=False):
        job("trade.jobs.expire_payments")
        signals.drain()
        assert quoted(on.carol, (on.cup, 1)).total_minor == 3990


def test_a_refund_leaves_the_quota_used(on: Stage) -> None:
    plan_flash(on, quota=1)
    placed = buys(on.alice, (on.cup, 1))
    pays_for(on.alice, placed)
    trade.refund_order(number=placed.order_numbers[0], reason="不想要了")
    signals.drain()
    assert (free(), quoted(on.carol, (on.cup, 1)).total_minor) == (0, 6000)


def test_stopping_brings_the_list_price_back_at_once(on: Stage) -> None:
    made = plan_flash(on)
    with pytest.raises(FlashSaleNotFound):
        flash.stop_flash_sale(shop_id=on.shop.id + 1, public_id=made.public_id)
    flash.stop_flash_sale(shop_id=on.shop.id, public_id=made.public_id)
    assert quoted(on.alice, (on.cup, 1)).total_minor == 6000


def test_two_at_the_same_time_are_refused_and_one_after_the_other_is_not(on: Stage) -> None:
    first = plan_flash(on)
    with pytest.raises(FlashSaleOverlaps):
        plan_flash(on, ends_at=on.now + timedelta(minutes=5))
    plan_flash(on, starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1))
    plan_flash(on, sku=on.tea.code)
    flash.stop_flash_sale(shop_id=on.shop.id, public_id=first.public_id)
    plan_flash(on, ends_at=on.now + timedelta(minutes=5))


def test_only_for_the_shops_own_goods(on: Stage) -> None:
    other = goods.open_shop(owner_id=on.carol, slug="hill", name="小山", colour="#8d3b1f", bio="")
    new = NewFlashSale(on.cup.code, 100, 5, on.now, on.now + timedelta(hours=1))
    for shop_id, sku in ((other.id, on.cup.code), (on.shop.id, "no-such-code")):
        with pytest.raises(WrongSku):
            flash.create_flash_sale(shop_id=shop_id, new=NewFlashSale(sku, *_rest(new)))


def _rest(new: NewFlashSale) -> tuple[Any, ...]:
    return new.price_minor, new.quota, new.starts_at, new.ends_at


def test_a_shop_has_fifty_at_a_time(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flash, "LIVE_MAX", 1)
    plan_flash(on)
    with pytest.raises(TooMany):
        plan_flash(on, sku=on.tea.code)


def test_the_stock_is_spread_for_the_sale_and_gathered_after(on: Stage) -> None:
    start = on.now + timedelta(hours=1)
    plan_flash(on, starts_at=start, ends_at=start + timedelta(hours=1))

    def spread(moment: Any) -> tuple[int, bool, int, int]:
        with time_machine.travel(moment, tick=False):
            changed = flash.spread_stock()
        rows = sql.rows("SELECT free FROM goods_stock WHERE sku_id = %s", [on.cup.sku_id])
        return changed, is_hot(on), sum(n for (n,) in rows), sum(n > 0 for (n,) in rows)

    assert spread(on.now) == (0, False, 99, 1)
    assert spread(start - timedelta(minutes=1)) == (1, True, 99, 16)
    assert spread(start) == (0, True, 99, 16)
    assert spread(start + timedelta(hours=1)) == (1, False, 99, 1)
    assert spread(start + timedelta(hours=1)) == (0, False, 99, 1)


def test_a_stopped_sale_gathers_the_stock_unless_another_needs_it(on: Stage) -> None:
    first = plan_flash(on)
    assert flash.spread_stock() == 1
    flash.stop_flash_sale(shop_id=on.shop.id, public_id=first.public_id)
    plan_flash(on)
    assert flash.spread_stock() == 2
    assert is_hot(on)


def test_what_the_goods_page_shows(on: Stage, django_assert_num_queries: Any) -> None:
    plan_flash(on)
    buys(on.alice, (on.cup, 1))
    later = on.now + timedelta(days=1)
    plan_flash(on, starts_at=later, ends_at=later + timedelta(hours=1))
    detail = goods.goods_detail(on.cup.goods_public_id)
    with django_assert_num_queries(1):
        shown = promotions.flash_of_goods(detail)
    assert [(one.free, one.quota, one.sku.option if one.sku else "") for one in shown] == [
        (19, 20, "默认"), (20, 20, "默认"),
    ]  # fmt: skip
    page = promotions.flash_sales_of_shop(on.shop.id, None, 1)
    assert page.items[0].starts_at == later
    assert len(promotions.flash_sales_of_shop(on.shop.id, page.next_cursor).items) == 1


GOOD: dict[str, Any] = {"price_minor": 3990, "quota": 20, "per_person": 1}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price_minor": 0}, "price"), ({"price_minor": 6000}, "price"), ({"quota": 0}, "quota"),
        ({"quota": 1_000_001}, "quota"), ({"per_person": 0}, "per_person"),
        ({"per_person": 100}, "per_person"), ({"hours": 0}, "ends_at"), ({"hours": 745}, "ends_at"),
    ],
)  # fmt: skip
def test_what_it_may_not_be(wrong: dict[str, Any], field: str) -> None:
    now, terms = clock.now(), {**GOOD, **wrong}
    ends = now + timedelta(hours=terms.pop("hours", 1))
    with pytest.raises(BadInput) as refused:
        check_flash_sale(
            NewFlashSale(sku="x", starts_at=now, ends_at=ends, **terms), list_minor=6000, now=now
        )
    assert list(refused.value.fields) == [field]


@given(st.integers(1, 10_000))
def test_shares_make_up_the_quota_evenly(quota: int) -> None:
    parts = shares(quota)
    assert sum(parts) == quota
    assert max(parts) - min(parts) <= 1
    assert len(parts) == min(16, quota)


@given(st.integers(1, 60), st.lists(st.integers(0, 9), max_size=16))
def test_splitting_takes_exactly_what_is_wanted_or_nothing(wanted: int, has: list[int]) -> None:
    parts = split(wanted, list(enumerate(has)))
    if sum(has) < wanted:
        assert parts == []
    else:
        assert sum(part for _, part in parts) == wanted
        assert all(0 < part <= has[n] for n, part in parts)
