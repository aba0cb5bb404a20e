"""Everybody's money over the API, for operators: settlements, withdrawals to review, fees, plans, invoices.

And a shop's own plan, which its owner chooses.
"""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me
from grapevine.trade.actions import charging, choosing, settling, withdrawing
from grapevine.trade.api.finance import batch_out, invoice_out, revenue_out, withdrawal_out
from grapevine.trade.queries import plans, revenue, settlement as reading

router = Router(tags=["finance"])
Answer = dict[str, Any]


class TakeRateIn(Schema):
    rate_bps: int = Field(ge=0, le=10_000)
    reason: str = Field("", max_length=120)


class ServicePlanIn(Schema):
    code: str = Field(max_length=20)
    name: str = Field(max_length=40)
    price_minor: int = Field(ge=0, le=10**8)


class ShopPlanIn(Schema):
    plan: str = Field("", max_length=20)


class AdvertisingIn(Schema):
    amount_minor: int = Field(ge=1, le=10**8)
    key: str = Field(min_length=1, max_length=60)
    reference: str = Field(max_length=80)


class ClearingReasonIn(Schema):
    reason: str = Field("", max_length=120)


def _operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else these addresses do not exist."""
    if not getattr(request.user, "is_operator", False):
        raise NotFound
    return me(request)


def _list(page: Any, out: Any) -> Answer:
    return {"items": [out(one) for one in page.items], "next_cursor": page.next_cursor}


@router.get("/settlements", response=ListOut[Answer], auth=signed_in)
def all_settlements(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> Any:
    """Every party's settlement batches, newest first; operators only."""
    _operator(request)
    return _list(reading.batches("", cursor, limit), batch_out)


@router.post("/settlements", response={201: Answer}, auth=signed_in)
@once
def settle_now(request: HttpRequest) -> Status[Any]:
    """Make the batches that are due now instead of tonight; operators only."""
    return Status(201, {"made": settling.make_batches(actor_id=_operator(request))})


@router.get("/withdrawals", response=ListOut[Answer], auth=signed_in)
def all_withdrawals(
    request: HttpRequest, state: str = "", cursor: str | None = None, limit: int | None = None
) -> Any:
    """Everybody's withdrawals, newest first, in a state if one is named; operators only."""
    _operator(request)
    chosen = state if state in reading.STATES else ""
    return _list(reading.withdrawals("", chosen, cursor, limit), withdrawal_out)


@router.post("/withdrawals/{number}/approval", response={204: None}, auth=signed_in)
@once
def approve_withdrawal(request: HttpRequest, number: str) -> Status[None]:
    """Let a large withdrawal go; operators only."""
    withdrawing.approve_withdrawal(number=number, operator_id=_operator(request))
    return Status(204, None)


@router.post("/withdrawals/{number}/refusal", response={204: None}, auth=signed_in)
@once
def refuse_withdrawal(request: HttpRequest, number: str, body: ClearingReasonIn) -> Status[None]:
    """Give a withdrawal back to the balance it came from; operators only."""
    withdrawing.refuse_withdrawal(number=number, operator_id=_operator(request), reason=body.reason)
    return Status(204, None)


@router.get("/shops/{slug}/fees", response=Answer, auth=signed_in)
def read_fees(request: HttpRequest, slug: str) -> Any:
    """What a shop pays the platform, with every rate it had; operators only."""
    _operator(request)
    found = reading.fees(goods.shop_by_slug(slug).id)
    return {
        "take_bps": found.take_bps, "plan": found.plan, "plan_price_minor": found.plan_price_minor,
        "rates": [
            {"rate_bps": one.rate_bps, "since": one.since, "reason": one.reason}
            for one in found.rates
        ],
    }  # fmt: skip


@router.put("/shops/{slug}/fees", response={204: None}, auth=signed_in)
@once
def set_take_rate(request: HttpRequest, slug: str, body: TakeRateIn) -> Status[None]:
    """The platform's share of a shop's orders from now on; operators only."""
    operator = _operator(request)
    charging.set_take_rate(
        shop_id=goods.shop_by_slug(slug).id, rate_bps=body.rate_bps, actor_id=operator,
        reason=body.reason,
    )  # fmt: skip
    return Status(204, None)


