"""What people and jobs do while the process may die. Each walk can be walked again with the same keys."""

import csv
import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.module_loading import import_string

from grapevine.goods.actions import importing
from grapevine.goods.models import ImportRun
from grapevine.goods.sheets import ImportGoesOn
from grapevine.kit import clock
from grapevine.signals import facade as signals
from grapevine.trade.payments.wire import call
from tests.crashes.site import SCENE, application

HOME = {
    "name": "林知夏", "phone": "13800138000", "province": "浙江省", "city": "杭州市",
    "district": "西湖区", "detail": "龙井路 1 号",
}  # fmt: skip
DAY = 24 * 3600
RETURN_WINDOW = 8 * DAY
GOODS_IN_FILE = 520
"""More than an import writes in one batch."""
_furthest = [0.0]


def later(seconds: float) -> None:
    """Move the house's only clock ahead of the machine's."""
    _furthest[0] = max(_furthest[0], seconds)
    ahead = timedelta(seconds=seconds)
    clock.now = lambda: datetime.now(UTC) + ahead


def furthest() -> float:
    """How far ahead the clock of this process has been: what comes to rest does so from there."""
    return _furthest[0]


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
        assert status in (200, 201, 204, *may), (method, path, status, raw.decode())
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

    def shipped(self, order: str) -> str:
        """Bob's parcel; its number."""
        number = f"SF{order[-10:].upper()}"
        parcel = {"carrier": "顺丰", "tracking": number}
        self.ask("POST", f"/shops/{SCENE['shop']}/orders/{order}/shipment", parcel, step="ship")
        say("shipped", order=order, tracking=number)
        return number

    def complain(self, order: str, *counts: int) -> str:
        """A case about so many pieces of each line, before they left."""
        _, seen = self.ask("GET", f"/orders/{order}")
        pieces = [
            {"line": line["line"], "count": count}
            for line, count in zip(seen["lines"], counts, strict=False)
        ]
        body = {"kind": "refund", "reason": "unsent", "words": "不要了", "pieces": pieces}
        _, case = self.ask("POST", f"/orders/{order}/after-sales", body, step="case")
        say("opened", case=case["number"])
        return str(case["number"])

    def withdraw(self, account: str) -> str:
        """Everybody's second code is tried when the first went with a process that died."""
        for code in SCENE["codes"]:
            body = {
                "account_id": SCENE["accounts"][account], "amount_minor": 10_000,
                "key": f"{self.walk}/withdrawal", "code": code,
            }  # fmt: skip
            path = f"/shops/{SCENE['shop']}/withdrawals"
            status, made = self.ask("POST", path, body, may=(403,))
            if status == 201:
                say("withdrawn", number=made["number"])
                return str(made["number"])
        raise AssertionError("no code is left")

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
    bob.shipped(order)
    one.ask("POST", f"/orders/{order}/receipt", step="receipt")
    later(RETURN_WINDOW)
    job("trade.jobs.settle_final")
    signals.drain()


def batched(name: str) -> None:
    settled(name)
    job("trade.jobs.make_batches")
    signals.drain()


def _withdrawal(name: str, account: str) -> None:
    """Asked for, sent, and asked about a minute later."""
    batched(name)
    Walker(name, "bob").withdraw(account)
    for seconds in (60, 120):
        later(RETURN_WINDOW + seconds)
        job("trade.jobs.send_payouts")
        signals.drain()


def withdrawn(name: str) -> None:
    _withdrawal(name, "good")


def waited(name: str) -> None:
    """The bank takes its time."""
    _withdrawal(name, "slow")


def bounced(name: str) -> None:
    """The bank knows no such account: the money comes back."""
    _withdrawal(name, "gone")


def partly(name: str) -> None:
    """One of two cups is given back before the parcel leaves; the shop agrees."""
    one, bob = Walker(name), Walker(name, "bob")
    case = one.complain(one.bought(), 1)
    bob.ask("POST", f"/shops/{SCENE['shop']}/after-sales/{case}/approval", step="approval")
    say("approved", case=case)
    job("trade.jobs.send_refunds")
    job("trade.jobs.end_refunded")
    signals.drain()


def unanswered(name: str) -> None:
    """Everything is given back, the shop says nothing, and its time runs out."""
    one = Walker(name)
    one.complain(one.bought(), 2, 1)
    later(2 * DAY + 60)
    job("trade.jobs.run_timers")
    job("trade.jobs.send_refunds")
    job("trade.jobs.end_refunded")
    signals.drain()


def _followed(name: str) -> dict[str, Any]:
    """A parcel we are told of, and what the carrier says of it."""
    tracking = Walker(name, "bob").shipped(Walker(name).bought())
    job("trade.jobs.subscribe_parcels")
    reply = call("GET", f"{SCENE['kuaidi100']['api']}/hatch/{tracking}", headers={})
    if reply.status == 404:  # whoever claimed it died, and it is asked for again in ten minutes
        later(11 * 60)
        job("trade.jobs.subscribe_parcels")
        reply = call("GET", f"{SCENE['kuaidi100']['api']}/hatch/{tracking}", headers={})
    assert reply.status == 200, reply.status
    say("moved", tracking=tracking)
    told: dict[str, Any] = json.loads(reply.body)
    return told


def followed(name: str) -> None:
    message = _followed(name)
    path = "/api/v1/parcels/kuaidi100/push"
    status, _ = send("POST", path, message["body"].encode(), message["headers"])
    assert status == 200, status
    signals.drain()


def unpushed(name: str) -> None:
    """The carrier's message was lost: we ask."""
    _followed(name)
    later(DAY)
    job("trade.jobs.query_parcels")
    signals.drain()


def imported(name: str) -> None:
    """A file of goods in two batches."""
    run = ImportRun.objects.filter(file_name=f"{name}.csv").first()
    if run is None:
        importing.begin(
            shop_id=SCENE["shop_id"], actor_id=SCENE["bob"], file=_file(), file_name=f"{name}.csv"
        )  # fmt: skip
        run = ImportRun.objects.get(file_name=f"{name}.csv")
    say("kept", run=run.public_id)
    job("goods.jobs.import_goods")
    with suppress(ImportGoesOn):
        importing.start(shop_id=SCENE["shop_id"], public_id=run.public_id)
        say("begun", run=run.public_id)
    for _ in range(3):
        job("goods.jobs.import_goods")
    signals.drain()


def _file() -> io.BytesIO:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["key", "title", "category", "code", "price", "stock", "on_sale"])
    writer.writerows(
        [f"m{n}", f"粗陶杯 {n}", "家居", f"M-{n}", "89.00", "3", "0"] for n in range(GOODS_IN_FILE)
    )
    return io.BytesIO(out.getvalue().encode())


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
        purchase, unheard, cancelled, expired, overtaken, refunded, settled, sealed, group, lonely, batched,
        withdrawn, waited, bounced, partly, unanswered, followed, unpushed, imported,
    )
}  # fmt: skip
