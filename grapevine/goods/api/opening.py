"""Opening a shop over the API: its application and papers for the owner, the queue for operators."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status, UploadedFile
from pydantic import Field

from grapevine.goods.actions import deposits, onboarding as actions, permits
from grapevine.goods.contracts import Right, ShopCard
from grapevine.goods.onboarding import ApplicationForm, ApplicationView, Reason, RuleView
from grapevine.goods.queries import cards, onboarding as reads
from grapevine.goods.rules import agreements as texts
from grapevine.guard.facade import audit, once
from grapevine.kit.api import ListOut, signed_in
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me
from grapevine.media import facade as media
from grapevine.people import facade as people

router = Router(tags=["opening a shop"])
Answer = dict[str, Any]


class ApplicationIn(Schema):
    """Dates as YYYY-MM-DD, "" for none; an identity number left "" stays as it was."""

    kind: str = Field("individual", max_length=12)
    company: str = Field("", max_length=120)
    code: str = Field("", max_length=40)
    licence_until: str = Field("", max_length=12)
    person: str = Field("", max_length=80)
    identity: str = Field("", max_length=40)
    identity_until: str = Field("", max_length=12)
    phone: str = Field("", max_length=30)
    address: str = Field("", max_length=200)
    categories: list[str] = Field(default_factory=list, max_length=20)

    def form(self) -> ApplicationForm:
        return ApplicationForm(
            **(self.model_dump() | {"categories": tuple(self.categories)}),
        )


class VersionIn(Schema):
    name: str = Field(max_length=20)
    version: str = Field(max_length=12)


class AgreedIn(Schema):
    agreements: list[VersionIn] = Field(max_length=10)


class OpeningReasonIn(Schema):
    field: str = Field(max_length=20)
    code: str = Field(max_length=20)
    note: str = Field("", max_length=200)


class DecisionIn(Schema):
    """`outcome` approved, rejected or more; the last two with reasons, field by field."""

    outcome: str = Field(max_length=10)
    reasons: list[OpeningReasonIn] = Field(default_factory=list, max_length=20)


class WhyIn(Schema):
    reason: str = Field("", max_length=200)


class DepositIn(Schema):
    amount_minor: int = Field(ge=-(2**50), le=2**50)
    reference: str = Field(max_length=80)


class AcceptedIn(Schema):
    on: bool
    reason: str = Field("", max_length=20)
    note: str = Field("", max_length=200)


class RuleIn(Schema):
    permits: list[str] = Field(default_factory=list, max_length=20)
    required: list[str] = Field(default_factory=list, max_length=20)
    risk: int = Field(0, ge=0, le=3)
    is_forbidden: bool = False
    deposit_minor: int = Field(0, ge=0, le=10**10)


def _mine(request: HttpRequest, slug: str) -> ShopCard:
    return cards.shop_for_staff(me(request), slug, Right.CLOSING)


def operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else the endpoint does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


def _told(view: ApplicationView) -> Answer:
    told = asdict(view)
    for name in ("shop_id", "shop_name", "shop_slug"):
        told.pop(name)
    return told | {"shop": view.shop_slug}


def _standing(shop_id: int) -> Answer:
    found = reads.standing(shop_id)
    return asdict(found) | {"is_open": found.is_open}


@router.get("/agreements", response=ListOut[Answer], auth=None)
def agreements(request: HttpRequest) -> Any:  # noqa: ARG001
    """What a seller agrees to now, with versions."""
    return {"items": [asdict(one) for one in texts.CURRENT]}


@router.get("/shops/{slug}/application", response=Answer, auth=signed_in)
def read_application(request: HttpRequest, slug: str) -> Any:
    """The shop's application, its papers, and why it was sent back; for its owner."""
    shop = _mine(request, slug)
    found = reads.application_of(shop.id)
    return _told(found) if found else {}


@router.put("/shops/{slug}/application", response=Answer, auth=signed_in)
@once
def save_application(request: HttpRequest, slug: str, body: ApplicationIn) -> Any:
    """Keep what is written so far; begins an application, or one for a larger kind of seller, if none is open."""
    shop = _mine(request, slug)
    actions.begin_application(shop_id=shop.id, kind=body.kind)
    return _told(actions.save_application(shop_id=shop.id, form=body.form()))


@router.post("/shops/{slug}/application/submission", response=Answer, auth=signed_in)
@once
def submit_application(request: HttpRequest, slug: str) -> Any:
    """Have it checked, and looked at; an individual within limits is approved at once."""
    shop = _mine(request, slug)
    return _told(actions.submit_application(shop_id=shop.id, person_id=me(request)))


@router.put("/shops/{slug}/agreements", response=Answer, auth=signed_in)
@once
def accept_agreements(request: HttpRequest, slug: str, body: AgreedIn) -> Any:
    """Accept the agreements in the versions that hold now."""
    shop = _mine(request, slug)
    actions.accept_agreements(
        shop_id=shop.id, person_id=me(request),
        versions=[(one.name, one.version) for one in body.agreements],
    )  # fmt: skip
    accepted = reads.accepted_agreements(shop.id)
    return {"items": [{"name": n, "version": v, "at": at} for n, v, at in accepted]}


@router.post("/shops/{slug}/documents", response={201: Answer}, auth=signed_in)
def add_document(
    request: HttpRequest,
    slug: str,
    file: File[UploadedFile],
    kind: Form[str],
    permit: Form[str] = "",
    number: Form[str] = "",
    until: Form[str] = "",
) -> Status[Any]:
    """Hand in a paper: `kind` licence, identity, permit or report; a PDF or a picture, kept private."""
    shop = _mine(request, slug)
    made = actions.add_document(
        shop_id=shop.id, person_id=me(request), kind=kind, permit=permit, file=file,
        number=number, until=until,
    )  # fmt: skip
    return Status(201, asdict(made))


