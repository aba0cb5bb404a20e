"""Edges every request crosses: who visits, how it looks, and how a refusal is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import cached_property

from grapevine.kit.errors import DomainError
from grapevine.kit.ids import ALPHABET, ID_LENGTH, new_id
from grapevine.kit.problems import error_page, problem

GetResponse = Callable[[HttpRequest], HttpResponse]
VISITOR_COOKIE = "gv_visitor"
CONSENT_COOKIE, REFUSED = "gv_consent", "none"
YEAR_SECONDS = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Appearance:
    """How the person asked the pages to look: theme "" follows the system."""

    theme: str
    elder: bool


class VisitorMiddleware:
    """Gives every browser a stable anonymous id: `request.visitor_id` (API: `X-Visitor`)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_VISITOR") or request.COOKIES.get(VISITOR_COOKIE, "")
        known = len(given) == ID_LENGTH and set(given) <= set(ALPHABET)
        request.visitor_id = given if known else new_id()  # type: ignore[attr-defined]
        request.came_before = known  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not known and not request.path.startswith(("/api/", "/static/", "/pictures/")):
            name_visitor(request, response, visitor_of(request))
        return response


class AppearanceMiddleware:
    """Reads theme and elder mode from the cookie `gv_look` ("dark", "light", "elder", "dark elder")."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        words = request.COOKIES.get("gv_look", "").split("-")
        theme = next((word for word in words if word in {"light", "dark"}), "")
        request.appearance = Appearance(theme, "elder" in words)  # type: ignore[attr-defined]
        return self.get_response(request)


class PolicyMiddleware(CSPMiddleware):
    """The content policy: the settings' one, which is put into words once; anew where a page has wishes of its own."""

    WISHES = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        has_wishes = any(hasattr(response, name) for name in self.WISHES)
        if has_wishes or settings.DEBUG or hasattr(request, "_csp_nonce"):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual)
        return response

    @cached_property
    def _usual(self) -> str:
        return build_policy()


class ProgramMiddleware:
    """What a program needs of Django's locale and common middleware: the language it asks for, and how long the answer is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asks = "HTTP_ACCEPT_LANGUAGE" in request.META
        language = (
            translation.get_language_from_request(request) if asks else settings.LANGUAGE_CODE
        )
        translation.activate(language)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Vary", "Accept-Language")
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class LengthMiddleware:
    """Says how long the answer is, where Django's common middleware is not passed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class DomainErrorMiddleware:
    """Turns an expected refusal into problem JSON, an htmx fragment or a page, never a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        if request.path.startswith("/api/"):
            return problem(error)
        return error_page(request, error)


def name_visitor(request: HttpRequest, response: HttpResponse, visitor_id: str) -> None:
    """Have the browser come back under this id."""
    response.set_cookie(
        VISITOR_COOKIE, visitor_id, max_age=YEAR_SECONDS, httponly=True, samesite="Lax",
        secure=request.is_secure(),
    )  # fmt: skip


def is_recognised(request: HttpRequest) -> bool:
    """Whether the browser lets itself be recognised: not if it refused here, or sends Global Privacy Control.

    https://www.w3.org/TR/gpc/
    """
    return request.COOKIES.get(CONSENT_COOKIE) != REFUSED and request.headers.get("Sec-GPC") != "1"


def answer_consent(request: HttpRequest, response: HttpResponse, *, on: bool) -> None:
    """Have the browser say by itself that it is not to be recognised, or no longer. Pages' scripts read it, too."""
    if on:
        response.delete_cookie(CONSENT_COOKIE, samesite="Lax")
    else:
        response.set_cookie(
            CONSENT_COOKIE, REFUSED, max_age=YEAR_SECONDS, samesite="Lax",
            secure=request.is_secure(),
        )  # fmt: skip


def came_before(request: Any) -> bool:
    """Whether the browser brought its visitor id, or this is its first request."""
    return bool(request.came_before)


def visitor_of(request: Any) -> str:
    """The visitor id of a request, for callers typed against plain HttpRequest."""
    return str(request.visitor_id)
