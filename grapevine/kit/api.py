"""What endpoints share: who calls, lists with cursors."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja import Schema
from pydantic_core import to_json

from grapevine.kit.errors import NotAllowed, NotSignedIn
from grapevine.kit.text import marked

T = TypeVar("T")
TokenReader = Callable[[str], Any]
ProgramReader = Callable[[str, HttpRequest], Any]
_token_readers: list[TokenReader] = []
_program_readers: dict[str, ProgramReader] = {}


class CsrfFailed(NotAllowed):
    code = "csrf_failed"
    message = marked("页面放久了，请刷新后再试")


class ListOut(Schema, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


def answer(status: int, body: Any) -> HttpResponse:
    """An answer of plain values as it is: for endpoints asked so often that checking our own words costs too much."""
    return HttpResponse(
        to_json(body), status=status, content_type="application/json; charset=utf-8"
    )


def use_token_reader(reader: TokenReader) -> None:
    """Filled in by `people`: bearer token → person, or None."""
    _token_readers[:] = [reader]


def use_program_reader(kind: str, reader: ProgramReader) -> None:
    """Filled in by `gateway`: for tokens that begin `kind_`. It also decides whether they may do this request."""
    _program_readers[kind] = reader


def person_of_token(token: str, request: HttpRequest) -> Any:
    """Whom the bearer token stands for; raises NotSignedIn."""
    reader = _program_readers.get(token.partition("_")[0])
    person = reader(token, request) if reader else _token_readers[0](token)
    if person is None:
        raise NotSignedIn
    return person


class _Checked(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:  # noqa: ARG002
        raise CsrfFailed


def maybe_signed_in(request: HttpRequest) -> bool:
    """Who calls: a bearer token wins; else the session cookie, with CSRF checked on writes."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if header.startswith("Bearer "):
        request.user = person_of_token(header.removeprefix("Bearer ").strip(), request)
        return True
    if request.user.is_authenticated:
        checker = _Checked(lambda _request: None)  # type: ignore[arg-type]
        checker.process_request(request)
        checker.process_view(request, HttpResponse, (), {})
    return True


def signed_in(request: HttpRequest) -> bool:
    """As `maybe_signed_in`, and a stranger is refused with 401."""
    maybe_signed_in(request)
    if not request.user.is_authenticated:
        raise NotSignedIn
    return True
