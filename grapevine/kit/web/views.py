"""The pages that say what went wrong."""

from django.http import HttpRequest, HttpResponse

from grapevine.kit.errors import DomainError, NotAllowed, NotFound
from grapevine.kit.problems import error_page, problem
from grapevine.kit.text import marked


class Broken(DomainError):
    code = "broken"
    status = 500
    message = marked("我们这边出了点问题")
    remedy = marked("稍等一会儿再试；你填的内容没有丢")


def _tell(request: HttpRequest, error: DomainError) -> HttpResponse:
    return problem(error) if request.path.startswith("/api/") else error_page(request, error)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _tell(request, NotFound())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _tell(request, NotAllowed())


def broken(request: HttpRequest) -> HttpResponse:
    return _tell(request, Broken())
