"""Idempotency-Key for API writes: the answer is stored in the same transaction as the effect."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from grapevine.guard.contracts import BadKey, KeyMismatch
from grapevine.guard.models import StoredAnswer
from grapevine.kit import clock
from grapevine.kit.middleware import visitor_of
from grapevine.kit.problems import problem

P = ParamSpec("P")
KEY_LENGTH_MAX = 80
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
REFUSED_FROM = 400
Endpoint = Callable[Concatenate[HttpRequest, P], Any]
GetResponse = Callable[[HttpRequest], HttpResponse]


def once(endpoint: Endpoint[P]) -> Endpoint[P]:
    """An endpoint that is all or nothing; with an Idempotency-Key its effect happens once."""

    @wraps(endpoint)
    def whole(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        with transaction.atomic():
            return endpoint(request, *args, **kwargs)

    return whole


class IdempotencyMiddleware:
    """Answers a write whose key was seen before with the stored answer, byte for byte.

    Two requests with one key at the same time: the second waits for the first's row and then gets
    its answer. A refusal is undone and not stored, so the same key may try again. The same key with
    another request is refused with 422.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method not in WRITES or not request.path.startswith("/api/"):
            return self.get_response(request)
        if not 1 <= len(key) <= KEY_LENGTH_MAX or not key.isprintable():
            return problem(BadKey())
        caller, digest = _caller(request), _digest(request)
        try:
            with transaction.atomic():
                row = StoredAnswer.objects.create(
                    caller=caller, key=key, request_digest=digest, created_at=clock.now()
                )
                return self._answer(request, row)
        except IntegrityError:
            kept = StoredAnswer.objects.filter(caller=caller, key=key).first()
            if kept is None:
                raise
        return _again(kept, digest)

    def _answer(self, request: HttpRequest, row: StoredAnswer) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= REFUSED_FROM:
            transaction.set_rollback(True)
        else:
            row.status, row.body = response.status_code, response.content
            row.save(update_fields=["status", "body"])
        return response


def _caller(request: HttpRequest) -> str:
    """Who the key belongs to: the token, the session or the visitor; kept as a digest."""
    token = request.headers.get("Authorization", "")
    who = token or getattr(request.session, "session_key", None) or visitor_of(request)
    return hashlib.sha256(who.encode()).hexdigest()[:40]


def _digest(request: HttpRequest) -> str:
    content = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(content).hexdigest()


def _again(row: StoredAnswer, digest: str) -> HttpResponse:
    if row.request_digest != digest:
        return problem(KeyMismatch())
    response = HttpResponse(bytes(row.body), status=row.status, content_type="application/json")
    response["Idempotent-Replay"] = "true"
    return response
