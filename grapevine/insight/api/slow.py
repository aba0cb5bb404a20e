"""Slow sellers and drafts over the API. For a shop's staff."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import audit, once
from grapevine.insight.actions import drafts
from grapevine.insight.queries.slow import best_rows, drafts_of, slow_rows
from grapevine.insight.slowness import DraftView, SlowRow
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["slow"])
Answer = dict[str, Any]
RIGHTS = {"discount": Right.PRICES, "group": Right.MARKETING, "stop": Right.STOCK}


class DraftIn(Schema):
    sku: str = Field(max_length=40)


class CarryIn(Schema):
    """`large_ok` confirms a price that moves by more than 30 %."""

    large_ok: bool = False


def _row(row: SlowRow) -> Answer:
    told, sku = row.told, row.sku
    return {
        "sku": sku.code, "goods": sku.public_id, "title": sku.title, "option": sku.option, "free": sku.free,
        "price_minor": sku.price_minor, "cost_minor": sku.cost_minor, "sold": row.sold,
        "per_day": round(told.per_day, 3),
        "cover_days": None if told.cover_days is None else round(told.cover_days, 1),
        "left_share": round(told.left_share, 3), "trend": round(told.trend, 3), "tied_minor": told.tied_minor,
        "action": told.action, "suggested_minor": told.price_minor,
        "month_minor": None if told.month_minor is None else round(told.month_minor),
    }  # fmt: skip


def _draft(one: DraftView) -> Answer:
    return {
        "id": one.public_id, "sku": one.code, "goods": one.goods_public_id, "title": one.title, "kind": one.kind,
        "before_minor": one.before_minor, "price_minor": one.price_minor, "state": one.state, "result": one.result,
        "made_at": one.made_at,
    }  # fmt: skip


@router.get("/shops/{slug}/slow", response=ListOut[Answer], auth=signed_in)
def slow(request: HttpRequest, slug: str) -> Any:
    """SKUs whose pieces will lie, the worst first, with days of cover and a suggested action."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    return {"items": [_row(row) for row in slow_rows(shop.id)[:200]]}


@router.get("/shops/{slug}/best", response=ListOut[Answer], auth=signed_in)
def best(request: HttpRequest, slug: str) -> Any:
    """SKUs by what they are expected to earn in a month: demand, trend and margin."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    return {"items": [_row(row) for row in best_rows(shop.id, 50)]}


@router.get("/shops/{slug}/slow/drafts", response=ListOut[Answer], auth=signed_in)
def list_drafts(request: HttpRequest, slug: str) -> Any:
    """Drafts that wait, then those carried out."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    return {"items": [_draft(one) for one in drafts_of(shop.id)]}


@router.post("/shops/{slug}/slow/drafts", response={201: Answer}, auth=signed_in)
@once
def make_draft(request: HttpRequest, slug: str, body: DraftIn) -> Status[Any]:
    """The suggested action for a slow SKU as a draft; nothing changes until it is carried out."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    made = drafts.make_draft(shop_id=shop.id, code=body.sku, actor_id=me(request))
    audit(
        actor_id=me(request),
        action="slow.draft",
        object=f"sku:{made.code}",
        shop_id=shop.id,
        after={"kind": made.kind},
    )
    return Status(201, _draft(made))


@router.post("/shops/{slug}/slow/drafts/{draft_id}/carrying", response=Answer, auth=signed_in)
@once
def carry_out(request: HttpRequest, slug: str, draft_id: str, body: CarryIn) -> Any:
    """Do what a draft says."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    found = drafts.find_draft(shop.id, draft_id)
    goods.shop_for_staff(me(request), slug, RIGHTS[found.kind])
    done = drafts.carry_out(
        shop_id=shop.id, public_id=draft_id, actor_id=me(request), large_ok=body.large_ok
    )
    audit(
        actor_id=me(request),
        action="slow.decide",
        object=f"draft:{draft_id}",
        shop_id=shop.id,
        after={"do": "carry"},
    )
    return _draft(done)


@router.delete("/shops/{slug}/slow/drafts/{draft_id}", response={204: None}, auth=signed_in)
@once
def drop_draft(request: HttpRequest, slug: str, draft_id: str) -> Status[None]:
    """Drop a draft that waits."""
    shop = goods.shop_for_staff(me(request), slug, Right.PRICES)
    drafts.drop_draft(shop_id=shop.id, public_id=draft_id)
    audit(
        actor_id=me(request),
        action="slow.decide",
        object=f"draft:{draft_id}",
        after={"do": "drop"},
        shop_id=shop.id,
    )
    return Status(204, None)
