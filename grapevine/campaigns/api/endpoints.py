"""Buying together over the API."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.campaigns.actions import groups as actions
from grapevine.campaigns.api.prices import router as prices
from grapevine.campaigns.contracts import GroupView, PlanView, Seated
from grapevine.campaigns.queries import groups as queries
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, maybe_signed_in, signed_in
from grapevine.kit.pages import me, person_id_of
from grapevine.signals.contracts import source_from
from grapevine.trade import facade as trade
from grapevine.trade.contracts import AddressView, Wishes

router = Router(tags=["campaigns"])
router.add_router("", prices)
Answer = dict[str, Any]


class PlanIn(Schema):
    goods: str = Field(max_length=12)
    size: int
    price_minor: int
    hours: int = 24
    limit: int = 2


class SeatAddressIn(Schema):
    name: str = Field(max_length=60)
    phone: str = Field(max_length=30)
    province: str = Field(max_length=20)
    city: str = Field(max_length=30)
    district: str = Field("", max_length=30)
    detail: str = Field(max_length=200)

    def view(self) -> AddressView:
        return AddressView(**self.model_dump())


class SeatSourceIn(Schema):
    from_: str = Field("", alias="from", max_length=60)
    share_token: str = Field("", max_length=40)


class SeatIn(Schema):
    """`coupons` absent: the best ones. `expected_minor`: the total you saw; another one is refused, not charged."""

    sku: str = Field(max_length=40)
    count: int = Field(1, ge=1, le=99)
    coupons: list[str] | None = Field(None, max_length=20)
    points_minor: int = Field(0, ge=0, le=10**9)
    message: str = Field("", max_length=200)
    expected_minor: int | None = None
    address: SeatAddressIn
    source: SeatSourceIn = Field(default_factory=lambda: SeatSourceIn.model_validate({}))


class OpenIn(SeatIn):
    plan: str = Field(max_length=12)


class SeatedOut(Schema):
    group: str
    order_number: str
    payment_number: str
    total_minor: int
    expires_at: datetime


def _plan(plan: PlanView) -> Answer:
    return {
        "public_id": plan.public_id, "size": plan.size, "price_minor": plan.price_minor,
        "hours": plan.hours, "limit": plan.limit, "active": plan.active,
        "goods": plan.goods.public_id if plan.goods else "",
    }  # fmt: skip


def _group(group: GroupView) -> Answer:
    return {
        "public_id": group.public_id, "state": str(group.state), "size": group.size,
        "paid": group.paid, "held": group.held, "missing": group.missing,
        "deadline": group.deadline, "leader": group.leader.name, "plan": _plan(group.plan),
        "mine": group.mine, "joinable": group.joinable,
        "seats": [
            {"state": seat.state, "name": seat.person.name if seat.person and seat.state == "paid" else ""}
            for seat in group.seats
        ],
    }  # fmt: skip


def _seated(seated: Seated) -> Answer:
    return {
        "group": seated.group_public_id, "order_number": seated.order_number,
        "payment_number": seated.payment_number, "total_minor": seated.total_minor,
        "expires_at": seated.expires_at,
    }  # fmt: skip


def _facts(request: HttpRequest, body: SeatIn) -> dict[str, Any]:
    return {
        "buyer_id": me(request), "sku_id": goods.sku_by_code(body.sku).sku_id, "count": body.count,
        "address": body.address.view(), "key": request.headers.get("Idempotency-Key", ""),
        "source": source_from(body.source.from_, share_token=body.source.share_token),
        "wishes": Wishes(
            coupons=None if body.coupons is None else tuple(body.coupons),
            points_minor=body.points_minor, message=body.message,
        ),
        "expected_minor": body.expected_minor,
    }  # fmt: skip


@router.post("/shops/{slug}/group-plans", response={201: Answer}, auth=signed_in)
@once
def create_plan(request: HttpRequest, slug: str, body: PlanIn) -> Status[Any]:
    """Offer goods as a group: size, price a piece, hours. A plan of the same goods that runs is stopped."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    plan = actions.create_plan(
        shop_id=shop.id, goods_public_id=body.goods, size=body.size, price_minor=body.price_minor,
        hours=body.hours, limit=body.limit, actor_id=me(request),
    )  # fmt: skip
    return Status(201, _plan(plan))


@router.get("/shops/{slug}/group-plans", response=ListOut[Answer], auth=signed_in)
def shop_plans(
    request: HttpRequest, slug: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """A shop's group offers for its staff, newest first; `active` is false of those that were stopped."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    page = queries.plans_page(shop.id, cursor, limit)
    return {"items": [_plan(one) for one in page.items], "next_cursor": page.next_cursor}


@router.delete("/shops/{slug}/group-plans/{plan_id}", response={204: None}, auth=signed_in)
@once
def stop_plan(request: HttpRequest, slug: str, plan_id: str) -> Status[None]:
    """No new groups; running ones go on to their end."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    actions.stop_plan(shop_id=shop.id, public_id=plan_id, actor_id=me(request))
    return Status(204, None)


@router.get("/shops/{slug}/groups", response=ListOut[Answer], auth=signed_in)
def shop_groups(
    request: HttpRequest,
    slug: str,
    state: str = "",
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """A shop's groups for its staff, newest first; `state` open, filled or expired."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    page = queries.groups_page(shop.id, state, cursor, limit)
    return {"items": [_group(one) for one in page.items], "next_cursor": page.next_cursor}


@router.get("/goods/{public_id}/groups", response=ListOut[Answer], auth=maybe_signed_in)
def goods_groups(request: HttpRequest, public_id: str, limit: int = 3) -> Any:  # noqa: ARG001
    """Groups of these goods that can be joined, the nearest to full first."""
    card = goods.goods_by_public_id(public_id)
    return {"items": [_group(one) for one in queries.live_groups(card.id, max(1, limit))]}


@router.get("/goods/{public_id}/group-plan", response=Answer, auth=maybe_signed_in)
def goods_plan(request: HttpRequest, public_id: str) -> Any:  # noqa: ARG001
    """The group offer of these goods; `plan` is null if there is none."""
    card = goods.goods_by_public_id(public_id)
    plan = queries.plan_for_goods(card.id)
    return {"plan": {**_plan(plan), "goods": public_id} if plan else None}


@router.get("/groups/{public_id}", response=Answer, auth=maybe_signed_in)
def read_group(request: HttpRequest, public_id: str) -> Any:
    """A group as everybody sees it; only paid seats have names. `mine` is your own seat."""
    return _group(queries.group_view(public_id, person_id_of(request)))


@router.post("/groups", response={201: SeatedOut}, auth=signed_in)
@once
def open_group(request: HttpRequest, body: OpenIn) -> Status[Any]:
    """Open a group as its leader; pay the order to take the seat. Send an Idempotency-Key."""
    seated = actions.open_group(plan_id=body.plan, **_facts(request, body))
    trade.save_address(person_id=me(request), address=body.address.view())
    return Status(201, _seated(seated))


@router.post("/groups/{public_id}/membership", response={201: SeatedOut}, auth=signed_in)
@once
def join(request: HttpRequest, public_id: str, body: SeatIn) -> Status[Any]:
    """Take a seat and place the order that pays for it; 409 if the group is full, over, or yours already."""
    seated = actions.join_group(group_id=public_id, **_facts(request, body))
    trade.save_address(person_id=me(request), address=body.address.view())
    return Status(201, _seated(seated))
