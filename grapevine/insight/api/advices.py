"""Advice over the API: list, adopt, dismiss. Confirming what was drafted is for a person at the console."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.insight.actions import advising
from grapevine.insight.advising import AdviceView
from grapevine.insight.queries import advices as queries
from grapevine.insight.web import advicewords as say
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.pages import me

router = Router(tags=["advice"])
Answer = dict[str, Any]


class DismissalIn(Schema):
    """`reason`: done, later, wrong, costly or other."""

    reason: str = Field(max_length=8)


def _advice(one: AdviceView) -> Answer:
    outcome = one.outcome
    return {
        "id": one.public_id, "day": one.day, "kind": str(one.kind), "title": say.title(one),
        "reason": say.reason(one), "node": one.node, "direction": str(one.direction),
        "cause": str(one.cause), "now": one.now, "before": one.before, "gap_minor": one.gap_minor,
        "low_minor": one.low_minor, "high_minor": one.high_minor, "place": one.place,
        "state": one.state, "dismissed_because": one.reason, "done_at": one.done_at,
        "outcome": None
        if outcome is None
        else {
            "until": outcome.until, "expected": outcome.expected, "observed": outcome.observed,
            "gained_minor": outcome.gained_minor, "worked": outcome.worked,
        },
    }  # fmt: skip


@router.get("/shops/{slug}/advices", response=ListOut[Answer], auth=signed_in)
def list_advices(
    request: HttpRequest, slug: str, state: str = "", kind: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """What the shop was advised, newest first, with what came of it. Asking is looking: today's is written down."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    advising.guide(shop.id)
    page = queries.history(shop.id, state=state, kind=kind, cursor=cursor, limit=limit)
    items = sorted(page.items, key=lambda one: (-one.day.toordinal(), one.place))
    return {"items": [_advice(one) for one in items], "next_cursor": page.next_cursor}


@router.post("/shops/{slug}/advices/{advice_id}/adoption", response={201: Answer}, auth=signed_in)
@once
def adopt(request: HttpRequest, slug: str, advice_id: str) -> Status[Any]:
    """Make a draft of it; the same one however often it is asked. Nothing changes until a person confirms it."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    found = advising.adopt(shop_id=shop.id, public_id=advice_id, actor_id=me(request))
    return Status(201, _advice(found))


@router.post("/shops/{slug}/advices/{advice_id}/dismissal", response={204: None}, auth=signed_in)
@once
def dismiss(request: HttpRequest, slug: str, advice_id: str, body: DismissalIn) -> Status[None]:
    """Put it aside; its kind rests for four weeks."""
    shop = goods.shop_for_staff(me(request), slug, Right.INSIGHT)
    advising.dismiss(shop_id=shop.id, public_id=advice_id, reason=body.reason, actor_id=me(request))
    return Status(204, None)
