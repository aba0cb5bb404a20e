"""Reviews as pages show them. A page of them is ten queries, however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from grapevine.care import access
from grapevine.care.contracts import HidingStep, ReviewHistory, ReviewView, Said
from grapevine.care.models import (
    FlaggedReview,
    HidingAct,
    Reply,
    Review,
    Revision,
    Standing,
    Vote,
)
from grapevine.care.rules.words import masked
from grapevine.goods import facade as goods
from grapevine.goods.contracts import GoodsCard
from grapevine.kit import clock
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
from grapevine.media import facade as media
from grapevine.media.contracts import PictureCard
from grapevine.people import facade as people
from grapevine.people.contracts import PersonCard

SHOWS = ("", "pictures", "low", "follow_up")
"""What a goods page may be asked for: everything by date, with pictures, low stars first, with a follow-up."""
DESK_SHOWS = ("low", "unanswered", "", "flagged", "pictures")


@dataclass(frozen=True, slots=True)
class _Rows:
    """Everything about some reviews, read in one go."""

    revisions: Mapping[int, list[Revision]]
    replies: Mapping[int, list[Reply]]
    hidings: Mapping[int, list[HidingAct]]
    flags: Mapping[int, str]
    voted: frozenset[int]
    cards: Mapping[int, GoodsCard]
    people: Mapping[int, PersonCard]
    pictures: Mapping[int, PictureCard]


def reviews_of_goods(
    goods_id: int,
    *,
    viewer_id: int | None = None,
    show: str = "",
    sku_id: int | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[ReviewView]:
    """Every review of goods: flagged ones are marked, hidden ones are tombstones, none is missing."""
    rows = Standing.objects.filter(goods_id=goods_id)
    if sku_id is not None:
        rows = rows.filter(sku_id=sku_id)
    return _page(_shown(rows, show), viewer_id, cursor, limit, low=show == "low")


def reviews_of_shop(
    shop_id: int,
    *,
    show: str = "low",
    stars: int = 0,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[ReviewView]:
    """A shop's reviews for its desk; `show` low: fewest stars first, unanswered, flagged or pictures."""
    rows = Standing.objects.filter(shop_id=shop_id)
    if stars:
        rows = rows.filter(stars=stars)
    return _page(_shown(rows, show), None, cursor, limit, low=show in ("low", "unanswered"))


def _shown(rows: QuerySet[Standing], show: str) -> QuerySet[Standing]:
    kinds = {
        "pictures": Q(has_pictures=True, is_hidden=False), "flagged": Q(flags__gt=0),
        "follow_up": Q(has_follow_up=True, is_hidden=False),
        "unanswered": Q(is_replied=False, is_hidden=False),
    }  # fmt: skip
    return rows.filter(kinds[show]) if show in kinds else rows


def _page(
    rows: QuerySet[Standing], viewer_id: int | None, cursor: str | None, limit: int | None,
    *, low: bool,
) -> Page[ReviewView]:  # fmt: skip
    size = clamp(limit)
    if cursor and low:
        stars, pk = decode_cursor(cursor, [int, int])
        rows = rows.filter(Q(stars__gt=stars) | Q(stars=stars, pk__lt=pk))
    elif cursor:
        rows = rows.filter(pk__lt=decode_cursor(cursor, [int])[0])
    order = ("stars", "-pk") if low else ("-pk",)
    found = list(rows.select_related("review").order_by(*order)[: size + 1])
    more = None
    if len(found) > size:
        last = found[size - 1]
        more = encode_cursor(last.stars, last.pk) if low else encode_cursor(last.pk)
    return Page(views(found[:size], viewer_id), more)


def my_reviews(
    buyer_id: int, cursor: str | None = None, limit: int | None = None
) -> Page[ReviewView]:
    rows = Standing.objects.filter(review__buyer_id=buyer_id)
    return _page(rows, buyer_id, cursor, limit, low=False)


def unanswered(shop_id: int) -> int:
    rows = Standing.objects.filter(shop_id=shop_id)
    return _shown(rows, "unanswered").count()


def views(rows: Sequence[Standing], viewer_id: int | None = None) -> list[ReviewView]:
    """These reviews, in their order."""
    if not rows:
        return []
    known = _read(rows, viewer_id)
    return [_view(one, known, viewer_id) for one in rows]


def reviews_by_id(ids: Iterable[int]) -> dict[int, ReviewView]:
    rows = list(Standing.objects.filter(pk__in=set(ids)).select_related("review").order_by("pk"))
    return {one.pk: view for one, view in zip(rows, views(rows), strict=True)}


