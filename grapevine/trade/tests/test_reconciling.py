"""Providers' statements against our books: what the job finds, where operators see it, and that nothing is put right."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import Client

from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.trade import facade, jobs
from grapevine.trade.actions.reconciling import reconcile
from grapevine.trade.contracts import DayNotOver, Placed
from grapevine.trade.models import (
    Attempt,
    ProviderEvent,
    Reconciliation,
    Refund,
    SandboxCharge,
    SandboxRefund,
)
from grapevine.trade.oversight import ReconciliationView
from grapevine.trade.payments.port import ProviderDown
from grapevine.trade.payments.registry import provider
from grapevine.trade.rules.reconciling import DAYS_ARE_IN
from grapevine.trade.tests.cast import Cast, api, decided, deliver, gather, paid, placed, send, sku

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 10)
NOON = datetime(2026, 11, 10, 12, tzinfo=DAYS_ARE_IN)
NEXT_MORNING = datetime(2026, 11, 11, 10, 30, tzinfo=DAYS_ARE_IN)


@pytest.fixture
def cast() -> Cast:
    with at(NOON):
        return gather()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with time_machine.travel(moment, tick=False):
        yield


def compared(day: date = DAY) -> ReconciliationView:
    with at(NEXT_MORNING):
        return reconcile(method="sandbox", day=day)


def kinds(found: ReconciliationView) -> list[tuple[str, str]]:
    return [(one["kind"], one["reference"]) for one in found.differences]


def bought(cast: Cast, moment: datetime = NOON, *, returned: bool = False) -> Placed:
    with at(moment):
        one = paid(cast)
        if returned:
            facade.refund_order(number=one.order_numbers[0], reason="x")
            assert jobs.send_refunds() == 1
    return one


def test_a_thousand_payments_have_no_difference(cast: Cast) -> None:
    with at(NOON):
        plenty = sku(cast.bobs, "大货", 100, 2000)
    for n in range(1000):
        with at(NOON + timedelta(seconds=30 * n - 20_000)):
            one = paid(cast, (plenty, 1))
            if n % 10 == 0:
                facade.refund_order(number=one.order_numbers[0], reason="x")
    with at(NOON + timedelta(hours=3)):
        assert jobs.send_refunds() == 100
    found = compared()
    assert (found.ours, found.theirs, found.differences) == (1100, 1100, ())


def test_an_evening_payment_heard_of_after_midnight_is_no_difference(cast: Cast) -> None:
    late = datetime(2026, 11, 10, 23, 50, tzinfo=DAYS_ARE_IN)
    with at(late):
        charge = decided(cast, placed(cast))
    with at(late + timedelta(minutes=20)):
        deliver(charge)
    assert compared().differences == ()
    with at(NEXT_MORNING + timedelta(days=1)):
        found = reconcile(method="sandbox", day=DAY + timedelta(days=1))
    assert (found.ours, found.theirs, found.differences) == (1, 0, ())


def test_a_payment_heard_of_a_day_later_is_said_to_be_on_another_day(cast: Cast) -> None:
    with at(NOON):
        charge = decided(cast, placed(cast))
    with at(NEXT_MORNING - timedelta(hours=1)):
        deliver(charge)
    assert kinds(compared()) == [("other_day", charge.payment_number)]


Spoiler = Callable[[], None]


def _lose() -> None:
    SandboxRefund.objects.all().delete()
    SandboxCharge.objects.all().delete()


def _touch(model: Any, **changes: Any) -> None:
    assert model.objects.update(**changes) == 1


def _gone(model: Any) -> None:
    assert model.objects.all().delete()[0] == 1


def _forgotten(state: str) -> None:
    _gone(ProviderEvent)
    _touch(Attempt, state=state)


def _stray() -> None:
    with at(NOON):
        ledger.post(
            key="stray", kind="late", reference="stray",
            legs=[Leg(Account("platform", "cash:sandbox"), Account("platform", "fee"), 5)],
        )  # fmt: skip


SPOILT: dict[str, tuple[bool, Spoiler, list[str]]] = {
    "their line is gone": (
        False, _lose, ["payment_not_theirs"],
    ),
    "they have one cent more": (
        False, lambda: _touch(SandboxCharge, amount_minor=6901), ["amount"],
    ),
    "they have another currency": (
        False, lambda: _touch(SandboxCharge, currency="USD"), ["currency"],
    ),
    "they have another transaction": (
        False, lambda: _touch(SandboxCharge, event_id="other"), ["transaction"],
    ),
    "their refund is gone": (
        True, lambda: _gone(SandboxRefund), ["refund_not_theirs"],
    ),
    "their refund is one cent less": (
        True, lambda: _touch(SandboxRefund, amount_minor=6899), ["refund_amount"],
    ),
    "they sent back what we did not ask": (
        True, lambda: _touch(SandboxRefund, refund_id="from the dashboard"),
        ["refund_not_ours", "refund_not_theirs"],
    ),
    "we forgot that it was sent back": (
        True, lambda: _touch(Refund, state="sent", done_at=None), ["refund_not_ours", "cash"],
    ),
    "we closed what they were paid for": (
        False, lambda: _forgotten("closed"), ["payment_closed_here", "cash"],
    ),
    "we never heard": (
        False, lambda: _forgotten("open"), ["payment_not_ours", "cash"],
    ),
    "cash that no payment explains": (
        False, _stray, ["cash"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_planted_error_is_named_and_nothing_is_put_right(cast: Cast, name: str) -> None:
    returned, spoil, expected = SPOILT[name]
    bought(cast, returned=returned)
    assert compared().differences == ()
    spoil()
    before = world()
    assert [kind for kind, _ in kinds(compared())] == expected
    assert world() == before


def world() -> list[Any]:
    """Every row that a comparison might be tempted to put right."""
    models = (Attempt, ProviderEvent, Refund, SandboxCharge, SandboxRefund)
    return [list(model.objects.order_by("pk").values()) for model in models] + [ledger.verify()]


def test_a_day_is_kept_once_and_compared_again_while_it_differs(cast: Cast) -> None:
    bought(cast)
    SandboxCharge.objects.update(amount_minor=6901)
    with at(NEXT_MORNING.replace(hour=9)):
        assert jobs.reconcile_days() == 0
    with at(NEXT_MORNING):
        assert jobs.reconcile_days() == 3
        assert jobs.reconcile_days() == 0
    assert Reconciliation.objects.count() == 3
    SandboxCharge.objects.update(amount_minor=6900)
    with at(NEXT_MORNING + timedelta(hours=7)):
        assert jobs.reconcile_days() == 1
        assert jobs.reconcile_days() == 0
    row = Reconciliation.objects.get(day=DAY)
    assert (row.ours, row.theirs, row.differences) == (1, 1, [])


def test_a_provider_that_does_not_answer_is_asked_again_and_the_others_are_not_held_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_day: date) -> list[Any]:
        raise ProviderDown

    bought(cast)
    monkeypatch.setattr(provider("sandbox"), "statement", down)
    with at(NEXT_MORNING):
        assert jobs.reconcile_days() == 0
        with pytest.raises(ProviderDown):
            reconcile(method="sandbox", day=DAY)
    assert not Reconciliation.objects.exists()
    monkeypatch.undo()
    with at(NEXT_MORNING):
        assert jobs.reconcile_days() == 3


def test_a_day_that_is_not_over_is_not_compared() -> None:
    with at(NOON), pytest.raises(DayNotOver):
        reconcile(method="sandbox", day=DAY)


def operator(cast: Cast) -> None:
    get_user_model().objects.filter(pk=cast.eve).update(is_operator=True)


def test_operators_compare_read_and_export_and_nobody_else_does(cast: Cast) -> None:
    one = bought(cast)
    SandboxCharge.objects.update(event_id="=1+1")
    path = f"/reconciliations/sandbox/{DAY}"
    eve = api(cast.eve)
    assert [api(None).get(f"/api/v1{path}").status_code, eve.get(f"/api/v1{path}").status_code] == [401, 404]  # fmt: skip
    assert send(eve, "PUT", path).status_code == 404
    operator(cast)
    with at(NEXT_MORNING):
        assert eve.get(f"/api/v1{path}").status_code == 404
        answer = send(eve, "PUT", path, **{"Idempotency-Key": "k"})
        assert send(eve, "PUT", "/reconciliations/nobody/2026-11-10").status_code == 422
        assert send(eve, "PUT", "/reconciliations/sandbox/2026-11-11").json()["code"] == "trade.day_not_over"  # fmt: skip
    (difference,) = answer.json()["differences"]
    assert (difference["kind"], difference["reference"]) == ("transaction", f"{one.payment_number}-1")  # fmt: skip
    assert eve.get(f"/api/v1{path}").json() == answer.json()
    assert eve.get("/api/v1/reconciliations").json()["items"] == [answer.json()]
    page = Client()
    address = f"/operator/money/days/sandbox/{DAY}/"
    page.force_login(get_user_model().objects.get(pk=cast.alice))
    assert [page.get(one).status_code for one in (address, "/operator/money/")] == [404, 404]
    page.force_login(get_user_model().objects.get(pk=cast.eve))
    assert "交易号不同" in page.get(address).content.decode()
    assert "2026-11-10" in page.get("/operator/money/").content.decode()
    text = page.get(f"{address}?format=csv").content.decode().removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["transaction_id"], row["ours_minor"], row["theirs_minor"]) == ("'=1+1", "6900", "6900")  # fmt: skip
    with at(NEXT_MORNING):
        page.force_login(get_user_model().objects.get(pk=cast.eve))
        form = {"method": "sandbox", "day": "2026-11-09"}
        assert page.post("/operator/money/days/", form)["Location"] == "/operator/money/days/sandbox/2026-11-09/"  # fmt: skip
        assert page.post("/operator/money/days/", {"day": "x"}).status_code == 404
    assert Reconciliation.objects.count() == 2


def test_a_failed_refund_is_seen_and_sent_again_once(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    SandboxCharge.objects.update(state="open")
    facade.refund_order(number=number, reason="x")
    jobs.send_refunds()
    refund = Refund.objects.get()
    eve, path = api(cast.eve), f"/failed-refunds/{refund.pk}/retry"
    assert eve.get("/api/v1/failed-refunds").status_code == 404
    assert send(eve, "POST", path).status_code == 404
    operator(cast)
    (row,) = eve.get("/api/v1/failed-refunds").json()["items"]
    assert (row["order_number"], row["method"], row["amount_minor"]) == (number, "sandbox", 6900)
    assert [one["kind"] for one in eve.get("/api/v1/payment-alerts").json()["items"]] == ["refund"]
    SandboxCharge.objects.update(state="paid")
    page = Client()
    page.force_login(get_user_model().objects.get(pk=cast.eve))
    assert "再退一次" in page.get("/operator/money/").content.decode()
    assert page.post(f"/operator/money/refunds/{refund.pk}/retry/").status_code == 303
    assert send(eve, "POST", path).status_code == 409
    assert jobs.send_refunds() == 1
    assert eve.get("/api/v1/failed-refunds").json()["items"] == []
    assert ledger.clearing_ageing() == []
    assert SandboxRefund.objects.get().refund_id.endswith(f"-r{refund.pk}-2")
    assert send(eve, "POST", path).status_code == 409


def test_what_was_seen_is_off_the_list(cast: Cast) -> None:
    number = paid(cast).order_numbers[0]
    SandboxCharge.objects.update(state="open")
    facade.refund_order(number=number, reason="x")
    jobs.send_refunds()
    operator(cast)
    eve = api(cast.eve)
    (one,) = eve.get("/api/v1/payment-alerts").json()["items"]
    assert one["detail"] == str(Refund.objects.get().pk)
    for _ in range(2):
        assert send(eve, "PUT", f"/payment-alerts/{one['id']}/seen").status_code == 204
    assert eve.get("/api/v1/payment-alerts").json()["items"] == []
