"""Reads of earnings, batches, statements, bank accounts, withdrawals and invoices."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TypeVar

from django.conf import settings
from django.db.models import Count, F, Model, Q, QuerySet, Sum
from django.utils import timezone

from grapevine.kit import clock
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import OwnerLine
from grapevine.trade import money_refusals as no, money_views as views
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import (
    BankAccount,
    Order,
    PlatformInvoice,
    ServicePlan,
    SettlementBatch,
    SettlementLine,
    Subscription,
    TakeRate,
    Withdrawal,
)
from grapevine.trade.queries import pool
from grapevine.trade.rules.settlement import HELD_KINDS, days_between, masked

IN_ESCROW = (OrderState.WAITING, OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED)
STATES = ("review", "ready", "sent", "done", "failed", "refused", "cancelled")
HISTORY_MAX = 100
Row = TypeVar("Row", bound=Model)
View = TypeVar("View")


def _page(
    rows: "QuerySet[Row]", view: Callable[[Row], View], cursor: str | None, limit: int | None
) -> Page[View]:
    """Newest first by id."""
    size = clamp(limit)
    if cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    found = list(rows.order_by("-pk")[: size + 1])
    more = encode_cursor(found[size - 1].pk) if len(found) > size else None
    return Page([view(row) for row in found[:size]], more)


def purses(owner: str) -> list[views.Purse]:
    """One for each currency with anything in it; one in yuan at least."""
    escrow = _in_escrow(owner)
    made = []
    for currency in sorted({"CNY", *ledger.currencies_of(owner), *escrow} - {"PTS"}):
        has = ledger.balances(owner, currency)
        made.append(
            views.Purse(
                currency, escrow.get(currency, 0) + has.get("commission_held", 0),
                has.get("payable", 0), has.get("balance", 0), has.get("withdrawing", 0),
                -has.get("debt", 0),
            )
        )  # fmt: skip
    return [one for one in made if one.currency == "CNY" or any(_amounts(one))]


def _amounts(one: views.Purse) -> list[int]:
    return [
        one.escrow_minor, one.payable_minor, one.balance_minor, one.withdrawing_minor,
        one.debt_minor,
    ]  # fmt: skip


def _in_escrow(owner: str) -> dict[str, int]:
    """What buyers have paid for orders that are not final, less what went back, before commissions.

    What is another shop's for selling them is there, not here.
    """
    kind, _, number = owner.partition(":")
    if kind != "shop":
        return {}
    rows = Order.objects.filter(shop_id=int(number), state__in=IN_ESCROW).values_list("currency")
    whole = F("total_minor") + F("subsidy_minor")
    back = F("refunded_minor") + F("refunded_subsidy_minor")
    found: Counter[str] = Counter(dict(rows.order_by("currency").annotate(n=Sum(whole - back))))
    found.update(pool.frozen_of(int(number)))
    found.subtract(pool.frozen_for_others(int(number)))
    return dict(found)


def batches(
    owner: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[views.BatchView]:
    """A party's batches, or everybody's, newest first. One query."""
    rows = SettlementBatch.objects.select_related("party")
    return _page(rows.filter(party__owner=owner) if owner else rows, _batch, cursor, limit)


def _batch(row: SettlementBatch) -> views.BatchView:
    return views.BatchView(
        row.number, row.party.owner, row.party.currency, row.sequence, row.total_minor,
        row.debt_minor, row.lines, row.made_at,
    )  # fmt: skip


def batch(owner: str, number: str) -> views.BatchView:
    """A party's own batch; any, for an operator, with owner "". BatchNotFound."""
    rows = SettlementBatch.objects.select_related("party").filter(number=number)
    found = (rows.filter(party__owner=owner) if owner else rows).first()
    if found is None:
        raise no.BatchNotFound(number)
    return _batch(found)


def batch_lines(
    number: str, cursor: str | None = None, limit: int | None = None
) -> Page[views.BatchLineView]:
    rows = SettlementLine.objects.filter(batch__number=number).select_related("line")
    return _page(rows, _line, cursor, limit)


def _line(row: SettlementLine) -> views.BatchLineView:
    title = f"{row.line.title} {row.line.option} ×{row.line.count}" if row.line else ""
    return views.BatchLineView(
        row.kind, row.reference, title, row.gross_minor, row.fee_minor, row.net_minor, row.at
    )


def statement(
    owner: str, currency: str, first: date | None, last: date | None, cursor: str | None = None,
    limit: int | None = None,
) -> Page[OwnerLine]:  # fmt: skip
    """What came and went, with what the party had after each, newest first; days are the platform's."""
    since, until = _days(first, last)
    return ledger.owner_statement(
        owner, HELD_KINDS, currency=currency, since=since, until=until, cursor=cursor, limit=limit
    )