@router.get("/shops/{slug}/documents/{public_id}/file", auth=signed_in)
def read_document(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The paper itself, for the shop's owner; every look is written down."""
    shop = _mine(request, slug)
    return paper_answer(request, reads.document_file(public_id, shop_id=shop.id), public_id)


def paper_answer(request: HttpRequest, file_id: int, public_id: str) -> HttpResponse:
    paper = media.private_file(file_id)
    audit(actor_id=me(request), action="document.seen", object=f"document:{public_id}")
    response = HttpResponse(paper.content, content_type=paper.content_type)
    response["Cache-Control"] = "private, no-store"
    return response


@router.get("/shops/{slug}/standing", response=Answer, auth=signed_in)
def read_standing(request: HttpRequest, slug: str) -> Any:
    """What the shop may do now: limits, deposit, and what keeps it from selling."""
    return _standing(_mine(request, slug).id)


@router.put("/shops/{slug}/closure", response=Answer, auth=signed_in)
@once
def close_shop(request: HttpRequest, slug: str, body: WhyIn) -> Any:
    """Close the shop: nothing of it can be ordered from now on."""
    shop = _mine(request, slug)
    actions.close_shop(shop_id=shop.id, person_id=me(request), reason=body.reason)
    return _standing(shop.id)


@router.delete("/shops/{slug}/closure", response=Answer, auth=signed_in)
@once
def reopen_shop(request: HttpRequest, slug: str) -> Any:
    """Open a shop again that its owner closed."""
    shop = _mine(request, slug)
    actions.reopen_shop(shop_id=shop.id, person_id=me(request))
    return _standing(shop.id)


@router.get("/operator/applications", response=ListOut[Answer], auth=signed_in)
def list_applications(
    request: HttpRequest,
    state: str = "submitted",
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """Applications in a state, the one that waits longest first; for operators."""
    operator(request)
    page = reads.applications(state=state, cursor=cursor, limit=limit)
    return {"items": [_told(one) for one in page.items], "next_cursor": page.next_cursor}


@router.put("/operator/applications/{public_id}/decision", response=Answer, auth=signed_in)
@once
def decide_application(request: HttpRequest, public_id: str, body: DecisionIn) -> Any:
    """Approve, reject or ask for more, once."""
    who = operator(request)
    reasons = [Reason(one.field, one.code, one.note) for one in body.reasons]
    return _told(
        actions.decide_application(
            public_id=public_id, operator_id=who, outcome=body.outcome, reasons=reasons
        )
    )


@router.get("/operator/documents/{public_id}/file", auth=signed_in)
def operator_document(request: HttpRequest, public_id: str) -> HttpResponse:
    """The paper itself, for operators; every look is written down."""
    operator(request)
    return paper_answer(request, reads.document_file(public_id), public_id)


@router.put("/operator/documents/{public_id}/decision", response=Answer, auth=signed_in)
@once
def decide_document(request: HttpRequest, public_id: str, body: AcceptedIn) -> Any:
    """Accept or refuse a renewed or added paper; refused, it takes a reason, as an application does."""
    who = operator(request)
    actions.decide_document(
        public_id=public_id, operator_id=who, is_accepted=body.on, reason=body.reason, note=body.note
    )  # fmt: skip
    return {"public_id": public_id, "is_accepted": body.on}


@router.put("/operator/shops/{slug}/suspension", response=Answer, auth=signed_in)
@once
def suspend_shop(request: HttpRequest, slug: str, body: WhyIn) -> Any:
    """Stop a shop at once, with a reason that its owner reads."""
    who, shop = operator(request), cards.shop_by_slug(slug)
    actions.suspend_shop(shop_id=shop.id, operator_id=who, reason=body.reason)
    return _standing(shop.id)


@router.delete("/operator/shops/{slug}/suspension", response=Answer, auth=signed_in)
@once
def resume_shop(request: HttpRequest, slug: str) -> Any:
    """Let a suspended shop sell again."""
    who, shop = operator(request), cards.shop_by_slug(slug)
    actions.resume_shop(shop_id=shop.id, operator_id=who)
    return _standing(shop.id)


@router.post("/operator/shops/{slug}/deposits", response={201: Answer}, auth=signed_in)
@once
def move_deposit(request: HttpRequest, slug: str, body: DepositIn) -> Status[Any]:
    """Record a bank transfer: a positive amount came in, a negative one went back to a closed shop."""
    who, shop = operator(request), cards.shop_by_slug(slug)
    move = deposits.return_deposit if body.amount_minor < 0 else deposits.receive_deposit
    move(
        shop_id=shop.id, amount_minor=abs(body.amount_minor), reference=body.reference,
        operator_id=who,
    )  # fmt: skip
    return Status(201, _standing(shop.id))


@router.get("/category-rules", response=ListOut[Answer], auth=None)
def category_rules(request: HttpRequest) -> Any:  # noqa: ARG001
    """What selling goods of a category takes, as it holds now."""
    return {"items": [asdict(rule) for rule in reads.rules_in_force().values()]}


@router.put("/operator/category-rules/{category}", response=Answer, auth=signed_in)
@once
def set_rule(request: HttpRequest, category: str, body: RuleIn) -> Any:
    """A new version of a category's rule; every shop that offers it is judged at once."""
    who = operator(request)
    rule = RuleView(
        category, 0, tuple(body.permits), tuple(body.required), body.risk, body.is_forbidden,
        body.deposit_minor,
    )  # fmt: skip
    return asdict(permits.set_rule(rule=rule, operator_id=who))
