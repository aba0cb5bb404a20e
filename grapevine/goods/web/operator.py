"""The operator's desk over shops: applications, papers, deposits, suspensions, rules of categories."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods.actions import deposits, onboarding as actions, permits
from grapevine.goods.onboarding import ApplicationView, Kind, Reason, RuleView
from grapevine.goods.queries import cards, onboarding as reads
from grapevine.goods.rules.onboarding import FIELDS, PERMITS, REASONS, name_of
from grapevine.goods.rules.standing import CAUSES
from grapevine.goods.rules.table import minor
from grapevine.goods.web.deposit import deposit_context
from grapevine.goods.web.opening import (
    DOCUMENT_STATES,
    FIELD_NAMES,
    KINDS,
    STATES,
    paper_response,
)
from grapevine.guard import facade as guard
from grapevine.kit.errors import BadInput, DomainError, NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.people import facade as people

ROWS = 30
OPERATOR = {"console": "operator", "nav": "applications"}


def operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


@require_GET
@signed_in_page
def applications(request: HttpRequest) -> HttpResponse:
    """GET /operator/shops/applications/?state=submitted|more|rejected|approved&cursor="""
    operator(request)
    state = request.GET.get("state", "submitted")
    page = reads.applications(state=state, cursor=request.GET.get("cursor"), limit=ROWS)
    context = OPERATOR | {
        "page": page, "state": state, "kinds": {kind: label for kind, label, _ in KINDS},
        "tabs": [(name, STATES[name]) for name in ("submitted", "more", "rejected", "approved")],
        "papers": [
            (name_of(one.kind, one.permit), slug, name, one)
            for one, slug, name in reads.waiting_documents(limit=ROWS)
        ],
        "reasons": list(REASONS.items()),
    }  # fmt: skip
    return render(request, "goods/applications.html", context)


@require_http_methods(["GET", "POST"])
@signed_in_page
def application(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET, POST /operator/shops/applications/<public_id>/ : `outcome`, and `reason-<field>` with `note-<field>`."""
    who = operator(request)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            actions.decide_application(
                public_id=public_id, operator_id=who, outcome=request.POST.get("outcome", ""),
                reasons=reasons_from(request.POST),
            )  # fmt: skip
            messages.success(request, _("已处理"))
            return HttpResponseRedirect(reverse("goods:applications"), status=303)
        except DomainError as error:
            refused = error
    found = reads.application(public_id, whole=True)
    guard.audit(actor_id=who, action="application.seen", object=f"application:{public_id}")
    pictured = reads.pictured(found.shop_id)
    context = OPERATOR | {
        "application": found, "state": STATES[found.state], "reason_codes": list(REASONS.items()),
        "kind": {kind: label for kind, label, _ in KINDS}[found.form.kind],  # type: ignore[index]
        "rows": _review_rows(found, request.POST), "rounds": _rounds(public_id),
        "papers": [
            {
                "one": one, "is_picture": one.public_id in pictured, "state": DOCUMENT_STATES[one.state],
                "name": name_of(one.kind, one.permit),
            }
            for one in found.documents
        ],
        "fields": {name: _(text) for name, text in refused.fields.items()} if refused else {},
        "refusal": words(refused) if refused else None,
    }  # fmt: skip
    return render(
        request, "goods/application_review.html", context, status=refused.status if refused else 200
    )


OF_COMPANIES = ("company", "code", "licence", "licence_until")


def _review_rows(found: ApplicationView, typed: Any) -> list[dict[str, Any]]:
    """What there is to decide on, field by field, with what the machine finds; what this seller need not tell is left out."""
    wrong = reads.checks_of(found.public_id)
    kinds = {one.kind for one in found.documents if one.counts}
    has_permits = bool(kinds & {"permit", "report"}) or "permits" in wrong
    rows = []
    for name in FIELDS:
        if name in OF_COMPANIES and found.form.kind == Kind.INDIVIDUAL:
            continue
        if name == "permits" and not has_permits:
            continue
        rows.append(
            {
                "name": name, "label": FIELD_NAMES[name], "value": _review_value(found, name),
                "wrong": _(wrong[name]) if name in wrong else "",
                "code": typed.get(f"reason-{name}", ""), "note": typed.get(f"note-{name}", ""),
            }
        )  # fmt: skip
    return rows


def _review_value(found: ApplicationView, name: str) -> str:
    """As it was told; a date left open and a paper are said in words."""
    papers = {"licence": ("licence",), "permits": ("permit", "report")}.get(name)
    if papers is not None:
        count = sum(one.kind in papers and one.counts for one in found.documents)
        told = ngettext("上传了 %(count)s 份", "上传了 %(count)s 份", count) % {"count": count}
        return told if count else _("没有上传")
    value = _value(found.form, name)
    if not value:
        return _("长期") if name.endswith("_until") else _("没有填")
    return value


