"""Many at once, each on a database connection of their own: exact counts, whoever is fastest."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from grapevine.campaigns.actions import coupons
from grapevine.campaigns.contracts import CouponsGone, CouponTaken
from grapevine.campaigns.models import Coupon, CouponPlan, FlashShare, FlashUse
from grapevine.campaigns.tests.cast import sign_up
from grapevine.campaigns.tests.prices_cast import Stage, buys, offer_coupons, plan_flash, stage
from grapevine.goods import facade as goods
from grapevine.kit import sql
from grapevine.kit.tests.racing import alone, own_database
from grapevine.trade.contracts import OfferGone, Wishes

pytestmark = [pytest.mark.usefixtures("django_db_setup")]
AT_ONCE = 20


def crowd(count: int) -> list[int]:
    return [sign_up(f"buyer{n}") for n in range(count)]


def orders(total_minor: int) -> int:
    rows = sql.rows("SELECT COUNT(*) FROM trade_order WHERE total_minor = %s", [total_minor])
    return int(rows[0][0])


def race(
    tmp_path: Path,
    blocker: Any,
    *,
    prepare: Callable[[], tuple[Any, Sequence[int]]],
    go: Callable[[Any, int], str],
    look: Callable[[], Any],
    threads: int,
) -> tuple[Counter[str], Any]:
    """What each of the people was told, and what the database says after. The first `threads` start together."""
    gate = Barrier(threads)

    def one(on: Any, person_id: int, waits: bool) -> str:
        if waits:
            gate.wait(60)
        return go(on, person_id)

    with blocker.unblock(), own_database(tmp_path), ThreadPoolExecutor(threads) as pool:
        on, people = pool.submit(alone, prepare).result()
        asked = [pool.submit(alone, one, on, pk, n < threads) for n, pk in enumerate(people)]
        told = Counter(done.result(timeout=300) for done in asked)
        return told, pool.submit(alone, look).result()


def test_a_hundred_grab_ten_coupons(tmp_path: Path, django_db_blocker: Any) -> None:
    def prepare() -> tuple[Any, list[int]]:
        return offer_coupons(stage(), issue_limit=10).public_id, crowd(100)

    def go(plan_id: str, person_id: int) -> str:
        try:
            coupons.take_coupon(person_id=person_id, plan_id=plan_id)
        except CouponsGone:
            return "gone"
        return "taken"

    def look() -> tuple[int, int]:
        return CouponPlan.objects.get().issued, Coupon.objects.count()

    told, found = race(tmp_path, django_db_blocker, prepare=prepare, go=go, look=look, threads=50)
    assert (told, found) == ({"taken": 10, "gone": 90}, (10, 10))


def test_one_person_in_many_sessions_takes_one(tmp_path: Path, django_db_blocker: Any) -> None:
    def prepare() -> tuple[Any, list[int]]:
        on = stage()
        return offer_coupons(on, per_person=2).public_id, [on.alice] * 20

    def go(plan_id: str, person_id: int) -> str:
        try:
            coupons.take_coupon(person_id=person_id, plan_id=plan_id)
        except CouponTaken:
            return "had"
        return "taken"

    def look() -> int:
        return CouponPlan.objects.get().issued

    told, found = race(
        tmp_path, django_db_blocker, prepare=prepare, go=go, look=look, threads=AT_ONCE
    )
    assert (told, found) == ({"taken": 2, "had": 18}, 2)


def test_one_coupon_in_twenty_purchases_is_used_once(
    tmp_path: Path, django_db_blocker: Any
) -> None:
    def prepare() -> tuple[Any, list[int]]:
        on = stage()
        plan = offer_coupons(on)
        mine = coupons.take_coupon(person_id=on.alice, plan_id=plan.public_id)
        return (on, Wishes(coupons=(f"campaigns.coupon:{mine}",))), [on.alice] * AT_ONCE

    def go(given: tuple[Stage, Wishes], person_id: int) -> str:
        on, wishes = given
        try:
            buys(person_id, (on.tea, 1), wishes=wishes)
        except OfferGone:
            return "gone"
        return "used"

    def look() -> tuple[int, int]:
        return orders(14000), Coupon.objects.filter(state="used").count()

    told, found = race(
        tmp_path, django_db_blocker, prepare=prepare, go=go, look=look, threads=AT_ONCE
    )
    assert (told, found) == ({"used": 1, "gone": 19}, (1, 1))


@pytest.mark.parametrize("hot", [False, True])
def test_two_hundred_buyers_and_a_quota_of_twenty(
    hot: bool, tmp_path: Path, django_db_blocker: Any
) -> None:
    def prepare() -> tuple[Any, list[int]]:
        on = stage(stock=500)
        plan_flash(on)
        if hot:
            goods.set_hot(shop_id=on.shop.id, code=on.cup.code, on=True)
        return on, crowd(200)

    def go(on: Stage, person_id: int) -> str:
        """Again after OfferGone, as a person would: then the quote says the list price."""
        while True:
            try:
                return str(buys(person_id, (on.cup, 1)).total_minor)
            except OfferGone:
                continue

    def look() -> tuple[int, int, int, int]:
        free = sum(FlashShare.objects.values_list("free", flat=True))
        sold = sum(FlashUse.objects.values_list("count", flat=True))
        return free, sold, orders(3990), orders(6000)

    told, found = race(tmp_path, django_db_blocker, prepare=prepare, go=go, look=look, threads=50)
    assert told == {"3990": 20, "6000": 180}
    assert found == (0, 20, 20, 180)
