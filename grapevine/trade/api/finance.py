"""A party's own money over the API: a shop's for staff with Right.FINANCE, a person's for the person.

What moves money asks for a one-time code in the body and repeats safely by `key`, so an Idempotency-Key is not needed
(and not looked at): a wrong code must count even though all else is refused.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me
from grapevine.kit.paging import Page
from grapevine.trade import money_views as views
from grapevine.trade.actions import banking, withdrawing
from grapevine.trade.pool import PoolSaleView
from grapevine.trade.queries import pool, revenue, settlement as reading
from grapevine.trade.queries.revenue import RevenueMonth

router = Router(tags=["finance"])
Answer = dict[str, Any]
MINOR_MAX = 10**12


class BankAccountIn(Schema):
    holder: str = Field(max_length=60)
    bank: str = Field(max_length=40)
    number: str = Field(max_length=60)
    code: str = Field(max_length=40)


class StepUpIn(Schema):
    code: str = Field(max_length=40)


class WithdrawalIn(Schema):
    account_id: int = Field(ge=1, le=2**62)
    amount_minor: int = Field(ge=1, le=MINOR_MAX)
    key: str = Field(min_length=1, max_length=80)
    code: str = Field(max_length=40)


class StatementIn(Schema):
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    currency: str = Field("CNY", max_length=3)
    cursor: str | None = None
    limit: int | None = None


def _shop(request: HttpRequest, slug: str) -> tuple[str, int]:
    """The shop's owner name in the ledger, and its id."""
    shop = goods.shop_for_staff(me(request), slug, Right.FINANCE)
    return f"shop:{shop.id}", shop.id


def _mine(request: HttpRequest) -> str:
    return f"person:{me(request)}"


def _list(page: Page[Any], out: Callable[[Any], Answer]) -> Answer:
    return {"items": [out(one) for one in page.items], "next_cursor": page.next_cursor}


def _purses(owner: str) -> Answer:
    return {
        "items": [
            {
                "currency": one.currency, "escrow_minor": one.escrow_minor,
                "payable_minor": one.payable_minor, "balance_minor": one.balance_minor,
                "withdrawing_minor": one.withdrawing_minor, "debt_minor": one.debt_minor,
            }
            for one in reading.purses(owner)
        ]
    }  # fmt: skip


def batch_out(one: views.BatchView) -> Answer:
    return {
        "number": one.number, "owner": one.owner, "currency": one.currency,
        "sequence": one.sequence, "total_minor": one.total_minor, "debt_minor": one.debt_minor,
        "lines": one.lines, "made_at": one.made_at,
    }  # fmt: skip


def line_out(one: views.BatchLineView) -> Answer:
    return {
        "kind": one.kind, "reference": one.reference, "title": one.title,
        "gross_minor": one.gross_minor, "fee_minor": one.fee_minor, "net_minor": one.net_minor,
        "at": one.at,
    }  # fmt: skip


def withdrawal_out(one: views.WithdrawalView) -> Answer:
    return {
        "number": one.number, "owner": one.owner, "amount_minor": one.amount_minor,
        "currency": one.currency, "state": one.state, "reason": one.reason, "bank": one.bank,
        "account": one.account, "asked_at": one.asked_at, "ended_at": one.ended_at,
    }  # fmt: skip


def revenue_out(one: RevenueMonth) -> Answer:
    return {
        "month": one.month.isoformat()[:7], "currency": one.currency,
        "commission_minor": one.commission_minor, "payment_minor": one.payment_minor,
        "service_minor": one.service_minor, "advertising_minor": one.advertising_minor,
        "total_minor": one.total_minor, "is_open": one.is_open,
    }  # fmt: skip


def pool_sale_out(one: PoolSaleView) -> Answer:
    return {
        "order": one.order_number, "supplier": one.supplier, "at": one.at, "title": one.title,
        "option": one.option, "count": one.count, "sale_minor": one.sale_minor,
        "earn_minor": one.earn_minor, "back_minor": one.back_minor, "left_minor": one.left_minor,
        "currency": one.currency, "state": one.state, "pick": one.pick,
    }  # fmt: skip


def invoice_out(one: views.InvoiceView) -> Answer:
    return {
        "number": one.number, "shop_name": one.shop_name, "month": one.month,
        "currency": one.currency, "commission_minor": one.commission_minor,
        "payment_minor": one.payment_minor, "service_minor": one.service_minor,
        "advertising_minor": one.advertising_minor, "total_minor": one.total_minor,
        "made_at": one.made_at,
    }  # fmt: skip


def _accounts(owner: str) -> Answer:
    return {
        "items": [
            {
                "id": one.id, "holder": one.holder, "bank": one.bank, "number": one.number,
                "state": one.state, "usable": one.usable, "usable_at": one.usable_at,
                "added_at": one.added_at,
            }
            for one in reading.bank_accounts(owner)
        ]
    }  # fmt: skip


