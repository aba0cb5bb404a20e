"""News of money that leaves the house."""

from dataclasses import dataclass
from typing import ClassVar

from grapevine.signals.contracts import Event


@dataclass(frozen=True, slots=True)
class WithdrawalMoved(Event):
    """A withdrawal waits for a look or ended: `state` review, done, failed or refused. Of a shop or of a person."""

    name: ClassVar[str] = "trade.withdrawal_moved"
    number: str
    shop_id: int | None
    person_id: int | None
    state: str
    amount_minor: int
    currency: str
    at: str
