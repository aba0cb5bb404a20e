"""A buyer writes, changes and follows up a review."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from grapevine.care import access
from grapevine.care.actions.standing import move, open_standing
from grapevine.care.contracts import Opinion, ReviewChanged, ReviewWritten, Trace
from grapevine.care.models import Review, ReviewTrace, Revision, StaffDevice, Standing
from grapevine.care.refusals import (
    FollowedAlready,
    NotReceived,
    RelatedToShop,
    ReviewedAlready,
    ReviewHidden,
    ReviewIncomplete,
    TooLate,
)
from grapevine.care.rules.words import cleaned, wrong_parts
from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.trade.contracts import LineView, OrderState, OrderView

NOWHERE = Trace()


@transaction.atomic
def write_review(
    *,
    buyer_id: int,
    number: str,
    position: int,
    opinion: Opinion,
    trace: Trace = NOWHERE,
    at: datetime | None = None,
) -> str:
    """Review a line of one's own received order, once; returns the review's public id.

    Raises NotReceived, TooLate, RelatedToShop, ReviewIncomplete (which inputs), Refused (which words) or
    ReviewedAlready; then nothing is kept.
    """
    now = at or clock.now()
    order, line = access.line_of_buyer(buyer_id, number, position)
    _require_received(order, now)
    _require_stranger(buyer_id, order.shop_id, trace)
    said = _checked(opinion)
    review = _review(order, line, now)
    _revise(review, 0, "first", said, now)
    open_standing(
        Standing(
            review=review, goods_id=line.goods_id, shop_id=order.shop_id, sku_id=line.sku_id,
            stars=said.goods, service=said.service, logistics=said.logistics,
            has_pictures=bool(said.picture_ids), is_refunded=order.state == OrderState.REFUNDED,
        )
    )  # fmt: skip
    ReviewTrace.objects.create(
        review=review, shop_id=order.shop_id, device=trace.device, network=trace.network,
        joined_at=people.cards([buyer_id])[buyer_id].joined_at, at=now,
    )  # fmt: skip
    signals.emit(
        ReviewWritten(
            buyer_id, order.shop_id, line.goods_id, review.public_id, said.goods, now.isoformat()
        )
    )
    return review.public_id


def _require_received(order: OrderView, now: datetime) -> None:
    if order.received_at is None:
        raise NotReceived(order.number)
    if now > order.received_at + timedelta(days=settings.REVIEW_DAYS):
        raise TooLate(order.number)


def _require_stranger(buyer_id: int, shop_id: int, trace: Trace) -> None:
    """Nobody who works at the shop or at another shop of its owner, nor on a device of its desk."""
    shop = goods.shops([shop_id])[shop_id]
    own = [one for one in goods.shops_of(buyer_id) if one.owner_id == shop.owner_id]
    desk = StaffDevice.objects.filter(shop_id=shop_id, device=trace.device)
    if own or shop.owner_id == buyer_id or (trace.device and desk.exists()):
        raise RelatedToShop(shop_id)


def _checked(opinion: Opinion) -> Opinion:
    words = cleaned(opinion.words)
    tags = list(dict.fromkeys(opinion.tags))
    pictures = list(dict.fromkeys(opinion.picture_ids))
    wrong = wrong_parts(
        stars=(opinion.goods, opinion.service, opinion.logistics), words=words, tags=tags,
        pictures=len(pictures),
    )  # fmt: skip
    if wrong:
        raise ReviewIncomplete(fields=wrong)
    guard.require_clean(words)
    return Opinion(
        opinion.goods, opinion.service, opinion.logistics, words, tags, pictures, opinion.anonymous
    )


def _review(order: OrderView, line: LineView, now: datetime) -> Review:
    """The row that makes it once a line: whoever comes second finds it there."""
    row = Review(
        order_number=order.number, sku_id=line.sku_id, option=line.option, goods_id=line.goods_id,
        shop_id=order.shop_id, buyer_id=order.buyer_id, at=now,
    )  # fmt: skip
    Review.objects.bulk_create([row], ignore_conflicts=True)
    mine = Review.objects.filter(public_id=row.public_id).first()
    if mine is None:
        raise ReviewedAlready(order.number)
    return mine


def _revise(review: Review, number: int, kind: str, said: Opinion, now: datetime) -> None:
    stars = (said.goods, said.service, said.logistics) if kind != "follow_up" else (None,) * 3
    Revision.objects.create(
        review=review, number=number, kind=kind, goods=stars[0], service=stars[1],
        logistics=stars[2], words=said.words, tags=list(said.tags),
        picture_ids=list(said.picture_ids), anonymous=said.anonymous, at=now,
    )  # fmt: skip


@transaction.atomic
def edit_review(*, buyer_id: int, public_id: str, opinion: Opinion) -> None:
    """Say it differently within the days for that; what was said before stays and can be read.

    Raises ReviewNotFound, TooLate, ReviewHidden, ReviewIncomplete or Refused.
    """
    review = access.review_of_buyer(buyer_id, public_id)
    now = clock.now()
    if now > review.at + timedelta(days=settings.REVIEW_EDIT_DAYS):
        raise TooLate(public_id)
    said = _checked(opinion)
    number = _next_number(review)
    _revise(review, number, "edit", said, now)

    def change(one: Standing) -> None:
        one.stars, one.service, one.logistics = said.goods, said.service, said.logistics
        one.has_pictures, one.revision = bool(said.picture_ids), number

    move([review.pk], change)
    _tell_change(review, said.goods, now)


@transaction.atomic
def follow_up(*, buyer_id: int, public_id: str, opinion: Opinion) -> None:
    """Add words and pictures later, once. The stars stay as they are.

    Raises ReviewNotFound, TooLate, FollowedAlready, ReviewHidden, ReviewIncomplete or Refused.
    """
    review = access.review_of_buyer(buyer_id, public_id)
    now = clock.now()
    if now > review.at + timedelta(days=settings.REVIEW_FOLLOW_UP_DAYS):
        raise TooLate(public_id)
    said = _checked(opinion)
    number = _next_number(review)
    if Standing.objects.filter(pk=review.pk, has_follow_up=True).exists():
        raise FollowedAlready(public_id)
    _revise(review, number, "follow_up", said, now)
    stars: list[int] = []

    def change(one: Standing) -> None:
        one.has_follow_up = True
        stars.append(one.stars)

    move([review.pk], change)
    _tell_change(review, stars[0], now)


def _next_number(review: Review) -> int:
    """The number of the next revision, under the lock of the standing; raises ReviewHidden."""
    if access.standing_of(review).is_hidden:
        raise ReviewHidden(review.public_id)
    last = Revision.objects.filter(review=review).aggregate(last=Max("number"))["last"]
    return int(last) + 1


def _tell_change(review: Review, stars: int, now: datetime) -> None:
    signals.emit(
        ReviewChanged(
            review.buyer_id, review.shop_id, review.goods_id, review.public_id, stars,
            now.isoformat(),
        )
    )  # fmt: skip


@transaction.atomic
def mark_refunded(order_number: str) -> int:
    """The order was refunded: its reviews stay, marked. Twice changes nothing."""

    def change(one: Standing) -> None:
        one.is_refunded = True

    rows = Review.objects.filter(order_number=order_number).values_list("pk", flat=True)
    return move(list(rows), change)
