"""Paying where no money moves, for a world that is made up."""

from grapevine.trade.actions.starting import ask_about, start_payment
from grapevine.trade.payments.providers.sandbox.provider import decide


def pay_in_sandbox(*, buyer_id: int, number: str) -> None:
    """Begin at the sandbox, pay there, and hear of it. Refused like any payment where the sandbox is off."""
    attempt = start_payment(buyer_id=buyer_id, number=number, method="sandbox")
    decide(attempt.number, "silent")
    ask_about(attempt.number)
