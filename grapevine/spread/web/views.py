"""Share pages: the landing, the sheet, the poster, what sharing earned, what a shop pays."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.kit.middleware import visitor_of
from grapevine.kit.pages import me, person_id_of, signed_in_page
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.spread import actions, objects, poster as posters, queries, thanking
from grapevine.spread.contracts import NothingToShare, ShareNotFound
from grapevine.spread.rules import WINDOW
from grapevine.spread.web.panels import COOKIE

COOKIE_SECONDS = int(WINDOW.total_seconds())


@require_safe
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """GET /s/<token>/ : note the visit and go to what was shared. A wrong token earns nobody anything."""
    try:
        found = actions.visit(
            token=token, visitor_id=visitor_of(request), person_id=person_id_of(request)
        )
        target = objects.describe(found.object_type, found.object_id).path
    except (ShareNotFound, NothingToShare):
        messages.info(request, _("这个分享链接不完整，或内容已不在。先逛逛别的"))
        return HttpResponseRedirect("/")
    response = HttpResponseRedirect(f"{target}?from={found.object_type}:{found.object_id}")
    response.set_cookie(
        COOKIE, token, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax",
        secure=request.is_secure(),
    )  # fmt: skip
    return response


@require_http_methods(["GET", "POST"])
@signed_in_page
def share(request: HttpRequest, object_type: str, object_id: str) -> HttpResponse:
    """GET or POST /share/<type>/<id>/ : my link and poster; the same link each time."""
    link = actions.share(
        person_id=me(request), object_type=object_type, object_id=object_id,
        parent_token=request.COOKIES.get(COOKIE, ""),
    )  # fmt: skip
    shared = objects.describe(object_type, object_id)
    rate = queries.rate_of(shared.shop_id) if shared.shop_id else 0
    reward = thanking.reward_of(object_type, object_id, shared.shop_id)
    signals.expose(reward)
    context = {
        "share": link,
        "shared": shared,
        "rate": rate / 100,
        "half": rate / 200,
        "side": reward.arm,
        "url": request.build_absolute_uri(link.path),
    }
    return render(request, "spread/share.html", context)


@require_safe
def poster_png(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
    """GET /posters/<token>.png"""
    link = queries.share_by_token(token)
    shared = objects.describe(link.object_type, link.object_id)
    card = people.cards([link.sharer_id]).get(link.sharer_id)
    picture = posters.poster(link, shared, sharer=card.name if card else "")
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_GET
@signed_in_page
def income(request: HttpRequest) -> HttpResponse:
    """GET /income/ : my shares with what each brought, and my commission order by order."""
    person_id = me(request)
    context = {
        "tab": "me", "income": queries.income(person_id),
        "shares": queries.shares_of(person_id, request.GET.get("cursor")),
        "commissions": queries.commissions_of(person_id, limit=50).items,
    }  # fmt: skip
    return render(request, "spread/income.html", context)


@require_GET
def sharing_rules(request: HttpRequest) -> HttpResponse:
    """GET /rules/sharing/ : who is credited, when money is paid, what is never paid."""
    return render(request, "spread/rules.html", {"days": WINDOW.days})


@require_http_methods(["GET", "POST"])
@signed_in_page
def promotion(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/promotion/ : the rate and the strongest sharers; POST sets the rate (percent)."""
    shop = goods.shop_for_staff(me(request), slug, Right.MARKETING)
    if request.method == "POST":
        text = request.POST.get("rate", "").strip()
        percent = int(text) if text.isdigit() and len(text) < 4 else -1
        actions.set_rate(actor_id=me(request), slug=slug, rate_bps=percent * 100)
        messages.success(request, _("佣金已更新"))
        return HttpResponseRedirect(reverse("spread:promotion", args=[slug]), status=303)
    context = {
        "shop": shop, "nav": "promotion", "rate": queries.rate_of(shop.id) // 100,
        "page": queries.fans_of(shop.id, request.GET.get("cursor"), 50),
    }  # fmt: skip
    return render(request, "spread/promotion.html", context)
