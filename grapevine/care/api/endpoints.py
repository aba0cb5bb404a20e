"""Reviews, ratings and show-orders over the API. No verb on any address here takes a review away."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from grapevine.care import facade
from grapevine.care.contracts import (
    CertificateView,
    NewCertificate,
    Opinion,
    Rating,
    ReviewView,
    Said,
    Score,
)
from grapevine.care.queries.reviews import DESK_SHOWS, SHOWS
from grapevine.care.web.tracing import trace_of
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard.facade import once
from grapevine.kit.api import ListOut, maybe_signed_in, signed_in
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me, person_id_of
from grapevine.media import facade as media
from grapevine.people import facade as people

router = Router(tags=["care"])
Answer = dict[str, Any]
PLACE_MAX = 1000


class OpinionIn(Schema):
    goods: int = Field(ge=1, le=5)
    service: int = Field(ge=1, le=5)
    logistics: int = Field(ge=1, le=5)
    words: str = Field("", max_length=500)
    tags: list[str] = Field([], max_length=6)
    pictures: list[str] = Field([], max_length=9)
    anonymous: bool = False

    def opinion(self, person_id: int) -> Opinion:
        return Opinion(
            self.goods, self.service, self.logistics, self.words, self.tags,
            _picture_ids(person_id, self.pictures), self.anonymous,
        )  # fmt: skip


class FollowUpIn(Schema):
    words: str = Field(min_length=1, max_length=500)
    pictures: list[str] = Field([], max_length=9)


class WordsIn(Schema):
    words: str = Field(min_length=1, max_length=500)


class HidingIn(Schema):
    basis: str = Field(min_length=1, max_length=120)
    reason: str = Field(min_length=1, max_length=300)


class ReviewReasonIn(Schema):
    reason: str = Field(min_length=1, max_length=300)


class ReviewDecisionIn(Schema):
    """`agree`: a flag is fake, an appeal is turned down, a certificate is genuine."""

    agree: bool
    reason: str = Field("", max_length=300)


class ShowOrderIn(Schema):
    title: str = Field(max_length=200)
    body: str = Field("", max_length=5000)
    topics: list[str] = Field([], max_length=10)
    pictures: list[str] = Field([], max_length=9)


class CertificateIn(Schema):
    name: str = Field(max_length=60)
    issuer: str = Field(max_length=60)
    number: str = Field(max_length=60)
    valid_from: date
    valid_until: date


def _picture_ids(person_id: int, public_ids: list[str]) -> list[int]:
    return [one.id for one in media.pictures_owned_by(person_id, public_ids)] if public_ids else []


def _said(one: Said) -> Answer:
    return {
        "words": one.words, "tags": list(one.tags), "at": one.at,
        "pictures": [card.url for card in one.pictures],
    }  # fmt: skip


def _review(one: ReviewView) -> Answer:
    return {
        "id": one.public_id, "goods": one.goods.public_id, "option": one.option, "name": one.name,
        "author": one.author.handle if one.author else None, "stars": one.stars,
        "service": one.service, "logistics": one.logistics, "at": one.at, **_said(one.said),
        "follow_up": _said(one.follow_up) if one.follow_up else None,
        "reply": {"words": one.reply.words, "at": one.reply.at} if one.reply else None,
        "votes": one.votes, "voted": one.voted, "flag": one.flag, "edited": one.is_edited,
        "refunded": one.is_refunded, "mine": one.mine,
        "hidden": {"basis": one.hiding.basis, "kind": one.hiding.kind} if one.hiding else None,
    }  # fmt: skip


def _score(one: Score) -> Answer:
    return {
        "score": one.text, "hundredths": one.hundredths, "floor": one.floor,
        "counts": list(one.counts), "counted": one.counted, "reviews": one.reviews,
        "flagged": one.flagged, "hidden": one.hidden, "pictures": one.pictures,
        "follow_ups": one.follow_ups, "service": one.service, "logistics": one.logistics,
    }  # fmt: skip


def _page(page: Any) -> Answer:
    return {"items": [_review(one) for one in page.items], "next_cursor": page.next_cursor}


def _one(request: HttpRequest, public_id: str) -> Answer:
    return _review(facade.review_history(public_id, person_id_of(request)).review)


def _operator(request: HttpRequest) -> int:
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


@router.get("/goods/{public_id}/reviews", response=ListOut[Answer], auth=maybe_signed_in)
def goods_reviews(
    request: HttpRequest, public_id: str, show: str = "", sku: str = "", cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """Every review of goods; `show` pictures, low or follow_up, `sku` one choice by its code. Flagged ones are marked,
    hidden ones say why."""
    card = goods.goods_by_public_id(public_id)
    sku_id = goods.sku_by_code(sku).sku_id if sku else None
    return _page(
        facade.reviews_of_goods(
            card.id, viewer_id=person_id_of(request), show=show if show in SHOWS else "",
            sku_id=sku_id, cursor=cursor, limit=limit,
        )
    )  # fmt: skip


@router.get("/goods/{public_id}/score", response=Answer)
def goods_score(request: HttpRequest, public_id: str) -> Any:  # noqa: ARG001  the framework gives it
    """The score, what it is made of, and how many reviews are left out."""
    return _score(facade.goods_score(goods.goods_by_public_id(public_id).id))


@router.post("/orders/{number}/lines/{position}/review", response={201: Answer}, auth=signed_in)
@once
def write_review(
    request: HttpRequest, number: str, position: int, body: OpinionIn
) -> Status[Any]:  # fmt: skip
    """Review a line (from 1) of your received order, once."""
    public_id = facade.write_review(
        buyer_id=me(request), number=number, position=position,
        opinion=body.opinion(me(request)), trace=trace_of(request),
    )  # fmt: skip
    return Status(201, _one(request, public_id))


@router.post("/orders/{number}/lines/{position}/note", response={201: Answer}, auth=signed_in)
@once
def show_order(request: HttpRequest, number: str, position: int, body: ShowOrderIn) -> Status[Any]:
    """Publish a note about a line (from 1) of your received order, once; it carries the mark of a buyer."""
    card = facade.show_order(
        buyer_id=me(request), number=number, position=position, title=body.title, body=body.body,
        topics=body.topics, picture_ids=_picture_ids(me(request), body.pictures),
    )  # fmt: skip
    return Status(201, {"note": card.public_id})


@router.get("/reviews/{public_id}", response=Answer, auth=maybe_signed_in)
def read_review(request: HttpRequest, public_id: str) -> Any:
    """A review with its former words, former replies, and what was done to it by law."""
    found = facade.review_history(public_id, person_id_of(request))
    return _review(found.review) | {
        "earlier": [_said(one) | {"stars": one.stars} for one in found.earlier],
        "earlier_replies": [{"words": one.words, "at": one.at} for one in found.earlier_replies],
        "hidings": [
            {"kind": one.kind, "reason": one.reason, "basis": one.basis, "at": one.at}
            for one in found.hidings
        ],
    }  # fmt: skip


@router.put("/reviews/{public_id}", response=Answer, auth=signed_in)
@once
def edit_review(request: HttpRequest, public_id: str, body: OpinionIn) -> Any:
    """Say it differently within the days for that; the former words stay readable."""
    facade.edit_review(buyer_id=me(request), public_id=public_id, opinion=body.opinion(me(request)))
    return _one(request, public_id)


@router.post("/reviews/{public_id}/follow-up", response={201: Answer}, auth=signed_in)
@once
def follow_up(request: HttpRequest, public_id: str, body: FollowUpIn) -> Status[Any]:
    """Add words and pictures later, once."""
    said = Opinion(5, 5, 5, body.words, (), _picture_ids(me(request), body.pictures))
    facade.follow_up(buyer_id=me(request), public_id=public_id, opinion=said)
    return Status(201, _one(request, public_id))


@router.put("/reviews/{public_id}/vote", response=Answer, auth=signed_in)
@once
def vote(request: HttpRequest, public_id: str) -> Any:
    """It helped you."""
    return {"votes": facade.vote(person_id=me(request), public_id=public_id), "voted": True}


@router.delete("/reviews/{public_id}/vote", response=Answer, auth=signed_in)
@once
def take_vote_back(request: HttpRequest, public_id: str) -> Any:
    """It did not, after all."""
    votes = facade.take_vote_back(person_id=me(request), public_id=public_id)
    return {"votes": votes, "voted": False}


@router.post("/reviews/{public_id}/appeal", response=Answer, auth=signed_in)
@once
def appeal(request: HttpRequest, public_id: str, body: ReviewReasonIn) -> Any:
    """Ask to look again at your review that was hidden for a legal reason."""
    facade.appeal(buyer_id=me(request), public_id=public_id, reason=body.reason)
    return _one(request, public_id)


@router.get("/me/reviews", response=ListOut[Answer], auth=signed_in)
def my_reviews(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> Any:
    """What you reviewed, the newest first."""
    return _page(facade.my_reviews(me(request), cursor, limit))


@router.get("/me/reviews/waiting", response=ListOut[Answer], auth=signed_in)
def my_waiting(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> Any:
    """Received lines you may review; a page of orders may have none left and still go on."""
    page = facade.lines_to_review(me(request), cursor, limit)
    items = [
        {
            "order": one.order.number, "position": one.position, "title": one.line.title,
            "goods": one.line.goods_public_id, "option": one.line.option, "note": one.note,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}


@router.get("/shops/{slug}/reviews", response=ListOut[Answer], auth=signed_in)
def shop_reviews(
    request: HttpRequest, slug: str, show: str = "low", stars: int = 0, cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """Your shop's reviews; `show` low, unanswered, flagged, pictures or empty for the newest."""
    shop = goods.shop_for_staff(me(request), slug, Right.REVIEWS)
    known = show if show in DESK_SHOWS else "low"
    wanted = stars if 1 <= stars <= 5 else 0
    return _page(
        facade.reviews_of_shop(shop.id, show=known, stars=wanted, cursor=cursor, limit=limit)
    )


