"""After-sales over the API: the buyer's cases, the shop's desk, the operators' disputes, and what is public."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, Field

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me
from grapevine.kit.paging import Page
from grapevine.trade.actions import aftersales as actions, afterwards, appealing
from grapevine.trade.aftersales import CaseView
from grapevine.trade.queries import aftersales as reading
from grapevine.trade.queries.aftersales_open import OpenFigures, open_figures

router = Router(tags=["after-sales"])
Answer = dict[str, Any]


class PiecesIn(BaseModel):
    line: int = Field(ge=1, le=2**62)
    count: int = Field(ge=1, le=999)


class CaseIn(BaseModel):
    """`kind`: refund, return, exchange, shortage. `pictures` are ids of private pictures you uploaded."""

    kind: str = Field(max_length=10)
    reason: str = Field(max_length=12)
    words: str = Field("", max_length=500)
    pieces: list[PiecesIn] = Field(min_length=1, max_length=100)
    pictures: list[str] = Field(default_factory=list, max_length=9)


class MessageIn(BaseModel):
    words: str = Field("", max_length=1000)
    pictures: list[str] = Field(default_factory=list, max_length=9)


class ReturnParcelIn(BaseModel):
    carrier: str = Field(max_length=30)
    tracking: str = Field(max_length=40)


class CaseReasonIn(BaseModel):
    reason: str = Field(max_length=300)


class ArrivalIn(BaseModel):
    """`restocks`: what came back can be sold again."""

    restocks: bool = False


class StarsIn(BaseModel):
    stars: int = Field(ge=1, le=5)


class AppealIn(BaseModel):
    words: str = Field(max_length=1000)


class AppealDecisionIn(BaseModel):
    """`is_overturned`: the ruling was wrong; the buyer keeps the money, the platform pays the shop."""

    is_overturned: bool
    answer: str = Field(max_length=300)


class RulingIn(BaseModel):
    """`needs_return`: the money goes back when the goods have."""

    for_buyer: bool
    needs_return: bool = False
    reason: str = Field(max_length=300)


def _row(one: CaseView) -> Answer:
    return {
        "number": one.number, "order_number": one.order_number, "kind": one.kind,
        "reason": one.reason, "state": one.state, "amount_minor": one.amount_minor,
        "currency": one.currency, "opened_at": one.opened_at, "due_at": one.due_at,
        "ended_at": one.ended_at, "outcome": one.outcome, "ruled_for": one.ruled_for,
        "lines": [
            {"line": line.line_id, "title": line.title, "option": line.option, "count": line.count}
            for line in one.lines
        ],
    }  # fmt: skip


def _whole(one: CaseView) -> Answer:
    return _row(one) | {
        "words": one.words, "carrier": one.carrier, "tracking": one.tracking,
        "new_carrier": one.new_carrier, "new_tracking": one.new_tracking,
        "reopened_at": one.reopened_at, "stars": one.stars or None,
        "appeal": {
            "state": one.appeal.state, "at": one.appeal.at, "words": one.appeal.words,
            "answer": one.appeal.answer, "repaid_minor": one.appeal.repaid_minor,
        } if one.appeal else None,
        "timeline": [
            {"state": step.state, "at": step.at, "actor": step.actor, "reason": step.reason}
            for step in one.timeline
        ],
        "thread": [
            {"author": said.author, "words": said.words, "at": said.at, "pictures": list(said.pictures)}
            for said in one.thread
        ],
    }  # fmt: skip


def _rows(page: Page[CaseView]) -> Answer:
    return {"items": [_row(one) for one in page.items], "next_cursor": page.next_cursor}


@router.post("/orders/{number}/after-sales", response={201: Answer}, auth=signed_in)
@once
def open_case(request: HttpRequest, number: str, body: CaseIn) -> Status[Any]:
    """Ask for after-sales on pieces of your order."""
    pieces: dict[int, int] = {}
    for one in body.pieces:
        pieces[one.line] = pieces.get(one.line, 0) + one.count
    case = actions.open_case(
        buyer_id=me(request), order_number=number, kind=body.kind, reason=body.reason,
        words=body.words, pieces=pieces, picture_ids=body.pictures,
    )  # fmt: skip
    return Status(201, _whole(reading.case_view(case)))


@router.get("/after-sales", response=ListOut[Answer], auth=signed_in)
def list_cases(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> Any:
    """Your cases, newest first."""
    return _rows(reading.cases_of(me(request), cursor, limit))


@router.get("/after-sales/{number}", response=Answer, auth=signed_in)
def read_case(request: HttpRequest, number: str) -> Any:
    """One of your cases, with its timeline and thread."""
    return _whole(reading.case_view(actions.case_of_buyer(me(request), number)))


@router.post("/after-sales/{number}/messages", response={204: None}, auth=signed_in)
@once
def say_in_case(request: HttpRequest, number: str, body: MessageIn) -> Status[None]:
    """Say something in your case; the shop and the platform read it."""
    actions.say(
        case=actions.case_of_buyer(me(request), number), author="buyer", author_id=me(request),
        words=body.words, picture_ids=body.pictures,
    )  # fmt: skip
    return Status(204, None)


@router.post("/after-sales/{number}/cancellation", response={204: None}, auth=signed_in)
@once
def cancel_case(request: HttpRequest, number: str) -> Status[None]:
    """Take back what you asked for."""
    actions.cancel_case(buyer_id=me(request), number=number)
    return Status(204, None)


@router.post("/after-sales/{number}/parcel", response={204: None}, auth=signed_in)
@once
def send_return(request: HttpRequest, number: str, body: ReturnParcelIn) -> Status[None]:
    """Say how the goods go back."""
    actions.send_return(
        buyer_id=me(request), number=number, carrier=body.carrier, tracking=body.tracking
    )
    return Status(204, None)


@router.post("/after-sales/{number}/escalation", response={204: None}, auth=signed_in)
@once
def escalate_case(request: HttpRequest, number: str, body: CaseReasonIn) -> Status[None]:
    """Ask the platform to decide."""
    actions.escalate_case(buyer_id=me(request), number=number, words=body.reason)
    return Status(204, None)


@router.post("/after-sales/{number}/receipt", response={204: None}, auth=signed_in)
@once
def confirm_replacement(request: HttpRequest, number: str) -> Status[None]:
    """The other piece has arrived."""
    actions.confirm_replacement(buyer_id=me(request), number=number)
    return Status(204, None)


@router.post("/after-sales/{number}/reopening", response={204: None}, auth=signed_in)
@once
def reopen_case(request: HttpRequest, number: str, body: CaseReasonIn) -> Status[None]:
    """Open your case again, once, soon after it ended without a ruling or a refund."""
    afterwards.reopen_case(buyer_id=me(request), number=number, words=body.reason)
    return Status(204, None)


@router.post("/after-sales/{number}/satisfaction", response={204: None}, auth=signed_in)
@once
def rate_case(request: HttpRequest, number: str, body: StarsIn) -> Status[None]:
    """One to five stars for how your case was handled, once after it ended."""
    afterwards.rate_case(buyer_id=me(request), number=number, stars=body.stars)
    return Status(204, None)


def _own(request: HttpRequest, slug: str, number: str, right: Right) -> dict[str, Any]:
    shop = goods.shop_for_staff(me(request), slug, right)
    return {"shop_id": shop.id, "number": number, "actor_id": me(request)}


@router.get("/shops/{slug}/after-sales", response=ListOut[Answer], auth=signed_in)
def list_shop_cases(
    request: HttpRequest, slug: str, state: str = "", kind: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """The shop's cases, newest first; `state` and `kind` filter."""
    shop = goods.shop_for_staff(me(request), slug, Right.AFTER_SALES)
    return _rows(reading.cases_of_shop(shop.id, state[:10], cursor, limit, kind=kind[:10]))


