"""No transaction is open while a provider is asked."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from grapevine.kit import clock
from grapevine.trade import facade, jobs
from grapevine.trade.actions import reconciling, refunding, starting
from grapevine.trade.models import Attempt, Refund, SandboxCharge
from grapevine.trade.payments import wire
from grapevine.trade.payments.port import Intent, Provider
from grapevine.trade.payments.providers.wechat_pay.fake import FakeWechatPay
from grapevine.trade.payments.providers.wechat_pay.provider import WechatPay
from grapevine.trade.payments.registry import provider, providers
from grapevine.trade.tests import stripe_cast
from grapevine.trade.tests.alipay_cast import standing
from grapevine.trade.tests.cast import Cast, decided, deliver, gather, paid, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def houses(tmp_path) -> Iterator[list[Provider]]:
    """One of each provider, set up."""
    fake, config = FakeWechatPay.paired()
    with standing(tmp_path) as (alipay, _, _), stripe_cast.opened() as stage:
        yield [WechatPay(config), alipay, stage.cards, provider("sandbox")]
    fake._server.server_close()


def talks(one: Provider, way: str) -> dict[str, Callable[[], object]]:
    intent = Intent("P10001-1", 100, "CNY", "x", way, "", "http://127.0.0.1:1/", clock.now() + timedelta(minutes=20))  # fmt: skip
    return {
        "start": lambda: one.start(intent),
        "query": lambda: one.query("P10001-1"),
        "close": lambda: one.close("P10001-1"),
        "refund": lambda: one.refund(
            payment_number="P10001-1", refund_id="P10001-r1", amount_minor=1, total_minor=100,
            currency="CNY", reason="", notify_url="",
        ),
        "query_refund": lambda: one.query_refund(payment_number="P10001-1", refund_id="P10001-r1"),
        "statement": lambda: one.statement(date(2026, 1, 1)),
    }  # fmt: skip


def test_every_provider_refuses_to_talk_in_a_transaction(houses: list[Provider]) -> None:
    for one in houses:
        for name, talk in talks(one, one.ways[0]).items():
            if (one.name, name) == ("alipay", "start"):
                continue  # it signs an address and asks nobody
            with pytest.raises(wire.TransactionOpen), transaction.atomic():
                talk()
    assert {one.name for one in houses} == {one.name for one in providers()}


def test_nested_and_durable_blocks_count_and_a_closed_one_does_not() -> None:
    wire.require_no_transaction()
    with transaction.atomic():
        with pytest.raises(wire.TransactionOpen):
            wire.require_no_transaction()
        with transaction.atomic(), pytest.raises(wire.TransactionOpen):
            wire.call("GET", "http://127.0.0.1:9/", headers={})
    wire.require_no_transaction()


def _begun(cast: Cast) -> str:
    one = placed(cast)
    return facade.start_payment(buyer_id=cast.alice, number=one.payment_number).number


def _cancelled(cast: Cast) -> int:
    one = placed(cast)
    facade.start_payment(buyer_id=cast.alice, number=one.payment_number)
    facade.cancel_order(buyer_id=cast.alice, number=one.order_numbers[0])
    return jobs.close_attempts()


def _sent_back(cast: Cast) -> int:
    facade.refund_order(number=paid(cast).order_numbers[0], reason="x")
    return jobs.send_refunds()


def _asked_again(cast: Cast) -> int:
    facade.refund_order(number=paid(cast).order_numbers[0], reason="x")
    Refund.objects.update(state="failed")
    refunding.retry_refund(refund_id=Refund.objects.get().pk, operator_id=cast.eve)
    return jobs.send_refunds()


def _heard(cast: Cast) -> str:
    deliver(decided(cast, placed(cast)))
    return Attempt.objects.get().state


def _completed(cast: Cast) -> int:
    decided(cast, placed(cast), "silent")
    return jobs.complete_payments()


TALKERS: dict[str, tuple[Callable[[Cast], Any], Any]] = {
    "start_payment": (lambda cast: _begun(cast)[-2:], "-1"),
    "ask_about": (lambda cast: starting.ask_about(_begun(cast)), False),
    "complete_payments": (_completed, 1),
    "close_attempts": (_cancelled, 1),
    "send_refunds": (_sent_back, 1),
    "retry_refund": (_asked_again, 1),
    "receive_callback": (_heard, "paid"),
    "reconcile": (
        lambda _: reconciling.reconcile(method="sandbox", day=date(2026, 1, 1)).differences, (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TALKERS)
def test_every_action_that_talks_does_so_outside_a_transaction(
    cast: Cast, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sandbox guards itself as the wire does, so that an action that got through has passed it."""
    passed: list[int] = []
    guard = wire.require_no_transaction

    def counted() -> None:
        guard()
        passed.append(1)

    monkeypatch.setattr(wire, "require_no_transaction", counted)
    act, expected = TALKERS[name]
    assert act(cast) == expected
    assert passed


def test_an_action_called_in_a_transaction_is_stopped(cast: Cast) -> None:
    one = placed(cast)
    with pytest.raises(wire.TransactionOpen), transaction.atomic():
        facade.start_payment(buyer_id=cast.alice, number=one.payment_number)
    assert not SandboxCharge.objects.exists()