@router.put("/shops/{slug}/reviews/{public_id}/reply", response=Answer, auth=signed_in)
@once
def reply(request: HttpRequest, slug: str, public_id: str, body: WordsIn) -> Any:
    """Your shop's one answer; again changes what is shown and keeps what was said."""
    shop = goods.shop_for_staff(me(request), slug, Right.REVIEWS)
    facade.reply(shop_id=shop.id, public_id=public_id, words=body.words, actor_id=me(request))
    return _one(request, public_id)


def _rating(one: Rating) -> Answer:
    return {
        "day": one.day, "points": one.points, "level": one.level,
        "factors": [
            {
                "name": factor.name, "points": factor.points, "weight": factor.weight,
                "cases": factor.cases, "value": factor.value,
            }
            for factor in one.factors
        ],
    }  # fmt: skip


def _certificate(one: CertificateView) -> Answer:
    return {
        "id": one.public_id, "name": one.name, "issuer": one.issuer, "number": one.number,
        "valid_from": one.valid_from, "valid_until": one.valid_until, "state": one.state,
        "valid": one.is_valid,
    }  # fmt: skip


@router.get("/shops/{slug}/rating", response=Answer)
def shop_rating(request: HttpRequest, slug: str) -> Any:  # noqa: ARG001  as above
    """A shop's rating with the factors it is made of, its changes, its score and its valid certificates."""
    shop = goods.shop_by_slug(slug)
    found = facade.rating_of(shop.id)
    return {
        "rating": _rating(found) if found else None,
        "history": [_rating(one) for one in facade.rating_history(shop.id)],
        "score": _score(facade.shop_score(shop.id)),
        "certificates": [_certificate(one) for one in facade.badges_of(shop.id)],
    }


