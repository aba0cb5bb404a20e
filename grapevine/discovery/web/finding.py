"""Search: what is asked is in the address; the history is the person's own."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from grapevine.discovery import facade
from grapevine.discovery.contracts import Found, Kind
from grapevine.discovery.rules.words import QUERY_LENGTH_MAX, marked_spans
from grapevine.discovery.web.cards import heading
from grapevine.discovery.web.reasons import said
from grapevine.goods import facade as goods
from grapevine.kit.pages import me, person_id_of, signed_in_page
from grapevine.scene import facade as scene

PAGE_SIZE = 20


def _kind(request: HttpRequest) -> Kind:
    told = request.GET.get("kind", "")
    return Kind(told) if told in set(Kind) else Kind.NOTE


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """GET /search/ (`?q=&kind=note|goods|shop&shop=<slug>&cursor=`)"""
    viewer_id, query = person_id_of(request), request.GET.get("q", "").strip()[:QUERY_LENGTH_MAX]
    slug = request.GET.get("shop", "")
    shop = goods.shop_by_slug(slug) if slug else None
    kind = _kind(request)
    found = facade.search(
        query=query, kind=kind, shop_id=shop.id if shop else None,
        cursor=request.GET.get("cursor", ""), limit=PAGE_SIZE, viewer_id=viewer_id,
        steered_by=viewer_id if getattr(request.user, "personalised", False) else None,
    )  # fmt: skip
    if viewer_id is not None and query and not request.GET.get("cursor"):
        facade.remember_search(person_id=viewer_id, query=query)
    context = {"query": query, "kind": kind, "found": found, "store": shop, "tab": "home"}
    context |= _help(request, found, query)
    response = render(request, "discovery/search.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _help(request: HttpRequest, found: Found, query: str) -> dict[str, Any]:
    """Titles with the words marked; where nothing is found, what to try instead."""
    viewer_id = person_id_of(request)
    nothing = not (found.notes or found.goods or found.shops)
    titles = [(note.id, note.title) for note in found.notes]
    titles += [(card.id, card.title) for card in found.goods]
    titles += [(shop.id, shop.name) for shop in found.shops]
    liked = scene.liked_by(viewer_id, [card.id for card in found.notes])
    return {
        "headings": {pk: heading(marked_spans(title, found.words)) for pk, title in titles},
        "liked": dict.fromkeys(liked, True),
        "history": facade.history_of(viewer_id) if not query else [],
        "hot": facade.hot_words() if nothing else [],
        "recommended": _recommended(request) if nothing and query else [],
    }


def _recommended(request: HttpRequest) -> list[Any]:
    personalised = getattr(request.user, "personalised", None)
    region = getattr(request.user, "region", "") or ""
    found = facade.recommend_goods(
        person_id_of(request), limit=6, region=region, personalised=personalised
    )
    return [(entry, said(entry)) for entry in found]


@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    """GET /search/suggestions/?q=: a list to go on typing with, as a fragment."""
    context = {"suggestions": facade.suggestions(request.GET.get("q", ""))}
    return render(request, "discovery/_suggestions.html", context)


@require_POST
@signed_in_page
def forgetting(request: HttpRequest) -> HttpResponse:
    """POST /search/history/deletion/ query= (empty: all of it)"""
    facade.forget_searches(person_id=me(request), query=request.POST.get("query", ""))
    return HttpResponseRedirect(reverse("discovery:search"), status=303)
