"""A shop's people over the API: segments, what is done for them, supporting fans. For its own staff; by code, never by name."""

from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.insight.actions import segments as actions
from grapevine.insight.crowds import ActView, NewAct, SegmentView
from grapevine.insight.queries import customers
from grapevine.insight.rules.customers.segments import Rule, query_of, rule_from
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["segments"])
Answer = dict[str, Any]
ROWS_MAX = 200


class SegmentIn(Schema):
    """`query`: conditions as in the page's address, `bought=never&views_least=3`."""

    name: str = Field(max_length=40)
    query: str = Field(max_length=400)


class ActIn(Schema):
    """`kind`: coupon (`worth_minor` off from `threshold_minor`, good for `days`) or notice."""

    query: str = Field(max_length=400)
    kind: str = Field(max_length=8)
    text: str = Field(max_length=200)
    worth_minor: int = 0
    threshold_minor: int = 0
    days: int = 7


def _rule(query: str) -> Rule:
    return rule_from(dict(parse_qsl(query)))


def _segment(one: SegmentView) -> Answer:
    return {
        "id": one.public_id, "name": one.name, "query": one.query, "people": one.counted.people,
        "is_few": one.counted.is_few, "made_at": one.made_at,
    }  # fmt: skip


def _act(one: ActView) -> Answer:
    told = asdict(one)
    return {"id": told.pop("public_id"), **told}


@router.get("/shops/{slug}/segments", response=ListOut[Answer], auth=signed_in)
def list_segments(request: HttpRequest, slug: str) -> Any:
    """Saved segments with today's count; fewer than ten people are not counted."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    return {"items": [_segment(one) for one in customers.segments_of(shop.id)]}


@router.get("/shops/{slug}/people", response=Answer, auth=signed_in)
def people(request: HttpRequest, slug: str, query: str = "") -> Any:
    """How many the conditions find, and the first 200 of them under this shop's own codes."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    rule = _rule(query[:400])
    rows = customers.people_of(shop.id, rule, ROWS_MAX)
    counted = customers.counted(shop.id, rule)
    return {
        "query": query_of(rule), "people": counted.people, "is_few": counted.is_few,
        "items": [asdict(row) for row in rows],
    }  # fmt: skip


@router.post("/shops/{slug}/segments", response={201: Answer}, auth=signed_in)
@once
def save_segment(request: HttpRequest, slug: str, body: SegmentIn) -> Status[Any]:
    """Keep conditions under a name."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    made = actions.save_segment(
        shop_id=shop.id, name=body.name, rule=_rule(body.query), actor_id=me(request)
    )
    return Status(201, _segment(made))


@router.delete("/shops/{slug}/segments/{segment_id}", response={204: None}, auth=signed_in)
@once
def drop_segment(request: HttpRequest, slug: str, segment_id: str) -> Status[None]:
    """Forget saved conditions."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    actions.drop_segment(shop_id=shop.id, public_id=segment_id, actor_id=me(request))
    return Status(204, None)


@router.get("/shops/{slug}/segment-acts", response=ListOut[Answer], auth=signed_in)
def list_acts(request: HttpRequest, slug: str) -> Any:
    """Drafts, and what was carried out with what came of it beside those left alone."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    return {"items": [_act(one) for one in customers.acts_of(shop.id)]}


@router.post("/shops/{slug}/segment-acts", response={201: Answer}, auth=signed_in)
@once
def draft_act(request: HttpRequest, slug: str, body: ActIn) -> Status[Any]:
    """Draft a coupon or a notice for whom the conditions find; nobody hears of it yet."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    new = NewAct(body.kind, body.text, body.worth_minor, body.threshold_minor, body.days)
    made = actions.draft_act(shop_id=shop.id, rule=_rule(body.query), new=new, actor_id=me(request))
    return Status(201, _act(made))


@router.post("/shops/{slug}/segment-acts/{act_id}/carrying", response=Answer, auth=signed_in)
@once
def carry_out(request: HttpRequest, slug: str, act_id: str) -> Any:
    """Give or tell it now: once, with consent and the weekly cap."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    return _act(actions.carry_out(shop_id=shop.id, public_id=act_id, actor_id=me(request)))


@router.get("/shops/{slug}/supporting-fans", response=ListOut[Answer], auth=signed_in)
def supporting_fans(request: HttpRequest, slug: str) -> Any:
    """Supporting fans: bought, and brought an order in the last 90 days. The strongest first; nobody below ten."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    rows = customers.people_of(shop.id, Rule(fan=True))
    found = sorted(rows, key=lambda one: (-one.brought_minor, one.code))
    return {"items": [asdict(row) for row in found[:ROWS_MAX]]}
