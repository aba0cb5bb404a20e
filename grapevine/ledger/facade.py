"""What the rest of the house may call."""

from grapevine.ledger.actions import (
    expire_holds,
    place_hold,
    post,
    post_hold,
    post_many,
    seal,
    void_hold,
)
from grapevine.ledger.contracts import Account, Leg, Posting
from grapevine.ledger.queries import (
    balance,
    balances,
    clearing,
    clearing_accounts,
    clearing_ageing,
    hold,
    movements,
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
    "expire_holds",
    "hold",
    "movements",
    "place_hold",
    "post",
    "post_hold",
    "post_many",
    "seal",
    "statement",
    "trial_balance",
    "verify",
    "void_hold",
]
