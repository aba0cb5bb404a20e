"""Eight threads, each on a connection of its own, spend the same points in as many orders as they can.

They race in a copy of the test database: what is committed there cannot be taken back in place, because the
ledger refuses to be emptied.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from grapevine.kit.tests.racing import alone, own_database
from grapevine.loyalty import actions, facade, offers
from grapevine.loyalty.contracts import MemberJoined
from grapevine.loyalty.models import Member
from grapevine.loyalty.tests.cast import (
    LADDER,
    Cast,
    books,
    events,
    finished,
    gather,
    later,
    pays,
    placed,
    platform,
    points,
)
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import Offer, OfferGone, OfferKind, OfferRequest, PriceChanged

THREADS = 8
EACH = 3
WORTH = 300
"""Twenty-four tries for 300 points each; 1,399 points are enough for four of them."""


def rich() -> Cast:
    cast = gather()
    finished(cast, cast.alice, (cast.cup, 20))
    facade.set_levels(shop_id=cast.bobs.id, levels=LADDER)
    return cast


def spends(cast: Cast, gate: Barrier) -> Counter[str]:
    """Several orders one after another, each at the price a page showed while the points were still there."""
    told: Counter[str] = Counter()
    gate.wait(30)
    for _ in range(EACH):
        try:
            placed(cast.alice, (cast.cup, 1), points=WORTH, expected_minor=6999 - WORTH)
            told["placed"] += 1
        except (OfferGone, PriceChanged):
            told["refused"] += 1
    return told


def facts(cast: Cast) -> dict[str, Any]:
    pending = trade.orders_of(cast.alice, "pending", limit=100).items
    return {
        "points": points(cast.alice), "orders": len(pending),
        "cut": sum(order.discount_minor for order in pending), "books": books(),
    }  # fmt: skip


def refunded_unheard(cast: Cast) -> None:
    """Three orders paid in part with points and refunded; nobody has been told of either."""
    for _ in range(3):
        one = placed(cast.alice, (cast.cup, 1), points=WORTH)
        pays(cast.alice, one, heard=False)
        trade.refund_order(number=one.order_numbers[0], reason="不要了", actor="shop")


def hears(gate: Barrier) -> None:
    gate.wait(30)
    signals.drain()


def joins(cast: Cast, gate: Barrier) -> bool:
    gate.wait(30)
    return actions.join(person_id=cast.alice, shop_id=cast.bobs.id)


def late_news() -> None:
    """What a worker lost to another waits some seconds before it is tried again."""
    with later(timedelta(minutes=10)):
        signals.drain()


def members() -> tuple[int, int]:
    return Member.objects.count(), len(events(MemberJoined.name))


def seen_before(_request: OfferRequest) -> Sequence[Offer]:
    """What every page was offered while all the points were there."""
    return [
        Offer(OfferKind.POINTS, "积分抵扣", offers.POINTS, tiers=((0, WORTH),), by_platform=True)
    ]


@pytest.mark.parametrize("looks", [True, False], ids=["looks again", "trusts the page"])
@pytest.mark.usefixtures("django_db_setup")
def test_eight_at_once_spend_exactly_the_points_there_are(
    tmp_path: Path,
    django_db_blocker: Any,
    monkeypatch: pytest.MonkeyPatch,
    looks: bool,
) -> None:
    """Whether the balance is read once more or not, the hold alone decides."""
    gate = Barrier(THREADS)
    with django_db_blocker.unblock(), own_database(tmp_path), ThreadPoolExecutor(THREADS) as pool:
        cast = pool.submit(alone, rich).result()
        if not looks:
            monkeypatch.setattr("grapevine.trade.ports._offerers", [seen_before])
        asked = [pool.submit(alone, spends, cast, gate) for _ in range(THREADS)]
        told: Counter[str] = sum((one.result(timeout=120) for one in asked), Counter())
        found = pool.submit(alone, facts, cast).result()
    assert told == {"placed": 4, "refused": 20}
    assert found == {
        "points": (1399 - 4 * WORTH, 4 * WORTH), "orders": 4, "cut": 4 * WORTH,
        "books": {"CNY": 0, "PTS": 0},
    }  # fmt: skip


@pytest.mark.usefixtures("django_db_setup")
def test_workers_at_once_give_points_back_once(tmp_path: Path, django_db_blocker: Any) -> None:
    gate = Barrier(THREADS)
    with django_db_blocker.unblock(), own_database(tmp_path), ThreadPoolExecutor(THREADS) as pool:
        cast = pool.submit(alone, rich).result()
        pool.submit(alone, refunded_unheard, cast).result()
        assert pool.submit(alone, points, cast.alice).result() == (499, 900)
        for one in [pool.submit(alone, hears, gate) for _ in range(THREADS)]:
            one.result(timeout=120)
        pool.submit(alone, late_news).result()
        assert pool.submit(alone, points, cast.alice).result() == (1399, 0)
        assert pool.submit(alone, platform).result() == (-1399, 0)
        assert pool.submit(alone, books).result() == {"CNY": 0, "PTS": 0}


@pytest.mark.usefixtures("django_db_setup")
def test_joining_eight_times_at_once_is_joining_once(
    tmp_path: Path, django_db_blocker: Any
) -> None:
    gate = Barrier(THREADS)
    with django_db_blocker.unblock(), own_database(tmp_path), ThreadPoolExecutor(THREADS) as pool:
        cast = pool.submit(alone, rich).result()
        told = [pool.submit(alone, joins, cast, gate) for _ in range(THREADS)]
        assert Counter(one.result(timeout=120) for one in told) == {True: 1, False: 7}
        assert pool.submit(alone, members).result() == (1, 1)
