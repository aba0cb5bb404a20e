"""Inboxes, the way to what a notice is about, and how one wants to be told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right, ShopCard
from grapevine.kit.pages import me, signed_in_page
from grapevine.reach import actions, queries
from grapevine.reach.mailing import can_mail
from grapevine.reach.rules.kinds import TOPICS


def _page(request: HttpRequest, shop: ShopCard | None, template: str) -> HttpResponse:
    person_id, topic = me(request), request.GET.get("topic", "")
    only_unread = request.GET.get("show") == "unread"
    page = queries.inbox(
        person_id, shop, topic=topic if topic in TOPICS else "", only_unread=only_unread,
        cursor=request.GET.get("cursor"),
    )  # fmt: skip
    context: dict[str, Any] = {
        "shop": shop, "page": page, "topic": topic, "only_unread": only_unread, "tab": "me",
        "topics": queries.topics_of(shop), "unread": queries.unread(person_id, shop),
    }  # fmt: skip
    return render(request, template, context)


@require_GET
@signed_in_page
def inbox(request: HttpRequest) -> HttpResponse:
    """GET /notices/ ?topic=…&show=unread"""
    return _page(request, None, "reach/inbox.html")


@require_GET
@signed_in_page
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /console/<slug>/notices/ : what this shop's staff is told, as far as one's role goes."""
    shop = goods.shop_for_staff(me(request), slug, Right.TODAY)
    return _page(request, shop, "reach/desk.html")


@require_GET
@signed_in_page
def count(request: HttpRequest) -> HttpResponse:
    """GET /notices/count/ ?shop=… : the bell's number, as a fragment."""
    slug = request.GET.get("shop", "")
    shop = goods.shop_for_staff(me(request), slug, Right.TODAY) if slug else None
    context = {"unread": queries.unread(me(request), shop)}
    response = render(request, "reach/_count.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@signed_in_page
def go(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /notices/<id>/ : reads it, and goes to what it is about."""
    notice = queries.target(me(request), public_id)
    actions.mark_read(person_id=me(request), public_id=public_id)
    return redirect(notice.url or "reach:inbox")


@require_POST
@signed_in_page
def read_all(request: HttpRequest) -> HttpResponse:
    """POST /notices/reading/"""
    actions.mark_all_read(person_id=me(request), shop_id=None)
    return HttpResponseRedirect(reverse("reach:inbox"), status=303)


@require_POST
@signed_in_page
def desk_read_all(request: HttpRequest, slug: str) -> HttpResponse:
    """POST /console/<slug>/notices/reading/ : for oneself; everybody reads their own."""
    shop = goods.shop_for_staff(me(request), slug, Right.TODAY)
    actions.mark_all_read(person_id=me(request), shop_id=shop.id)
    return HttpResponseRedirect(reverse("reach:desk", args=[slug]), status=303)


@require_http_methods(["GET", "POST"])
@signed_in_page
def settings(request: HttpRequest) -> HttpResponse:
    """GET, POST /notices/settings/ : off, site or mail, kind by kind."""
    if request.method == "POST":
        ways = {name[4:]: way for name, way in request.POST.items() if name.startswith("way-")}
        actions.choose(person_id=me(request), ways={k: str(way) for k, way in ways.items()})
        messages.success(request, _("已保存"))
        return HttpResponseRedirect(reverse("reach:settings"), status=303)
    context = {
        "tab": "me", "groups": queries.choices_by_topic(me(request)), "can_mail": can_mail(),
    }  # fmt: skip
    return render(request, "reach/settings.html", context)
