"""The shop's after-sales desk: what waits, until when, and one case with both sides' words."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.trade.actions import aftersales as actions, appealing
from grapevine.trade.aftersales import CaseKind, CaseState, CaseView
from grapevine.trade.queries import aftersales as reading
from grapevine.trade.web import aftersales_words as said
from grapevine.trade.web.aftersales import case_context, drafts, jpeg, keep

ROWS = 50
BULK_MAX = 50
TABS = (
    "requested", "sent", "received", "returning", "rejected", "platform", "refunding", "replaced",
    "done", "closed", "cancelled",
)  # fmt: skip


def _shop(request: HttpRequest, slug: str, right: Right = Right.AFTER_SALES) -> ShopCard:
    return goods.shop_for_staff(me(request), slug, right)


@require_GET
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/after-sales/?state=&kind=&late=1&q=&cursor="""
    shop = _shop(request, slug)
    asked = {name: request.GET.get(name, "")[:20] for name in ("state", "kind", "q", "late")}
    state = asked["state"] if asked["state"] in set(CaseState) else ""
    kind = asked["kind"] if asked["kind"] in set(CaseKind) else ""
    page = reading.cases_of_shop(
        shop.id, state, request.GET.get("cursor"), ROWS, kind=kind, late=asked["late"] == "1",
        query=asked["q"],
    )  # fmt: skip
    counts, now = reading.case_counts(shop.id), clock.now()
    tabs: list[dict[str, Any]] = [{"url": "?", "label": _("全部"), "current": not state}]
    tabs += [
        {"url": f"?state={name}", "label": said.state_label(name), "count": counts.get(name, 0), "current": name == state}
        for name in TABS
        if counts.get(name) or name in ("requested", "sent", state)
    ]  # fmt: skip
    rows = [
        (one, said.kind_label(one.kind), said.reason_label(one.reason), said.state_label(one.state), said.is_late(one.due_at, now))
        for one in page.items
    ]  # fmt: skip
    context = {
        "shop": shop, "nav": "aftersales", "tabs": tabs, "rows": rows, "page": page,
        "asked": asked, "state": state, "kinds": [(str(k), said.kind_label(k)) for k in CaseKind],
        "may_refund": Right.REFUNDS in shop.rights,
    }  # fmt: skip
    return render(request, "trade/aftersales_desk.html", context)


