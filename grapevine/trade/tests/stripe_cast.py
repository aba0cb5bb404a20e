"""Stripe's cast: its other side running, our notify address, and what is asked most."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

from grapevine.trade.payments.port import (
    Intent,
    Outcome,
    Returned,
)
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe
from grapevine.trade.payments.providers.stripe_cards.provider import StripeCards

Heard = tuple[dict[str, str], bytes]
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class Ear:
    """Our notify address: keeps what it hears, and says yes."""

    heard: list[Heard] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    def open(self) -> str:
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Quiet."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append((dict(self.headers.items()), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}/hear"

    def close(self) -> None:
        assert self.server
        self.server.shutdown()
        self.server.server_close()

    def wait(self, count: int = 1) -> Heard:
        end = time.monotonic() + 5
        while len(self.heard) < count:
            assert time.monotonic() < end, "nothing was heard"
            time.sleep(0.01)
        return self.heard[count - 1]


@dataclass(frozen=True, slots=True)
class Stage:
    fake: FakeStripe
    cards: StripeCards
    ear: Ear


@contextmanager
def opened() -> Iterator[Stage]:
    ear = Ear()
    fake, config = FakeStripe.paired(webhook_url=ear.open())
    fake.start()
    try:
        yield Stage(fake, StripeCards(config), ear)
    finally:
        fake.stop()
        ear.close()


NOON = datetime.now(SHANGHAI) + timedelta(minutes=15)


def an_intent(number: str = "P1", *, amount: int = 1999, way: str = "checkout", **more) -> Intent:
    told: dict[str, Any] = {
        "number": number, "amount_minor": amount, "currency": "CNY", "title": "一箱橙子", "way": way,
        "notify_url": "http://127.0.0.1:1/", "return_url": "http://127.0.0.1:1/back",
        "expires_at": NOON,
    }  # fmt: skip
    return Intent(**(told | more))


def give_back(cards: StripeCards, refund_id: str = "R1", *, amount: int = 500, **more) -> Returned:
    told: dict[str, Any] = {
        "payment_number": "P1", "refund_id": refund_id, "amount_minor": amount,
        "total_minor": 1999, "currency": "CNY", "reason": "坏了", "notify_url": "",
    }  # fmt: skip
    return cards.refund(**(told | more))


def read(cards: StripeCards, heard: Heard) -> Any:
    """An Outcome, a Returned or None: the tests look into it as they expect it."""
    return cards.read_callback(headers=heard[0], body=heard[1])


def a_paid(cards: StripeCards, fake: FakeStripe, *, way: str = "checkout") -> Outcome:
    cards.start(an_intent(way=way))
    fake.decide("P1", "silent")
    found = cards.query("P1")
    assert found
    return found


def everything(cards: StripeCards) -> list[Callable[[], object]]:
    return [
        lambda: cards.start(an_intent()),
        lambda: cards.start(an_intent(way="intent")),
        lambda: cards.query("P1"),
        lambda: cards.close("P1"),
        lambda: give_back(cards),
        lambda: cards.query_refund(payment_number="P1", refund_id="R1"),
        lambda: cards.statement(datetime.now(SHANGHAI).date()),
    ]
