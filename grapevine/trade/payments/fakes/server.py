"""A provider's other side: a real HTTP server on loopback with books of its own, and faults on demand.

Each provider's fake speaks that provider's wire format with real keys and signatures. The demo and the tests
use the same ones.
"""

import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from grapevine.kit.ids import new_id
from grapevine.trade.payments.port import ProviderDown
from grapevine.trade.payments.wire import call

BODY_BYTES_MAX = 1_000_000
TRIES_MAX = 8
OUTCOMES = {
    "pay": "付款成功 · Pay",
    "fail": "付款失败 · Fail",
    "silent": "付款但不通知 · Pay in silence",
}


@dataclass(slots=True)
class Charge:
    """One payment in the provider's books. `state`: open, paid, failed, closed."""

    number: str
    amount_minor: int
    currency: str
    notify_url: str
    return_url: str
    title: str = ""
    state: str = "open"
    transaction_id: str = field(default_factory=lambda: new_id() + new_id())
    decided_at: float = 0.0
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Back:
    """One refund in the provider's books. `state`: pending, done, failed."""

    refund_id: str
    number: str
    amount_minor: int
    notify_url: str
    state: str = "done"
    transaction_id: str = field(default_factory=lambda: new_id() + new_id())
    at: float = field(default_factory=time.time)


