"""WeChat Pay's two sides, a notify address of ours, and the steps of a payment."""

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
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
from grapevine.trade.payments.providers.wechat_pay.fake import FakeWechatPay
from grapevine.trade.payments.providers.wechat_pay.provider import WechatPay

SHANGHAI = ZoneInfo("Asia/Shanghai")
NUMBER = "P20260501-1"
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
Told = dict[str, Any]
Headers = dict[str, str]
Heard = tuple[Headers, bytes]


class Mailbox:
    """Our notify address: keeps what comes, in order, and says `status`."""

    def __init__(self) -> None:
        came: queue.Queue[Heard] = queue.Queue()
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                """Quiet."""

            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                came.put((dict(self.headers.items()), self.rfile.read(size)))
                self.send_response(mailbox.status)
                self.end_headers()

        self.status = 204
        self.came = came
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/notify"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def next(self) -> Heard:
        return self.came.get(timeout=10)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass(frozen=True, slots=True)
class Scene:
    provider: WechatPay
    fake: FakeWechatPay
    mailbox: Mailbox

    def read(self, heard: Heard) -> Any:
        """An Outcome, a Returned or None: the tests look into it as they expect it."""
        return self.provider.read_callback(headers=heard[0], body=heard[1])


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
def standing(keys: Path, **changes: Any) -> Iterator[Scene]:
    """Everything running, with the keys kept in that folder."""
    fake, config = FakeWechatPay.paired(keys=keys, **changes)
    fake.start()
    mailbox = Mailbox()
    yield Scene(WechatPay(config), fake, mailbox)
    mailbox.stop()
    fake.stop()


def intent(scene: Scene, **changes: Any) -> Intent:
    asked = Intent(
        number=NUMBER, amount_minor=1234, currency="CNY", title="春茶,两`盒", way="native",
        notify_url=scene.mailbox.url, return_url="https://shop.example/back?a=1&b=2",
        expires_at=clock.now() + timedelta(minutes=30), payer=OPENID, client_ip="203.0.113.9",
    )  # fmt: skip
    return replace(asked, **changes)


def opened(scene: Scene, **changes: Any) -> str:
    asked = intent(scene, **changes)
    scene.provider.start(asked)
    return asked.number


def paid(scene: Scene, **changes: Any) -> Outcome:
    scene.fake.decide(opened(scene, **changes), "pay")
    outcome = scene.read(scene.mailbox.next())
    assert isinstance(outcome, Outcome)
    return outcome


def refund(scene: Scene, amount_minor: int = 400, **changes: Any) -> Returned:
    asked: Told = {
        "payment_number": NUMBER, "refund_id": "R1", "amount_minor": amount_minor,
        "total_minor": 1234, "currency": "CNY", "reason": "七天无理由", "notify_url": "",
    }  # fmt: skip
    return scene.provider.refund(**{**asked, **changes})


def today() -> datetime:
    return datetime.now(SHANGHAI)


def everything(scene: Scene) -> list[Callable[[], object]]:
    """Every question there is."""
    one = scene.provider
    return [
        *(partial(one.start, intent(scene, way=way)) for way in one.ways),
        partial(one.query, NUMBER),
        partial(one.close, NUMBER),
        partial(refund, scene),
        partial(one.query_refund, payment_number=NUMBER, refund_id="R1"),
        partial(one.statement, today().date()),
    ]


def dead_address() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"