def _statement(owner: str, given: StatementIn) -> Answer:
    page = reading.statement(
        owner, given.currency, given.first, given.last, given.cursor, given.limit
    )
    return _list(
        page,
        lambda one: {
            "at": one.at, "kind": one.kind, "reference": one.reference, "account": one.account,
            "amount_minor": one.amount_minor, "after_minor": one.after_minor, "key": one.key,
            "fee": one.other.kind if one.other.kind.startswith("fee:") else "",
        },
    )  # fmt: skip


def _add(owner: str, actor: int, body: BankAccountIn) -> Status[Any]:
    made = banking.add_bank_account(
        owner=owner, holder=body.holder, bank=body.bank, number=body.number, actor_id=actor,
        code=body.code,
    )  # fmt: skip
    found = next(one for one in _accounts(owner)["items"] if one["id"] == made)
    return Status(201, found)


def _withdraw(owner: str, actor: int, body: WithdrawalIn) -> Status[Any]:
    number = withdrawing.withdraw(
        owner=owner, account_id=body.account_id, amount_minor=body.amount_minor, key=body.key,
        actor_id=actor, code=body.code,
    )  # fmt: skip
    return Status(201, withdrawal_out(reading.withdrawal(owner, number)))


@router.get("/shops/{slug}/finance", response=ListOut[Answer], auth=signed_in)
def shop_finance(request: HttpRequest, slug: str) -> Any:
    """A shop's money by currency: in escrow, earned, withdrawable, on its way out, owed."""
    return _purses(_shop(request, slug)[0])


@router.get("/me/finance", response=ListOut[Answer], auth=signed_in)
def my_finance(request: HttpRequest) -> Any:
    """My own money by currency."""
    return _purses(_mine(request))


