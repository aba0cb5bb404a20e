"""Applying to sell, deciding on it, and the papers behind it."""

from collections.abc import Sequence
from typing import IO

from django.conf import settings
from django.db import transaction

from grapevine.goods.actions import desk
from grapevine.goods.actions.permits import judge_permits, supersede
from grapevine.goods.actions.shelves import lift, lock_shop, withhold
from grapevine.goods.contracts import ShopCard
from grapevine.goods.models import Acceptance, Application, Document, Shop
from grapevine.goods.onboarding import (
    AgreementChanged,
    AlreadyDecided,
    ApplicationForm,
    ApplicationView,
    CannotChange,
    Cause,
    DocumentNotFound,
    DocumentRefused,
    DocumentView,
    Kind,
    Reason,
    ShopApplied,
    ShopApproved,
    ShopSentBack,
)
from grapevine.goods.queries import onboarding as reads
from grapevine.goods.rules import agreements, onboarding as rules
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.ids import new_id
from grapevine.kit.text import marked
from grapevine.media import facade as media
from grapevine.signals import facade as signals

CHANGING = ("draft", "more", "rejected")
DEPOSITS = {
    Kind.ENTERPRISE: "DEPOSIT_ENTERPRISE_MINOR",
    Kind.BUSINESS: "DEPOSIT_BUSINESS_MINOR",
    Kind.INDIVIDUAL: "DEPOSIT_INDIVIDUAL_MINOR",
}


def open_draft_shop(
    *, owner_id: int, slug: str, name: str, colour: str, bio: str = "", logo_file: object = None
) -> ShopCard:
    """Open a shop as people do: set up at once, on sale when its application is approved.

    Where the house does not ask (SHOP_REVIEW=off), it may sell at once.
    """
    asks = settings.SHOP_REVIEW != "off"
    with transaction.atomic():
        made = desk.open_shop(
            owner_id=owner_id, slug=slug, name=name, colour=colour, bio=bio, logo_file=logo_file,
            is_approved=not asks,
        )  # fmt: skip
        if asks:
            begin_application(shop_id=made.id, kind=Kind.INDIVIDUAL)
    return made


@transaction.atomic
def begin_application(*, shop_id: int, kind: str) -> ApplicationView:
    """The open application of a shop, begun if there is none: the first, or one for a larger kind of seller."""
    lock_shop(shop_id)
    row = reads.open_application(shop_id)
    if row is None:
        row = Application.objects.create(
            public_id=new_id(), shop_id=shop_id, kind=_kind(kind), created_at=clock.now()
        )
    return reads.view(row)


@transaction.atomic
def drop_upgrade(*, shop_id: int, person_id: int) -> None:
    """Take back an application for a larger kind of seller; the shop sells on as what it is.

    Raises CannotChange while somebody looks at it, and for a shop that was never approved as anything.
    """
    shop = lock_shop(shop_id)
    row = _changeable(shop_id)
    if not shop.kind:
        raise CannotChange
    guard.audit(
        actor_id=person_id, action="shop.upgrade_dropped", object=f"application:{row.public_id}",
        before={"state": row.state}, shop_id=shop_id,
    )  # fmt: skip
    row.delete()


def _kind(text: str) -> str:
    if text not in set(Kind):
        raise BadInput(fields={"kind": marked("选一种卖家身份")})
    return text


def _changeable(shop_id: int) -> Application:
    row = reads.open_application(shop_id)
    if row is None or row.state not in CHANGING:
        raise CannotChange
    return row


@transaction.atomic
def save_application(*, shop_id: int, form: ApplicationForm) -> ApplicationView:
    """Keep what is written so far, complete or not. An identity number left "" or masked stays as it was.

    Raises CannotChange while somebody looks at it.
    """
    lock_shop(shop_id)
    row = _changeable(shop_id)
    row.kind = _kind(form.kind)
    for name in ("company", "person", "phone", "address"):
        setattr(row, name, getattr(form, name).strip()[:120])
    row.company, row.person = row.company[:80], row.person[:40]
    row.code = form.code.strip().upper()[:18]
    if form.identity.strip() and "*" not in form.identity:
        row.identity = form.identity.strip().upper()[:18]
    wrong = {}
    for name in ("licence_until", "identity_until"):
        text = getattr(form, name).strip()
        day = rules.day_of(text)
        if text and day is None:
            wrong[name] = marked("日期写成 2030-01-31 这样")
        setattr(row, name, day)
    if wrong:
        raise BadInput(fields=wrong)
    row.categories = [one.strip()[:20] for one in form.categories if one.strip()][:20]
    row.save()
    return reads.view(row)


