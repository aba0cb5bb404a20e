"""The Stripe library, bounded: its requests leave through the house's own wire, once, and come back as plain rows.

Only the provider imports this module, and late: the library takes half a second to load.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import stripe

from grapevine.trade.payments import wire
from grapevine.trade.payments.port import Intent, ProviderDown, ProviderRefused
from grapevine.trade.payments.providers.stripe_cards.config import Config
from grapevine.trade.payments.providers.stripe_cards.reading import Row, Unreadable, row_of, text_of

if TYPE_CHECKING:
    from stripe.params import (
        BalanceTransactionListParams,
        PaymentIntentListParams,
        RefundListParams,
    )
    from stripe.params.checkout import SessionListParams

# Telemetry would write an id into the operator's home folder and tell Stripe about the machine.
stripe.enable_telemetry = False
# At its lower levels the library's log carries the bodies of requests.
logging.getLogger("stripe").setLevel(logging.WARNING)

PAGE_ROWS = 100
PAGES_MAX = 100
RECENT_PAGES_MAX = 10
TITLE_MAX = 250
REASON_MAX = 500
GRACE_SECONDS = 31 * 60
"""Stripe keeps a page open for at least thirty minutes. Ours closes it earlier when the payment runs out."""

SENT = frozenset({"authorization", "content-type", "idempotency-key", "stripe-version"})


class Wire(stripe.HTTPClient):
    """Hands the library's requests to `wire.call`. ProviderDown goes through the library as it is."""

    name = "grapevine"

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None,
        *, _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:  # fmt: skip
        # What the library tells about the machine it runs on stays here.
        kept = {name: value for name, value in (headers or {}).items() if name.lower() in SENT}
        reply = wire.call(
            method.upper(), url, headers={**kept, "User-Agent": "Grapevine"},
            body=(post_data or "").encode(),
        )  # fmt: skip
        try:
            told = row_of(json.loads(reply.body))
            if not 200 <= reply.status < 300:
                row_of(told.get("error"))
        except (ValueError, RecursionError):
            raise ProviderDown(f"stripe: {reply.status} unreadable") from None
        return reply.body.decode(), reply.status, {}

    def close(self) -> None:
        """Nothing is kept open."""


