"""Sharing over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, maybe_signed_in, signed_in
from grapevine.kit.middleware import visitor_of
from grapevine.kit.pages import me, person_id_of
from grapevine.spread import actions, queries
from grapevine.spread.api import partners
from grapevine.spread.contracts import ShareView

router = Router(tags=["spread"])
router.add_router("", partners.router)
Answer = dict[str, Any]


class ShareIn(Schema):
    object_type: str = Field(pattern="^(note|goods|group|shop)$")
    object_id: str = Field(max_length=60)
    parent_token: str = Field("", max_length=40)
    channel: str = Field("link", max_length=16)


class RateIn(Schema):
    rate_bps: int = Field(ge=0, le=5000)


def _share(share: ShareView) -> Answer:
    return {
        "token": share.token, "path": share.path, "poster": f"/posters/{share.token}.png",
        "object_type": share.object_type, "object_id": share.object_id,
        "parent_token": share.parent_token, "channel": share.channel,
    }  # fmt: skip


@router.post("/shares", response={201: Answer}, auth=signed_in)
@once
def create(request: HttpRequest, body: ShareIn) -> Status[Any]:
    """My link to a note, goods, a group or a shop; the same one each time. Its poster is at `poster`."""
    made = actions.share(
        person_id=me(request), object_type=body.object_type, object_id=body.object_id,
        parent_token=body.parent_token, channel=body.channel,
    )  # fmt: skip
    return Status(201, _share(made))


@router.get("/shares/{token}", response=Answer, auth=maybe_signed_in)
def read(request: HttpRequest, token: str) -> Any:  # noqa: ARG001
    """What a share points at."""
    return _share(queries.share_by_token(token))


@router.post("/shares/{token}/visits", response=Answer, auth=maybe_signed_in)
@once
def visit(request: HttpRequest, token: str) -> Any:
    """Note that this visitor opened a share (apps; browsers open /s/<token>/)."""
    return _share(
        actions.visit(token=token, visitor_id=visitor_of(request), person_id=person_id_of(request))
    )


@router.get("/me/shares", response=ListOut[Answer], auth=signed_in)
def my_shares(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> Any:
    """My shares, newest first, with visits, sign-ups and orders each brought."""
    page = queries.shares_of(me(request), cursor, limit)
    items = [
        {
            **_share(one.share), "title": one.title, "visits": one.visits,
            "sign_ups": one.sign_ups, "orders": one.orders,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}


@router.get("/me/commissions", response=ListOut[Answer], auth=signed_in)
def my_commissions(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> Any:
    """My commission, order by order: held, released or reversed."""
    page = queries.commissions_of(me(request), cursor, limit)
    items = [
        {
            "order_number": one.order_number, "amount_minor": one.amount_minor,
            "state": one.state, "at": one.at,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}


@router.get("/shops/{slug}/fans", response=ListOut[Answer], auth=signed_in)
def fans(
    request: HttpRequest, slug: str, cursor: str | None = None, limit: int | None = None
) -> Any:
    """A shop's fans for its staff, those who brought most buyers first; by the shop's own codes, never by name."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    page = queries.fans_of(shop.id, cursor, limit)
    items = [
        {
            "code": one.code, "orders": one.orders,
            "spent_minor": one.spent_minor, "brought": one.brought, "supporting": one.supporting,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}


@router.put("/shops/{slug}/commission", response=Answer, auth=signed_in)
@once
def set_rate(request: HttpRequest, slug: str, body: RateIn) -> Any:
    """What the shop pays its direct sharers, in basis points of the sale; one tier only."""
    actions.set_rate(actor_id=me(request), slug=slug, rate_bps=body.rate_bps)
    return {"rate_bps": body.rate_bps}
