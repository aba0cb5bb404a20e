"""Accounts, legs and refusals of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked


class PostingMismatch(DomainError):
    code = "ledger.posting_mismatch"
    status = 409
    message = marked("同一笔记账出现了两种内容")


class InsufficientFunds(DomainError):
    code = "ledger.insufficient_funds"
    status = 409
    message = marked("余额不够")


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """A place for money. `owner` is opaque ("platform", "shop:12", "person:7"); `kind` says what for.

    Kinds in NEVER_NEGATIVE never go below zero. Kinds in STRIPED are kept as sixteen rows, so that
    many transactions at once do not wait for one; reading sums them.
    """

    owner: str
    kind: str


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement of `amount_minor` > 0 from `debit` to `credit`."""

    debit: Account
    credit: Account
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Posting:
    """Movements under one key, all or none."""

    key: str
    kind: str
    reference: str
    legs: Sequence[Leg]
    currency: str = "CNY"
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldView:
    """Money set aside: `state` held, posted, voided or expired."""

    key: str
    account: Account
    amount_minor: int
    currency: str
    state: str
    reference: str
    until: datetime


@dataclass(frozen=True, slots=True)
class StatementLine:
    id: int
    at: datetime
    kind: str
    reference: str
    amount_minor: int
    other: Account


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """A movement in or out of an owner's accounts taken together, and what they held after it."""

    id: int
    at: datetime
    key: str
    kind: str
    reference: str
    account: str
    """Which kind of the owner's accounts it touched."""
    other: Account
    amount_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class PostingView:
    """A posting with its legs, in order."""

    key: str
    kind: str
    reference: str
    currency: str
    at: datetime
    legs: Sequence[Leg]


@dataclass(frozen=True, slots=True)
class Movement:
    """What one posting moved in an account: positive came in."""

    key: str
    reference: str
    amount_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unclear:
    """What still lies in a clearing account for one reference, and since when."""

    account: Account
    currency: str
    reference: str
    amount_minor: int
    since: datetime


NEVER_NEGATIVE = ("payable", "commission_held", "points", "hold", "balance", "withdrawing")
"""Kinds of account that hold what is owed to somebody."""
STRIPES = 16
STRIPED = ("cash:", "fee", "subsidy", "points:")
"""Kinds, or beginnings of kinds, that every payment touches."""


def striped(kind: str) -> bool:
    return kind.startswith(STRIPED)
