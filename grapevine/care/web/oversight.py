"""The operator's pages: bursts, hiding by law, appeals, certificates."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.care import facade
from grapevine.care.queries.credit import certificates_in
from grapevine.care.queries.oversight import SAMPLE
from grapevine.care.web.desk import certificate_states
from grapevine.care.web.reading import flag_label
from grapevine.goods import facade as goods
from grapevine.kit.errors import NotFound
from grapevine.kit.pages import me, signed_in_page
from grapevine.people import facade as people

STATES = ("open", "confirmed", "dismissed")


def operator(request: HttpRequest) -> int:
    """The operator's id; for everybody else the page does not exist."""
    if not people.is_operator(me(request)):
        raise NotFound
    return me(request)


@require_GET
@signed_in_page
def queue(request: HttpRequest) -> HttpResponse:
    """GET /operator/reviews/?state=open|confirmed|dismissed|appeals|hidden&cursor="""
    operator(request)
    state, cursor = request.GET.get("state", "open"), request.GET.get("cursor")
    names = {
        "open": _("待看的异常"), "confirmed": _("认定异常"), "dismissed": _("不是异常"),
        "appeals": _("申诉"), "hidden": _("已隐藏"),
    }  # fmt: skip
    state = state if state in names else "open"
    context = {
        "console": "operator", "nav": "reviews", "state": state, "sample": f":{SAMPLE}",
        "tabs": [{"url": f"?state={name}", "label": label, "current": name == state} for name, label in names.items()],
        "review_id": request.GET.get("review", "")[:12],
    }  # fmt: skip
    if state in STATES:
        page = facade.flags(state, cursor)
        shops = goods.shops({one.shop_id for one in page.items})
        rows = [(one, flag_label(one.kind), shops.get(one.shop_id)) for one in page.items]
        return render(request, "care/oversight.html", context | {"flags": rows, "page": page})
    hidden = facade.hidden_reviews(cursor, appealed=state == "appeals")
    return render(
        request, "care/oversight.html", context | {"reviews": hidden.items, "page": hidden}
    )


def _back(state: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("care:oversight") + f"?state={state}", status=303)


@require_POST
@signed_in_page
def decision(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/reviews/flags/<id>/decision/ fake=1|0, reason"""
    is_fake = request.POST.get("fake") == "1"
    facade.decide_flag(
        operator_id=operator(request), public_id=public_id, is_fake=is_fake,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    messages.success(request, _("继续不计分") if is_fake else _("重新计分"))
    return _back("open")


@require_POST
@signed_in_page
def hiding(request: HttpRequest) -> HttpResponse:
    """POST /operator/reviews/hiding/ : review, basis, reason"""
    facade.hide_review(
        operator_id=operator(request), public_id=request.POST.get("review", "").strip(),
        basis=request.POST.get("basis", ""), reason=request.POST.get("reason", ""),
    )  # fmt: skip
    messages.success(request, _("已隐藏，页面上会写明原因"))
    return _back("hidden")


@require_POST
@signed_in_page
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/reviews/<id>/answer/ uphold=1|0, reason"""
    is_upheld = request.POST.get("uphold") == "1"
    facade.answer_appeal(
        operator_id=operator(request), public_id=public_id, is_upheld=is_upheld,
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    messages.success(request, _("维持隐藏") if is_upheld else _("已恢复显示"))
    return _back("appeals")


@require_GET
@signed_in_page
def certificates(request: HttpRequest) -> HttpResponse:
    """GET /operator/certificates/?state=waiting|approved|refused|withdrawn"""
    operator(request)
    names = certificate_states()
    state = request.GET.get("state", "waiting")
    state = state if state in names else "waiting"
    found = certificates_in(state)
    shops = goods.shops({one.shop_id for one in found})
    context = {
        "console": "operator", "nav": "certificates", "state": state,
        "rows": [(one, shops.get(one.shop_id)) for one in found],
        "tabs": [{"url": f"?state={name}", "label": label, "current": name == state} for name, label in names.items()],
    }  # fmt: skip
    return render(request, "care/certificates.html", context)


@require_POST
@signed_in_page
def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    """POST /operator/certificates/<id>/decision/ act=approve|refuse|withdraw, reason"""
    who, reason = operator(request), request.POST.get("reason", "")
    if request.POST.get("act") == "withdraw":
        facade.withdraw_certificate(operator_id=who, public_id=public_id, reason=reason)
        messages.success(request, _("证书已撤销"))
    else:
        facade.decide_certificate(
            operator_id=who, public_id=public_id, reason=reason,
            is_genuine=request.POST.get("act") == "approve",
        )  # fmt: skip
        messages.success(request, _("已处理"))
    return HttpResponseRedirect(reverse("care:certificates"), status=303)
