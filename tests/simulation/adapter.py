"""A payment provider of the product's port in front of a `Remote`: what travels is signed bytes."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from grapevine.trade.payments.port import (
    BadCallback,
    Intent,
    Outcome,
    ProviderDown,
    ProviderRefused,
    Receipt,
    Returned,
    Start,
    StatementLine,
)
from tests.simulation.facts import WAYS
from tests.simulation.remote import DownError, Message, NoError, Remote

HEADER = "Remote-Signature"
KEY = b"the remote side's own key"


def signed(told: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a callback."""
    body = json.dumps(told).encode()
    return {HEADER: hmac.new(KEY, body, hashlib.sha256).hexdigest()}, body


def told_by(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {
        "method": message.method, "number": message.key, "state": message.state,
        "amount": message.amount, "currency": "CNY", "event": f"{message.key}:{message.state}",
    }  # fmt: skip
    return told | ({"returning": message.returning} if message.returning else {})


class Adapter:
    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.name = self.label = remote.name
        self.ways: Sequence[str] = WAYS[remote.name]

    def ready(self) -> bool:
        return True

    def takes(self, currency: str) -> bool:
        return currency == "CNY"

    def start(self, intent: Intent) -> Start:
        try:
            self.remote.start(intent.number, intent.amount_minor)
        except DownError:
            raise ProviderDown from None
        except NoError:
            raise ProviderRefused from None
        return Start(url=f"/{self.name}/{intent.number}")

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Outcome | Returned:
        right = hmac.new(KEY, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers.get(HEADER, ""), right):
            raise BadCallback
        told = json.loads(body)
        if told["method"] != self.name:
            raise BadCallback
        if "returning" in told:
            return Returned(told["number"], told["returning"], told["state"], told["amount"])
        return Outcome(
            told["number"], told["state"], told["amount"], told["currency"], told["event"]
        )

    def receipt(self, *, accepted: bool) -> Receipt:
        return Receipt(204 if accepted else 400)

    def query(self, payment_number: str) -> Outcome | None:
        try:
            charge = self.remote.query(payment_number)
        except DownError:
            raise ProviderDown from None
        if charge is None:
            return None
        event = f"{charge.key}:{charge.state}"
        return Outcome(payment_number, charge.state, charge.amount, "CNY", event)

    def close(self, payment_number: str) -> None:
        try:
            self.remote.close(payment_number)
        except DownError:
            raise ProviderDown from None
        except NoError:
            raise ProviderRefused from None

    def refund(
        self, *, payment_number: str, refund_id: str, amount_minor: int, total_minor: int,  # noqa: ARG002
        currency: str, reason: str, notify_url: str,  # noqa: ARG002  the port's shape
    ) -> Returned:  # fmt: skip
        try:
            done = self.remote.refund(payment_number, refund_id, amount_minor)
        except DownError:
            raise ProviderDown from None
        except NoError:
            raise ProviderRefused from None
        return Returned(payment_number, refund_id, done.state, done.amount)

    def query_refund(self, *, payment_number: str, refund_id: str) -> Returned | None:
        try:
            known = self.remote.query_refund(refund_id)
        except DownError:
            raise ProviderDown from None
        if known is None:
            return None
        return Returned(payment_number, refund_id, known.state, known.amount)

    def statement(self, day: date) -> list[StatementLine]:
        raise AssertionError(f"no plan asks for the statement of {day}")
