"""The objects of Stripe's API as the fake's books show them, with the fields the provider reads and some around."""

import time
from typing import Any

from grapevine.kit.ids import new_id
from grapevine.trade.payments.fakes.server import Back, Charge

Shape = dict[str, Any]

INTENT_STATES = {
    "open": "requires_payment_method", "failed": "requires_payment_method", "paid": "succeeded",
    "closed": "canceled",
}  # fmt: skip
SESSION_STATES = {"open": "open", "failed": "open", "paid": "complete", "closed": "expired"}
REFUND_STATES = {"done": "succeeded", "pending": "pending", "failed": "failed"}


def session_id(charge: Charge) -> str:
    return f"cs_test_{charge.transaction_id}"


def intent_id(charge: Charge) -> str:
    return f"pi_{charge.transaction_id}"


def has_intent(charge: Charge) -> bool:
    """A page makes its intent when somebody tries to pay."""
    tried = charge.state in ("paid", "failed") or charge.extra.get("tried") == "yes"
    return charge.extra["way"] == "intent" or tried


def session(charge: Charge, *, url: str) -> Shape:
    state = SESSION_STATES[charge.state]
    return {
        "id": session_id(charge),
        "object": "checkout.session",
        "amount_total": charge.amount_minor,
        "client_reference_id": charge.number,
        "created": int(charge.extra["created"]),
        "currency": charge.currency,
        "livemode": False,
        "metadata": {"number": charge.number},
        "mode": "payment",
        "payment_intent": intent_id(charge) if has_intent(charge) else None,
        "payment_status": "paid" if charge.state == "paid" else "unpaid",
        "status": state,
        "success_url": charge.return_url,
        "url": f"{url}/cashier/{charge.number}" if state == "open" else None,
    }


def intent(charge: Charge) -> Shape:
    paid, failed = charge.state == "paid", charge.state == "failed"
    declined = {
        "type": "card_error", "code": "card_declined", "decline_code": "generic_decline",
        "charge": f"ch_{charge.transaction_id}",
    }  # fmt: skip
    return {
        "id": intent_id(charge),
        "object": "payment_intent",
        "amount": charge.amount_minor,
        "amount_received": charge.amount_minor if paid else 0,
        "client_secret": f"{intent_id(charge)}_secret_{charge.transaction_id[:8]}",
        "created": int(charge.extra["created"]),
        "currency": charge.currency,
        "last_payment_error": declined if failed else None,
        "latest_charge": f"ch_{charge.transaction_id}" if paid or failed else None,
        "livemode": False,
        "metadata": {"number": charge.number},
        "status": INTENT_STATES[charge.state],
    }


def refund(back: Back, charge: Charge) -> Shape:
    return {
        "id": f"re_{back.transaction_id}",
        "object": "refund",
        "amount": back.amount_minor,
        "charge": f"ch_{charge.transaction_id}",
        "created": int(back.at),
        "currency": charge.currency,
        "metadata": {"refund_id": back.refund_id, "number": back.number},
        "payment_intent": intent_id(charge),
        "status": REFUND_STATES[back.state],
    }


def taken(charge: Charge) -> Shape:
    """The balance transaction of a payment; a charge carries the metadata of its intent."""
    source = {
        "id": f"ch_{charge.transaction_id}",
        "object": "charge",
        "amount": charge.amount_minor,
        "currency": charge.currency,
        "metadata": {"number": charge.number},
        "paid": True,
        "payment_intent": intent_id(charge),
        "status": "succeeded",
    }
    return _movement(
        f"txn_{charge.transaction_id}", kind="charge", amount_minor=charge.amount_minor,
        at=charge.decided_at, source=source,
    )  # fmt: skip


def given(back: Back, charge: Charge) -> Shape:
    """The balance transaction of a refund: its amount is negative, its source's is not."""
    return _movement(
        f"txn_{back.transaction_id}", kind="refund", amount_minor=-back.amount_minor,
        at=back.at, source=refund(back, charge),
    )  # fmt: skip


def _movement(identity: str, *, kind: str, amount_minor: int, at: float, source: Shape) -> Shape:
    return {
        "id": identity,
        "object": "balance_transaction",
        "amount": amount_minor,
        "created": int(at),
        "currency": source["currency"],
        "fee": 0,
        "net": amount_minor,
        "source": source,
        "status": "pending",
        "type": kind,
    }


def event(kind: str, told: Shape) -> Shape:
    return {
        "id": f"evt_{new_id()}{new_id()}",
        "object": "event",
        "api_version": "2025-03-31.basil",
        "created": int(time.time()),
        "data": {"object": told},
        "livemode": False,
        "pending_webhooks": 1,
        "type": kind,
    }
