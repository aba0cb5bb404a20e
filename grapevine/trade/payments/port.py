"""What a payment provider must offer. Each provider is a slice of its own in `providers/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider says of a payment: `state` open, paid, failed or refunded; `event_id` is unique."""

    payment_number: str
    state: str
    amount_minor: int
    currency: str
    event_id: str


class Provider(Protocol):
    """A provider. No method may be called inside a transaction: each may talk to another machine."""

    name: str

    def start(self, *, payment_number: str, amount_minor: int, currency: str) -> str:
        """Tell the provider to expect this payment; returns the address of its cashier."""

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Verify a callback on its raw bytes; raises BadCallback for anything that is not right."""

    def query(self, payment_number: str) -> Outcome | None:
        """Ask the provider what became of a payment; None if it never heard of it."""

    def refund(self, *, payment_number: str, refund_id: str, amount_minor: int) -> bool:
        """Send money back, once per `refund_id`; True when the provider has done it."""
