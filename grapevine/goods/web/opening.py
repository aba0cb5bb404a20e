"""Opening a shop: its application, its papers, what it may do, and closing it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods.actions import onboarding as actions
from grapevine.goods.actions.onboarding import DEPOSITS
from grapevine.goods.contracts import Right, ShopCard
from grapevine.goods.onboarding import ApplicationForm, DocumentView, Kind
from grapevine.goods.queries import cards, onboarding as reads
from grapevine.goods.rules import agreements
from grapevine.goods.rules.onboarding import DOCUMENTS, PERMITS, REASONS, name_of
from grapevine.goods.rules.standing import CAUSES
from grapevine.goods.web.deposit import deposit_context
from grapevine.guard import facade as guard
from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.media import facade as media
from grapevine.media.contracts import NotAPaper

KINDS = (
    (Kind.INDIVIDUAL, marked("个人小店"), marked("身份证号就够，马上能卖，有数量和月成交上限")),
    (Kind.BUSINESS, marked("个体工商户"), marked("营业执照和身份证，人工审核")),
    (Kind.ENTERPRISE, marked("企业"), marked("营业执照和法定代表人身份证，人工审核")),
)
STATES = {
    "draft": marked("还没提交"),
    "submitted": marked("审核中"),
    "more": marked("要补材料"),
    "rejected": marked("没有通过"),
    "approved": marked("已通过"),
}
DOCUMENT_STATES = {
    "given": marked("待审核"), "accepted": marked("有效"), "replaced": marked("已换新"),
    "refused": marked("没有通过"),
}  # fmt: skip
UNSEEN = {
    "draft": marked("提交后审核"), "more": marked("再交后审核"), "rejected": marked("再交后审核"),
}  # fmt: skip
"""What is said of a paper that was handed in while nobody looks at the application it belongs to."""
FIELD_NAMES = {
    "company": marked("企业名称"), "code": marked("统一社会信用代码"), "licence": marked("营业执照"),
    "licence_until": marked("营业期限"), "person": marked("姓名"), "identity": marked("身份证"),
    "identity_until": marked("身份证有效期"), "phone": marked("电话"), "address": marked("经营地址"),
    "categories": marked("经营类目"), "permits": marked("许可证"),
}  # fmt: skip
OTHER_NAMES = {
    "kind": marked("你是哪一种卖家"), "agreements": marked("协议"), "until": marked("有效期到"),
}  # fmt: skip
TEXTS = (
    "kind", "company", "code", "licence_until", "person", "identity", "identity_until", "phone",
    "address",
)  # fmt: skip


def form_from(data: Any) -> ApplicationForm:
    named = str(data.get("categories", "")).replace("，", " ").replace("、", " ").split()
    return ApplicationForm(
        **{name: str(data.get(name, "")).strip() for name in TEXTS}, categories=tuple(named)
    )


@require_http_methods(["GET", "POST"])
@signed_in_page
def application(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/application/ : `do` save keeps a draft, submit hands it in."""
    shop = cards.shop_for_staff(me(request), slug, Right.CLOSING)
    if request.method == "GET":
        return _page(request, shop)
    try:
        form = form_from(request.POST)
        actions.save_application(shop_id=shop.id, form=form)
        _keep_papers(request, shop, form)
        if request.POST.get("do") != "submit":
            messages.success(request, _("草稿已保存"))
        else:
            if request.POST.get("agreed"):
                versions = [(one.name, one.version) for one in agreements.CURRENT]
                actions.accept_agreements(shop_id=shop.id, person_id=me(request), versions=versions)
            done = actions.submit_application(shop_id=shop.id, person_id=me(request))
            messages.success(
                request, _("通过了，可以卖了") if done.state == "approved" else _("已提交审核")
            )
    except DomainError as error:
        return _page(request, shop, error)
    return HttpResponseRedirect(reverse("goods:application", args=[slug]), status=303)


def _keep_papers(request: HttpRequest, shop: ShopCard, form: ApplicationForm) -> None:
    """The papers sent with the form, each running out when the form says."""
    told = {"licence": (form.code, form.licence_until), "identity": ("", form.identity_until)}
    for kind, (number, until) in told.items():
        file = request.FILES.get(f"{kind}-file")
        if file is None:
            continue
        try:
            actions.add_document(
                shop_id=shop.id, person_id=me(request), kind=kind, permit="", file=file,
                number=number, until=until,
            )  # fmt: skip
        except NotAPaper as refused:
            raise BadInput(fields={kind: refused.message}) from refused
        except BadInput as refused:
            text = next(iter(refused.fields.values()))
            raise BadInput(fields={f"{kind}_until": text}) from refused


def _kinds() -> list[tuple[str, str, str, int]]:
    """The kinds of sellers as this house treats them, with the deposit each pays at least."""
    found = [
        (str(kind), label, text, getattr(settings, DEPOSITS[kind])) for kind, label, text in KINDS
    ]
    if settings.SHOP_REVIEW == "all":
        text = marked("身份证号就够，人工审核后能卖，有数量和月成交上限")
        found[0] = (*found[0][:2], text, found[0][3])
    return found


def paper_words(one: DocumentView, application: str) -> str:
    """How a paper stands: one nobody looks at yet is not in review."""
    if one.state == "given" and application in UNSEEN:
        return UNSEEN[application]
    return (
        marked("已过期") if one.is_over and one.state == "accepted" else DOCUMENT_STATES[one.state]
    )


