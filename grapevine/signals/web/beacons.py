"""The short way in for pages' events: what browsers send every few seconds passes no door it does not need."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from grapevine.kit.errors import DomainError
from grapevine.kit.problems import problem
from grapevine.signals.intake import take


class BeaconMiddleware:
    """Answers POST by itself; the last of BEACON_MIDDLEWARE, which only `/api/v1/events` passes (see front/wsgi.py)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        try:
            return take(request)
        except DomainError as error:
            return problem(error)
