"""The other side of Stripe, in its own wire format: keys, forms, idempotency, lists, search, webhooks.

Like the real one since 2022-08-01 it makes no PaymentIntent for a Checkout Session before somebody tries to pay,
and cancels none that belongs to a session: https://docs.stripe.com/api/payment_intents/cancel
"""

import base64
import hmac
import json
import re
import secrets
import time
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from grapevine.kit.ids import new_id
from grapevine.trade.payments.fakes.server import Answer, Asked, Back, Charge, Fake, Message
from grapevine.trade.payments.providers.stripe_cards import shapes, signing
from grapevine.trade.payments.providers.stripe_cards.config import Config
from grapevine.trade.payments.providers.stripe_cards.shapes import Shape

KEYS_FILE = "stripe.json"
REPLAYS_MAX = 10_000
PAGE_ROWS_MAX = 100
PAGE_ROWS = 10
EXPIRES_SECONDS = (30 * 60, 24 * 60 * 60)
INTENT_EVENTS = {
    "paid": "payment_intent.succeeded", "failed": "payment_intent.payment_failed",
    "closed": "payment_intent.canceled",
}  # fmt: skip
SEARCH = re.compile(r"metadata\['number'\]:'((?:[^'\\]|\\.)*)'")

Form = Mapping[str, str]


class Refusal(Exception):
    """An error answer in Stripe's shape: https://docs.stripe.com/api/errors"""

    def __init__(self, status: int, *, code: str = "", kind: str = "invalid_request_error") -> None:
        super().__init__(code)
        told = {"type": kind, "message": f"refused: {code or kind}"} | (
            {"code": code} if code else {}
        )
        self.answer = _json({"error": told}, status=status)


