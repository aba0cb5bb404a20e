"""The ledger for operators."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.errors import NotFound
from grapevine.ledger import facade

router = Router(tags=["ledger"])


def _operator(request: HttpRequest) -> None:
    if not getattr(request.user, "is_operator", False):
        raise NotFound


@router.get("/ledger/trial-balance", response=dict[str, int], auth=signed_in)
def trial_balance(request: HttpRequest) -> Any:
    """Totals by currency and kind of account; operators only. The sum per currency is zero."""
    _operator(request)
    return facade.trial_balance()


@router.get("/ledger/clearing", response=list[dict[str, Any]], auth=signed_in)
def clearing(request: HttpRequest) -> Any:
    """What lies in clearing accounts and since when, oldest first; operators only."""
    _operator(request)
    return [
        {
            "owner": one.account.owner, "kind": one.account.kind, "currency": one.currency,
            "reference": one.reference, "amount_minor": one.amount_minor, "since": one.since,
        }
        for one in facade.clearing_ageing()
    ]  # fmt: skip


@router.get("/ledger/accounts/{owner}", response=dict[str, int], auth=signed_in)
def accounts(request: HttpRequest, owner: str) -> Any:
    """An owner's balances by kind, in minor units; operators only."""
    _operator(request)
    return facade.balances(owner)


@router.get("/ledger/postings/{key}", response=dict[str, Any], auth=signed_in)
def read_posting(request: HttpRequest, key: str) -> Any:
    """A posting with its legs; operators only."""
    _operator(request)
    found = facade.posting(key)
    if found is None:
        raise NotFound(key)
    return {
        "key": found.key, "kind": found.kind, "reference": found.reference,
        "currency": found.currency, "at": found.at,
        "legs": [
            {
                "debit": {"owner": leg.debit.owner, "kind": leg.debit.kind},
                "credit": {"owner": leg.credit.owner, "kind": leg.credit.kind},
                "amount_minor": leg.amount_minor,
            }
            for leg in found.legs
        ],
    }  # fmt: skip


@router.get("/ledger/accounts/{owner}/{kind}", response=ListOut[dict[str, Any]], auth=signed_in)
def read_statement(
    request: HttpRequest, owner: str, kind: str, currency: str = "CNY", cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """One account's movements, newest first; operators only."""
    _operator(request)
    page = facade.statement(facade.Account(owner, kind), cursor, limit, currency)
    rows = [
        {
            "at": one.at, "kind": one.kind, "reference": one.reference,
            "amount_minor": one.amount_minor, "other": {"owner": one.other.owner, "kind": one.other.kind},
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": rows, "next_cursor": page.next_cursor}
