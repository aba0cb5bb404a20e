"""What a party sees of its money, and operators of everybody's. For this module alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


def percent(bps: int) -> str:
    """5.25%, exact."""
    return f"{bps // 100}.{bps % 100:02d}%"


@dataclass(frozen=True, slots=True)
class Purse:
    """A party's money in one currency: on its way in, earned, withdrawable, on its way out, owed."""

    currency: str
    escrow_minor: int
    payable_minor: int
    balance_minor: int
    withdrawing_minor: int
    debt_minor: int


@dataclass(frozen=True, slots=True)
class BatchView:
    number: str
    owner: str
    currency: str
    sequence: int
    total_minor: int
    debt_minor: int
    lines: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class BatchLineView:
    kind: str
    reference: str
    title: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class BankAccountView:
    """The number is never whole: `number` is what may be shown."""

    id: int
    holder: str
    bank: str
    number: str
    state: str
    added_by: int
    added_at: datetime
    usable_at: datetime | None
    usable: bool


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    number: str
    owner: str
    amount_minor: int
    currency: str
    state: str
    reason: str
    bank: str
    account: str
    """The masked number."""
    asked_by: int
    asked_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvoiceView:
    number: str
    shop_id: int
    shop_name: str
    month: date
    currency: str
    commission_minor: int
    payment_minor: int
    service_minor: int
    advertising_minor: int
    total_minor: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class RateView:
    shop_id: int
    rate_bps: int
    since: datetime
    set_by: int
    reason: str

    @property
    def percent(self) -> str:
        return percent(self.rate_bps)


@dataclass(frozen=True, slots=True)
class PlanView:
    code: str
    name: str
    price_minor: int
    currency: str
    is_open: bool
    shops: int


@dataclass(frozen=True, slots=True)
class FeesView:
    """What a shop pays the platform now."""

    take_bps: int
    rates: Sequence[RateView]
    plan: str
    plan_price_minor: int

    @property
    def take_percent(self) -> str:
        return percent(self.take_bps)


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """A plan as a shop sees it; `code` "" is being on none."""

    code: str
    name: str
    price_minor: int
    currency: str
    is_open: bool
    is_current: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """`charged_minor` of the month that runs; None: nothing was charged for it."""

    plans: Sequence[PlanChoice]
    changes_on: date
    charged_minor: int | None

    @property
    def current(self) -> PlanChoice:
        return next(one for one in self.plans if one.is_current)

    @property
    def coming(self) -> PlanChoice:
        return next(one for one in self.plans if one.is_next)
