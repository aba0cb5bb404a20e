"""A person's coupons, and taking one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.campaigns.actions import coupons
from grapevine.campaigns.contracts import CouponState
from grapevine.campaigns.queries import coupons as queries
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, own_path, signed_in_page
from grapevine.kit.problems import words


@require_GET
@signed_in_page
def wallet(request: HttpRequest) -> HttpResponse:
    """GET /coupons/?state=usable|used|expired&cursor= : what you hold and held."""
    asked = request.GET.get("state", "")
    state = CouponState(asked) if asked in list(CouponState) else CouponState.USABLE
    counts = queries.wallet_counts(me(request))
    names = {"usable": _("可用"), "used": _("用过的"), "expired": _("过期的")}
    tabs = [
        {"url": f"?state={name}", "label": label, "count": counts[name], "current": name == state}
        for name, label in names.items()
    ]
    page = queries.wallet(me(request), state, request.GET.get("cursor"))
    context = {"page": page, "tabs": tabs, "state": str(state), "tab": "me"}
    return render(request, "campaigns/wallet.html", context)


@require_POST
@signed_in_page
def take(request: HttpRequest, plan_id: str) -> HttpResponse:
    """POST /coupons/<plan>/take/ next= : take one, then back to where it was seen."""
    try:
        coupons.take_coupon(person_id=me(request), plan_id=plan_id)
        messages.success(request, _("领到了，下单时自动用上最省的"))
    except DomainError as error:
        messages.error(request, " ".join(filter(None, words(error))))
    back = own_path(request, request.POST.get("next", ""), reverse("campaigns:wallet"))
    return HttpResponseRedirect(back, status=303)
