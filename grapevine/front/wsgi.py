"""The web process. Programs (a bearer token, or a provider's callback) pass fewer doors than browsers.

Sessions, cookies, CSRF and page headers mean nothing to them, and cost more than the endpoint does. What pages tell the
log about themselves needs the session and little else.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
_pages = get_wsgi_application()


BEACONS = "/api/v1/events"


def _passing(name: str) -> WSGIHandler:
    from django.conf import settings  # noqa: PLC0415  only after the set-up above

    whole, settings.MIDDLEWARE = settings.MIDDLEWARE, getattr(settings, name)
    try:
        return WSGIHandler()
    finally:
        settings.MIDDLEWARE = whole


_programs = _passing("API_MIDDLEWARE")
_beacons = _passing("BEACON_MIDDLEWARE")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ.get("PATH_INFO", "")
    is_program = path.startswith("/api/") and (
        environ.get("HTTP_AUTHORIZATION", "").startswith("Bearer ") or path.endswith("/callback")
    )
    if path == BEACONS and not is_program:
        return _beacons(environ, start_response)
    return (_programs if is_program else _pages)(environ, start_response)
