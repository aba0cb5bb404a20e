"""Two transactions at once, the second held up by the first at a known line: what it does once it may go on.

They meet in a copy of the test database. On SQLite the second waits before its first statement; on PostgreSQL where
the row is.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from grapevine.goods import facade as goods
from grapevine.goods.contracts import OutOfStock, Want
from grapevine.guard import facade as guard
from grapevine.guard.idempotency import IdempotencyMiddleware
from grapevine.guard.models import AuditEntry
from grapevine.kit import clock
from grapevine.kit.tests.racing import alone, own_database
from grapevine.trade import facade as trade
from grapevine.trade.actions.shipping import change_address
from grapevine.trade.contracts import IllegalMove
from grapevine.trade.tests.cast import HOME, Cast, gather, paid

Act = Callable[[], Any]
SECONDS_MAX = 30


@pytest.fixture
def db(
    django_db_setup: None,  # noqa: ARG001
    django_db_blocker: Any,
    tmp_path: Path,
) -> Iterator[None]:
    """In place of a transaction that is undone: a copy of the test database, for threads to meet in."""
    with django_db_blocker.unblock(), own_database(tmp_path):
        yield


@pytest.fixture
def pool(db: None) -> Iterator[ThreadPoolExecutor]:  # noqa: ARG001
    with ThreadPoolExecutor(2) as pool:
        yield pool


def held_up(pool: ThreadPoolExecutor, first: Act, second: Act) -> Any:
    """Run `second` while what `first` did is not committed yet, then commit; what `second` gave."""

    def hold_it_up() -> Future[Any]:
        with transaction.atomic():
            first()
            other = pool.submit(alone, second)
            _until_waiting(other)
        return other

    return pool.submit(alone, hold_it_up).result(SECONDS_MAX).result(SECONDS_MAX)


def _until_waiting(other: "Future[Any]") -> None:
    """Until the other transaction waits for us, or is through."""
    end = time.monotonic() + SECONDS_MAX
    while connection.vendor == "postgresql" and not other.done():
        assert time.monotonic() < end
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone():
                return
        time.sleep(0.01)


def _hold(sku_id: int, reference: str) -> None:
    until = clock.now() + timedelta(minutes=15)
    with transaction.atomic():
        goods.hold(wants=[Want(reference, sku_id, 5)], until=until)


def test_the_last_pieces_go_to_one(pool: ThreadPoolExecutor) -> None:
    cast: Cast = pool.submit(alone, gather).result()
    sku = cast.cup.sku_id
    with pytest.raises(OutOfStock):
        held_up(pool, lambda: _hold(sku, "A1"), lambda: _hold(sku, "A2"))
    (line,) = pool.submit(alone, lambda: goods.sku_lines([sku]).values()).result()
    assert line.free == 0


def test_an_address_does_not_change_under_a_parcel(pool: ThreadPoolExecutor) -> None:
    cast, number = pool.submit(alone, _paid).result()
    elsewhere = replace(HOME, detail="科技路 2 号")

    def ship() -> None:
        trade.ship_order(
            shop_id=cast.bobs.id, number=number, carrier="顺丰", tracking="SF1234",
            actor_id=cast.bob,
        )  # fmt: skip

    def change() -> None:
        change_address(buyer_id=cast.alice, number=number, address=elsewhere)

    with pytest.raises(IllegalMove):
        held_up(pool, ship, change)
    order = pool.submit(alone, lambda: trade.order_for(cast.alice, number)).result()
    assert order.address == HOME


def _paid() -> tuple[Cast, str]:
    cast = gather()
    return cast, paid(cast).order_numbers[0]


def _ask(action: str) -> HttpResponse:
    """One request under the same key, whose effect is a line in the trail."""

    def answer(_request: HttpRequest) -> HttpResponse:
        guard.audit(actor_id=1, action=action, object="tests")
        return HttpResponse(action, status=201)

    request = RequestFactory().post("/api/v1/tests", headers={"Idempotency-Key": "k1"})
    request.visitor_id = "abcdefgh2345"  # type: ignore[attr-defined]
    return IdempotencyMiddleware(answer)(request)


def test_of_two_requests_with_one_key_the_second_is_undone(pool: ThreadPoolExecutor) -> None:
    answer = held_up(pool, lambda: _ask("first"), lambda: _ask("second"))
    assert (answer.content, answer.status_code) == (b"first", 201)
    trail = pool.submit(alone, lambda: list(AuditEntry.objects.values_list("action", flat=True)))
    assert trail.result() == ["first"]
