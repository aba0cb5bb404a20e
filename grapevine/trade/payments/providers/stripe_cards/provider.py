"""Stripe: cards and wallets, on Stripe's own page or inside the buyer's app. https://docs.stripe.com/api"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from grapevine.kit import clock
from grapevine.kit.text import marked
from grapevine.trade.payments.port import (
    BadCallback,
    Disputed,
    Intent,
    Outcome,
    ProviderDown,
    ProviderRefused,
    Receipt,
    Returned,
    Start,
    StatementLine,
)
from grapevine.trade.payments.providers.stripe_cards import reading, signing
from grapevine.trade.payments.providers.stripe_cards.config import Config
from grapevine.trade.payments.providers.stripe_cards.reading import Row, Unreadable

if TYPE_CHECKING:
    from grapevine.trade.payments.providers.stripe_cards.client import Client

DAYS_ARE_IN = ZoneInfo("Asia/Shanghai")
INDEX_LAG = timedelta(hours=1)
"""How far the search index may be behind: https://docs.stripe.com/search#data-freshness"""
SESSION_LIFE = timedelta(hours=25)
"""A page stays open for a day at most."""
RANKS = ("closed", "failed", "open", "paid")
"""If there is more than one PaymentIntent of a number, the later one here is what counts."""

T = TypeVar("T")


class StripeCards:
    """Books are Stripe's alone: payments are found by the number kept in their metadata."""

    name = "stripe"
    label = marked("银行卡（Stripe）")
    ways: Sequence[str] = ("checkout", "intent")

    def __init__(self, config: Config) -> None:
        self.config = config

    def ready(self) -> bool:
        return self.config.complete

    def takes(self, currency: str) -> bool:
        return currency in self.config.currencies

    def _client(self) -> "Client":
        if not self.ready():
            raise ProviderDown("stripe: not set up")
        # The library is slow to load, and most processes never ask Stripe anything.
        from grapevine.trade.payments.providers.stripe_cards.client import Client  # noqa: PLC0415

        return Client(self.config)

    def start(self, intent: Intent) -> Start:
        if intent.way == "checkout":
            session = self._client().create_session(intent)
            return _trusted(lambda: Start(url=_address(session)))
        if intent.way == "intent":
            made = self._client().create_intent(intent)
            params = {
                "client_secret": str(made.get("client_secret") or ""),
                "publishable_key": self.config.publishable_key,
            }
            if not params["client_secret"]:
                raise ProviderDown("stripe: no client secret")
            return Start(url=self.config.pages, params=params)
        raise ProviderRefused(intent.way)

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes
    ) -> Outcome | Returned | Disputed | None:
        if not self.ready():
            raise BadCallback
        signing.verify(headers, body=body, secret=self.config.webhook_secret)
        try:
            return reading.news(body)
        except Unreadable:
            raise BadCallback from None

    def receipt(self, *, accepted: bool) -> Receipt:
        return Receipt(200, b'{"received": true}') if accepted else Receipt(400, b"{}")

    def query(self, payment_number: str) -> Outcome | None:
        client = self._client()
        found = _found(client, payment_number)
        if found is not None:
            return found
        # Until somebody tries to pay on Stripe's page there is no PaymentIntent, only the page.
        for status in ("open", "expired"):
            session = _session(client, payment_number, status=status)
            if session is not None:
                return _trusted(partial(reading.session_outcome, session))
        return None

    def close(self, payment_number: str) -> None:
        client = self._client()
        found = _found(client, payment_number)
        if found is not None and found.state == "closed":
            return
        if found is not None and found.state == "paid":
            raise ProviderRefused("stripe: paid")
        try:
            _take_back(client, payment_number, found)
        except ProviderRefused:
            # It was decided between our looking and our acting. Only closed is as good as done.
            now = self.query(payment_number)
            if now is None or now.state != "closed":
                raise

    def refund(
        self, *, payment_number: str, refund_id: str, amount_minor: int, total_minor: int,
        currency: str, reason: str, notify_url: str,
    ) -> Returned:  # fmt: skip
        del notify_url  # Stripe's callbacks go to the address set in its dashboard.
        client = self._client()
        paid = _found(client, payment_number)
        if paid is None or paid.state != "paid":
            raise ProviderRefused("stripe: not paid")
        if (paid.amount_minor, paid.currency) != (total_minor, currency.upper()):
            raise ProviderRefused("stripe: another total")
        # Stripe forgets an idempotency key after a day; its list of refunds it does not forget.
        known = _refund(client, paid.transaction_id, refund_id)
        if known is not None and known.amount_minor != amount_minor:
            raise ProviderRefused("stripe: another amount")
        if known is not None:
            return known
        made = client.create_refund(
            intent_id=paid.transaction_id, number=payment_number, refund_id=refund_id,
            amount_minor=amount_minor, reason=reason,
        )  # fmt: skip
        return _trusted(lambda: reading.returned_of(made))

    def query_refund(self, *, payment_number: str, refund_id: str) -> Returned | None:
        client = self._client()
        paid = _found(client, payment_number)
        return None if paid is None else _refund(client, paid.transaction_id, refund_id)

    def statement(self, day: date) -> list[StatementLine]:
        start = datetime.combine(day, time(), DAYS_ARE_IN)
        end = datetime.combine(day + timedelta(days=1), time(), DAYS_ARE_IN)
        movements = self._client().movements(start=start, end=end)
        lines = _trusted(lambda: [reading.line_of(row) for row in movements])
        return [line for line in lines if line is not None]


def _trusted(read: Callable[[], T]) -> T:
    """An answer of another shape than documented tells nothing."""
    try:
        return read()
    except Unreadable as error:
        raise ProviderDown(f"stripe: unreadable {error}") from None


def _address(session: Row) -> str:
    url = session.get("url")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise Unreadable("url")
    return url


def _of(number: str, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if reading.metadata_of(row).get("number") == number]


def _found(client: "Client", number: str) -> Outcome | None:
    """The payment as Stripe's books have it now.

    The index only tells the id, as it may be behind; what it does not have yet is in the list of the last hour.
    """

    def look() -> list[Outcome]:
        hits = _of(number, client.search_intents(number))
        rows = [client.intent(reading.text_of(hit, name="id")) for hit in hits]
        if not rows:
            rows = _of(number, client.recent_intents(clock.now() - INDEX_LAG))
        return [reading.outcome_of(row) for row in rows]

    return max(_trusted(look), key=lambda one: RANKS.index(one.state), default=None)


def _session(client: "Client", number: str, *, status: str) -> Row | None:
    rows = client.sessions(status=status, since=clock.now() - SESSION_LIFE)
    return next((row for row in rows if row.get("client_reference_id") == number), None)


def _take_back(client: "Client", number: str, found: Outcome | None) -> None:
    """Expire the page, or cancel an intent that has none: https://docs.stripe.com/api/payment_intents/cancel"""
    session = (
        client.session_of(found.transaction_id)
        if found is not None
        else _session(client, number, status="open")
    )
    if session is not None and session.get("status") != "expired":
        client.expire_session(_trusted(lambda: reading.text_of(session, name="id")))
    elif session is None and found is not None:
        client.cancel_intent(found.transaction_id)


def _refund(client: "Client", intent_id: str, refund_id: str) -> Returned | None:
    def look() -> Returned | None:
        for row in client.refunds(intent_id):
            if reading.metadata_of(row).get("refund_id") == refund_id:
                return reading.returned_of(row)
        return None

    return _trusted(look)
