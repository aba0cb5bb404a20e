"""From Stripe's objects to the port's words. Webhooks and answers carry the same objects, so both are read here."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from grapevine.trade.payments.port import Disputed, Outcome, Returned, StatementLine

Row = Mapping[str, Any]

TEXT_MAX = 255
"""As long as an id of Stripe's may be."""
EVENT_ID_MAX = 80
"""What our books hold; a PaymentIntent's id and a charge's together take sixty."""

OPEN = frozenset({
    "requires_payment_method", "requires_confirmation", "requires_action", "requires_capture",
    "processing",
})  # fmt: skip
REFUND_STATES = {
    "succeeded": "done", "pending": "pending", "requires_action": "pending", "failed": "failed",
    "canceled": "failed",
}  # fmt: skip
INTENT_NEWS = {
    "payment_intent.succeeded": "paid", "payment_intent.payment_failed": "failed",
    "payment_intent.canceled": "closed",
}  # fmt: skip
REFUND_NEWS = frozenset({
    "refund.created", "refund.updated", "refund.failed", "charge.refund.updated",
})  # fmt: skip
DISPUTE_NEWS = "charge.dispute.created"
SESSION_STATES = {"open": "open", "expired": "closed"}
PAYMENT_TYPES = frozenset({"charge", "payment"})
REFUND_TYPES = frozenset({"refund", "payment_refund"})


class Unreadable(ValueError):
    """Not the shape Stripe documents. The caller says what that means: a bad callback or a bad answer."""


def row_of(value: object) -> Row:
    if not isinstance(value, dict):
        raise Unreadable
    return value


