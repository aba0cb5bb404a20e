"""Requests to a shop's own domain: its storefront at /, its brand alone, and nothing of anybody else.

Goods of another shop are there only by a pick of this one, at its price, and whatever pick the address names.

Cookies are of the host alone, and a form's origin is compared with the host it was sent to, so that sessions and CSRF
need nothing more here. Hosts nobody knows are refused where ALLOWED_HOSTS names the platform's own.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from grapevine.goods import ports
from grapevine.goods.contracts import GoodsNotFound, ShopCard
from grapevine.goods.queries import brand, cards, pool
from grapevine.kit.problems import error_page

OPEN = frozenset(
    [
        "goods:shop", "goods:goods", "media:picture", "people:sign_in", "people:sign_up",
        "people:sign_out", "people:visits", "kit:look", "set_language",
    ]
)  # fmt: skip
"""Pages every shop's domain has; modules above add theirs by `ports.register_page`."""
MINE = "/me/"
"""Where the buyer's pages lead back to; a shop's domain leads home from there."""
API = ("/api/v1/events",)
HIDDEN = frozenset(["goods.notes", "goods.share", "shop.share", "shop.below", "bar.me"])
"""Slots whose panels lead to pages that a shop's domain does not have."""


class OwnDomainMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = split_domain_port(request.META.get("HTTP_HOST", "").lower())[0].rstrip(".")
        named = [one for one in settings.PLATFORM_HOSTS if one != "*"]
        is_open = len(named) < len(settings.PLATFORM_HOSTS)
        if validate_host(host, named) or host in ("", _site()) or (is_open and is_plain(host)):
            return self.get_response(request)
        shop = brand.shop_of_host(host)
        if shop is not None:
            return self._own(request, shop)
        if not is_open:
            raise DisallowedHost(f"{host!r} is nobody's")
        return self.get_response(request)

    def _own(self, request: HttpRequest, shop: ShopCard) -> HttpResponse:
        request.own_shop = shop  # type: ignore[attr-defined]
        request.hidden_slots = HIDDEN  # type: ignore[attr-defined]
        if request.path_info == "/":
            request.path_info = reverse("goods:shop", args=[shop.slug])
        return self.get_response(request)


def _site() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""


def is_plain(host: str) -> bool:
    """Whether no shop can have this host: an address, or a name without a dot."""
    return "." not in host or host.startswith("[") or host.replace(".", "").isdigit()


class OwnPagesMiddleware:
    """Behind the session: a page that is not this shop's does not exist on its domain."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        shop: ShopCard | None = getattr(request, "own_shop", None)
        if shop is not None and request.path_info == MINE:
            return HttpResponseRedirect("/")
        if shop is not None:
            match = _match(request.path_info)
            if not is_own(request.path_info, match, shop):
                return error_page(request, GoodsNotFound())
            if match and match.view_name == "goods:goods":
                _sell_by_own_pick(request, match.kwargs["public_id"], shop)
        return self.get_response(request)


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except (Resolver404, Http404):
        return None


def is_own(path: str, match: ResolverMatch | None, shop: ShopCard) -> bool:
    if path.startswith(API):
        return True
    if match is None:
        return False
    name = match.view_name
    if name == "goods:shop":
        return bool(match.kwargs["slug"] == shop.slug)
    if name == "goods:goods":
        found = cards.goods_by_public_ids([match.kwargs["public_id"]])
        return all(card.shop_id == shop.id or _pick(match, shop) for card in found.values())
    if name in OPEN or ports.is_page_of(name, match.kwargs, shop.id):
        return True
    return ports.has_page(name) and bool(_pick(match, shop))


def _pick(match: ResolverMatch, shop: ShopCard) -> str:
    """By which pick this shop sells what the page is about."""
    return pool.pick_of_goods(shop.id, match.kwargs.get("public_id", "")[:12])


def _sell_by_own_pick(request: HttpRequest, public_id: str, shop: ShopCard) -> None:
    """The address names this shop's own pick from here on, or none."""
    asked = request.GET.copy()
    asked["via"] = pool.pick_of_goods(shop.id, public_id)
    request.GET = asked  # type: ignore[assignment]
