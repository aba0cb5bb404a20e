"""Juries over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from grapevine.cases.actions import juries as actions
from grapevine.cases.contracts import JuryNotFound, JuryView, SeatView, Side
from grapevine.cases.queries import juries as reading
from grapevine.cases.web.tracing import device_of
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard import facade as guard
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me
from grapevine.people import facade as people
from grapevine.trade import facade as trade

router = Router(tags=["juries"])
Answer = dict[str, Any]


class ConsentIn(Schema):
    """`statement` is read by strangers; `pictures` are ids of pictures of the case that they may see."""

    agrees: bool = True
    statement: str = Field("", max_length=1000)
    pictures: list[str] = Field(default_factory=list, max_length=30)


class VoteIn(Schema):
    """`side`: buyer or shop."""

    side: str = Field(max_length=5)
    reason: str = Field(max_length=300)


def _jury(one: JuryView) -> Answer:
    return {
        "id": one.public_id, "state": one.state, "effect": one.effect, "kind": one.kind,
        "reason": one.reason, "category": one.category, "about_minor": one.about_minor,
        "currency": one.currency, "statements": dict(one.statements),
        "pictures": list(one.pictures), "seats": one.seats, "quorum": one.quorum,
        "drawn": one.drawn, "due_at": one.due_at, "closed_at": one.closed_at,
        "outcome": one.outcome, "agreed": sorted(one.agreed),
        "tally": {"buyer": one.tally.buyer, "shop": one.tally.shop} if one.tally else None,
        "votes": [{"side": vote.side, "reason": vote.reason} for vote in one.votes],
    }  # fmt: skip


def _seat(one: SeatView) -> Answer:
    return {"jury": _jury(one.jury), "vote": one.vote, "reason": one.reason}


def _of_case(number: str) -> Answer:
    found = reading.jury_of_case(number)
    if found is None:
        raise JuryNotFound(number)
    return _jury(found)


@router.get("/juries", response=ListOut[Answer], auth=None)
def list_juries(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> Any:  # noqa: ARG001
    """How people decided, newest first, without words or anything that tells whose case it was."""
    page = reading.closed_juries(cursor, limit)
    return {"items": [_jury(one) for one in page.items], "next_cursor": page.next_cursor}


@router.get("/me/jury-seats", response=list[Answer], auth=signed_in)
def my_seats(request: HttpRequest) -> Any:
    """Your seats, those that wait for your vote first."""
    return [_seat(one) for one in reading.seats_of(me(request))]


@router.put("/me/jury-volunteer", response={204: None}, auth=signed_in)
@once
def volunteer(request: HttpRequest) -> Status[None]:
    """Let yourself be drawn for juries."""
    actions.volunteer(person_id=me(request), device=device_of(request))
    return Status(204, None)


@router.delete("/me/jury-volunteer", response={204: None}, auth=signed_in)
@once
def stand_down(request: HttpRequest) -> Status[None]:
    """No longer be drawn; a seat you have stays."""
    actions.stand_down(person_id=me(request))
    return Status(204, None)


@router.get("/juries/{jury_id}", response=Answer, auth=signed_in)
def read_jury(request: HttpRequest, jury_id: str) -> Any:
    """A jury you sit on; votes and reasons only once it has closed."""
    return _seat(reading.seat(me(request), jury_id))


@router.post("/juries/{jury_id}/vote", response={204: None}, auth=signed_in)
@once
def vote(request: HttpRequest, jury_id: str, body: VoteIn) -> Status[None]:
    """Vote once, with your reason."""
    actions.vote(
        person_id=me(request), public_id=jury_id, side=body.side, reason=body.reason,
        device=device_of(request),
    )  # fmt: skip
    return Status(204, None)


def _consent(request: HttpRequest, number: str, side: Side, body: ConsentIn) -> Answer:
    if body.agrees:
        actions.agree(
            case_number=number, side=side, person_id=me(request), statement=body.statement,
            pictures=body.pictures, device=device_of(request),
        )  # fmt: skip
    else:
        actions.decline(case_number=number, side=side, person_id=me(request))
    return _of_case(number)


def _own(request: HttpRequest, number: str) -> str:
    if trade.disputed_case(number).buyer_id != me(request):
        raise NotFound
    return number


@router.get("/after-sales/{number}/jury", response=Answer, auth=signed_in)
def read_own_jury(request: HttpRequest, number: str) -> Any:
    """The jury of your case."""
    return _of_case(_own(request, number))


@router.post("/after-sales/{number}/jury", response=Answer, auth=signed_in)
@once
def answer_as_buyer(request: HttpRequest, number: str, body: ConsentIn) -> Any:
    """Ask for a jury, or agree to one, with what you tell strangers; or do not agree."""
    return _consent(request, _own(request, number), Side.BUYER, body)


def _of_shop(request: HttpRequest, slug: str, number: str) -> str:
    shop = goods.shop_for_staff(me(request), slug, Right.AFTER_SALES)
    if trade.disputed_case(number).shop_id != shop.id:
        raise NotFound
    return number


@router.get("/shops/{slug}/after-sales/{number}/jury", response=Answer, auth=signed_in)
def read_shop_jury(request: HttpRequest, slug: str, number: str) -> Any:
    """The jury of a case of the shop."""
    return _of_case(_of_shop(request, slug, number))


@router.post("/shops/{slug}/after-sales/{number}/jury", response=Answer, auth=signed_in)
@once
def answer_as_shop(request: HttpRequest, slug: str, number: str, body: ConsentIn) -> Any:
    """The shop's side of it."""
    return _consent(request, _of_shop(request, slug, number), Side.SHOP, body)


@router.post("/disputes/{number}/jury", response={204: None}, auth=signed_in)
@once
def offer_jury(request: HttpRequest, number: str) -> Status[None]:
    """Offer both sides a jury. Operators only."""
    if not people.is_operator(me(request)):
        raise NotFound
    actions.offer_jury(case_number=number, person_id=me(request))
    guard.audit(actor_id=me(request), action="cases.offer", object=f"case:{number}")
    return Status(204, None)