def _read(rows: Sequence[Standing], viewer_id: int | None) -> _Rows:
    ids = [one.pk for one in rows]
    revisions = _by_review(Revision.objects.filter(review_id__in=ids).order_by("number"))
    pictures = {pk for own in revisions.values() for one in own for pk in one.picture_ids}
    flagged = FlaggedReview.objects.filter(review_id__in=ids).exclude(flag__state="dismissed")
    voted = Vote.objects.filter(review_id__in=ids, person_id=viewer_id or 0)
    return _Rows(
        revisions=revisions,
        replies=_by_review(Reply.objects.filter(review_id__in=ids).order_by("number")),
        hidings=_by_review(HidingAct.objects.filter(review_id__in=ids).order_by("number")),
        flags=dict(flagged.order_by("pk").values_list("review_id", "kind")),
        voted=frozenset(voted.values_list("review_id", flat=True)) if viewer_id else frozenset(),
        cards=goods.goods_cards({one.goods_id for one in rows}),
        people=people.cards({one.review.buyer_id for one in rows}),
        pictures=media.pictures(pictures),
    )


def _by_review(rows: QuerySet[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.review_id, []).append(row)
    return found


def _view(one: Standing, known: _Rows, viewer_id: int | None) -> ReviewView:
    review, revisions = one.review, known.revisions[one.pk]
    stars = [row for row in revisions if row.kind != "follow_up"]
    later = [row for row in revisions if row.kind == "follow_up"]
    current, replies = stars[-1], known.replies.get(one.pk, [])
    author = known.people.get(review.buyer_id)
    name = author.name if author else ""
    hiding = _step(known.hidings[one.pk]) if one.is_hidden else None
    covered = Said("", current.at)
    return ReviewView(
        public_id=review.public_id, goods=known.cards[one.goods_id], option=review.option,
        author=None if current.anonymous or hiding else author,
        name=masked(name) if current.anonymous or hiding else name,
        stars=one.stars, service=one.service, logistics=one.logistics,
        said=covered if hiding else _said(current, known.pictures), at=review.at,
        follow_up=_said(later[0], known.pictures) if later and not hiding else None,
        reply=_answer(replies[-1]) if replies and not hiding else None,
        votes=one.votes, voted=one.pk in known.voted, mine=review.buyer_id == viewer_id,
        flag=known.flags.get(one.pk, "") if one.flags else "", is_edited=len(stars) > 1,
        is_edited_after_reply=bool(replies) and len(stars) > 1 and current.at > replies[0].at,
        is_refunded=one.is_refunded, hiding=hiding,
    )  # fmt: skip


def _said(row: Revision, pictures: Mapping[int, PictureCard]) -> Said:
    own = tuple(pictures[pk] for pk in row.picture_ids if pk in pictures)
    return Said(row.words, row.at, own, tuple(row.tags), row.goods or 0)


def _answer(row: Reply) -> Said:
    return Said(row.words, row.at)


def _step(acts: Sequence[HidingAct]) -> HidingStep:
    """The newest step, with the law the hiding rests on also after an appeal."""
    law = next(one.basis for one in reversed(acts) if one.kind == "hidden")
    return HidingStep(acts[-1].kind, acts[-1].reason, law, acts[-1].at)


def review_history(public_id: str, viewer_id: int | None = None) -> ReviewHistory:
    """A review with everything ever said under it; the former words of a hidden one stay covered too."""
    review = access.review_by_public_id(public_id)
    one = Standing.objects.select_related("review").get(pk=review.pk)
    known = _read([one], viewer_id)
    view = _view(one, known, viewer_id)
    said = [row for row in known.revisions[one.pk] if row.kind != "follow_up"]
    acts = known.hidings.get(one.pk, [])
    return ReviewHistory(
        review=view,
        earlier=() if view.hiding else [_said(row, known.pictures) for row in said[:-1]],
        earlier_replies=() if view.hiding else [_answer(r) for r in known.replies.get(one.pk, [])[:-1]],
        hidings=[HidingStep(act.kind, act.reason, act.basis, act.at) for act in acts],
        may_edit=view.mine and not view.hiding and may_edit(review),
        may_follow_up=view.mine and not view.hiding and not one.has_follow_up and may_follow_up(review),
        may_appeal=view.mine and bool(acts) and acts[-1].kind == "hidden",
    )  # fmt: skip


def may_edit(review: Review) -> bool:
    return clock.now() <= review.at + timedelta(days=settings.REVIEW_EDIT_DAYS)


def may_follow_up(review: Review) -> bool:
    return clock.now() <= review.at + timedelta(days=settings.REVIEW_FOLLOW_UP_DAYS)
