"""On what conditions money leaves the house, and when what there is can leave at the earliest."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit import clock
from grapevine.trade.models import BankAccount, Case, Order
from grapevine.trade.payouts.registry import payouts
from grapevine.trade.rules.aftersales import OPEN

FINANCE_ALONE = 1


@dataclass(frozen=True, slots=True)
class Terms:
    """The conditions as they are set. `needs_second`: another person agrees to a new account."""

    least_minor: int
    review_minor: int
    account_hours: int
    window_days: int
    needs_second: bool
    is_sent: bool
    """Whether a bank is connected; without one withdrawals wait."""
    balance_at: datetime | None
    """When the first account can be used; None: no account has been agreed to."""
    is_ready: bool
    next_final_at: datetime | None
    """When the first order that was received can no longer come back, and so becomes withdrawable; None: none known."""


def terms(owner: str) -> Terms:
    """Four queries for a shop, one for a person, of whose orders nothing is known here."""
    kind, _, number = owner.partition(":")
    shop_id = int(number) if kind == "shop" else None
    ready = BankAccount.objects.filter(owner=owner, state="active", usable_at__isnull=False)
    at = ready.aggregate(first=Min("usable_at"))["first"]
    next_final = _next_final(shop_id) if shop_id is not None else None
    return Terms(
        settings.WITHDRAWAL_LEAST_MINOR, settings.WITHDRAWAL_REVIEW_MINOR,
        settings.BANK_ACCOUNT_HOURS, settings.RETURN_WINDOW_DAYS,
        shop_id is not None and len(goods.people_with(shop_id, Right.FINANCE)) > FINANCE_ALONE,
        payouts() is not None, at, at is not None and at <= clock.now(), next_final,
    )  # fmt: skip


def _next_final(shop_id: int) -> datetime | None:
    """One about which somebody asks is not known to become final."""
    asked = Case.objects.filter(state__in=OPEN, order__shop_id=shop_id).values("order_id")
    rows = Order.objects.filter(shop_id=shop_id, state="received").exclude(pk__in=asked)
    first = rows.aggregate(first=Min("received_at"))["first"]
    return first + timedelta(days=settings.RETURN_WINDOW_DAYS) if first else None
