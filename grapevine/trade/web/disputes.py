"""The operator's disputes: the queue, both sides' evidence, one decision."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.kit import clock
from grapevine.kit.errors import BadInput, DomainError, NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.kit.problems import words
from grapevine.kit.text import marked
from grapevine.people import facade as people
from grapevine.trade.actions import aftersales as actions, appealing
from grapevine.trade.queries import aftersales as reading
from grapevine.trade.web import aftersales_words as said
from grapevine.trade.web.aftersales import case_context

ROWS = 50
RULINGS = {"buyer": (True, False), "return": (True, True), "shop": (False, False)}
"""A form's word: for the buyer or not, and whether the goods come back first."""


def operator_of(request: HttpRequest) -> int:
    """The operator's id; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


@require_GET
@signed_in_page
def queue(request: HttpRequest) -> HttpResponse:
    """GET /operator/disputes/?state=platform|decided|appeals&cursor="""
    operator_of(request)
    asked = request.GET.get("state", "")
    state = asked if asked in ("decided", "appeals") else "platform"
    page = reading.disputes(state, request.GET.get("cursor"), ROWS)
    now, waiting = clock.now(), reading.case_counts().get("platform", 0)
    tabs: list[dict[str, Any]] = [
        {"url": "?", "label": _("待决定"), "count": waiting, "current": state == "platform"},
        {"url": "?state=decided", "label": _("已决定"), "current": state == "decided"},
        {
            "url": "?state=appeals",
            "label": _("店家申诉"),
            "count": reading.appeals_waiting(),
            "current": state == "appeals",
        },
    ]
    rows = [
        (one, said.kind_label(one.kind), said.reason_label(one.reason), said.state_label(one.state), said.is_late(one.due_at, now))
        for one in page.items
    ]  # fmt: skip
    context = {"console": "operator", "nav": "disputes", "tabs": tabs, "rows": rows, "page": page}
    return render(request, "trade/disputes.html", context)


@require_http_methods(["GET", "POST"])
@signed_in_page
def dispute(request: HttpRequest, number: str) -> HttpResponse:
    """GET /operator/disputes/<number>/ ; POST decides: ruling buyer|return|shop, reason"""
    operator_id = operator_of(request)
    refused: DomainError | None = None
    if request.method == "POST":
        try:
            _ruled(request, number, operator_id)
        except BadInput as error:
            refused = error
        else:
            messages.success(request, _("决定已生效"))
            return HttpResponseRedirect(reverse("trade:dispute", args=[number]), status=303)
    found = reading.case_view(actions.case_for_platform(number))
    context = case_context(found, "operator") | {
        "console": "operator", "nav": "disputes", "abuse": reading.abuse_of(found.buyer_id),
        "can_appeal": found.appeal is not None and found.appeal.state == "waiting",
        "is_own_ruling": found.ruled_by == operator_id,
        "can_rule": found.state == "platform", "refusal": words(refused) if refused else None,
        "fields": [_(text) for text in refused.fields.values()] if refused else [],
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "trade/dispute.html", context, status=status)


def _ruled(request: HttpRequest, number: str, operator_id: int) -> None:
    ruling = RULINGS.get(request.POST.get("ruling", ""))
    if ruling is None:
        raise BadInput(fields={"ruling": marked("选一个决定")})
    actions.rule_case(
        number=number, operator_id=operator_id, for_buyer=ruling[0], needs_return=ruling[1],
        reason=request.POST.get("reason", ""),
    )  # fmt: skip


@require_POST
@signed_in_page
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """POST /operator/disputes/<number>/appeal/ : verdict upheld|overturned, answer"""
    operator_id, verdict = operator_of(request), request.POST.get("verdict", "")
    if verdict not in ("upheld", "overturned"):
        raise BadInput(fields={"verdict": marked("选维持或改判")})
    appealing.decide_appeal(
        number=number, operator_id=operator_id, is_right=verdict == "overturned",
        answer=request.POST.get("answer", ""),
    )  # fmt: skip
    messages.success(request, _("申诉已答复"))
    return HttpResponseRedirect(reverse("trade:dispute", args=[number]), status=303)