def _page(request: HttpRequest, shop: ShopCard, error: DomainError | None = None) -> HttpResponse:
    found = reads.application_of(shop.id)
    posted = error is not None and "person" in request.POST
    form = form_from(request.POST) if posted else found.form if found else ApplicationForm()
    standing, given = reads.standing(shop.id), reads.documents(shop.id)
    state = found.state if found else ""
    context = {
        "shop": shop, "nav": "standing", "application": found, "form": form, "kinds": _kinds(),
        "state": STATES[state] if state else "", "standing": standing,
        "is_upgrade": bool(standing.kind) and state != "approved",
        "causes": [(CAUSES[one.cause], one) for one in standing.withheld if one.cause != "review"],
        "reasons": [
            (
                "papers" if one.field == "permits" else f"f-{one.field}",
                FIELD_NAMES.get(one.field, one.field), REASONS[one.code], one.note,
            )
            for one in (found.reasons if found else ())
        ],
        "papers": [
            (name_of(one.kind, one.permit), paper_words(one, "" if standing.kind else state), REASONS.get(one.reason, ""), one)
            for one in given
        ],
        "is_paper_asked": (error is not None and (not posted or "permits" in error.fields))
        or any(one.cause == "licence" for one in standing.withheld),
        "document_kinds": list(DOCUMENTS.items()), "permits": list(PERMITS.items()),
        "agreements": agreements.CURRENT, "has_agreed": reads.has_agreed(shop.id),
        "accepted": [
            (agreements.title_of(name), version, at)
            for name, version, at in reads.accepted_agreements(shop.id)
        ],
        "categories": "、".join(form.categories),
        "fields": {name: _(text) for name, text in error.fields.items()} if error else {},
        "refusal": words(error) if error else None,
        "summary": [
            (f"f-{name}", FIELD_NAMES.get(name, OTHER_NAMES.get(name, name)), _(text))
            for name, text in (error.fields.items() if error else ())
        ],
        **{
            f"has_{kind}": any(one.kind == kind and one.counts for one in given)
            for kind in ("licence", "identity")
        },
        "is_closed": any(one.cause == "closed" for one in standing.withheld),
        **deposit_context(shop, standing),
    }  # fmt: skip
    return render(request, "goods/application.html", context, status=error.status if error else 200)


@require_POST
@signed_in_page
def add_document(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/documents/ : a paper, with its kind and when it runs out."""
    shop = cards.shop_for_staff(me(request), slug, Right.CLOSING)
    data, file = request.POST, request.FILES.get("file")
    kind, _sep, permit = data.get("kind", "").partition(":")
    try:
        if file is None:
            raise NotAPaper
        actions.add_document(
            shop_id=shop.id, person_id=me(request), kind=kind, permit=permit, file=file,
            number=data.get("number", ""), until=data.get("until", ""),
        )  # fmt: skip
    except DomainError as error:
        return _page(request, shop, error)
    messages.success(request, _("已上传"))
    return HttpResponseRedirect(reverse("goods:application", args=[slug]), status=303)


@require_POST
@signed_in_page
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/application/upgrade/ : apply to be a larger kind of seller; do=drop thinks better of it."""
    shop = cards.shop_for_staff(me(request), slug, Right.CLOSING)
    if request.POST.get("do") == "drop":
        actions.drop_upgrade(shop_id=shop.id, person_id=me(request))
        messages.success(request, _("不升级了，店铺照常卖"))
        return HttpResponseRedirect(reverse("goods:application", args=[slug]), status=303)
    actions.begin_application(shop_id=shop.id, kind=request.POST.get("kind", Kind.BUSINESS))
    return HttpResponseRedirect(reverse("goods:application", args=[slug]), status=303)


@require_GET
@signed_in_page
def document(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/documents/<public_id>/ : the paper itself, for the shop's owner only."""
    shop = cards.shop_for_staff(me(request), slug, Right.CLOSING)
    return paper_response(reads.document_file(public_id, shop_id=shop.id), me(request), public_id)


def paper_response(file_id: int, person_id: int, public_id: str) -> HttpResponse:
    """The file, never kept by a cache and never run by a browser; the look is written down."""
    paper = media.private_file(file_id)
    guard.audit(actor_id=person_id, action="document.seen", object=f"document:{public_id}")
    response = HttpResponse(paper.content, content_type=paper.content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = (
        "inline"
        if paper.content_type == "image/jpeg"
        else f'attachment; filename="{public_id}.pdf"'
    )
    return response


@require_http_methods(["GET", "POST"])
@signed_in_page
def closing(request: HttpRequest, slug: str) -> HttpResponse:
    """GET, POST /console/<slug>/closing/ : on=1 with sure=1 closes the shop, on=0 opens it again."""
    shop = cards.shop_for_staff(me(request), slug, Right.CLOSING)
    if request.method == "GET":
        return _closing_page(request, shop)
    try:
        if request.POST.get("on") != "1":
            actions.reopen_shop(shop_id=shop.id, person_id=me(request))
            messages.success(request, _("店铺重新开张"))
        elif request.POST.get("sure") == "1":
            reason = request.POST.get("reason", "")
            actions.close_shop(shop_id=shop.id, person_id=me(request), reason=reason)
            messages.success(request, _("店铺已关闭，商品都不能再下单"))
        else:
            return _closing_page(request, shop, unsure=True)
    except DomainError as error:
        return _closing_page(request, shop, error)
    return HttpResponseRedirect(reverse("goods:closing", args=[slug]), status=303)


def _closing_page(
    request: HttpRequest, shop: ShopCard, error: DomainError | None = None, *, unsure: bool = False
) -> HttpResponse:
    held = reads.withheld(shop.id)
    context = {
        "shop": shop, "nav": "standing", "is_closed": any(one.cause == "closed" for one in held),
        "on_sale": cards.on_sale_count(shop.id), "unsure": unsure,
        "refusal": words(error) if error else None,
    }  # fmt: skip
    status = error.status if error else 422 if unsure else 200
    return render(request, "goods/closing.html", context, status=status)