def _rounds(public_id: str) -> list[dict[str, Any]]:
    return [
        {
            "at": at, "outcome": STATES[outcome],
            "reasons": [(FIELD_NAMES.get(one.field, one.field), REASONS[one.code], one.note) for one in reasons],
        }
        for at, outcome, reasons in reads.earlier_rounds(public_id)
    ]  # fmt: skip


def _value(form: Any, name: str) -> str:
    found = getattr(form, name, "")
    return "、".join(found) if isinstance(found, tuple) else str(found)


def reasons_from(data: Any) -> list[Reason]:
    """The fields a reason was picked for."""
    return [
        Reason(name, str(data[f"reason-{name}"]), str(data.get(f"note-{name}", "")).strip())
        for name in FIELDS
        if data.get(f"reason-{name}")
    ]


@require_GET
@signed_in_page
def document(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /operator/documents/<public_id>/ : the paper itself."""
    who = operator(request)
    return paper_response(reads.document_file(public_id), who, public_id)


@require_POST
@signed_in_page
def decide_document(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/documents/<public_id>/decision/ : on=1 accepts; on=0 refuses, with `reason` and `note`."""
    who, data = operator(request), request.POST
    try:
        actions.decide_document(
            public_id=public_id, operator_id=who, is_accepted=data.get("on") == "1",
            reason=data.get("reason", ""), note=data.get("note", ""),
        )  # fmt: skip
    except BadInput as wrong:
        messages.error(request, _(next(iter(wrong.fields.values()))))
    else:
        messages.success(request, _("已处理"))
    return HttpResponseRedirect(reverse("goods:applications"), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def standing(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /operator/shops/<slug>/ : `do` suspend, resume, receive or return."""
    who = operator(request)
    shop = cards.shop_by_slug(slug)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            _act(request.POST, shop.id, who)
            messages.success(request, _("已处理"))
            return HttpResponseRedirect(reverse("goods:standing", args=[slug]), status=303)
        except DomainError as error:
            refused = error
    found = reads.standing(shop.id)
    context = OPERATOR | {
        "found": shop, "standing": found, "application": reads.application_of(shop.id),
        "kind": next((label for kind, label, _ in KINDS if kind == found.kind), ""),
        "causes": [(CAUSES[one.cause], one) for one in found.withheld],
        **deposit_context(shop, found),
        "is_suspended": any(one.cause == "suspended" for one in found.withheld),
        "fields": {name: _(text) for name, text in refused.fields.items()} if refused else {},
        "refusal": words(refused) if refused else None,
    }  # fmt: skip
    return render(
        request, "goods/standing.html", context, status=refused.status if refused else 200
    )


def _act(data: Any, shop_id: int, who: int) -> None:
    what = data.get("do")
    if what == "suspend":
        actions.suspend_shop(shop_id=shop_id, operator_id=who, reason=data.get("reason", ""))
    elif what == "resume":
        actions.resume_shop(shop_id=shop_id, operator_id=who)
    else:
        move = deposits.return_deposit if what == "return" else deposits.receive_deposit
        move(
            shop_id=shop_id, amount_minor=_amount(data.get("amount", "")),
            reference=data.get("reference", ""), operator_id=who,
        )  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in_page
def categories(request: HttpRequest) -> HttpResponse:
    """GET, POST /operator/categories/?category= : the rules in force, one to edit, its versions."""
    who = operator(request)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            made = permits.set_rule(rule=_rule(request.POST), operator_id=who)
            messages.success(request, _("新版本已生效"))
            back = f"{reverse('goods:categories')}?category={made.category}"
            return HttpResponseRedirect(back, status=303)
        except DomainError as error:
            refused = error
    name = request.GET.get("category", "")
    history = reads.rule_history(name) if name else []
    rule = _rule(request.POST) if refused else history[0] if history else RuleView(name)
    context = OPERATOR | {
        "deposit": f"{rule.deposit_minor // 100}.{rule.deposit_minor % 100:02}",
        "nav": "categories", "rules": list(reads.rules_in_force().values()), "history": history,
        "rule": rule,
        "permits": list(PERMITS.items()), "permit_names": PERMITS,
        "fields": {name: _(text) for name, text in refused.fields.items()} if refused else {},
        "refusal": words(refused) if refused else None,
    }  # fmt: skip
    return render(
        request, "goods/categories.html", context, status=refused.status if refused else 200
    )


def _rule(data: Any) -> RuleView:
    named = str(data.get("required", "")).replace("，", " ").replace("、", " ").split()
    risk = str(data.get("risk", "0"))
    return RuleView(
        category=str(data.get("category", "")), permits=tuple(data.getlist("permits")),
        required=tuple(named), risk=int(risk) if risk in "0123" and risk else -1,
        is_forbidden=bool(data.get("forbidden")), deposit_minor=_amount(data.get("deposit") or "0"),
    )  # fmt: skip


def _amount(text: str) -> int:
    """Minor units of what was typed; -1, which the actions refuse, for what is no amount."""
    found = minor(text[:20])
    return -1 if found is None else found