@router.get("/shops/{slug}/after-sales/{number}", response=Answer, auth=signed_in)
def read_shop_case(request: HttpRequest, slug: str, number: str) -> Any:
    """A case of the shop; where a ruling may be or was appealed, with its buyer's score, counted at this shop alone."""
    shop = goods.shop_for_staff(me(request), slug, Right.AFTER_SALES)
    case = actions.case_of_shop(shop.id, number)
    may_appeal = appealing.appeal_until(case) is not None
    view = reading.case_view(case)
    if not may_appeal and view.appeal is None:
        return _whole(view)
    return _whole(view) | {"buyer_score": _score(case.buyer_id, shop.id)}


def _score(buyer_id: int, shop_id: int | None = None) -> Answer:
    score = reading.abuse_of(buyer_id, shop_id)
    parts = [
        {"name": one.name, "points": one.points, "most": one.most, "count": one.count, "of": one.of}
        for one in score.parts
    ]
    return {"points": score.points, "level": score.level, "parts": parts}


@router.post("/shops/{slug}/after-sales/{number}/approval", response={204: None}, auth=signed_in)
@once
def approve_case(request: HttpRequest, slug: str, number: str) -> Status[None]:
    """Agree: money alone goes back at once, goods are to be sent first."""
    actions.approve_case(**_own(request, slug, number, Right.REFUNDS))
    return Status(204, None)


@router.post("/shops/{slug}/after-sales/{number}/rejection", response={204: None}, auth=signed_in)
@once
def reject_case(request: HttpRequest, slug: str, number: str, body: CaseReasonIn) -> Status[None]:
    """Say no, with a reason the buyer reads."""
    actions.reject_case(**_own(request, slug, number, Right.AFTER_SALES), reason=body.reason)
    return Status(204, None)


@router.post("/shops/{slug}/after-sales/{number}/arrival", response={204: None}, auth=signed_in)
@once
def receive_return(request: HttpRequest, slug: str, number: str, body: ArrivalIn) -> Status[None]:
    """The goods came back: a return is refunded, an exchange waits for others."""
    actions.receive_return(**_own(request, slug, number, Right.REFUNDS), restocks=body.restocks)
    return Status(204, None)


