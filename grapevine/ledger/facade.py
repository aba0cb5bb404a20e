"""What the rest of the house may call."""

from grapevine.ledger.actions import post, post_many, seal
from grapevine.ledger.contracts import Account, Leg, Posting
from grapevine.ledger.queries import (
    balance,
    balances,
    clearing,
    clearing_accounts,
    clearing_ageing,
    statement,
    trial_balance,
    verify,
)

__all__ = [
    "Account",
    "Leg",
    "Posting",
    "balance",
    "balances",
    "clearing",
    "clearing_accounts",
    "clearing_ageing",
    "post",
    "post_many",
    "seal",
    "statement",
    "trial_balance",
    "verify",
]
