"""Alipay's two sides, a notify address of ours, and the steps of a payment."""

import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from grapevine.kit import clock
from grapevine.trade.payments.port import Intent, Outcome, Returned
from grapevine.trade.payments.providers.alipay.fake import FakeAlipay
from grapevine.trade.payments.providers.alipay.provider import Alipay
from grapevine.trade.payments.wire import call

SHANGHAI = ZoneInfo("Asia/Shanghai")
OK = {"code": "10000", "msg": "Success"}
Told = dict[str, str]
Scene = tuple[Alipay, FakeAlipay, "Mailbox"]


class Mailbox:
    """Our notify address: keeps what comes, in order."""

    def __init__(self) -> None:
        came: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                """Quiet."""

            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                came.put((dict(self.headers.items()), self.rfile.read(size)))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"success")

        self.came = came
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/notify"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def next(self) -> tuple[dict[str, str], bytes]:
        return self.came.get(timeout=10)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHORT_KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
CURVE_KEY = ec.generate_private_key(ec.SECP256R1())


def private_pem(key: Any) -> str:
    raw: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return raw.decode()


def public_pem(key: Any) -> str:
    info = PublicFormat.SubjectPublicKeyInfo
    raw: bytes = key.public_key().public_bytes(Encoding.PEM, info)
    return raw.decode()


@contextmanager
def standing(keys: Path) -> Iterator[Scene]:
    """Everything running, with the keys kept in that folder."""
    fake, config = FakeAlipay.paired(keys=keys)
    fake.start()
    mailbox = Mailbox()
    yield Alipay(config), fake, mailbox
    mailbox.stop()
    fake.stop()


def intent(mailbox: Mailbox, **changes: Any) -> Intent:
    asked = Intent(
        number="P1", amount_minor=1234, currency="CNY", title="春茶 A/B=C&D, 两盒", way="page",
        notify_url=mailbox.url, return_url="https://shop.example/back",
        expires_at=clock.now() + timedelta(minutes=30),
    )  # fmt: skip
    return replace(asked, **changes)


def opened(provider: Alipay, mailbox: Mailbox, **changes: Any) -> str:
    """Start a payment and open its address as the buyer's browser does; the number."""
    asked = intent(mailbox, **changes)
    reply = call("GET", provider.start(asked).url, headers={})
    assert (reply.status, urlsplit(reply.headers["location"]).path) == (
        302,
        f"/cashier/{asked.number}",
    )
    return asked.number


def paid(scene: Scene, **changes: Any) -> Outcome:
    provider, fake, mailbox = scene
    number = opened(provider, mailbox, **changes)
    assert (
        call("POST", f"{fake.url}/cashier/{number}", headers={}, body=b"outcome=pay").status == 303
    )
    headers, body = mailbox.next()
    outcome = provider.read_callback(headers=headers, body=body)
    assert isinstance(outcome, Outcome)
    return outcome


def refund(
    provider: Alipay, amount_minor: int, *, refund_id: str = "R1", **changes: Any
) -> Returned:
    asked: dict[str, Any] = {
        "payment_number": "P1", "refund_id": refund_id, "amount_minor": amount_minor,
        "total_minor": 1234, "currency": "CNY", "reason": "七天无理由", "notify_url": "",
    }  # fmt: skip
    return provider.refund(**{**asked, **changes})


def dead_address() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/gateway.do"