@router.get("/rating-method", response=Answer)
def rating_method(request: HttpRequest) -> Any:  # noqa: ARG001  as above
    """How shops are rated: factors with the values that earn 100 and 0, and what levels mean."""
    return {
        "factors": [
            {
                "name": one.name, "unit": one.unit, "best": one.best, "worst": one.worst,
                "weight": one.weight, "least": one.least,
            }
            for one in facade.FACTORS
        ],
        "effects": [
            {
                "level": one.level, "ranking_bps": one.ranking_bps,
                "deposit_bps": one.deposit_bps, "fee_bps": one.fee_bps,
            }
            for one in facade.EFFECTS
        ],
    }  # fmt: skip


@router.post("/shops/{slug}/certificates", response={201: Answer}, auth=signed_in)
@once
def hand_in(
    request: HttpRequest, slug: str, body: Form[CertificateIn], file: File[UploadedFile]
) -> Status[Any]:  # fmt: skip
    """Hand in a certificate with a picture of it; its badge shows once an operator has checked it."""
    shop = goods.shop_for_staff(me(request), slug, Right.SETTINGS)
    new = NewCertificate(body.name, body.issuer, body.number, body.valid_from, body.valid_until)
    public_id = facade.hand_in_certificate(
        shop_id=shop.id, new=new, file=file, actor_id=me(request)
    )
    found = next(one for one in facade.certificates_of(shop.id) if one.public_id == public_id)
    return Status(201, _certificate(found))


