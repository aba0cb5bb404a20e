"""The API's root: OpenAPI 3.1 at /api/v1/openapi.json, errors as problem JSON."""

from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from grapevine.front.openapi import DocumentedAPI
from grapevine.kit.errors import BadInput, DomainError, NotFound
from grapevine.kit.problems import problem

ROUTERS = [
    "trade", "discovery", "signals", "ledger", "guard", "media", "people", "goods", "scene", "campaigns",
    "spread", "loyalty", "care", "cases", "gateway", "insight", "reach",
]  # fmt: skip
"""Addresses are tried in this order: the busiest first."""

api = DocumentedAPI(title="Grapevine", version="1", urls_namespace="api", docs_url="/docs")


@api.exception_handler(DomainError)
def _refused(_request: HttpRequest, error: DomainError) -> HttpResponse:
    return problem(error)


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {
        ".".join(str(part) for part in entry["loc"] if part not in {"body", "query", "path"}): str(
            entry["msg"]
        )
        for entry in error.errors
    }
    return problem(BadInput(fields=fields))


@api.exception_handler(HttpError)
def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
    known = NotFound() if error.status_code == NotFound.status else BadInput()
    return problem(known)


for name in ROUTERS:
    api.add_router("", f"grapevine.{name}.api.endpoints.router")