@router.post("/shops/{slug}/after-sales/{number}/replacement", response={204: None}, auth=signed_in)
@once
def send_replacement(
    request: HttpRequest, slug: str, number: str, body: ReturnParcelIn
) -> Status[None]:
    """Other goods are on their way to the buyer."""
    own = _own(request, slug, number, Right.AFTER_SALES)
    actions.send_replacement(**own, carrier=body.carrier, tracking=body.tracking)
    return Status(204, None)


@router.post("/shops/{slug}/after-sales/{number}/refund", response={204: None}, auth=signed_in)
@once
def refund_instead(
    request: HttpRequest, slug: str, number: str, body: CaseReasonIn
) -> Status[None]:
    """Refund an exchange that cannot be made."""
    actions.refund_instead(**_own(request, slug, number, Right.REFUNDS), reason=body.reason)
    return Status(204, None)


@router.post("/shops/{slug}/after-sales/{number}/messages", response={204: None}, auth=signed_in)
@once
def answer_in_case(request: HttpRequest, slug: str, number: str, body: MessageIn) -> Status[None]:
    """Say something to the buyer."""
    own = _own(request, slug, number, Right.AFTER_SALES)
    actions.say(
        case=actions.case_of_shop(own["shop_id"], number), author="shop", author_id=me(request),
        words=body.words, picture_ids=body.pictures,
    )  # fmt: skip
    return Status(204, None)


@router.post("/shops/{slug}/after-sales/{number}/appeal", response={204: None}, auth=signed_in)
@once
def appeal_ruling(request: HttpRequest, slug: str, number: str, body: AppealIn) -> Status[None]:
    """Appeal against a ruling for the buyer, once; another operator looks at it."""
    own = _own(request, slug, number, Right.AFTER_SALES)
    appealing.appeal_ruling(**own, words=body.words)
    return Status(204, None)


def _operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else these addresses do not exist."""
    if not getattr(request.user, "is_operator", False):
        raise NotFound
    return me(request)


@router.get("/disputes", response=ListOut[Answer], auth=signed_in)
def list_disputes(
    request: HttpRequest, state: str = "platform", cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """What waits for the platform's decision, the oldest first; `state=decided` the rest. Operators only."""
    _operator(request)
    return _rows(reading.disputes(state, cursor, limit))


@router.get("/disputes/{number}", response=Answer, auth=signed_in)
def read_dispute(request: HttpRequest, number: str) -> Any:
    """Both sides' words and evidence; operators only."""
    _operator(request)
    view = reading.case_view(actions.case_for_platform(number))
    return _whole(view) | {"buyer_score": _score(view.buyer_id)}


@router.post("/disputes/{number}/ruling", response={204: None}, auth=signed_in)
@once
def rule_case(request: HttpRequest, number: str, body: RulingIn) -> Status[None]:
    """Decide, once. For the buyer the money goes back by itself. Operators only."""
    actions.rule_case(
        number=number, operator_id=_operator(request), for_buyer=body.for_buyer,
        reason=body.reason, needs_return=body.needs_return,
    )  # fmt: skip
    return Status(204, None)


@router.post("/disputes/{number}/appeal", response={204: None}, auth=signed_in)
@once
def decide_appeal(request: HttpRequest, number: str, body: AppealDecisionIn) -> Status[None]:
    """Uphold or overturn the ruling a shop appeals against; not by who ruled. Operators only."""
    appealing.decide_appeal(
        number=number, operator_id=_operator(request), is_right=body.is_overturned,
        answer=body.answer,
    )  # fmt: skip
    return Status(204, None)


def _figures(found: OpenFigures) -> Answer:
    return {
        "days": found.days, "orders": found.orders, "cases": found.cases,
        "rate_bps": found.rate_bps, "answer_hours": found.answer_hours,
        "resolution_hours": found.resolution_hours, "open": found.open,
        "escalated": found.escalated, "ended": found.ended,
        "answered_in_time_bps": found.answered_in_time_bps, "reopened_bps": found.reopened_bps,
        "rated": found.rated, "stars_hundredths": found.stars_hundredths,
        "outcomes": [{"outcome": a, "cases": n, "share_bps": bps} for a, n, bps in found.outcomes],
        "recent": [
            {
                "kind": one.kind, "reason": one.reason, "outcome": one.outcome,
                "ruled_for": one.ruled_for, "ended_on": one.ended_on, "hours": one.hours,
            }
            for one in found.recent
        ],
    }  # fmt: skip


@router.get("/shops/{slug}/after-sales-figures", response=Answer, auth=None)
def shop_figures(request: HttpRequest, slug: str) -> Any:  # noqa: ARG001
    """How a shop handles after-sales: rate, times, outcomes, and cases without anything personal."""
    return _figures(open_figures(goods.shop_by_slug(slug).id))


@router.get("/after-sales-figures", response=Answer, auth=None)
def platform_figures(request: HttpRequest) -> Any:  # noqa: ARG001
    """The same of the whole platform."""
    return _figures(open_figures())