@require_POST
@signed_in_page
def approvals(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/after-sales/approvals/ : case=…, step=dry shows what would happen, nothing else does it."""
    shop = _shop(request, slug, Right.REFUNDS)
    numbers = list(dict.fromkeys(request.POST.getlist("case")))[:BULK_MAX]
    if request.POST.get("step") == "dry":
        return _dry(request, shop, numbers)
    done, failed = 0, 0
    for number in numbers:
        try:
            actions.approve_case(shop_id=shop.id, number=number, actor_id=me(request))
            done += 1
        except DomainError:
            failed += 1
    messages.success(request, _("同意了 %(n)d 件") % {"n": done})
    if failed:
        messages.error(request, _("%(n)d 件没有变：状态已经不同") % {"n": failed})
    return HttpResponseRedirect(reverse("trade:aftersales_desk", args=[slug]), status=303)


def _dry(request: HttpRequest, shop: ShopCard, numbers: list[str]) -> HttpResponse:
    """What agreeing would do, case by case, and the money it would send back now."""
    rows: list[dict[str, Any]] = []
    for number in numbers:
        try:
            found = reading.case_view(actions.case_of_shop(shop.id, number))
        except DomainError as error:
            rows.append({"number": number, "can": False, "says": words(error)[0]})
            continue
        can = found.state == CaseState.REQUESTED
        money = can and found.kind in (CaseKind.REFUND, CaseKind.SHORTAGE)
        rows.append({
            "number": number, "can": can, "kind": said.kind_label(found.kind),
            "now_minor": found.amount_minor if money else 0,
            "says": (_("立即退款") if money else _("请买家寄回")) if can else said.state_label(found.state),
        })  # fmt: skip
    context = {
        "shop": shop, "nav": "aftersales", "rows": rows,
        "total_minor": sum(row.get("now_minor", 0) for row in rows),
        "count": sum(bool(row["can"]) for row in rows),
    }  # fmt: skip
    return render(request, "trade/aftersales_dry.html", context)


@require_GET
@signed_in_page
def case(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """GET /console/<slug>/after-sales/<number>/"""
    return _case(request, _shop(request, slug), number)


def _case(
    request: HttpRequest, shop: ShopCard, number: str, refused: DomainError | None = None,
    kept: Sequence[str] = (),
) -> HttpResponse:  # fmt: skip
    found = reading.case_view(actions.case_of_shop(shop.id, number))
    context = case_context(found, "shop") | {
        "shop": shop, "nav": "aftersales", **appeal_context(found), "may_refund": Right.REFUNDS in shop.rights, "refusal": words(refused) if refused else None,
        "fields": [_(text) for text in refused.fields.values()] if refused else [],
        "text": request.POST.get("words", "") if kept else "", "drafts": drafts(request, kept),
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "trade/aftersales_desk_case.html", context, status=status)


def appeal_context(found: CaseView) -> dict[str, Any]:
    """What the shop needs for its one appeal: until when, and how the buyer's after-sales look, at this shop alone."""
    until = appealing.appeal_until(found)
    may_appeal = until is not None and found.appeal is None
    shows = may_appeal or found.appeal is not None
    return {
        "may_appeal": may_appeal, "appeal_until": until,
        "abuse": reading.abuse_of(found.buyer_id, found.shop_id) if shows else None,
    }  # fmt: skip


DONE = {
    "approval": Right.REFUNDS, "rejection": Right.AFTER_SALES, "arrival": Right.REFUNDS,
    "replacement": Right.AFTER_SALES, "refund": Right.REFUNDS, "messages": Right.AFTER_SALES,
    "appeal": Right.AFTER_SALES,
}  # fmt: skip
"""What staff may do with a case, and the right it takes: whatever sends money needs the right to refund."""


@require_POST
@signed_in_page
def act(request: HttpRequest, slug: str, number: str, deed: str) -> HttpResponse:
    """POST /console/<slug>/after-sales/<number>/<deed>/ : one of DONE, with its fields."""
    shop, kept = _shop(request, slug, DONE[deed]), list[str]()
    try:
        _do(request, shop.id, number, deed, kept)
    except DomainError as refused:
        if not refused.fields and not kept:
            raise
        return _case(request, shop, number, refused, kept)
    messages.success(request, _("已处理"))
    return HttpResponseRedirect(
        reverse("trade:aftersales_desk_case", args=[slug, number]), status=303
    )


def _do(request: HttpRequest, shop_id: int, number: str, deed: str, kept: list[str]) -> None:
    data, actor_id = request.POST, me(request)
    own: dict[str, Any] = {"shop_id": shop_id, "number": number, "actor_id": actor_id}
    if deed == "approval":
        actions.approve_case(**own, words=data.get("reason", ""))
    elif deed == "rejection":
        actions.reject_case(**own, reason=data.get("reason", ""))
    elif deed == "arrival":
        actions.receive_return(**own, restocks=data.get("restocks") == "1")
    elif deed == "replacement":
        actions.send_replacement(
            **own, carrier=data.get("carrier", ""), tracking=data.get("tracking", "")
        )
    elif deed == "appeal":
        appealing.appeal_ruling(**own, words=data.get("words", ""))
    elif deed == "refund":
        actions.refund_instead(**own, reason=data.get("reason", ""))
    else:
        actions.say(
            case=actions.case_of_shop(shop_id, number), author="shop", author_id=actor_id,
            words=data.get("words", ""), picture_ids=keep(request, kept),
        )  # fmt: skip


@require_GET
@signed_in_page
def picture(request: HttpRequest, slug: str, number: str, public_id: str) -> HttpResponse:
    """GET /console/<slug>/after-sales/<number>/pictures/<public_id>.jpg"""
    shop = _shop(request, slug)
    return jpeg(reading.picture_of(actions.case_of_shop(shop.id, number), public_id))
