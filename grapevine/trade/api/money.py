"""Money for operators: days compared with providers' statements, failed refunds, unusual payments."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me
from grapevine.trade.actions import reconciling, refunding, watching
from grapevine.trade.oversight import ReconciliationView
from grapevine.trade.queries import reconciling as reading

router = Router(tags=["trade"])
Answer = dict[str, Any]


def _operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else these addresses do not exist."""
    if not getattr(request.user, "is_operator", False):
        raise NotFound
    return me(request)


def _out(view: ReconciliationView) -> Answer:
    return {
        "provider": view.provider, "day": view.day, "at": view.at, "ours": view.ours,
        "theirs": view.theirs, "differences": list(view.differences),
    }  # fmt: skip


@router.get("/reconciliations", response=ListOut[Answer], auth=signed_in)
def list_reconciliations(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> Any:
    """Days that were compared with providers' statements, the newest first; operators only."""
    _operator(request)
    page = reading.reconciliations(cursor, limit)
    return {"items": [_out(one) for one in page.items], "next_cursor": page.next_cursor}


@router.put("/reconciliations/{provider}/{day}", response=Answer, auth=signed_in)
def reconcile(request: HttpRequest, provider: str, day: date) -> Any:
    """Ask the provider for its statement of a day now and compare it; again replaces. Operators only."""
    _operator(request)
    return _out(reconciling.reconcile(method=provider, day=day))


@router.get("/reconciliations/{provider}/{day}", response=Answer, auth=signed_in)
def read_reconciliation(request: HttpRequest, provider: str, day: date) -> Any:
    """What differed between a provider's statement of a day and our books; operators only."""
    _operator(request)
    return _out(reading.reconciliation(provider, day))


@router.get("/failed-refunds", response=ListOut[Answer], auth=signed_in)
def list_failed_refunds(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> Any:
    """Refunds the provider refused, the oldest first; operators only."""
    _operator(request)
    page = reading.failed_refunds(cursor, limit)
    rows = [
        {
            "id": one.id, "payment_number": one.payment_number, "order_number": one.order_number,
            "method": one.method, "amount_minor": one.amount_minor, "currency": one.currency,
            "reason": one.reason, "tries": one.tries, "at": one.at,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": rows, "next_cursor": page.next_cursor}


@router.post("/failed-refunds/{refund_id}/retry", response={204: None}, auth=signed_in)
@once
def retry_refund(request: HttpRequest, refund_id: int) -> Status[None]:
    """Send a failed refund again; the provider is asked about the last try first. Operators only."""
    refunding.retry_refund(refund_id=refund_id, operator_id=_operator(request))
    return Status(204, None)


@router.get("/payment-alerts", response=ListOut[Answer], auth=signed_in)
def list_alerts(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> Any:
    """Unusual payments nobody has looked at, the newest first; operators only."""
    _operator(request)
    page = reading.alerts(cursor, limit)
    rows = [
        {
            "id": one.id, "kind": one.kind, "payment_number": one.payment_number,
            "buyer_id": one.buyer_id, "state": one.state, "total_minor": one.total_minor,
            "currency": one.currency, "detail": one.detail, "at": one.at,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": rows, "next_cursor": page.next_cursor}


@router.put("/payment-alerts/{alert_id}/seen", response={204: None}, auth=signed_in)
@once
def see_alert(request: HttpRequest, alert_id: int) -> Status[None]:
    """Say that somebody has looked at it; operators only."""
    watching.see_alert(alert_id=alert_id, operator_id=_operator(request))
    return Status(204, None)