@router.get("/review-flags", response=ListOut[Answer], auth=signed_in)
def review_flags(
    request: HttpRequest, state: str = "open", cursor: str | None = None, limit: int | None = None
) -> Any:
    """For operators: bursts of reviews by state open, confirmed or dismissed."""
    _operator(request)
    page = facade.flags(state, cursor, limit)
    items = [
        {
            "id": one.public_id, "kind": one.kind, "state": one.state, "at": one.at,
            "reason": one.reason, "reviews": [_review(review) for review in one.reviews],
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}


@router.put("/review-flags/{public_id}/decision", response={204: None}, auth=signed_in)
@once
def decide_flag(request: HttpRequest, public_id: str, body: ReviewDecisionIn) -> Status[None]:
    """For operators: whether a burst is fake."""
    facade.decide_flag(
        operator_id=_operator(request), public_id=public_id, is_fake=body.agree, reason=body.reason
    )
    return Status(204, None)


@router.put("/reviews/{public_id}/hiding", response=Answer, auth=signed_in)
@once
def hide_review(request: HttpRequest, public_id: str, body: HidingIn) -> Any:
    """For operators: cover a review because a law says so; a tombstone stays."""
    facade.hide_review(
        operator_id=_operator(request), public_id=public_id, basis=body.basis, reason=body.reason
    )
    return _one(request, public_id)


@router.put("/reviews/{public_id}/appeal/answer", response=Answer, auth=signed_in)
@once
def answer_appeal(request: HttpRequest, public_id: str, body: ReviewDecisionIn) -> Any:
    """For operators: `agree` keeps it hidden, otherwise it is shown and counted again."""
    facade.answer_appeal(
        operator_id=_operator(request),
        public_id=public_id,
        is_upheld=body.agree,
        reason=body.reason,
    )
    return _one(request, public_id)


@router.put("/certificates/{public_id}/decision", response={204: None}, auth=signed_in)
@once
def decide_certificate(
    request: HttpRequest, public_id: str, body: ReviewDecisionIn
) -> Status[None]:
    """For operators: whether a certificate is genuine."""
    facade.decide_certificate(
        operator_id=_operator(request), public_id=public_id, is_genuine=body.agree,
        reason=body.reason,
    )  # fmt: skip
    return Status(204, None)
