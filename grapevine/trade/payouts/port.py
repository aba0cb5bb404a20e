"""What a bank or payout provider does for us. Asked outside of any transaction, as all providers are."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Payee:
    """Whose account, and which. Opened for the call alone."""

    holder: str
    bank: str
    number: str


@dataclass(frozen=True, slots=True)
class PaidOut:
    """What became of a payout: `state` is pending, done or failed; `reason` says why it failed."""

    state: str
    reason: str = ""


class Payouts(Protocol):
    """Raises ProviderDown when the outcome is unknown; then it is asked again under the same id."""

    @property
    def name(self) -> str: ...

    def pay(self, *, payout_id: str, payee: Payee, amount_minor: int, currency: str) -> PaidOut:
        """Send money, once per `payout_id`, however often it is asked."""

    def query(self, payout_id: str) -> PaidOut | None:
        """What became of a payout; None if the provider never heard of it."""