def statement_lines(
    owner: str, currency: str, first: date | None, last: date | None
) -> Iterator[OwnerLine]:
    """The same to the end, oldest first, a few at a time."""
    since, until = _days(first, last)
    return ledger.owner_lines(owner, HELD_KINDS, currency=currency, since=since, until=until)


def _days(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    zone = settings.TIME_ZONE
    since = days_between(first, first, zone)[0] if first else None
    return since, days_between(last, last, zone)[1] if last else None


def bank_accounts(owner: str) -> list[views.BankAccountView]:
    """Those that wait or count, oldest first."""
    rows = BankAccount.objects.filter(owner=owner, state__in=["pending", "active"]).order_by("pk")
    now = clock.now()
    return [
        views.BankAccountView(
            row.pk, row.holder, row.bank, masked(row.tail), row.state, row.added_by, row.added_at,
            row.usable_at, row.usable_at is not None and row.usable_at <= now,
        )
        for row in rows
    ]  # fmt: skip


def withdrawals(
    owner: str = "", state: str = "", cursor: str | None = None, limit: int | None = None
) -> Page[views.WithdrawalView]:
    rows = Withdrawal.objects.select_related("account")
    if owner:
        rows = rows.filter(owner=owner)
    return _page(rows.filter(state=state) if state else rows, _withdrawal, cursor, limit)


def _withdrawal(row: Withdrawal) -> views.WithdrawalView:
    return views.WithdrawalView(
        row.number, row.owner, row.amount_minor, row.currency, row.state, row.reason,
        row.account.bank, masked(row.account.tail), row.asked_by, row.asked_at, row.ended_at,
    )  # fmt: skip


def withdrawal(owner: str, number: str) -> views.WithdrawalView:
    found = Withdrawal.objects.select_related("account").filter(owner=owner, number=number).first()
    if found is None:
        raise no.WithdrawalNotFound(number)
    return _withdrawal(found)


def withdrawal_counts() -> dict[str, int]:
    rows = Withdrawal.objects.values_list("state").order_by("state")
    return dict(rows.annotate(n=Count("id")))


def invoices(
    shop_id: int | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[views.InvoiceView]:
    rows = PlatformInvoice.objects.all()
    return _page(
        rows.filter(shop_id=shop_id) if shop_id is not None else rows, _invoice, cursor, limit
    )


def invoice(shop_id: int | None, number: str) -> views.InvoiceView:
    rows = PlatformInvoice.objects.filter(number=number)
    found = (rows.filter(shop_id=shop_id) if shop_id is not None else rows).first()
    if found is None:
        raise no.InvoiceNotFound(number)
    return _invoice(found)


def _invoice(row: PlatformInvoice) -> views.InvoiceView:
    return views.InvoiceView(
        row.number, row.shop_id, row.shop_name, row.month, row.currency, row.commission_minor,
        row.payment_minor, row.service_minor, row.advertising_minor, row.total_minor, row.made_at,
    )  # fmt: skip


def fees(shop_id: int) -> views.FeesView:
    """What a shop pays now, and every rate it ever had. Two queries."""
    rates = [
        views.RateView(row.shop_id, row.rate_bps, row.since, row.set_by, row.reason)
        for row in TakeRate.objects.filter(shop_id=shop_id).order_by("-since", "-id")[:HISTORY_MAX]
    ]
    today = timezone.localdate(clock.now())
    running = Q(ends_on=None) | Q(ends_on__gt=today)
    one = (
        Subscription.objects.filter(running, shop_id=shop_id, starts_on__lte=today)
        .select_related("plan")
        .first()
    )
    return views.FeesView(
        rates[0].rate_bps if rates else settings.PLATFORM_FEE_BPS, rates,
        one.plan.name if one else "", one.plan.price_minor if one else 0,
    )  # fmt: skip


def plans() -> list[views.PlanView]:
    rows = ServicePlan.objects.order_by("price_minor", "id")[:HISTORY_MAX]
    live = Subscription.objects.filter(ends_on=None).values_list("plan").order_by("plan")
    counts = dict(live.annotate(n=Count("id")))
    return [
        views.PlanView(
            row.code, row.name, row.price_minor, row.currency, row.ended_at is None,
            counts.get(row.pk, 0),
        )
        for row in rows
    ]  # fmt: skip


def waiting_parties() -> int:
    """How many parties the next round of batches has something for."""
    rows = SettlementLine.objects.filter(batch=None).order_by().values("party").distinct()
    return rows.count()
