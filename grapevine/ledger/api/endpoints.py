"""The ledger for operators."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from grapevine.kit.api import signed_in
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
