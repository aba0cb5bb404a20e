"""Pages of juries: one's seats, a jury with its ballot, and each side's consent."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.cases.actions import juries as actions
from grapevine.cases.contracts import JuryState, Side
from grapevine.cases.queries import juries as reading
from grapevine.cases.web import words
from grapevine.cases.web.tracing import device_of
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.guard import facade as guard
from grapevine.kit.errors import BadInput, DomainError, NotFound
from grapevine.kit.pages import me, person_id_of, signed_in_page
from grapevine.kit.problems import words as refusal
from grapevine.people import facade as people
from grapevine.trade import facade as trade
from grapevine.trade.contracts import CaseView


@require_GET
def juries(request: HttpRequest) -> HttpResponse:
    """GET /jury/?cursor= : how people decided; signed in, one's own seats and whether one would sit."""
    person_id = person_id_of(request)
    page = reading.closed_juries(request.GET.get("cursor"))
    seats = reading.seats_of(person_id) if person_id else []
    context = {
        "rows": [words.row(one) for one in page.items], "page": page,
        "seats": [words.row(one.jury) | {"vote": words.side_label(one.vote)} for one in seats],
        "is_in": bool(person_id) and reading.is_volunteer(person_id or 0),
        "days": settings.JURY_ACCOUNT_DAYS, "orders": settings.JURY_ORDERS,
    }  # fmt: skip
    return render(request, "cases/juries.html", context)


@require_POST
@signed_in_page
def volunteering(request: HttpRequest) -> HttpResponse:
    """POST /jury/volunteering/ : is_in=1 to be drawn, anything else not to be."""
    if request.POST.get("is_in") == "1":
        actions.volunteer(person_id=me(request), device=device_of(request))
        messages.success(request, _("谢谢，抽到你时会在这里请你投票"))
    else:
        actions.stand_down(person_id=me(request))
        messages.success(request, _("以后不再抽你"))
    return HttpResponseRedirect(reverse("cases:juries"), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def jury(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /jury/<id>/ for who sits on it; POST votes: side, reason"""
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            actions.vote(
                person_id=me(request), public_id=public_id, side=request.POST.get("side", ""),
                reason=request.POST.get("reason", ""), device=device_of(request),
            )  # fmt: skip
        except BadInput as error:
            refused = error
        else:
            messages.success(request, _("投好了，结果等大家投完再公布"))
            return HttpResponseRedirect(reverse("cases:jury", args=[public_id]), status=303)
    seat = reading.seat(me(request), public_id)
    context = words.row(seat.jury) | {
        "seat": seat, "vote": words.side_label(seat.vote),
        "can_vote": seat.jury.state == JuryState.VOTING and not seat.vote,
        "votes": [(words.side_label(one.side), one.reason) for one in seat.jury.votes],
        "refusal": refusal(refused) if refused else None,
        "fields": [_(text) for text in refused.fields.values()] if refused else [],
    }  # fmt: skip
    return render(request, "cases/jury.html", context, status=refused.status if refused else 200)


@require_GET
@signed_in_page
def picture(request: HttpRequest, public_id: str, picture_id: str) -> HttpResponse:
    """GET /jury/<id>/pictures/<picture_id>.jpg"""
    body = reading.picture(me(request), public_id, picture_id)
    response = HttpResponse(body, content_type="image/jpeg")
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
@signed_in_page
def of_buyer(request: HttpRequest, number: str) -> HttpResponse:
    """GET /after-sales/<number>/jury/ ; POST agrees (statement, pictures) or, with act=decline, does not."""
    case = trade.disputed_case(number)
    if case.buyer_id != me(request):
        raise NotFound
    return _consent(request, case, Side.BUYER, None, reverse("trade:case", args=[number]))


@require_http_methods(["GET", "POST"])
@signed_in_page
def of_shop(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """GET /console/<slug>/after-sales/<number>/jury/ ; POST as the buyer's."""
    shop = goods.shop_for_staff(me(request), slug, Right.AFTER_SALES)
    case = trade.disputed_case(number)
    if case.shop_id != shop.id:
        raise NotFound
    there = reverse("trade:aftersales_desk_case", args=[slug, number])
    return _consent(request, case, Side.SHOP, shop, there)


def _consent(
    request: HttpRequest, case: CaseView, side: Side, shop: ShopCard | None, there: str
) -> HttpResponse:
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            _answer(request, case.number, side)
        except BadInput as error:
            refused = error
        else:
            return HttpResponseRedirect(there, status=303)
    shown = [one for message in case.thread for one in message.pictures]
    picked = request.POST.getlist("pictures")
    context: dict[str, Any] = {
        "case": case, "slug": shop.slug if shop else "", "back": there, "nav": "aftersales", "side": side, "row": None,
        "pictures": [(one, one in picked) for one in shown], "quorum": settings.JURY_QUORUM,
        "seats": settings.JURY_SEATS, "hours": settings.JURY_HOURS,
        "effect": words.effect_label(settings.JURY_EFFECT), "text": request.POST.get("statement", ""),
        "refusal": refusal(refused) if refused else None,
        "fields": [_(text) for text in refused.fields.values()] if refused else [],
    }  # fmt: skip
    if shop is not None:
        context["shop"] = shop
    page = "cases/consent_desk.html" if shop else "cases/consent.html"
    return render(request, page, context, status=refused.status if refused else 200)


def _answer(request: HttpRequest, number: str, side: Side) -> None:
    if request.POST.get("act") == "decline":
        actions.decline(case_number=number, side=side, person_id=me(request))
        messages.success(request, _("不请大家评审，由平台决定"))
        return
    made = actions.agree(
        case_number=number, side=side, person_id=me(request), device=device_of(request),
        statement=request.POST.get("statement", ""), pictures=request.POST.getlist("pictures"),
    )  # fmt: skip
    if made.state == JuryState.OFFERED:
        messages.success(request, _("已同意，等对方答复"))
    elif made.state == JuryState.VOTING:
        messages.success(request, _("双方都同意了，已经抽人投票"))
    else:
        messages.warning(request, _("能评审的人不够，由平台决定"))


@require_POST
@signed_in_page
def offer(request: HttpRequest, number: str) -> HttpResponse:
    """POST /operator/disputes/<number>/jury/"""
    if not people.is_operator(me(request)):
        raise NotFound
    made = actions.offer_jury(case_number=number, person_id=me(request))
    guard.audit(actor_id=me(request), action="cases.offer", object=f"case:{made.case_number}")
    messages.success(request, _("已请双方答复"))
    return HttpResponseRedirect(reverse("trade:dispute", args=[number]), status=303)