class FakeStripe(Fake):
    """`charges` are both Checkout Sessions and PaymentIntents of their own, by our number."""

    name = "stripe"
    title = "Stripe"

    def __init__(
        self, *, port: int = 0, file: Path | None = None, keys: Mapping[str, str],
        webhook_url: str = "",
    ) -> None:  # fmt: skip
        self.keys = keys
        self.webhook_url = webhook_url
        """Where its webhooks go, as set in the real one's dashboard; empty for nowhere."""
        self.search_lags = False
        """The search index has heard of nothing yet."""
        self.slow_refunds = False
        """Refunds stay pending until `settle`."""
        self.replays: dict[str, tuple[str, Form, Answer]] = {}
        super().__init__(port=port, file=file)

    @classmethod
    def paired(
        cls, *, port: int = 0, file: Path | None = None, keys: Path | None = None,
        webhook_url: str = "",
    ) -> "tuple[FakeStripe, Config]":  # fmt: skip
        """A fake, not yet started, and the config of its one account."""
        made = _keys(keys)
        fake = cls(port=port, file=file, keys=made, webhook_url=webhook_url)
        return fake, Config(
            secret_key=made["secret_key"], publishable_key=made["publishable_key"],
            webhook_secret=made["webhook_secret"], api=fake.url,
        )  # fmt: skip

    def handle(self, asked: Asked) -> Answer:
        with self.lock:
            try:
                self._authorize(asked.headers.get("authorization", ""))
                if asked.method == "POST":
                    return self._once(asked)
                return _json(self._read(asked.path, asked.query))
            except Refusal as refusal:
                return refusal.answer

    def _authorize(self, given: str) -> None:
        scheme, _, key = given.partition(" ")
        if scheme == "Basic":
            try:
                key = base64.b64decode(key, validate=True).decode("latin-1").partition(":")[0]
            except BadBase64:
                key = ""
        right = hmac.compare_digest(key.encode(), self.keys["secret_key"].encode())
        if scheme not in ("Bearer", "Basic") or not right:
            raise Refusal(401)

    def _once(self, asked: Asked) -> Answer:
        """https://docs.stripe.com/api/idempotent_requests; refusals are not kept."""
        if asked.headers.get("content-type") != "application/x-www-form-urlencoded":
            raise Refusal(400, code="parameter_missing")
        pairs = parse_qsl(asked.body.decode(), keep_blank_values=True)
        form = dict(pairs)
        if len(form) != len(pairs):
            raise Refusal(400, code="parameter_invalid")
        key = asked.headers.get("idempotency-key", "") or new_id()
        if key in self.replays:
            path, before, answer = self.replays[key]
            if (path, before) != (asked.path, form):
                raise Refusal(400, kind="idempotency_error")
            return Answer(
                answer.status, answer.body, {**answer.headers, "Idempotent-Replayed": "true"}
            )
        answer = _json(self._write(asked.path, form))
        if len(self.replays) >= REPLAYS_MAX:
            self.replays.pop(next(iter(self.replays)))
        self.replays[key] = (asked.path, form, answer)
        self.save()
        return answer

    def _write(self, path: str, form: Form) -> Shape:
        exact: dict[str, Callable[[Form], Shape]] = {
            "/v1/checkout/sessions": self._open_session,
            "/v1/payment_intents": self._open_intent,
            "/v1/refunds": self._send_back,
        }
        if path in exact:
            return exact[path](form)
        found = re.fullmatch(r"/v1/(checkout/sessions|payment_intents)/(\w+)/(expire|cancel)", path)
        if found is None:
            raise Refusal(404)
        kind, identity, verb = found.groups()
        if (kind, verb) == ("checkout/sessions", "expire"):
            return self._expire(identity)
        if (kind, verb) == ("payment_intents", "cancel"):
            return self._cancel(identity)
        raise Refusal(404)

    def _read(self, path: str, query: Form) -> Shape:
        if path == "/v1/payment_intents/search":
            return self._search(query)
        lists: dict[str, Callable[[Form], list[Shape]]] = {
            "/v1/checkout/sessions": self._sessions,
            "/v1/payment_intents": lambda _: [shapes.intent(one) for one in self._with_intent()],
            "/v1/refunds": self._refunds,
            "/v1/balance_transactions": self._movements,
        }
        if path in lists:
            return _page(lists[path](query), query=query, url=path)
        if path.startswith("/v1/payment_intents/"):
            return shapes.intent(self._by_intent(path.removeprefix("/v1/payment_intents/")))
        raise Refusal(404)

    def _open_session(self, form: Form) -> Shape:
        price = "line_items[0][price_data]"
        needed = {
            "mode": "payment", "line_items[0][quantity]": "1",
            "payment_intent_data[metadata][number]": form.get("client_reference_id"),
            "metadata[number]": form.get("client_reference_id"),
        }  # fmt: skip
        expires = _whole(form, name="expires_at") - time.time()
        if any(form.get(name) != value for name, value in needed.items()):
            raise Refusal(400, code="parameter_invalid")
        if not EXPIRES_SECONDS[0] <= expires <= EXPIRES_SECONDS[1]:
            raise Refusal(400, code="parameter_invalid")
        charge = self._open(
            number=_text(form, name="client_reference_id"), way="checkout",
            amount_minor=_whole(form, name=f"{price}[unit_amount]"),
            currency=_text(form, name=f"{price}[currency]"),
            title=_text(form, name=f"{price}[product_data][name]"),
            return_url=_text(form, name="success_url"),
        )  # fmt: skip
        return shapes.session(charge, url=self.url)

    def _open_intent(self, form: Form) -> Shape:
        if form.get("automatic_payment_methods[enabled]") != "true":
            raise Refusal(400, code="parameter_missing")
        charge = self._open(
            number=_text(form, name="metadata[number]"), way="intent",
            amount_minor=_whole(form, name="amount"), currency=_text(form, name="currency"),
        )  # fmt: skip
        return shapes.intent(charge)

    def _open(
        self, *, number: str, way: str, amount_minor: int, currency: str, title: str = "",
        return_url: str = "",
    ) -> Charge:  # fmt: skip
        if amount_minor <= 0 or not re.fullmatch(r"[a-z]{3}", currency):
            raise Refusal(400, code="parameter_invalid")
        known = self.charges.get(number)
        if known is None:
            known = Charge(
                number, amount_minor, currency, self.webhook_url, return_url, title,
                extra={"way": way, "created": str(int(time.time()))},
            )  # fmt: skip
            self.charges[number] = known
        # Its keys are forgotten when it stops, its books are not; the real one would open a second payment.
        same = (known.amount_minor, known.currency, known.extra["way"])
        if same != (amount_minor, currency, way):
            raise Refusal(400, kind="idempotency_error")
        return known

    def _expire(self, session_id: str) -> Shape:
        charge = next((c for c in self._checkouts() if shapes.session_id(c) == session_id), None)
        if charge is None:
            raise Refusal(404, code="resource_missing")
        if charge.state not in ("open", "failed"):
            raise Refusal(400)
        self._shut(charge)
        return shapes.session(charge, url=self.url)

    def _cancel(self, intent_id: str) -> Shape:
        charge = self._by_intent(intent_id)
        if charge.extra["way"] != "intent" or charge.state not in ("open", "failed"):
            raise Refusal(400, code="payment_intent_unexpected_state")
        self._shut(charge)
        return shapes.intent(charge)

    def _shut(self, charge: Charge) -> None:
        charge.extra["tried"] = "yes" if charge.state == "failed" else ""
        charge.state = "closed"
        charge.decided_at = time.time()
        self.tell(self.payment_message(charge))

    def _send_back(self, form: Form) -> Shape:
        charge = self._by_intent(_text(form, name="payment_intent"))
        refund_id = _text(form, name="metadata[refund_id]")
        amount = _whole(form, name="amount")
        if charge.state != "paid" or form.get("metadata[number]") != charge.number or amount <= 0:
            raise Refusal(400, code="parameter_invalid")
        if refund_id in self.refunds:
            # As above: known from the books after a restart.
            return shapes.refund(self.refunds[refund_id], charge)
        left = charge.amount_minor - self.refunded_minor(charge.number)
        if amount > left:
            raise Refusal(400, code="amount_too_large" if left else "charge_already_refunded")
        state = "pending" if self.slow_refunds else "done"
        back = Back(refund_id, charge.number, amount, self.webhook_url, state=state)
        self.refunds[refund_id] = back
        self.tell(self.refund_message(back))
        return shapes.refund(back, charge)

    def settle(self, refund_id: str, state: str) -> None:
        """The bank has answered a pending refund: done or failed."""
        with self.lock:
            back = self.refunds[refund_id]
            back.state = state
            self.save()
        self.tell(self.refund_message(back))

    def _checkouts(self) -> list[Charge]:
        return [one for one in self._newest() if one.extra["way"] == "checkout"]

    def _newest(self) -> list[Charge]:
        return list(self.charges.values())[::-1]

    def _with_intent(self) -> list[Charge]:
        return [one for one in self._newest() if shapes.has_intent(one)]

    def _by_intent(self, intent_id: str) -> Charge:
        for one in self._with_intent():
            if shapes.intent_id(one) == intent_id:
                return one
        raise Refusal(404, code="resource_missing")

    def _search(self, query: Form) -> Shape:
        asked = SEARCH.fullmatch(_text(query, name="query"))
        if asked is None:
            raise Refusal(400, code="parameter_invalid")
        number = re.sub(r"\\(.)", r"\1", asked[1]).lower()
        hits = [one for one in self._with_intent() if one.number.lower() == number]
        rows = [] if self.search_lags else [shapes.intent(one) for one in hits]
        return {
            "object": "search_result", "url": "/v1/payment_intents/search", "has_more": False,
            "data": rows, "next_page": None,
        }  # fmt: skip

    def _sessions(self, query: Form) -> list[Shape]:
        rows = [shapes.session(one, url=self.url) for one in self._checkouts()]
        return [
            row for row in rows
            if all(row[name] == query[name] for name in ("status", "payment_intent") if name in query)
        ]  # fmt: skip

    def _refunds(self, query: Form) -> list[Shape]:
        charge = self._by_intent(_text(query, name="payment_intent"))
        rows = [one for one in self.refunds.values() if one.number == charge.number]
        return [shapes.refund(one, charge) for one in rows[::-1]]

    def _movements(self, query: Form) -> list[Shape]:
        bare = query.get("expand[0]") != "data.source"
        taken = [shapes.taken(one) for one in self.charges.values() if one.state == "paid"]
        given = [shapes.given(one, self.charges[one.number]) for one in self.refunds.values()]
        rows = sorted([*taken, *given], key=lambda row: int(row["created"]), reverse=True)
        return [row | {"source": row["source"]["id"]} if bare else row for row in rows]

    def payment_message(self, charge: Charge) -> Message | None:
        if charge.state == "closed" and not shapes.has_intent(charge):
            return self._event("checkout.session.expired", shapes.session(charge, url=self.url))
        return self._event(INTENT_EVENTS[charge.state], shapes.intent(charge))

    def refund_message(self, back: Back) -> Message | None:
        return self._event("refund.updated", shapes.refund(back, self.charges[back.number]))

    def _event(self, kind: str, told: Shape) -> Message | None:
        if not self.webhook_url:
            return None
        body = json.dumps(shapes.event(kind, told)).encode()
        return self._signed(body, secret=self.keys["webhook_secret"])

    def _signed(self, body: bytes, *, secret: str) -> Message:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        headers |= signing.sign(body, secret=secret)
        return Message(self.webhook_url, headers, body)

    def forged(self, message: Message) -> Message:
        return self._signed(message.body, secret=f"whsec_{new_id()}")


