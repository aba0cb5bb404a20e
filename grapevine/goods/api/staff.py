"""A shop's staff and its trail over the API."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods.actions import staffing as actions
from grapevine.goods.contracts import Right
from grapevine.goods.queries import cards, staff
from grapevine.goods.queries.trail import rows_of, trail_page
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me
from grapevine.kit.paging import clamp

router = Router(tags=["staff"])
Answer = dict[str, Any]


class InviteIn(Schema):
    """`role` manager, clerk, service or finance; without a `handle` the answer has a token for one person."""

    role: str = Field(max_length=12)
    handle: str = Field("", max_length=40)


class RoleIn(Schema):
    role: str = Field(max_length=12)


class HandOverIn(Schema):
    """To whom, of the staff; and the owner's own password again."""

    handle: str = Field(max_length=40)
    password: str = Field(max_length=128)


class TokenIn(Schema):
    token: str = Field(max_length=60)


def _shop_id(request: HttpRequest, slug: str, right: Right = Right.STAFF) -> int:
    return cards.shop_for_staff(me(request), slug, right).id


@router.get("/shops/{slug}/staff", response=ListOut[Answer], auth=signed_in)
def list_staff(request: HttpRequest, slug: str) -> Any:
    """Who works in the shop, in which role."""
    return {
        "items": [
            {"handle": one.handle, "name": one.name, "role": one.role, "since": one.since}
            for one in staff.staff_of(_shop_id(request, slug))
        ]
    }


@router.get("/shops/{slug}/invites", response=ListOut[Answer], auth=signed_in)
def list_invites(request: HttpRequest, slug: str) -> Any:
    """Invitations that nobody has answered yet."""
    return {"items": [asdict(one) for one in staff.open_invites(_shop_id(request, slug))]}


@router.post("/shops/{slug}/invites", response={201: Answer}, auth=signed_in)
@once
def invite_staff(request: HttpRequest, slug: str, body: InviteIn) -> Status[Any]:
    """Invite a person, or make a token that one person may use; it is seen only now and good for seven days."""
    made = actions.invite_staff(
        shop_id=_shop_id(request, slug), actor_id=me(request), role=body.role, handle=body.handle
    )
    return Status(201, {"id": made.public_id, "token": made.token})


@router.delete("/shops/{slug}/invites/{public_id}", response={204: None}, auth=signed_in)
@once
def withdraw_invite(request: HttpRequest, slug: str, public_id: str) -> Status[None]:
    """Take an invitation back."""
    actions.withdraw_invite(
        shop_id=_shop_id(request, slug), actor_id=me(request), public_id=public_id
    )
    return Status(204, None)


@router.put("/shops/{slug}/staff/{handle}/role", response={204: None}, auth=signed_in)
@once
def change_role(request: HttpRequest, slug: str, handle: str, body: RoleIn) -> Status[None]:
    """Give one of the staff another role; never your own."""
    shop_id = _shop_id(request, slug)
    actions.change_role(
        shop_id=shop_id, actor_id=me(request), person_id=staff.staff_id(shop_id, handle),
        role=body.role,
    )  # fmt: skip
    return Status(204, None)


@router.delete("/shops/{slug}/staff/{handle}", response={204: None}, auth=signed_in)
@once
def remove_staff(request: HttpRequest, slug: str, handle: str) -> Status[None]:
    """Let one of the staff go; their next request is refused."""
    shop_id = _shop_id(request, slug)
    actions.remove_staff(
        shop_id=shop_id, actor_id=me(request), person_id=staff.staff_id(shop_id, handle)
    )
    return Status(204, None)


@router.post("/shops/{slug}/departure", response={204: None}, auth=signed_in)
@once
def leave_shop(request: HttpRequest, slug: str) -> Status[None]:
    """Leave the shop's staff yourself; its owner hands it over first."""
    actions.leave_shop(shop_id=_shop_id(request, slug, Right.TODAY), person_id=me(request))
    return Status(204, None)


@router.post("/shops/{slug}/hand-over", response={204: None}, auth=signed_in)
@once
def hand_over(request: HttpRequest, slug: str, body: HandOverIn) -> Status[None]:
    """Make one of the staff the owner; you become manager."""
    shop_id = _shop_id(request, slug, Right.CLOSING)
    actions.hand_over(
        shop_id=shop_id, actor_id=me(request), person_id=staff.staff_id(shop_id, body.handle),
        password=body.password,
    )  # fmt: skip
    return Status(204, None)


@router.get("/me/invites", response=ListOut[Answer], auth=signed_in)
def my_invites(request: HttpRequest) -> Any:
    """Shops that wait for your answer."""
    return {"items": [asdict(one) for one in staff.invites_to(me(request))]}


@router.put("/me/invites/{public_id}", response=Answer, auth=signed_in)
@once
def accept_invite(request: HttpRequest, public_id: str) -> Any:
    """Join the shop that invited you."""
    return {"shop": actions.accept_invite(person_id=me(request), public_id=public_id)}


@router.delete("/me/invites/{public_id}", response={204: None}, auth=signed_in)
@once
def decline_invite(request: HttpRequest, public_id: str) -> Status[None]:
    """Decline an invitation."""
    actions.decline_invite(person_id=me(request), public_id=public_id)
    return Status(204, None)


@router.post("/me/invites", response=Answer, auth=signed_in)
@once
def redeem_invite(request: HttpRequest, body: TokenIn) -> Any:
    """Join a shop with the token of its invitation; it works once."""
    return {"shop": actions.accept_invite(person_id=me(request), token=body.token)}


@router.get("/shops/{slug}/audit", response=ListOut[Answer], auth=signed_in)
def shop_trail(
    request: HttpRequest,
    slug: str,
    who: str = "",
    action: str = "",
    object: str = "",  # noqa: A002  the word of the trail
    day: str = "",
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """Who did what in the shop, newest first; `action` may end in a dot for all of a kind."""
    asked = {"who": who, "action": action, "object": object, "day": day}
    page = trail_page(asked, shop_id=_shop_id(request, slug), cursor=cursor, limit=clamp(limit))
    items = [
        {
            "at": row["entry"].at, "who": row["handle"], "action": row["entry"].action,
            "object": row["entry"].object, "before": row["entry"].before,
            "after": row["entry"].after,
        }
        for row in rows_of(page.items)
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}
