"""The web process. Programs (a bearer token, or a provider's callback) pass fewer doors than browsers.

Sessions, cookies, CSRF and page headers mean nothing to them, and cost more than the endpoint does. What pages tell the
log about themselves needs the session and little else; scrolling a feed writes nothing and is told nothing but cards.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
_pages = get_wsgi_application()


HOME, BEACONS = "/", "/api/v1/events"


def _passing(name: str) -> WSGIHandler:
    from django.conf import settings  # noqa: PLC0415  only after the set-up above

    whole, settings.MIDDLEWARE = settings.MIDDLEWARE, getattr(settings, name)
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = whole


_programs = _passing("API_MIDDLEWARE")
_beacons = _passing("BEACON_MIDDLEWARE")
_scrolling = _passing("SCROLL_MIDDLEWARE")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    return doors(environ)(environ, start_response)


def doors(environ: Mapping[str, Any]) -> WSGIHandler:
    """What this request passes."""
    path = environ.get("PATH_INFO", "")
    is_program = path.startswith("/api/") and (
        environ.get("HTTP_AUTHORIZATION", "").startswith("Bearer ") or path.endswith("/callback")
    )
    if path == BEACONS and not is_program:
        return _beacons
    if path == HOME and environ["REQUEST_METHOD"] == "GET" and _scrolls(environ):
        return _scrolling
    return _programs if is_program else _pages


def _scrolls(environ: Mapping[str, Any]) -> bool:
    is_part = environ.get("HTTP_HX_REQUEST") == "true"
    return is_part and "cursor=" in environ.get("QUERY_STRING", "")
