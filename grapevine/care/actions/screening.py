"""Bursts: found after a review was written, left out of the score at once, looked at by an operator."""

from datetime import datetime, timedelta

from django.db import transaction

from grapevine.care import access
from grapevine.care.actions.standing import move
from grapevine.care.contracts import ReviewsFlagged
from grapevine.care.models import Flag, FlaggedReview, Review, ReviewTrace, Revision, Standing
from grapevine.care.refusals import FlagNotFound
from grapevine.care.rules.bursts import WINDOW, Fact, bursts
from grapevine.care.rules.words import REASON_MAX
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.signals import facade as signals

TRACES_KEPT = timedelta(days=30)
FACTS_MAX = 5000


@transaction.atomic
def screen_shop(*, shop_id: int, around: datetime) -> int:
    """Flag the bursts among a shop's reviews around a moment; how many reviews were flagged anew. May run twice."""
    flagged = 0
    for burst in bursts(_facts(shop_id, around)):
        known = FlaggedReview.objects.filter(review_id__in=burst.review_ids, kind=burst.kind)
        fresh = sorted(set(burst.review_ids) - set(known.values_list("review_id", flat=True)))
        if fresh:
            _flag(shop_id, burst.kind, burst.review_ids, fresh)
            flagged += len(fresh)
    return flagged


def _flag(shop_id: int, kind: str, whole: tuple[int, ...], fresh: list[int]) -> None:
    """Into the open flag the burst already has, or a new one. Late-comers of a confirmed burst open a new one."""
    near = FlaggedReview.objects.filter(review_id__in=whole, kind=kind, flag__state="open")
    flag_id = near.values_list("flag_id", flat=True).first()
    now = clock.now()
    flag = (
        Flag.objects.get(pk=flag_id)
        if flag_id
        else Flag.objects.create(kind=kind, shop_id=shop_id, at=now)
    )
    made = [FlaggedReview(flag=flag, review_id=pk, kind=kind) for pk in fresh]
    FlaggedReview.objects.bulk_create(made)
    move(fresh, _one_more)
    signals.emit(ReviewsFlagged(shop_id, flag.public_id, kind, len(fresh), now.isoformat()))


def _one_more(one: Standing) -> None:
    one.flags += 1


def _one_less(one: Standing) -> None:
    one.flags -= 1


def _facts(shop_id: int, around: datetime) -> list[Fact]:
    """The shop's reviews within the window on both sides. Three queries."""
    rows = ReviewTrace.objects.filter(
        shop_id=shop_id, at__range=(around - WINDOW, around + WINDOW)
    ).order_by("-at")[:FACTS_MAX]
    traces = {row.review_id: row for row in rows}
    first = Revision.objects.filter(review_id__in=traces, kind="first")
    said = {
        pk: (stars or 0, words)
        for pk, stars, words in first.values_list("review_id", "goods", "words")
    }
    buyers = dict(Review.objects.filter(pk__in=traces).values_list("pk", "buyer_id"))
    return [
        Fact(
            pk, buyers[pk], said[pk][0], row.device, row.network, said[pk][1], row.joined_at, row.at
        )
        for pk, row in traces.items()
        if pk in buyers and pk in said
    ]  # fmt: skip


@transaction.atomic
def decide_flag(*, operator_id: int, public_id: str, is_fake: bool, reason: str) -> None:
    """An operator's word on a burst: fake ones stay out of the score, the others count again. Once, audited."""
    flag = access.flag_by_public_id(public_id)
    state = "confirmed" if is_fake else "dismissed"
    mine = Flag.objects.filter(pk=flag.pk, state="open").update(
        state=state, reason=reason.strip()[:REASON_MAX], decided_by=operator_id,
        decided_at=clock.now(),
    )  # fmt: skip
    if not mine:
        raise FlagNotFound(public_id)
    inside = list(FlaggedReview.objects.filter(flag=flag).values_list("review_id", flat=True))
    if not is_fake:
        move(inside, _one_less)
    guard.audit(
        actor_id=operator_id, action="care.decide_flag", object=f"flag:{public_id}",
        before={"state": "open"}, after={"state": state, "reviews": len(inside)},
    )  # fmt: skip


def forget_traces() -> int:
    """Drop where reviews came from after thirty days, and devices of desks not seen for a year."""
    gone, _ = ReviewTrace.objects.filter(at__lt=clock.now() - TRACES_KEPT).delete()
    return gone