def add_document(
    *, shop_id: int, person_id: int, kind: str, file: IO[bytes], permit: str = "",
    number: str = "", until: str = "",
) -> DocumentView:  # fmt: skip
    """Hand in a paper; its file is private. A permit of a shop that sells is looked at by an operator."""
    day = rules.day_of(until)
    wrong: dict[str, str] = {}
    if kind not in ("licence", "identity", "permit", "report"):
        wrong["kind"] = marked("选一种证件")
    if (kind in ("permit", "report")) != bool(permit) or (permit and permit not in rules.PERMITS):
        wrong["permit"] = marked("选是哪一种许可证")
    if until and day is None:
        wrong["until"] = marked("日期写成 2030-01-31 这样")
    elif day is not None and day < reads.today():
        wrong["until"] = marked("这份证件已经过期了")
    if wrong:
        raise BadInput(fields=wrong)
    file_id = media.store_private(owner_id=person_id, file=file)
    with transaction.atomic():
        lock_shop(shop_id)
        made = Document.objects.create(
            public_id=new_id(), shop_id=shop_id, kind=kind, permit=permit,
            number=number.strip()[:60], until=day, file_id=file_id, created_at=clock.now(),
        )  # fmt: skip
    return next(one for one in reads.documents(shop_id) if one.public_id == made.public_id)


