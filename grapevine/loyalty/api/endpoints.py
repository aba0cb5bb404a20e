"""Points and memberships over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, maybe_signed_in, signed_in
from grapevine.kit.pages import me, person_id_of
from grapevine.loyalty import actions, queries
from grapevine.loyalty.contracts import Level, MembershipView

router = Router(tags=["loyalty"])
Answer = dict[str, Any]


class LevelIn(Schema):
    name: str = Field(max_length=12)
    threshold_minor: int = Field(ge=0, le=10**10)
    rate_bps: int = Field(ge=5_000, le=10_000)

    def level(self) -> Level:
        return Level(self.name.strip(), self.threshold_minor, self.rate_bps)


class LevelsIn(Schema):
    levels: list[LevelIn] = Field(max_length=5)


def _level(one: Level) -> Answer:
    return {"name": one.name, "threshold_minor": one.threshold_minor, "rate_bps": one.rate_bps}


def _membership(view: MembershipView) -> Answer:
    return {
        "levels": [_level(one) for one in view.levels], "is_member": view.is_member,
        "level": _level(view.level), "spent_minor": view.spent_minor,
        "following": _level(view.following) if view.following else None,
        "missing_minor": view.missing_minor,
    }  # fmt: skip


@router.get("/me/points", response=Answer, auth=signed_in)
def my_points(request: HttpRequest) -> Any:
    """My points: free, set aside for orders not paid yet, what the free ones pay, and the rules."""
    found, given = queries.points_of(me(request)), queries.points_rules()
    return {
        "points": found.points, "set_aside": found.set_aside, "worth_minor": found.worth_minor,
        "per_yuan": given.per_yuan, "earned_per_yuan": given.earned_per_yuan,
        "share_bps": given.share_bps,
    }  # fmt: skip


@router.get("/me/points/statement", response=ListOut[Answer], auth=signed_in)
def my_statement(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> Any:
    """Every movement of my points, newest first; below zero went out."""
    page = queries.points_statement(me(request), cursor, limit)
    items = [
        {
            "id": one.id, "at": one.at, "points": one.points, "kind": one.kind,
            "order_number": one.order_number,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}


@router.get("/me/memberships", response=ListOut[Answer], auth=signed_in)
def my_memberships(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> Any:
    """The shops I joined, the newest first; `membership` is null while a shop offers no levels."""
    page = queries.memberships_of(me(request), cursor, limit)
    items = [
        {
            "shop": one.shop.slug, "name": one.shop.name, "joined_at": one.joined_at,
            "membership": _membership(one.view) if one.view else None,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}


@router.get("/shops/{slug}/membership", response=Answer, auth=maybe_signed_in)
def read_membership(request: HttpRequest, slug: str) -> Any:
    """A shop's levels, and where you stand; `level` is yours, or would be if you joined."""
    shop = goods.shop_by_slug(slug)
    return _membership(queries.membership_of(shop.id, person_id_of(request)))


@router.put("/shops/{slug}/membership", response=Answer, auth=signed_in)
@once
def join(request: HttpRequest, slug: str) -> Any:
    """Become a member, free; again changes nothing."""
    shop = goods.shop_by_slug(slug)
    actions.join(person_id=me(request), shop_id=shop.id)
    return _membership(queries.membership_of(shop.id, me(request)))


@router.delete("/shops/{slug}/membership", response={204: None}, auth=signed_in)
@once
def leave(request: HttpRequest, slug: str) -> Status[None]:
    """Be no member any more."""
    actions.leave(person_id=me(request), shop_id=goods.shop_by_slug(slug).id)
    return Status(204, None)


@router.put("/shops/{slug}/levels", response=Answer, auth=signed_in)
@once
def set_levels(request: HttpRequest, slug: str, body: LevelsIn) -> Any:
    """The shop's ladder from now on, the first step at 0; an empty list ends its member prices."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    actions.set_levels(
        actor_id=me(request), shop_id=shop.id, levels=[one.level() for one in body.levels]
    )
    return {"levels": [_level(one) for one in queries.levels_of(shop.id)]}


@router.put("/shops/{slug}/goods/{public_id}/exclusion", response={204: None}, auth=signed_in)
@once
def exclude(request: HttpRequest, slug: str, public_id: str) -> Status[None]:
    """No member price for these goods."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    actions.exclude_goods(shop_id=shop.id, public_id=public_id, actor_id=me(request))
    return Status(204, None)


@router.delete("/shops/{slug}/goods/{public_id}/exclusion", response={204: None}, auth=signed_in)
@once
def include(request: HttpRequest, slug: str, public_id: str) -> Status[None]:
    """A member price for these goods again."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    actions.include_goods(shop_id=shop.id, public_id=public_id, actor_id=me(request))
    return Status(204, None)