@dataclass(slots=True)
class Faults:
    """What goes wrong between the provider and us. All off by default."""

    delay_seconds: float = 0.0
    """Every callback waits this long."""
    repeat: int = 1
    """How often each callback is sent although it was answered well."""
    reorder: bool = False
    """Callbacks wait until `flush()` and then leave newest first."""
    drop: bool = False
    """No callback ever leaves."""
    forge: bool = False
    """A forged copy, with a wrong signature, goes ahead of each callback."""
    deaf: bool = False
    """Requests are answered with 502 after their effect: the asker cannot know."""


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    target: str = ""
    """Path and query as they stood in the request: what some providers sign."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A signed callback, ready to post."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Fake(ABC):
    """Start it, use `url`, stop it. Books are kept in `file` if one is given."""

    name = ""
    title = ""

    def __init__(self, *, port: int = 0, file: Path | None = None) -> None:
        self.faults = Faults()
        self.charges: dict[str, Charge] = {}
        self.refunds: dict[str, Back] = {}
        self.lock = threading.RLock()
        self.held: list[Message] = []
        self.sent: list[tuple[Message, int]] = []
        """Every delivery with the status it was answered with (0: no answer)."""
        self._file = file
        self._load()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @abstractmethod
    def handle(self, asked: Asked) -> Answer:
        """Answer one request of the provider's API (everything but /cashier/)."""

    @abstractmethod
    def payment_message(self, charge: Charge) -> Message | None:
        """The signed callback about a charge's state now; None if this provider sends none."""

    @abstractmethod
    def refund_message(self, back: Back) -> Message | None:
        """The signed callback about a refund's state now; None if this provider sends none."""

    @abstractmethod
    def forged(self, message: Message) -> Message:
        """The same message with a signature that does not fit."""

    def decide(self, number: str, outcome: str) -> bool:
        """What the person did at the cashier; only the first decision counts. False if it came too late."""
        assert outcome in OUTCOMES
        with self.lock:
            charge = self.charges[number]
            if charge.state != "open":
                return False
            charge.state = "failed" if outcome == "fail" else "paid"
            charge.decided_at = time.time()
            self.save()
        if outcome != "silent":
            self.tell(self.payment_message(charge))
        return True

    def tell(self, message: Message | None) -> None:
        """Send a callback as the faults allow, in a thread of its own, with retries like a provider's."""
        if message is None or self.faults.drop:
            return
        if self.faults.reorder:
            self.held.append(message)
            return
        threading.Thread(target=self._deliver, args=(message,), daemon=True).start()

    def flush(self) -> None:
        """Send what was held back, newest first, and wait for the answers."""
        waiting, self.held = self.held[::-1], []
        for message in waiting:
            self._deliver(message)

    def _deliver(self, message: Message) -> None:
        time.sleep(self.faults.delay_seconds)
        if self.faults.forge:
            self._post(self.forged(message))
        good, wait = 0, 0.2
        for _ in range(TRIES_MAX):
            good += 200 <= self._post(message) < 300
            if good >= self.faults.repeat:
                return
            time.sleep(0 if good else wait)
            wait *= 1 if good else 2

    def _post(self, message: Message) -> int:
        try:
            status = call("POST", message.url, headers=message.headers, body=message.body).status
        except ProviderDown:
            status = 0
        self.sent.append((message, status))
        return status

    def save(self) -> None:
        """Write the books to the file, if there is one."""
        if self._file is not None:
            rows = {
                "charges": [asdict(one) for one in self.charges.values()],
                "refunds": [asdict(one) for one in self.refunds.values()],
            }
            fresh = self._file.with_suffix(".new")
            fresh.write_text(json.dumps(rows, ensure_ascii=False))
            fresh.replace(self._file)

    def _load(self) -> None:
        if self._file is not None and self._file.exists():
            rows = json.loads(self._file.read_text())
            self.charges = {row["number"]: Charge(**row) for row in rows["charges"]}
            self.refunds = {row["refund_id"]: Back(**row) for row in rows["refunds"]}

    def refunded_minor(self, number: str) -> int:
        rows: Iterable[Back] = self.refunds.values()
        return sum(b.amount_minor for b in rows if b.number == number and b.state != "failed")

    def cashier_page(self, number: str) -> Answer:
        """The provider's own cashier, for people who try the demo."""
        charge = self.charges.get(number)
        if charge is None:
            return Answer(404, b"not found")
        buttons = "".join(
            f'<button name="outcome" value="{value}">{escape(words)}</button>'
            for value, words in OUTCOMES.items()
        )
        done = f'<p><a href="{escape(charge.return_url)}">返回店铺 · Back to the shop</a></p>'
        page = f"""<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(self.title)}</title><style>body{{font:16px/1.5 system-ui;max-width:360px;margin:48px auto;padding:0 16px;text-align:center}}
button{{display:block;width:100%;padding:14px;margin:12px 0;border:0;border-radius:12px;background:#1d5a41;color:#fff;font:inherit}}
button+button{{background:#eee;color:#222}}b{{font-size:28px}}small{{color:#666}}</style>
<h1>{escape(self.title)}</h1><p><small>演示用，不会真的扣钱 · A demo, no money moves</small></p>
<p>{escape(charge.title)}</p><p><b>{charge.amount_minor / 100:.2f} {escape(charge.currency.upper())}</b></p>
{f'<form method="post">{buttons}</form>' if charge.state == "open" else done}</html>"""
        return Answer(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def cashier_decision(self, number: str, body: bytes) -> Answer:
        outcome = parse_qs(body.decode("latin-1")).get("outcome", [""])[0]
        if number not in self.charges or outcome not in OUTCOMES:
            return Answer(404, b"not found")
        self.decide(number, outcome)
        return Answer(303, b"", {"Location": self.charges[number].return_url})


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the standard name
            """A fake is quiet."""

        def _serve(self) -> None:
            size = min(int(self.headers.get("Content-Length") or 0), BODY_BYTES_MAX)
            body = self.rfile.read(size)
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, body, self.path)
            answer = _routed(fake, asked)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = _serve  # noqa: N815  names of the standard library

    return Handler


def _routed(fake: Fake, asked: Asked) -> Answer:
    if asked.path.startswith("/cashier/"):
        number = asked.path.removeprefix("/cashier/").strip("/")
        return (
            fake.cashier_decision(number, asked.body)
            if asked.method == "POST"
            else fake.cashier_page(number)
        )
    answer = fake.handle(asked)
    return Answer(502, b"bad gateway") if fake.faults.deaf else answer
