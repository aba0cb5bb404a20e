"""A buyer's after-sales: asking, the case, the list; and what everybody may read of a shop."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.media import facade as media
from grapevine.people import facade as people
from grapevine.trade import access
from grapevine.trade.actions import aftersales as actions, afterwards
from grapevine.trade.aftersales import CaseNotFound, CaseState, CaseView
from grapevine.trade.contracts import OrderState, OrderView
from grapevine.trade.queries import aftersales as reading, reading as orders
from grapevine.trade.queries.aftersales_open import open_figures
from grapevine.trade.rules.aftersales import Ended, may, may_reopen, no_reason_until
from grapevine.trade.rules.carriers import CARRIERS
from grapevine.trade.web import aftersales_words as said

PICTURES = 9
THUMB = 360
"""The narrowest width pictures are kept in."""


def keep(request: HttpRequest, kept: list[str]) -> list[str]:
    """The pictures of this request and of those before it go into `kept`: a browser gives a chosen file only once.

    They are private; what is in `kept` when one of them is refused is shown again as chosen.
    """
    before = request.POST.getlist("kept")[:PICTURES]
    owned = media.pictures_owned_by(me(request), before, private=True)
    kept += [one.public_id for one in owned]
    for file in request.FILES.getlist("pictures")[: PICTURES - len(kept)]:
        stored = media.store_picture(owner_id=me(request), file=file, is_private=True)
        kept.append(stored.public_id)
    return kept


@require_GET
@signed_in_page
def mine(request: HttpRequest) -> HttpResponse:
    """GET /after-sales/?cursor="""
    page = reading.cases_of(me(request), request.GET.get("cursor"))
    rows = [(one, said.kind_label(one.kind), said.state_label(one.state)) for one in page.items]
    context = {"tab": "inbox", "rows": rows, "page": page}
    return render(request, "trade/aftersales_list.html", context)


@require_http_methods(["GET", "POST"])
@signed_in_page
def new(request: HttpRequest, number: str) -> HttpResponse:
    """GET, POST /orders/<number>/after-sales/ : pieces-<line>, kind, reason, words, pictures; step=price counts again."""
    order = orders.order_for(me(request), number)
    refused: DomainError | None = None
    kept: list[str] = []
    if request.method == "POST":
        try:
            keep(request, kept)
            if request.POST.get("step") != "price":
                opened = _opened(request, order, kept)
                messages.success(request, _("售后申请已提交"))
                return _back(opened)
        except DomainError as error:
            refused = error
    return _form(request, order, refused, kept)


def drafts(request: HttpRequest, kept: Sequence[str]) -> list[tuple[str, str]]:
    """(public id, the picture itself): they are private, so no address leads to them before there is a case."""
    owned = media.pictures_owned_by(me(request), kept, private=True)
    return [
        (
            one.public_id,
            f"data:image/jpeg;base64,{b64encode(media.picture_bytes(one.id, THUMB)).decode()}",
        )
        for one in owned
    ]


def _opened(request: HttpRequest, order: OrderView, kept: Sequence[str]) -> str:
    kind, _sep, reason = request.POST.get("wish", "").partition(":")
    made = actions.open_case(
        buyer_id=me(request), order_number=order.number, kind=kind, reason=reason,
        words=request.POST.get("words", ""), pieces=_pieces(request, order), picture_ids=kept,
    )  # fmt: skip
    return made.number


def _pieces(request: HttpRequest, order: OrderView) -> dict[int, int]:
    found = {}
    for line in order.lines:
        text = request.POST.get(f"pieces-{line.id}", "0")
        found[line.id] = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    return {pk: n for pk, n in found.items() if n}


def _form(
    request: HttpRequest, order: OrderView, refused: DomainError | None, kept: Sequence[str]
) -> HttpResponse:
    left = reading.left_of(order.number)
    pieces = _pieces(request, order) if request.method == "POST" else {}
    if request.method == "GET" and sum(left.values()) == 1:
        pieces = {pk: n for pk, n in left.items() if n}
    row = access.order_of_buyer(me(request), order.number)
    unsent = order.state == OrderState.PAID and not order.shipments
    received = order.received_at is not None
    until = no_reason_until(order.received_at) if order.received_at else None
    context: dict[str, Any] = {
        "order": order, "refusal": words(refused) if refused else None,
        "fields": {k: _(v) for k, v in refused.fields.items()} if refused else {},
        "lines": [(line, range(left[line.id] + 1), pieces.get(line.id, 0)) for line in order.lines],
        "left": sum(left.values()), "kinds": said.kinds(unsent=unsent, received=received),
        "wish": request.POST.get("wish", ""), "text": request.POST.get("words", ""),
        "worth": reading.worth(row, pieces) if pieces else None, "until": until,
        "excepted": [line for line in order.lines if line.returns != "seven_days" and line.returns_confirmed],
        "drafts": drafts(request, kept), "window": settings.RETURN_WINDOW_DAYS, "cases": reading.cases_of_order(order.number),
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "trade/aftersales_new.html", context, status=status)


@require_GET
@signed_in_page
def case(request: HttpRequest, number: str) -> HttpResponse:
    """GET /after-sales/<number>/"""
    return _case(request, number)


def _case(
    request: HttpRequest, number: str, refused: DomainError | None = None, kept: Sequence[str] = ()
) -> HttpResponse:
    found = reading.case_view(actions.case_of_buyer(me(request), number))
    context = case_context(found, "buyer") | {
        "picture_url": "trade:case_picture",
        "say_url": reverse("trade:case_message", args=[number]),
        "may_reopen": may_reopen(ended(found), clock.now(), settings.AFTER_SALES_REOPEN_DAYS),
        "may_rate": found.ended_at is not None and not found.stars,
        "reopen_days": settings.AFTER_SALES_REOPEN_DAYS,
        "stars": STARS, "refusal": words(refused) if refused else None,
        "fields": [_(text) for text in refused.fields.values()] if refused else [],
        "text": request.POST.get("words", ""), "drafts": drafts(request, kept),
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "trade/aftersales_case.html", context, status=status)


STARS = (5, 4, 3, 2, 1)


def ended(found: CaseView) -> Ended:
    return Ended(
        found.ended_at, found.outcome, bool(found.ruled_for), found.reopened_at is not None
    )


def case_context(found: Any, actor: str) -> dict[str, Any]:
    """What every page of a case shows, and what this actor may do."""
    targets = {
        "cancel": CaseState.CANCELLED, "send": CaseState.SENT, "escalate": CaseState.PLATFORM,
        "finish": CaseState.DONE, "reject": CaseState.REJECTED, "replace": CaseState.REPLACED,
    }  # fmt: skip
    return {
        "case": found, "label": said.state_label(found.state), "kind": said.kind_label(found.kind),
        "reason": said.reason_label(found.reason), "steps": said.steps(found),
        "due": said.due_text(found), "outcome": said.outcome_label(found.outcome),
        "thread": [(one, said.actor_label(one.author)) for one in found.thread],
        "may": {name: may(found.state, target, actor) for name, target in targets.items()},
        "is_open": found.ended_at is None, "carriers": CARRIERS,
        "appeal": said.appeal_label(found.appeal.state) if found.appeal else "",
    }  # fmt: skip


def _back(number: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("trade:case", args=[number]), status=303)


@require_POST
@signed_in_page
def message(request: HttpRequest, number: str) -> HttpResponse:
    """POST /after-sales/<number>/messages/ : words, pictures"""
    found, kept = actions.case_of_buyer(me(request), number), list[str]()
    try:
        actions.say(
            case=found, author="buyer", author_id=me(request), words=request.POST.get("words", ""),
            picture_ids=keep(request, kept),
        )  # fmt: skip
    except DomainError as refused:
        return _case(request, number, refused, kept)
    return _back(number)


@require_POST
@signed_in_page
def cancellation(request: HttpRequest, number: str) -> HttpResponse:
    """POST /after-sales/<number>/cancellation/"""
    actions.cancel_case(buyer_id=me(request), number=number)
    messages.success(request, _("已撤销这次售后"))
    return _back(number)


@require_POST
@signed_in_page
def parcel(request: HttpRequest, number: str) -> HttpResponse:
    """POST /after-sales/<number>/parcel/ : carrier, tracking"""
    actions.send_return(
        buyer_id=me(request), number=number, carrier=request.POST.get("carrier", ""),
        tracking=request.POST.get("tracking", ""),
    )  # fmt: skip
    messages.success(request, _("单号已填好，店家收到后会处理"))
    return _back(number)


@require_POST
@signed_in_page
def escalation(request: HttpRequest, number: str) -> HttpResponse:
    """POST /after-sales/<number>/escalation/ : words"""
    actions.escalate_case(buyer_id=me(request), number=number, words=request.POST.get("words", ""))
    messages.success(request, _("平台会看双方的证据再决定"))
    return _back(number)


@require_POST
@signed_in_page
def reopening(request: HttpRequest, number: str) -> HttpResponse:
    """POST /after-sales/<number>/reopening/ : words"""
    afterwards.reopen_case(buyer_id=me(request), number=number, words=request.POST.get("words", ""))
    messages.success(request, _("已重新打开，店家会再处理"))
    return _back(number)


@require_POST
@signed_in_page
def satisfaction(request: HttpRequest, number: str) -> HttpResponse:
    """POST /after-sales/<number>/satisfaction/ : stars"""
    text = request.POST.get("stars", "")
    afterwards.rate_case(
        buyer_id=me(request), number=number, stars=int(text) if text in {"1", "2", "3", "4", "5"} else 0
    )  # fmt: skip
    messages.success(request, _("谢谢，评价已计入店铺的售后考核"))
    return _back(number)


@require_POST
@signed_in_page
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """POST /after-sales/<number>/receipt/ : the other piece has arrived."""
    actions.confirm_replacement(buyer_id=me(request), number=number)
    return _back(number)


@require_GET
@signed_in_page
def picture(request: HttpRequest, number: str, public_id: str) -> HttpResponse:
    """GET /after-sales/<number>/pictures/<public_id>.jpg : for the buyer, and for operators who were asked."""
    try:
        found = actions.case_of_buyer(me(request), number)
    except CaseNotFound:
        if not people.is_operator(me(request)):
            raise
        found = actions.case_for_platform(number)
    return jpeg(reading.picture_of(found, public_id))


def jpeg(body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /shop/<slug>/after-sales/ : how a shop handles after-sales; for everybody."""
    return _figures(request, goods.shop_by_slug(slug))


@require_GET
def platform_figures(request: HttpRequest) -> HttpResponse:
    """GET /after-sales/figures/ : the same of the whole platform."""
    return _figures(request, None)


def _figures(request: HttpRequest, shop: Any) -> HttpResponse:
    found = open_figures(shop.id if shop else None)
    context = {
        "shop_card": shop, "found": found, "rate": f"{found.rate_bps / 100:.2f}%",
        "in_time": said.share_text(found.answered_in_time_bps), "target": settings.AFTER_SALES_ANSWER_HOURS,
        "reopened": said.share_text(found.reopened_bps), "satisfied": said.stars_text(found.stars_hundredths),
        "outcomes": [(said.outcome_label(name), n, f"{bps / 100:.1f}%", bps // 100) for name, n, bps in found.outcomes],
        "recent": [
            (one, said.kind_label(one.kind), said.reason_label(one.reason), said.outcome_label(one.outcome))
            for one in found.recent
        ],
    }  # fmt: skip
    return render(request, "trade/aftersales_open.html", context)
