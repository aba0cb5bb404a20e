"""What apps call: the token endpoint, revocation, and the document that names both."""

import base64
import binascii
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from grapevine.gateway.actions import oauth
from grapevine.gateway.contracts import OAuthRefused, Scope, Tokens
from grapevine.guard import facade as guard
from grapevine.guard.contracts import TooManyRequests

TRIES_PER_MINUTE = 60


def _refused(error: OAuthRefused) -> JsonResponse:
    body = {"error": error.error}
    if error.description:
        body["error_description"] = error.description
    response = JsonResponse(body, status=error.status, headers={"Cache-Control": "no-store"})
    if error.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="oauth"'
    return response


def _client(request: HttpRequest) -> oauth.Registered:
    """The app, by HTTP Basic or by the form; a public one by its id alone."""
    data = request.POST
    client_id, secret = data.get("client_id", ""), data.get("client_secret", "")
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise OAuthRefused("invalid_client", status=401) from None
        client_id, secret = unquote_plus(pair[0]), unquote_plus(pair[2])
    address = guard.address_of(request)
    try:
        guard.limit(f"oauth:{address}:{client_id[:40]}", per_minute=TRIES_PER_MINUTE)
    except TooManyRequests:
        raise OAuthRefused("slow_down", "too many requests, wait a minute", status=429) from None
    return oauth.client(client_id=client_id, secret=secret)


def _by_code(app: oauth.Registered, data: Any) -> Tokens:
    return oauth.exchange_code(
        app=app, code=data.get("code", ""), redirect_uri=data.get("redirect_uri", ""),
        verifier=data.get("code_verifier", ""),
    )  # fmt: skip


def _by_refresh(app: oauth.Registered, data: Any) -> Tokens:
    return oauth.refresh(
        app=app, token=data.get("refresh_token", ""), scopes=data.get("scope", "").split()
    )


def _by_credentials(app: oauth.Registered, data: Any) -> Tokens:
    return oauth.client_credentials(
        app=app, shop_slug=data.get("shop", ""), scopes=data.get("scope", "").split()
    )


def _by_nothing(_app: oauth.Registered, _data: Any) -> Tokens:
    raise OAuthRefused("unsupported_grant_type")


WAYS: dict[str, Callable[[oauth.Registered, Any], Tokens]] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh,
    "client_credentials": _by_credentials,
}


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """POST /oauth/token"""
    try:
        app = _client(request)
        made = WAYS.get(request.POST.get("grant_type", ""), _by_nothing)(app, request.POST)
    except OAuthRefused as error:
        return _refused(error)
    body: dict[str, Any] = {
        "access_token": made.access, "token_type": "Bearer", "expires_in": made.seconds,
        "scope": " ".join(made.scopes),
    }  # fmt: skip
    if made.refresh:
        body["refresh_token"] = made.refresh
    return JsonResponse(body, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


@csrf_exempt
@require_POST
def revocation(request: HttpRequest) -> HttpResponse:
    """POST /oauth/revoke (RFC 7009)"""
    try:
        oauth.revoke(app=_client(request), token=request.POST.get("token", ""))
    except OAuthRefused as error:
        return _refused(error)
    return HttpResponse(status=200)


@require_GET
def discovery(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """GET /.well-known/oauth-authorization-server (RFC 8414)"""
    site = settings.SITE_URL
    return JsonResponse(
        {
            "issuer": site,
            "authorization_endpoint": site + reverse("gateway:authorize"),
            "token_endpoint": site + reverse("gateway:token"),
            "revocation_endpoint": site + reverse("gateway:revocation"),
            "service_documentation": f"{site}/api/v1/docs",
            "scopes_supported": list(Scope),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": list(WAYS),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic", "client_secret_post", "none",
            ],
            "authorization_response_iss_parameter_supported": True,
        }
    )  # fmt: skip
