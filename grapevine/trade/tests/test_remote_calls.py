"""A provider is another machine: it is never asked while a transaction of ours is open."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection

from grapevine.trade import facade, jobs
from grapevine.trade.payments.port import Intent, Outcome, Returned, Start
from grapevine.trade.payments.providers.sandbox.provider import Sandbox
from grapevine.trade.payments.registry import PROVIDERS
from grapevine.trade.tests.cast import decided, deliver, gather, placed

pytestmark = pytest.mark.django_db


class Listening(Sandbox):
    """The sandbox, noting how deep in transactions it was called; a test is one itself."""

    def __init__(self) -> None:
        self.depths: list[tuple[str, int]] = []

    def note(self, name: str) -> None:
        self.depths.append((name, len(connection.savepoint_ids)))

    def start(self, intent: Intent) -> Start:
        self.note("start")
        return super().start(intent)

    def query(self, payment_number: str) -> Outcome | None:
        self.note("query")
        return super().query(payment_number)

    def close(self, payment_number: str) -> None:
        self.note("close")
        super().close(payment_number)

    def refund(self, **asked: Any) -> Returned:
        self.note("refund")
        return super().refund(**asked)

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Outcome:
        self.note("callback")
        return super().read_callback(headers=headers, body=body)


def test_no_call_starts_inside_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    cast, sandbox, depth = gather(), Listening(), len(connection.savepoint_ids)
    monkeypatch.setitem(PROVIDERS, "sandbox", lambda: sandbox)
    one = placed(cast)
    charge = decided(cast, one)
    jobs.complete_payments()
    deliver(charge)
    facade.refund_order(number=one.order_numbers[0], reason="不要了")
    jobs.send_refunds()
    two = placed(cast)
    facade.start_payment(buyer_id=cast.alice, number=two.payment_number)
    facade.cancel_order(buyer_id=cast.alice, number=two.order_numbers[0])
    jobs.close_attempts()
    assert sandbox.depths == [
        (name, depth) for name in ("start", "query", "callback", "refund", "start", "close")
    ]