def _keys(folder: Path | None) -> dict[str, str]:
    """Kept in `folder`, readable for its owner only, or made for this time."""
    path = folder / KEYS_FILE if folder else None
    if path and path.exists():
        return {name: str(value) for name, value in json.loads(path.read_text()).items()}
    made = {
        "secret_key": f"sk_test_{secrets.token_hex(24)}",
        "publishable_key": f"pk_test_{secrets.token_hex(24)}",
        "webhook_secret": f"whsec_{secrets.token_hex(16)}",
    }
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    return made


def _json(told: Mapping[str, Any], *, status: int = 200) -> Answer:
    headers = {"Content-Type": "application/json", "Request-Id": f"req_{new_id()}"}
    return Answer(status, json.dumps(told, ensure_ascii=False).encode(), headers)


def _text(form: Form, *, name: str) -> str:
    if not form.get(name):
        raise Refusal(400, code="parameter_missing")
    return form[name]


def _whole(form: Form, *, name: str) -> int:
    value = _text(form, name=name)
    if not (value.isascii() and value.isdigit() and len(value) <= 12):
        raise Refusal(400, code="parameter_invalid_integer")
    return int(value)


def _page(rows: list[Shape], *, query: Form, url: str) -> Shape:
    """https://docs.stripe.com/api/pagination"""
    low = _whole(query, name="created[gte]") if "created[gte]" in query else 0
    past = _whole(query, name="created[lt]") if "created[lt]" in query else 10**12
    size = _whole(query, name="limit") if "limit" in query else PAGE_ROWS
    if not 1 <= size <= PAGE_ROWS_MAX:
        raise Refusal(400, code="parameter_invalid_integer")
    rows = [row for row in rows if low <= int(row["created"]) < past]
    if "starting_after" in query:
        ids = [row["id"] for row in rows]
        if query["starting_after"] not in ids:
            raise Refusal(400, code="resource_missing")
        rows = rows[ids.index(query["starting_after"]) + 1 :]
    return {"object": "list", "url": url, "has_more": len(rows) > size, "data": rows[:size]}