@transaction.atomic
def accept_agreements(*, shop_id: int, person_id: int, versions: Sequence[tuple[str, str]]) -> None:
    """Note what was accepted, with version and time. Raises AgreementChanged if it is not what holds now."""
    if set(versions) != {(one.name, one.version) for one in agreements.CURRENT}:
        raise AgreementChanged
    now = clock.now()
    Acceptance.objects.bulk_create(
        [
            Acceptance(
                shop_id=shop_id, agreement=name, version=version, person_id=person_id, at=now
            )
            for name, version in versions
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def submit_application(*, shop_id: int, person_id: int) -> ApplicationView:
    """Check everything a machine can, and hand it to an operator; an individual within limits is approved at once.

    Raises BadInput with the field that is wrong, and CannotChange if it was submitted before.
    """
    lock_shop(shop_id)
    row = _changeable(shop_id)
    form, now = reads.form_of(row), clock.now()
    in_force = reads.rules_in_force(form.categories)
    wrong = rules.check_application(
        form, papers=reads.papers(shop_id), rules=in_force, today=reads.today()
    )
    if not reads.has_agreed(shop_id):
        wrong["agreements"] = marked("看过并同意协议，才能提交")
    if wrong:
        raise BadInput(fields=wrong)
    row.state, row.submitted_at, row.reasons = "submitted", now, []
    row.save(update_fields=["state", "submitted_at", "reasons"])
    signals.emit(ShopApplied(shop_id, person_id, now.isoformat()))
    is_small = row.kind == Kind.INDIVIDUAL and not any(
        rule.permits or rule.risk for rule in in_force.values()
    )
    if is_small and settings.SHOP_REVIEW != "all":
        _approve(row, None)
    return reads.application(row.public_id)


@transaction.atomic
def decide_application(
    *, public_id: str, operator_id: int, outcome: str, reasons: Sequence[Reason] = ()
) -> ApplicationView:
    """Approve, reject, or ask for more, once. What is not approved says why, field by field.

    Raises BadInput, AlreadyDecided (somebody else was faster) or ApplicationNotFound.
    """
    if outcome not in ("approved", "rejected", "more"):
        raise BadInput(fields={"outcome": marked("选通过、驳回或补材料")})
    if (outcome == "approved") == bool(reasons) or any(
        one.field not in rules.FIELDS or one.code not in rules.REASONS for one in reasons
    ):
        raise BadInput(fields={"reasons": marked("驳回和补材料要逐项写原因，通过不用")})
    seen = reads.application(public_id)
    lock_shop(seen.shop_id)
    row = Application.objects.get(public_id=public_id)
    if row.state != "submitted":
        raise AlreadyDecided
    if outcome == "approved":
        _approve(row, operator_id)
    else:
        row.state, row.decided_at, row.decided_by_id = outcome, clock.now(), operator_id
        row.reasons = [[one.field, one.code, one.note[:200]] for one in reasons]
        row.save(update_fields=["state", "decided_at", "decided_by_id", "reasons"])
        owner_id = Shop.objects.get(pk=row.shop_id).owner_id
        signals.emit(ShopSentBack(row.shop_id, owner_id, outcome, clock.now().isoformat()))
    guard.audit(
        actor_id=operator_id, action=f"shop.application.{outcome}", object=f"application:{public_id}",
        before={"state": seen.state}, after={"reasons": row.reasons},
    )  # fmt: skip
    return reads.application(public_id)


def _approve(row: Application, operator_id: int | None) -> None:
    """Let the shop sell as what it applied for."""
    now = clock.now()
    row.state, row.decided_at, row.decided_by_id = "approved", now, operator_id
    row.save(update_fields=["state", "decided_at", "decided_by_id"])
    shop = Shop.objects.get(pk=row.shop_id)
    ruled = reads.rules_in_force(row.categories).values()
    shop.kind = row.kind
    own_minor: int = getattr(settings, DEPOSITS[Kind(row.kind)])
    shop.deposit_due_minor = max([own_minor, *(rule.deposit_minor for rule in ruled)])
    shop.save(update_fields=["kind", "deposit_due_minor"])
    Document.objects.filter(shop=shop, state="given").update(state="accepted")
    supersede(shop.pk)
    judge_permits(shop.pk)
    lift(shop_id=shop.pk, cause=Cause.REVIEW, by_id=operator_id, quietly=True)
    if row.kind != Kind.INDIVIDUAL:
        lift(shop_id=shop.pk, cause=Cause.LIMIT, by_id=operator_id)
    signals.emit(ShopApproved(shop.pk, shop.owner_id, row.kind, now.isoformat()))


@transaction.atomic
def decide_document(
    *, public_id: str, operator_id: int, is_accepted: bool, reason: str = "", note: str = ""
) -> None:
    """Accept or refuse a paper handed in later: a renewal, or a permit for another category.

    Accepted, it takes the place of the one before it; until then, or refused, that one counts as it did. Refused, it
    says why: raises BadInput without a reason, or with "other" alone.
    """
    said = "" if is_accepted else note.strip()[:200]
    why = "" if is_accepted else reason
    if not is_accepted:
        _check_reason(why, said)
    row = Document.objects.filter(public_id=public_id).first()
    if row is None:
        raise DocumentNotFound(public_id)
    lock_shop(row.shop_id)
    state = "accepted" if is_accepted else "refused"
    given = Document.objects.filter(pk=row.pk, state="given")
    if not given.update(state=state, reason=why, note=said):
        raise AlreadyDecided
    if is_accepted:
        supersede(row.shop_id)
    else:
        signals.emit(
            DocumentRefused(
                row.shop_id, row.shop.owner_id, public_id, rules.name_of(row.kind, row.permit),
                rules.REASONS[why], said, clock.now().isoformat(),
            )
        )  # fmt: skip
    judge_permits(row.shop_id)
    guard.audit(
        actor_id=operator_id, action=f"shop.document.{state}", object=f"document:{public_id}",
        after={"reason": why, "note": said} if why else None,
    )  # fmt: skip


def _check_reason(reason: str, note: str) -> None:
    if reason not in rules.REASONS:
        raise BadInput(fields={"reason": marked("选一个驳回的原因，店主会看到")})
    if reason == "other" and not note:
        raise BadInput(fields={"note": marked("写清楚原因，店主会看到")})


@transaction.atomic
def close_shop(*, shop_id: int, person_id: int, reason: str = "") -> None:
    """The owner closes the shop: nothing of it can be ordered from now on."""
    withhold(shop_id=shop_id, cause=Cause.CLOSED, reason=reason, by_id=person_id)
    guard.audit(
        actor_id=person_id, action="shop.close", object=f"shop:{shop_id}", after=reason,
        shop_id=shop_id,
    )  # fmt: skip


@transaction.atomic
def reopen_shop(*, shop_id: int, person_id: int) -> None:
    """The owner opens a shop again that the owner closed."""
    lift(shop_id=shop_id, cause=Cause.CLOSED, by_id=person_id)
    guard.audit(actor_id=person_id, action="shop.reopen", object=f"shop:{shop_id}", shop_id=shop_id)


@transaction.atomic
def suspend_shop(*, shop_id: int, operator_id: int, reason: str) -> None:
    """An operator stops a shop, with a reason its owner reads. Nothing of it can be ordered from now on."""
    if not reason.strip():
        raise BadInput(fields={"reason": marked("写清楚原因，店主会看到")})
    withhold(shop_id=shop_id, cause=Cause.SUSPENDED, reason=reason.strip(), by_id=operator_id)
    guard.audit(actor_id=operator_id, action="shop.suspend", object=f"shop:{shop_id}", after=reason)


@transaction.atomic
def resume_shop(*, shop_id: int, operator_id: int) -> None:
    lift(shop_id=shop_id, cause=Cause.SUSPENDED, by_id=operator_id)
    guard.audit(actor_id=operator_id, action="shop.resume", object=f"shop:{shop_id}")
