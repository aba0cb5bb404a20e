"""Hiding a review for a legal reason, the writer's appeal, and the answer. Nothing here deletes anything.

E-Commerce Law of the PRC, article 39: a platform must not delete consumers' evaluations. What a court or another law
forbids to show is covered by a tombstone that names the law, counted in public, and open to an appeal.
"""

from django.db import transaction
from django.db.models import Max

from grapevine.care import access
from grapevine.care.actions.standing import move
from grapevine.care.contracts import ReviewHiddenByLaw
from grapevine.care.models import HidingAct, Review, Standing
from grapevine.care.refusals import NotHidden, ReviewHidden, ReviewIncomplete
from grapevine.care.rules.words import REASON_MAX, cleaned
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.text import marked
from grapevine.signals import facade as signals

BASIS_MAX = 120


@transaction.atomic
def hide_review(*, operator_id: int, public_id: str, basis: str, reason: str) -> None:
    """Cover a review, for the law named in `basis`. Raises ReviewIncomplete without both, ReviewHidden if it is."""
    review = access.review_by_public_id(public_id)
    if access.standing_of(review).is_hidden:
        raise ReviewHidden(public_id)
    _act(review, "hidden", operator_id, basis=basis, reason=reason)
    move([review.pk], _cover)
    _audit(operator_id, "care.hide_review", public_id, basis, reason)
    signals.emit(
        ReviewHiddenByLaw(
            review.buyer_id, review.shop_id, public_id, basis.strip(), clock.now().isoformat()
        )
    )


@transaction.atomic
def appeal(*, buyer_id: int, public_id: str, reason: str) -> None:
    """The writer asks to look again, once for each time it was hidden. Raises NotHidden."""
    review = access.review_of_buyer(buyer_id, public_id)
    access.standing_of(review)
    if last_kind(review) != "hidden":
        raise NotHidden(public_id)
    _act(review, "appealed", buyer_id, basis="-", reason=reason)


@transaction.atomic
def answer_appeal(*, operator_id: int, public_id: str, is_upheld: bool, reason: str) -> None:
    """Hidden rightly, or shown and counted again. Raises NotHidden if nobody appealed."""
    review = access.review_by_public_id(public_id)
    access.standing_of(review)
    if last_kind(review) != "appealed":
        raise NotHidden(public_id)
    _act(review, "upheld" if is_upheld else "lifted", operator_id, basis="-", reason=reason)
    if not is_upheld:
        move([review.pk], _uncover)
    _audit(
        operator_id, "care.answer_appeal", public_id, "upheld" if is_upheld else "lifted", reason
    )


def last_kind(review: Review) -> str:
    """The newest step of hiding; "" where there never was one."""
    rows = HidingAct.objects.filter(review=review).order_by("-number")
    return rows.values_list("kind", flat=True).first() or ""


def _act(review: Review, kind: str, actor_id: int, *, basis: str, reason: str) -> None:
    law, why = cleaned(basis)[:BASIS_MAX], cleaned(reason)[:REASON_MAX]
    wrong = {"basis": marked("写明依据的法律条文")} if not law else {}
    if not why:
        wrong["reason"] = marked("写明理由")
    if wrong:
        raise ReviewIncomplete(fields=wrong)
    last = HidingAct.objects.filter(review=review).aggregate(last=Max("number"))["last"]
    HidingAct.objects.create(
        review=review, number=0 if last is None else last + 1, kind=kind,
        basis="" if law == "-" else law, reason=why, actor_id=actor_id, at=clock.now(),
    )  # fmt: skip


def _cover(one: Standing) -> None:
    one.is_hidden = True


def _uncover(one: Standing) -> None:
    one.is_hidden = False


def _audit(operator_id: int, action: str, public_id: str, basis: str, reason: str) -> None:
    guard.audit(
        actor_id=operator_id, action=action, object=f"review:{public_id}",
        after={"basis": basis.strip(), "reason": reason.strip()},
    )  # fmt: skip