def text_of(row: Row, *, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_MAX:
        raise Unreadable(name)
    return value


def whole_of(row: Row, *, name: str) -> int:
    value = row.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Unreadable(name)
    return value


def currency_of(row: Row) -> str:
    value = text_of(row, name="currency")
    if not (len(value) == 3 and value.isascii() and value.isalpha()):
        raise Unreadable("currency")
    return value.upper()


def metadata_of(row: Row) -> Row:
    return row_of(row.get("metadata") or {})


def outcome_of(intent: Row, *, state: str = "") -> Outcome:
    """`state` is given when the kind of message says more than the object: a declined card."""
    if intent.get("object") != "payment_intent":
        raise Unreadable
    state = state or _state_of(intent)
    identity = text_of(intent, name="id")
    fact = {"paid": "succeeded", "closed": "canceled", "open": "open"}.get(state) or _failure(
        intent
    )
    event_id = f"{identity}:{fact}"
    if len(event_id) > EVENT_ID_MAX:
        raise Unreadable
    return Outcome(
        payment_number=text_of(metadata_of(intent), name="number"),
        state=state,
        amount_minor=whole_of(intent, name="amount_received" if state == "paid" else "amount"),
        currency=currency_of(intent),
        event_id=event_id,
        transaction_id=identity,
    )


def _state_of(intent: Row) -> str:
    status = intent.get("status")
    if status == "succeeded":
        return "paid"
    if status == "canceled":
        return "closed"
    if status not in OPEN:
        raise Unreadable("status")
    refused = status == "requires_payment_method" and intent.get("last_payment_error")
    return "failed" if refused else "open"


def _failure(intent: Row) -> str:
    """Each declined card is a fact of its own, known by its charge."""
    charge = row_of(intent.get("last_payment_error") or {}).get("charge")
    return f"failed:{charge}" if isinstance(charge, str) else "failed"


def session_outcome(session: Row) -> Outcome:
    """What a Checkout Session without a PaymentIntent says: nobody has tried to pay."""
    number, state = text_of(session, name="client_reference_id"), session.get("status")
    if session.get("object") != "checkout.session" or state not in SESSION_STATES:
        raise Unreadable
    return Outcome(
        payment_number=number, state=SESSION_STATES[state],
        amount_minor=whole_of(session, name="amount_total"), currency=currency_of(session),
        event_id=f"{number}:page-{state}"[:EVENT_ID_MAX],
    )  # fmt: skip


def returned_of(refund: Row) -> Returned:
    told = metadata_of(refund)
    state = REFUND_STATES.get(str(refund.get("status")))
    if refund.get("object") != "refund" or state is None:
        raise Unreadable("status")
    return Returned(
        payment_number=text_of(told, name="number"),
        refund_id=text_of(told, name="refund_id"),
        state=state,
        amount_minor=whole_of(refund, name="amount"),
    )


def news(body: bytes) -> Outcome | Returned | Disputed | None:
    """An event whose signature is verified. None for kinds, payments and refunds that are not ours."""
    try:
        event = row_of(json.loads(body))
    except (ValueError, RecursionError):
        raise Unreadable from None
    if event.get("object") != "event":
        raise Unreadable
    kind = text_of(event, name="type")
    if kind not in INTENT_NEWS and kind not in REFUND_NEWS and kind != DISPUTE_NEWS:
        return None
    told = row_of(row_of(event.get("data")).get("object"))
    if kind == DISPUTE_NEWS:
        return _dispute_news(told)
    return (
        _intent_news(told, state=INTENT_NEWS[kind]) if kind in INTENT_NEWS else _refund_news(told)
    )


def _intent_news(intent: Row, *, state: str) -> Outcome | None:
    if intent.get("object") != "payment_intent":
        raise Unreadable
    if "number" not in metadata_of(intent):
        return None
    if state != "failed" and _state_of(intent) != state:
        raise Unreadable("status")
    return outcome_of(intent, state=state)


def _refund_news(refund: Row) -> Returned | None:
    if refund.get("object") != "refund":
        raise Unreadable
    return returned_of(refund) if "refund_id" in metadata_of(refund) else None


def _dispute_news(dispute: Row) -> Disputed | None:
    """https://docs.stripe.com/api/disputes/object"""
    if dispute.get("object") != "dispute":
        raise Unreadable
    if dispute.get("payment_intent") is None:
        return None
    return Disputed(
        text_of(dispute, name="payment_intent"), text_of(dispute, name="id"),
        whole_of(dispute, name="amount"),
    )  # fmt: skip


def line_of(movement: Row) -> StatementLine | None:
    """A balance transaction with its expanded source; None for fees, payouts and refunds that came to nothing.

    The amount is the source's: the movement's own is in the account's currency, not the buyer's. Money that
    was moved without us, from the dashboard say, has Stripe's id as its reference, so that it is not hidden.
    """
    kind = text_of(movement, name="type")
    if kind == "adjustment":
        return _adjusted(movement)
    if kind not in PAYMENT_TYPES and kind not in REFUND_TYPES:
        return None
    source = row_of(movement.get("source"))
    if kind in REFUND_TYPES and source.get("status") in ("failed", "canceled"):
        return None
    identity, told = text_of(source, name="id"), metadata_of(source)
    number = text_of(told, name="number") if "number" in told else ""
    paid = kind in PAYMENT_TYPES
    reference = number if paid else told.get("refund_id")
    return StatementLine(
        kind="payment" if paid else "refund", reference=str(reference or identity),
        payment_number=number,
        transaction_id=str((paid and source.get("payment_intent")) or identity),
        amount_minor=whole_of(source, name="amount"), currency=currency_of(source),
        at=datetime.fromtimestamp(whole_of(movement, name="created"), UTC),
    )  # fmt: skip


def _adjusted(movement: Row) -> StatementLine | None:
    """What a dispute took from the account, or brought back: money that moved without us. None for the rest."""
    source, amount = movement.get("source"), movement.get("amount")
    if not isinstance(source, dict) or source.get("object") != "dispute":
        return None
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise Unreadable("amount")
    identity = text_of(source, name="id")
    return StatementLine(
        kind="refund" if amount < 0 else "payment", reference=identity, payment_number="",
        transaction_id=identity, amount_minor=whole_of(source, name="amount"),
        currency=currency_of(source),
        at=datetime.fromtimestamp(whole_of(movement, name="created"), UTC),
    )  # fmt: skip
