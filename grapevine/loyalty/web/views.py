"""My points, my memberships, joining and leaving."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from grapevine.goods import facade as goods
from grapevine.kit.pages import me, own_path, signed_in_page
from grapevine.loyalty import actions, queries
from grapevine.loyalty.web.panels import ladder
from grapevine.loyalty.web.words import hundredths


@require_GET
@signed_in_page
def points(request: HttpRequest) -> HttpResponse:
    """GET /points/ : the balance, every movement with its reason, the rules in plain words."""
    given = queries.points_rules()
    context = {
        "tab": "me", "balance": queries.points_of(me(request)), "rules": given,
        "share": hundredths(given.share_bps),
        "page": queries.points_statement(me(request), request.GET.get("cursor")),
    }  # fmt: skip
    return render(request, "loyalty/points.html", context)


@require_GET
@signed_in_page
def memberships(request: HttpRequest) -> HttpResponse:
    """GET /memberships/ : the shops I joined and my level at each."""
    page = queries.memberships_of(me(request), request.GET.get("cursor"))
    rows = [(one, ladder(one.view) if one.view else []) for one in page.items]
    context = {"tab": "me", "rows": rows, "next_cursor": page.next_cursor}
    return render(request, "loyalty/memberships.html", context)


@require_POST
@signed_in_page
def membership(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /shop/<slug>/membership/ : join, free."""
    actions.join(person_id=me(request), shop_id=goods.shop_by_slug(slug).id)
    messages.success(request, _("已加入会员，会员价下单时自动用上"))
    return _back(request, slug)


@require_POST
@signed_in_page
def end(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /shop/<slug>/membership/end/ : leave."""
    actions.leave(person_id=me(request), shop_id=goods.shop_by_slug(slug).id)
    messages.success(request, _("已退出会员"))
    return _back(request, slug)


def _back(request: HttpRequest, slug: str) -> HttpResponse:
    home = reverse("goods:shop", args=[slug])
    return HttpResponseRedirect(own_path(request, request.POST.get("next", ""), home), status=303)