class Client:
    """One account. Every method raises ProviderRefused for a no and ProviderDown for anything unclear."""

    def __init__(self, config: Config) -> None:
        client = stripe.StripeClient(
            config.secret_key, base_addresses={"api": config.api.rstrip("/")},
            max_network_retries=0, http_client=Wire(),
        )  # fmt: skip
        self.api = client.v1

    def create_session(self, intent: Intent) -> Row:
        told = {"number": intent.number}
        expires = int(intent.expires_at.timestamp()) + GRACE_SECONDS
        # Nothing here may depend on the time of asking: the same key must come with the same words.
        return _plain(
            lambda: self.api.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [{
                        "price_data": {
                            "currency": intent.currency.lower(),
                            "unit_amount": intent.amount_minor,
                            "product_data": {"name": intent.title[:TITLE_MAX] or intent.number},
                        },
                        "quantity": 1,
                    }],
                    "client_reference_id": intent.number,
                    "payment_intent_data": {"metadata": told},
                    "metadata": told,
                    "success_url": intent.return_url,
                    "cancel_url": intent.return_url,
                    "expires_at": expires,
                },
                {"idempotency_key": f"checkout-{intent.number}"},
            )
        )  # fmt: skip

    def create_intent(self, intent: Intent) -> Row:
        return _plain(
            lambda: self.api.payment_intents.create(
                {
                    "amount": intent.amount_minor,
                    "currency": intent.currency.lower(),
                    "metadata": {"number": intent.number},
                    "automatic_payment_methods": {"enabled": True},
                },
                {"idempotency_key": f"intent-{intent.number}"},
            )
        )

    def search_intents(self, number: str) -> list[Row]:
        """What the index has, which may be a minute behind; it compares without regard to case."""
        quoted = number.replace("\\", "\\\\").replace("'", "\\'")
        page = _plain(
            lambda: self.api.payment_intents.search(
                {"query": f"metadata['number']:'{quoted}'", "limit": 10}
            )
        )
        return _rows(page)

    def recent_intents(self, since: datetime) -> Iterator[Row]:
        """Newest first and never behind."""
        start = int(since.timestamp())

        def ask(after: str) -> stripe.StripeObject:
            asked: PaymentIntentListParams = {"limit": PAGE_ROWS, "created": {"gte": start}}
            if after:
                asked["starting_after"] = after
            return self.api.payment_intents.list(asked)

        return _pages(ask, most=RECENT_PAGES_MAX)

    def intent(self, intent_id: str) -> Row:
        return _plain(lambda: self.api.payment_intents.retrieve(intent_id))

    def cancel_intent(self, intent_id: str) -> None:
        _plain(lambda: self.api.payment_intents.cancel(intent_id))

    def sessions(self, *, status: str, since: datetime) -> Iterator[Row]:
        """Newest first and never behind."""
        start = int(since.timestamp())

        def ask(after: str) -> stripe.StripeObject:
            asked: SessionListParams = {
                "limit": PAGE_ROWS, "status": status, "created": {"gte": start}
            }  # fmt: skip
            if after:
                asked["starting_after"] = after
            return self.api.checkout.sessions.list(asked)

        return _pages(ask, most=RECENT_PAGES_MAX)

    def session_of(self, intent_id: str) -> Row | None:
        """The Checkout Session an intent belongs to; none for an intent of its own."""
        page = _plain(lambda: self.api.checkout.sessions.list({"payment_intent": intent_id}))
        return next(iter(_rows(page)), None)

    def expire_session(self, session_id: str) -> None:
        _plain(lambda: self.api.checkout.sessions.expire(session_id))

    def create_refund(
        self, *, intent_id: str, number: str, refund_id: str, amount_minor: int, reason: str
    ) -> Row:
        told = {"refund_id": refund_id, "number": number}
        if reason:
            told["reason"] = reason[:REASON_MAX]
        return _plain(
            lambda: self.api.refunds.create(
                {"payment_intent": intent_id, "amount": amount_minor, "metadata": told},
                {"idempotency_key": refund_id},
            )
        )

    def refunds(self, intent_id: str) -> Iterator[Row]:
        def ask(after: str) -> stripe.StripeObject:
            asked: RefundListParams = {"payment_intent": intent_id, "limit": PAGE_ROWS}
            if after:
                asked["starting_after"] = after
            return self.api.refunds.list(asked)

        return _pages(ask, most=RECENT_PAGES_MAX)

    def movements(self, *, start: datetime, end: datetime) -> Iterator[Row]:
        """Balance transactions of [start, end) with what caused them."""
        first, past = int(start.timestamp()), int(end.timestamp())

        def ask(after: str) -> stripe.StripeObject:
            asked: BalanceTransactionListParams = {
                "created": {"gte": first, "lt": past}, "limit": PAGE_ROWS,
                "expand": ["data.source"],
            }  # fmt: skip
            if after:
                asked["starting_after"] = after
            return self.api.balance_transactions.list(asked)

        return _pages(ask, most=PAGES_MAX)


def _plain(ask: Callable[[], stripe.StripeObject]) -> Row:
    """Ask, and turn the library's errors into the port's, without the bodies they carry."""
    try:
        return ask().to_dict()
    except (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        raise ProviderRefused(f"stripe: {error.code or error.http_status}") from None
    except stripe.StripeError as error:
        raise ProviderDown(f"stripe: {type(error).__name__} {error.http_status}") from None


def _rows(page: Row) -> list[Row]:
    rows = page.get("data")
    if not isinstance(rows, list):
        raise ProviderDown("stripe: not a list")
    try:
        return [row_of(row) for row in rows]
    except Unreadable:
        raise ProviderDown("stripe: not a list of objects") from None


def _pages(ask: Callable[[str], stripe.StripeObject], *, most: int) -> Iterator[Row]:
    """All rows of a list. ProviderDown if there are more pages than `most`: half an answer is none."""
    after = ""
    for _ in range(most):
        page = _plain(partial(ask, after))
        rows = _rows(page)
        yield from rows
        if not page.get("has_more") or not rows:
            return
        try:
            after = text_of(rows[-1], name="id")
        except Unreadable:
            raise ProviderDown("stripe: a row without an id") from None
    raise ProviderDown("stripe: too many pages")
