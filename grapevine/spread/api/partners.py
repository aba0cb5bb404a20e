"""Cooperations of shops over the API."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me
from grapevine.spread import partnering, partners
from grapevine.spread.partnership import CooperationView, NewCooperation

router = Router(tags=["spread"])
Answer = dict[str, Any]


class ProposalIn(Schema):
    """`other`: the shop's slug. Without categories and goods (public ids) it is about everything of both."""

    other: str = Field(max_length=40)
    rate_bps: int = Field(ge=0, le=5000)
    starts_at: datetime
    ends_at: datetime
    categories: list[str] = Field(default_factory=list, max_length=20)
    goods: list[str] = Field(default_factory=list, max_length=50)
    words: str = Field("", max_length=200)


def _out(one: CooperationView) -> Answer:
    return {
        "id": one.public_id, "other": one.other.slug, "other_name": one.other.name, "state": one.state,
        "is_ours": one.is_ours, "rate_bps": one.rate_bps, "categories": list(one.categories),
        "goods": [card.public_id for card in one.goods], "starts_at": one.starts_at,
        "ends_at": one.ends_at, "words": one.words, "proposed_at": one.proposed_at,
        "ended_at": one.ended_at, "ours": asdict(one.ours), "theirs": asdict(one.theirs),
    }  # fmt: skip


@router.get("/shops/{slug}/cooperations", response=ListOut[Answer], auth=signed_in)
def cooperations(request: HttpRequest, slug: str) -> Any:
    """A shop's cooperations with what each side has of them, those that wait for its answer first."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    return {"items": [_out(one) for one in partners.cooperations_of(shop.id)], "next_cursor": None}


@router.post("/shops/{slug}/cooperations", response={201: Answer}, auth=signed_in)
@once
def propose(request: HttpRequest, slug: str, body: ProposalIn) -> Status[Any]:
    """Ask another shop to show each other's goods; it answers by itself."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    new = NewCooperation(**body.model_dump())
    made = partnering.propose(shop=shop, new=new, actor_id=me(request))
    return Status(201, {"id": made})


@router.put(
    "/shops/{slug}/cooperations/{cooperation_id}/acceptance", response={204: None}, auth=signed_in
)
@once
def accept(request: HttpRequest, slug: str, cooperation_id: str) -> Status[None]:
    """Agree; it works from its first day on."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    partnering.accept(shop=shop, public_id=cooperation_id, actor_id=me(request))
    return Status(204, None)


@router.put(
    "/shops/{slug}/cooperations/{cooperation_id}/refusal", response={204: None}, auth=signed_in
)
@once
def decline(request: HttpRequest, slug: str, cooperation_id: str) -> Status[None]:
    """Say no to what was proposed."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    partnering.decline(shop=shop, public_id=cooperation_id, actor_id=me(request))
    return Status(204, None)


@router.put("/shops/{slug}/cooperations/{cooperation_id}/end", response={204: None}, auth=signed_in)
@once
def end(request: HttpRequest, slug: str, cooperation_id: str) -> Status[None]:
    """End it, or take a proposal back; either side, at once."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    partnering.end(shop=shop, public_id=cooperation_id, actor_id=me(request))
    return Status(204, None)


@router.get("/shops/{slug}/partner-ideas", response=ListOut[Answer], auth=signed_in)
def ideas(request: HttpRequest, slug: str) -> Any:
    """Shops whose buyers are this shop's too and whose goods are not, without rivals (from 3,000 bps of the same categories); counts alone, of five people at least."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    found = partners.partner_ideas(shop.id)
    items = [
        {
            "shop": one.shop.slug, "name": one.shop.name, "fans_bps": one.fans_bps,
            "same_goods_bps": one.same_goods_bps, "score": one.score,
            "categories": list(one.categories),
        }
        for one in found
    ]  # fmt: skip
    return {"items": items, "next_cursor": None}
