"""What people and jobs do while the process may die. Each walk can be walked again with the same keys."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.module_loading import import_string

from grapevine.kit import clock
from grapevine.signals import facade as signals
from grapevine.trade.payments.wire import call
from tests.crashes.site import SCENE, application

HOME = {
    "name": "林知夏", "phone": "13800138000", "province": "浙江省", "city": "杭州市",
    "district": "西湖区", "detail": "龙井路 1 号",
}  # fmt: skip
DAY = 24 * 3600


def later(seconds: float) -> None:
    """Move the house's only clock ahead of the machine's."""
    ahead = timedelta(seconds=seconds)
    clock.now = lambda: datetime.now(UTC) + ahead


def say(what: str, **facts: Any) -> None:
    """The answer has left the house: from now on it binds."""
    print(json.dumps({"told": what, **facts}), flush=True)


def send(
    method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """One request through the product's whole application."""
    names = {
        f"HTTP_{name.upper().replace('-', '_')}": text for name, text in (headers or {}).items()
    }
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)), **names,
    }  # fmt: skip
    told: list[int] = []
    answer = b"".join(application(environ, lambda status, _: told.append(int(status[:3]))))
    return told[0], answer


def job(name: str) -> None:
    import_string(f"grapevine.{name}")()


@dataclass(frozen=True, slots=True)
class Walker:
    """A person with a token; every write carries a key made of the walk's name and the step's."""

    walk: str
    who: str = "alice"

    def ask(
        self, method: str, path: str, body: Any = None, *, step: str = "", may: tuple[int, ...] = ()
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {SCENE['tokens'][self.who]}"}
        if step:
            headers["Idempotency-Key"] = f"{self.walk}/{self.who}/{step}"
        status, raw = send(method, f"/api/v1{path}", json.dumps(body or {}).encode(), headers)
        assert status in (200, 201, *may), (method, path, status, raw.decode())
        return status, json.loads(raw) if raw else None

    def place(self) -> tuple[str, str]:
        """Two pieces of one thing and one of another; payment and order number."""
        lines = [{"sku": SCENE["skus"][0], "count": 2}, {"sku": SCENE["skus"][1], "count": 1}]
        _, made = self.ask("POST", "/orders", {"lines": lines, "address": HOME}, step="place")
        (order,) = made["order_numbers"]
        say("placed", payment=made["payment_number"], order=order)
        return made["payment_number"], order

    def start(self, payment: str) -> str:
        """Begin at the provider; the attempt. Refused when it is paid or given up already."""
        body = {"method": "stripe", "way": "checkout"}
        status, begun = self.ask("POST", f"/payments/{payment}/attempts", body, may=(409,))
        if status == 409:
            return f"{payment}-1"
        say("started", payment=payment, attempt=begun["number"])
        return str(begun["number"])

    def pay(self, attempt: str, *, told: bool = True) -> None:
        """At the provider; `told` says whether its callback reaches us."""
        reply = call("GET", f"{SCENE['stripe']['api']}/hatch/{attempt}", headers={})
        assert reply.status == 200, reply.status
        if told:
            message = json.loads(reply.body)
            status, _ = send(
                "POST",
                "/api/v1/payments/stripe/callback",
                message["body"].encode(),
                message["headers"],
            )
            assert status == 200, status
            say("heard", payment=attempt.rpartition("-")[0])

    def bought(self) -> str:
        payment, order = self.place()
        self.pay(self.start(payment))
        signals.drain()
        return order

    def leave(self, order: str, how: str) -> None:
        self.ask("POST", f"/orders/{order}/{how}", {"reason": "不要了"}, step=how)
        say(how, order=order)


def purchase(name: str) -> None:
    Walker(name).bought()


def unheard(name: str) -> None:
    """Paid, and the callback never came: we ask."""
    one = Walker(name)
    payment, _ = one.place()
    one.pay(one.start(payment), told=False)
    later(30)
    job("trade.jobs.complete_payments")
    signals.drain()


def cancelled(name: str) -> None:
    one = Walker(name)
    payment, order = one.place()
    one.start(payment)
    one.leave(order, "cancellation")
    job("trade.jobs.close_attempts")
    signals.drain()


def expired(name: str) -> None:
    Walker(name).place()
    later(16 * 60)
    job("trade.jobs.expire_payments")
    signals.drain()


def overtaken(name: str) -> None:
    """Given up here, and paid there before we took the attempt back: the money goes back."""
    one = Walker(name)
    payment, order = one.place()
    attempt = one.start(payment)
    one.leave(order, "cancellation")
    one.pay(attempt)
    signals.drain()
    job("trade.jobs.send_refunds")


def refunded(name: str) -> None:
    one = Walker(name)
    one.leave(one.bought(), "refund")
    job("trade.jobs.send_refunds")
    signals.drain()


def settled(name: str) -> None:
    one, bob = Walker(name), Walker(name, "bob")
    order = one.bought()
    parcel = {"carrier": "顺丰", "tracking": "SF1234567890"}
    bob.ask("POST", f"/shops/{SCENE['shop']}/orders/{order}/shipment", parcel, step="ship")
    one.ask("POST", f"/orders/{order}/receipt", step="receipt")
    later(8 * DAY)
    job("trade.jobs.settle_final")
    signals.drain()


def sealed(name: str) -> None:
    Walker(name).bought()
    later(60)
    job("ledger.jobs.seal")


def _seat(one: Walker, path: str, more: dict[str, str]) -> str:
    body = {"sku": SCENE["skus"][0], "count": 1, "address": HOME, **more}
    _, seated = one.ask("POST", path, body, step="sit")
    say("placed", payment=seated["payment_number"], order=seated["order_number"])
    one.pay(one.start(seated["payment_number"]))
    signals.drain()
    return str(seated["group"])


def group(name: str) -> None:
    """Two buy together."""
    opened = _seat(Walker(name), "/groups", {"plan": SCENE["plan"]})
    _seat(Walker(name, "carol"), f"/groups/{opened}/membership", {})


def lonely(name: str) -> None:
    """Nobody came: the group ends, and the money goes back."""
    _seat(Walker(name), "/groups", {"plan": SCENE["plan"]})
    later(25 * 3600)
    job("campaigns.jobs.expire_groups")
    signals.drain()
    job("trade.jobs.send_refunds")
    signals.drain()


WALKS: dict[str, Callable[[str], None]] = {
    walk.__name__: walk
    for walk in (
        purchase, unheard, cancelled, expired, overtaken, refunded, settled, sealed, group, lonely,
    )
}  # fmt: skip