@router.get("/shops/{slug}/settlements", response=ListOut[Answer], auth=signed_in)
def shop_settlements(
    request: HttpRequest, slug: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """A shop's settlement batches, newest first."""
    return _list(reading.batches(_shop(request, slug)[0], cursor, limit), batch_out)


@router.get("/me/settlements", response=ListOut[Answer], auth=signed_in)
def my_settlements(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> Any:
    """My settlement batches, newest first."""
    return _list(reading.batches(_mine(request), cursor, limit), batch_out)


@router.get("/shops/{slug}/settlements/{number}/lines", response=ListOut[Answer], auth=signed_in)
def shop_settlement_lines(
    request: HttpRequest, slug: str, number: str, cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """What a batch holds, order line by order line."""
    found = reading.batch(_shop(request, slug)[0], number)
    return _list(reading.batch_lines(found.number, cursor, limit), line_out)


@router.get("/me/settlements/{number}/lines", response=ListOut[Answer], auth=signed_in)
def my_settlement_lines(
    request: HttpRequest, number: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """What a batch of mine holds."""
    found = reading.batch(_mine(request), number)
    return _list(reading.batch_lines(found.number, cursor, limit), line_out)


@router.get("/shops/{slug}/statement", response=ListOut[Answer], auth=signed_in)
def shop_statement(request: HttpRequest, slug: str, given: Query[StatementIn]) -> Any:
    """A shop's movements with what it had after each, newest first; `from` and `to` are days."""
    return _statement(_shop(request, slug)[0], given)


@router.get("/me/statement", response=ListOut[Answer], auth=signed_in)
def my_statement(request: HttpRequest, given: Query[StatementIn]) -> Any:
    """My movements with what I had after each, newest first."""
    return _statement(_mine(request), given)


@router.get("/shops/{slug}/bank-accounts", response=ListOut[Answer], auth=signed_in)
def shop_bank_accounts(request: HttpRequest, slug: str) -> Any:
    """Where a shop's money may go; numbers are masked."""
    return _accounts(_shop(request, slug)[0])


@router.get("/me/bank-accounts", response=ListOut[Answer], auth=signed_in)
def my_bank_accounts(request: HttpRequest) -> Any:
    """Where my money may go; numbers are masked."""
    return _accounts(_mine(request))


@router.post("/shops/{slug}/bank-accounts", response={201: Answer}, auth=signed_in)
def add_shop_bank_account(request: HttpRequest, slug: str, body: BankAccountIn) -> Any:
    """Add a bank account: a colleague agrees, then it waits. Asks for a one-time code."""
    return _add(_shop(request, slug)[0], me(request), body)


@router.post("/me/bank-accounts", response={201: Answer}, auth=signed_in)
def add_my_bank_account(request: HttpRequest, body: BankAccountIn) -> Any:
    """Add a bank account of mine; it can be used after the wait. Asks for a one-time code."""
    return _add(_mine(request), me(request), body)


@router.post("/shops/{slug}/bank-accounts/{account_id}/agreement", response={204: None}, auth=signed_in)  # fmt: skip
def agree_to_bank_account(
    request: HttpRequest, slug: str, account_id: int, body: StepUpIn
) -> Status[None]:
    """Agree to an account a colleague added. Asks for a one-time code."""
    owner, _ = _shop(request, slug)
    banking.agree_to_bank_account(
        owner=owner, account_id=account_id, actor_id=me(request), code=body.code
    )
    return Status(204, None)


@router.post("/shops/{slug}/bank-accounts/{account_id}/refusal", response={204: None}, auth=signed_in)  # fmt: skip
def refuse_bank_account(request: HttpRequest, slug: str, account_id: int) -> Status[None]:
    """Refuse an account a colleague added."""
    owner, _ = _shop(request, slug)
    banking.refuse_bank_account(owner=owner, account_id=account_id, actor_id=me(request))
    return Status(204, None)


@router.post("/shops/{slug}/bank-accounts/{account_id}/removal", response={204: None}, auth=signed_in)  # fmt: skip
def remove_shop_bank_account(
    request: HttpRequest, slug: str, account_id: int, body: StepUpIn
) -> Status[None]:
    """Nothing goes there any more. Asks for a one-time code."""
    owner, _ = _shop(request, slug)
    banking.remove_bank_account(
        owner=owner, account_id=account_id, actor_id=me(request), code=body.code
    )
    return Status(204, None)


@router.post("/me/bank-accounts/{account_id}/removal", response={204: None}, auth=signed_in)
def remove_my_bank_account(request: HttpRequest, account_id: int, body: StepUpIn) -> Status[None]:
    """Nothing goes there any more. Asks for a one-time code."""
    banking.remove_bank_account(
        owner=_mine(request), account_id=account_id, actor_id=me(request), code=body.code
    )
    return Status(204, None)


@router.get("/shops/{slug}/withdrawals", response=ListOut[Answer], auth=signed_in)
def shop_withdrawals(
    request: HttpRequest, slug: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """A shop's withdrawals, newest first."""
    page = reading.withdrawals(_shop(request, slug)[0], cursor=cursor, limit=limit)
    return _list(page, withdrawal_out)


@router.get("/me/withdrawals", response=ListOut[Answer], auth=signed_in)
def my_withdrawals(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> Any:
    """My withdrawals, newest first."""
    return _list(reading.withdrawals(_mine(request), cursor=cursor, limit=limit), withdrawal_out)


@router.post("/shops/{slug}/withdrawals", response={201: Answer}, auth=signed_in)
def withdraw_for_shop(request: HttpRequest, slug: str, body: WithdrawalIn) -> Any:
    """Ask for a shop's money. The same `key` is the same withdrawal. Asks for a one-time code."""
    return _withdraw(_shop(request, slug)[0], me(request), body)


@router.post("/me/withdrawals", response={201: Answer}, auth=signed_in)
def withdraw_for_me(request: HttpRequest, body: WithdrawalIn) -> Any:
    """Ask for my money. The same `key` is the same withdrawal. Asks for a one-time code."""
    return _withdraw(_mine(request), me(request), body)


@router.post("/shops/{slug}/withdrawals/{number}/cancellation", response={204: None}, auth=signed_in)  # fmt: skip
def cancel_shop_withdrawal(request: HttpRequest, slug: str, number: str) -> Status[None]:
    """Change one's mind before it is sent."""
    owner, _ = _shop(request, slug)
    withdrawing.cancel_withdrawal(owner=owner, number=number, actor_id=me(request))
    return Status(204, None)


@router.post("/me/withdrawals/{number}/cancellation", response={204: None}, auth=signed_in)
def cancel_my_withdrawal(request: HttpRequest, number: str) -> Status[None]:
    """Change one's mind before it is sent."""
    withdrawing.cancel_withdrawal(owner=_mine(request), number=number, actor_id=me(request))
    return Status(204, None)


@router.get("/shops/{slug}/platform-invoices", response=ListOut[Answer], auth=signed_in)
def shop_invoices(
    request: HttpRequest, slug: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """What the platform kept from a shop, month by month and by component."""
    return _list(reading.invoices(_shop(request, slug)[1], cursor, limit), invoice_out)


@router.get("/shops/{slug}/platform-revenue", response=ListOut[Answer], auth=signed_in)
def shop_revenue(request: HttpRequest, slug: str, months: int = 12) -> Any:
    """What the platform took from the shop by month and component, newest first, this month so far included."""
    shop_id = _shop(request, slug)[1]
    return {"items": [revenue_out(one) for one in revenue.revenue(shop_id, months)]}


@router.get("/shops/{slug}/pool-sales", response=ListOut[Answer], auth=signed_in)
def shop_pool_sales(
    request: HttpRequest, slug: str, state: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """What the shop sold of other shops' goods, newest first; `state` unpaid, frozen, earned or gone."""
    page = pool.pool_sales(_shop(request, slug)[1], state, cursor, limit)
    return {"items": [pool_sale_out(one) for one in page.items], "next_cursor": page.next_cursor}
