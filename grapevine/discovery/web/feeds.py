"""The home page: two columns on a phone, as many as fit on a desk."""

from collections.abc import Sequence
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from grapevine.discovery import facade
from grapevine.discovery.contracts import FeedPage, Tab
from grapevine.discovery.queries.recall import Scope
from grapevine.discovery.web.cards import Drawn, drawn
from grapevine.kit.frames import filled, mark
from grapevine.kit.memory import Memory
from grapevine.kit.pages import own_shop_of, person_id_of
from grapevine.kit.templatetags.kit import column_count, laid_out

PAGE_SIZE = 20
CHIPS_SECONDS = 60
SCOPES = ("category", "topic")
NAME_MAX = 60
_chips: Memory[str, tuple[tuple[str, str], ...]] = Memory(1, CHIPS_SECONDS)


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
        has_blocks=getattr(request.user, "has_blocks", None),
    )


def _tab(request: HttpRequest) -> Tab:
    return Tab.FOLLOWING if request.GET.get("tab") == Tab.FOLLOWING else Tab.ALL


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """GET / (`?tab=following`, `?category=`, `?topic=`, `?cursor=`): a page, or cards for htmx."""
    page = _page_of(request)
    more = bool(request.GET.get("cursor"))
    cards = drawn(request, page, first=not more)
    part = more and request.META.get("HTTP_HX_REQUEST") == "true"
    html = _batch(request, page, cards) if part else _whole(request, page, cards)
    return HttpResponse(html, headers={"Vary": "HX-Request"})


def _batch(request: HttpRequest, page: FeedPage, cards: Sequence[Drawn]) -> str:
    """Cards to append, and where the next ones are."""
    rest = tuple((name, *told) for name, told in request.GET.lists() if name != "cursor")
    has_more = page.next_cursor is not None
    values = {"cards": "".join(card.html for card in cards), "cursor": page.next_cursor or ""}
    context = {"cards": mark("cards"), "cursor": mark("cursor") * has_more}
    key = (rest, has_more)
    return filled(request, "discovery/_batch.html", key, lambda: context, values)


def _whole(request: HttpRequest, page: FeedPage, cards: Sequence[Drawn]) -> str:
    """The page. What somebody is told only once, and what a shop's own domain shows, is drawn for this request alone."""
    chips = _chips.get("all")
    if chips is None:
        chips = _chips.put("all", tuple(facade.chips()))
    tab, scope, count = _tab(request), _scope(request), column_count(request)
    has_more = page.next_cursor is not None
    columns = laid_out(cards, page.items[0].position if page.items else 1, count)
    values = {
        "cards": "".join(
            f'<div class="col">{"".join(place.card.html for place in column)}</div>'
            for column in columns
        ),
        "cursor": page.next_cursor or "",
    }

    def context() -> dict[str, Any]:
        return {
            "cards": mark("cards") * bool(cards), "cols": count,
            "cursor": mark("cursor") * has_more, "feed_tab": tab, "scope": scope,
            "tab": "circle" if tab == Tab.FOLLOWING else "home", "chips": chips,
        }  # fmt: skip

    if get_messages(request) or own_shop_of(request):
        told = {"cards": SafeString(values["cards"]), "cursor": values["cursor"]}
        return render_to_string("discovery/feed.html", {**context(), **told}, request)
    key = (
        request.get_full_path(), request.user.is_authenticated, has_more, bool(cards), count,
        chips, getattr(request, "appearance", None),
    )  # fmt: skip
    return filled(request, "discovery/feed.html", key, context, values)