@router.get("/service-plans", response=ListOut[Answer], auth=signed_in)
def list_plans(request: HttpRequest) -> Any:
    """The monthly plans there are; operators only."""
    _operator(request)
    rows = [
        {
            "code": one.code, "name": one.name, "price_minor": one.price_minor,
            "currency": one.currency, "is_open": one.is_open, "shops": one.shops,
        }
        for one in reading.plans()
    ]  # fmt: skip
    return {"items": rows}


@router.post("/service-plans", response={201: None}, auth=signed_in)
@once
def make_plan(request: HttpRequest, body: ServicePlanIn) -> Status[None]:
    """A new monthly plan; operators only."""
    charging.save_plan(
        code=body.code, name=body.name, price_minor=body.price_minor, actor_id=_operator(request)
    )
    return Status(201, None)


@router.delete("/service-plans/{code}", response={204: None}, auth=signed_in)
@once
def end_plan(request: HttpRequest, code: str) -> Status[None]:
    """No shop may choose it any more; operators only."""
    charging.end_plan(code=code, actor_id=_operator(request))
    return Status(204, None)


@router.put("/shops/{slug}/service-plan", response={204: None}, auth=signed_in)
@once
def set_shop_plan(request: HttpRequest, slug: str, body: ShopPlanIn) -> Status[None]:
    """Put a shop on a plan, or off with ""; operators only."""
    operator = _operator(request)
    charging.set_plan(shop_id=goods.shop_by_slug(slug).id, code=body.plan, actor_id=operator)
    return Status(204, None)


@router.get("/shops/{slug}/service-plan", response=Answer, auth=signed_in)
def read_plan(request: HttpRequest, slug: str) -> Any:
    """The plans there are, which the shop is on and is on from `changes_on`; "" is none."""
    found = plans.standing(goods.shop_for_staff(me(request), slug, Right.FINANCE).id)
    return {
        "current": found.current.code, "changes_on": found.changes_on,
        "next": next((one.code for one in found.plans if one.is_next), ""),
        "charged_minor": found.charged_minor,
        "plans": [
            {
                "code": one.code, "name": one.name, "price_minor": one.price_minor,
                "currency": one.currency, "is_open": one.is_open,
            }
            for one in found.plans
        ],
    }  # fmt: skip


@router.put("/shops/{slug}/service-plan/choice", response=Answer, auth=signed_in)
@once
def choose_plan(request: HttpRequest, slug: str, body: ShopPlanIn) -> Any:
    """The owner chooses the plan from the first of next month, "" for none; the last choice of a month counts."""
    shop = goods.shop_for_staff(me(request), slug, Right.CLOSING)
    day = choosing.choose_plan(shop_id=shop.id, code=body.plan, actor_id=me(request))
    return {"plan": body.plan, "changes_on": day}


@router.post("/shops/{slug}/advertising-charges", response={201: Answer}, auth=signed_in)
@once
def charge_advertising(request: HttpRequest, slug: str, body: AdvertisingIn) -> Status[Any]:
    """Charge a shop for advertising, once a `key`; operators only."""
    operator = _operator(request)
    charged = charging.charge_advertising(
        shop_id=goods.shop_by_slug(slug).id, amount_minor=body.amount_minor, key=body.key,
        reference=body.reference, actor_id=operator,
    )  # fmt: skip
    return Status(201, {"charged": charged})


@router.get("/platform-revenue", response=ListOut[Answer], auth=signed_in)
def platform_revenue(request: HttpRequest, months: int = 12) -> Any:
    """What the platform earned from all shops by month and component, newest first; operators only."""
    _operator(request)
    return {"items": [revenue_out(one) for one in revenue.revenue(months=months)]}


@router.get("/platform-invoices", response=ListOut[Answer], auth=signed_in)
def all_invoices(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> Any:
    """Every shop's monthly invoice, newest first; operators only."""
    _operator(request)
    return _list(reading.invoices(None, cursor, limit), invoice_out)
