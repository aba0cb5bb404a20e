"""What pages share: who is signed in, safe `next` targets, and the values every template needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from grapevine.kit.errors import NotSignedIn

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in_page(view: View[P]) -> View[P]:
    """Send a stranger to the sign-in page, and back here afterwards."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            raise NotSignedIn
        return view(request, *args, **kwargs)

    return guarded


def person_id_of(request: HttpRequest) -> int | None:
    """The signed-in person's id, or None for a stranger."""
    return request.user.pk if request.user.is_authenticated else None


def me(request: HttpRequest) -> int:
    """The signed-in person's id; raises NotSignedIn for a stranger."""
    if not request.user.is_authenticated:
        raise NotSignedIn
    return int(request.user.pk)


def own_shop_of(request: HttpRequest) -> Any:
    """The shop on whose own domain this is, or None: on the platform."""
    return getattr(request, "own_shop", None)


def site_of(request: HttpRequest) -> str:
    """Scheme and host under which this browser reached us: where another site sends it back to.

    Hosts were judged before (`goods.web.own_domain`), so it is one of ours; and it is never a host that somebody
    else wrote into an address, only the one this browser is at.
    """
    return f"{request.scheme}://{request.get_host()}"


def own_path(request: HttpRequest, target: str, default: str = "/") -> str:
    """`target` if it is a path of this site, else `default`: no open redirects."""
    hosts = {request.get_host()}
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=hosts):
        return target
    return default


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Values for every page: the address of the live process, the site's own address."""
    host = request.get_host().rsplit(":", 1)[0]
    live = settings.LIVE_URL or f"{request.scheme}://{host}:{settings.LIVE_PORT}"
    return {"live_url": live, "site_url": settings.SITE_URL}
