"""The home page: two columns on a phone, as many as fit on a desk."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from grapevine.discovery import facade
from grapevine.discovery.contracts import FeedPage, Tab
from grapevine.discovery.queries.recall import Scope
from grapevine.discovery.web.cards import drawn
from grapevine.kit.pages import person_id_of

PAGE_SIZE = 20
CHIPS_SECONDS = 60
SCOPES = ("category", "topic")
NAME_MAX = 60


def _scope(request: HttpRequest) -> Scope | None:
    for kind in SCOPES:
        name = request.GET.get(kind, "")[:NAME_MAX]
        if name:
            return Scope(kind, name)
    return None


def _page_of(request: HttpRequest) -> FeedPage:
    return facade.feed(
        person_id=person_id_of(request),
        cursor=request.GET.get("cursor", ""),
        limit=PAGE_SIZE,
        tab=_tab(request),
        scope=_scope(request),
        personalised=getattr(request.user, "personalised", None),
        region=getattr(request.user, "region", "") or "",
    )


def _tab(request: HttpRequest) -> Tab:
    return Tab.FOLLOWING if request.GET.get("tab") == Tab.FOLLOWING else Tab.ALL


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """GET / (`?tab=following`, `?category=`, `?topic=`, `?cursor=`): a page, or cards for htmx."""
    page = _page_of(request)
    more = bool(request.GET.get("cursor"))
    scope = _scope(request)
    context: dict[str, Any] = {
        "page": page,
        "cards": drawn(request, page, first=not more),
        "start": page.items[0].position if page.items else 1,
        "feed_tab": _tab(request),
        "scope": scope,
        "tab": "circle" if _tab(request) == Tab.FOLLOWING else "home",
    }
    part = more and request.htmx  # type: ignore[attr-defined]
    if not part:
        context["chips"] = cache.get_or_set("discovery.chips", facade.chips, CHIPS_SECONDS)
    template = "discovery/_batch.html" if part else "discovery/feed.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
