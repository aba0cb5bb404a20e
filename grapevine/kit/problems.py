"""How a refusal is told: problem JSON (RFC 9457) to programs, a page or a fragment to people."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from grapevine.kit.errors import DomainError, NotSignedIn


def words(error: DomainError) -> tuple[str, str]:
    """Message and remedy in the reader's language, with their values filled in."""
    message = _(error.message) % error.params if error.params else _(error.message)
    remedy = _(error.remedy) if error.remedy else ""
    return message, remedy % error.params if error.params and remedy else remedy


def problem(error: DomainError) -> JsonResponse:
    message, remedy = words(error)
    body: dict[str, Any] = {
        "type": f"urn:grapevine:{error.code}",
        "title": message,
        "status": error.status,
        "code": error.code,
    }
    if remedy:
        body["remedy"] = remedy
    if error.params:
        body["params"] = {name: str(value) for name, value in error.params.items()}
    if error.fields:
        body["fields"] = {name: _(text) for name, text in error.fields.items()}
    response = JsonResponse(body, status=error.status, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/problem+json"
    if "retry_after" in error.params:
        response["Retry-After"] = str(error.params["retry_after"])
    return response


def fault(status: int, code: str) -> JsonResponse:
    """Problem JSON for what is not a DomainError: an unknown address, a lost session, a defect."""
    body = {"type": f"urn:grapevine:{code}", "title": code, "status": status, "code": code}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    if isinstance(error, NotSignedIn) and not getattr(request, "htmx", False):
        target = request.get_full_path() if request.method == "GET" else "/"
        return HttpResponseRedirect(f"{reverse('people:sign_in')}?{urlencode({'next': target})}")
    message, remedy = words(error)
    template = "kit/_error.html" if getattr(request, "htmx", False) else "kit/error.html"
    context = {
        "error": error, "code": error.code, "message": message, "remedy": remedy,
        "fields": error.fields,
    }  # fmt: skip
    return render(request, template, context, status=error.status)
