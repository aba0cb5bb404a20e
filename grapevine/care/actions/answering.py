"""The shop answers a review; others say that it helped."""

from django.db import transaction
from django.db.models import F, Max

from grapevine.care import access
from grapevine.care.actions.standing import move
from grapevine.care.contracts import ReviewReplied, Trace
from grapevine.care.models import Reply, StaffDevice, Standing, Vote
from grapevine.care.refusals import OwnReview, ReviewHidden, ReviewIncomplete
from grapevine.care.rules.words import REPLY_MAX, cleaned
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.text import marked
from grapevine.signals import facade as signals


@transaction.atomic
def reply(*, shop_id: int, public_id: str, words: str, actor_id: int) -> None:
    """The shop's one answer under a review; again replaces what is shown and keeps what was said.

    Raises ReviewNotFound, ReviewIncomplete, Refused or ReviewHidden.
    """
    review = access.review_of_shop(shop_id, public_id)
    said = cleaned(words)
    if not 1 <= len(said) <= REPLY_MAX:
        raise ReviewIncomplete(fields={"words": marked("回复写 1 到 500 个字")})
    guard.require_clean(said)
    standing = access.standing_of(review)
    if standing.is_hidden:
        raise ReviewHidden(public_id)
    now = clock.now()
    last = Reply.objects.filter(review=review).aggregate(last=Max("number"))["last"]
    Reply.objects.create(
        review=review, number=0 if last is None else last + 1, words=said, actor_id=actor_id, at=now
    )
    if last is not None:
        return
    move([review.pk], _replied)
    signals.emit(
        ReviewReplied(
            review.buyer_id, shop_id, review.goods_id, review.public_id, now.isoformat()
        )
    )  # fmt: skip


def _replied(one: Standing) -> None:
    one.is_replied = True


def note_staff_device(*, shop_id: int, trace: Trace) -> None:
    """Remember on which device a shop's reviews are looked after."""
    if trace.device:
        StaffDevice.objects.update_or_create(
            shop_id=shop_id, device=trace.device, defaults={"seen_at": clock.now()}
        )


@transaction.atomic
def vote(*, person_id: int, public_id: str) -> int:
    """This review helped me; again changes nothing. Returns the votes it has."""
    review = access.review_by_public_id(public_id)
    if review.buyer_id == person_id:
        raise OwnReview(public_id)
    access.standing_of(review)
    _row, is_new = Vote.objects.get_or_create(review=review, person_id=person_id)
    if is_new:
        Standing.objects.filter(pk=review.pk).update(votes=F("votes") + 1)
    return votes_of(review.pk)


@transaction.atomic
def take_vote_back(*, person_id: int, public_id: str) -> int:
    """It did not help after all; again changes nothing. Returns the votes it has."""
    review = access.review_by_public_id(public_id)
    access.standing_of(review)
    gone, _ = Vote.objects.filter(review=review, person_id=person_id).delete()
    if gone:
        Standing.objects.filter(pk=review.pk, votes__gt=0).update(votes=F("votes") - 1)
    return votes_of(review.pk)


def votes_of(review_id: int) -> int:
    return Standing.objects.values_list("votes", flat=True).get(pk=review_id)
