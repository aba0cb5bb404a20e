"""Idempotency-Key for API writes: the answer is stored in the same transaction as the effect."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from grapevine.guard.contracts import BadKey, KeyMismatch
from grapevine.kit import clock, crashing, sql
from grapevine.kit.middleware import visitor_of
from grapevine.kit.problems import problem
from grapevine.kit.sealed import seal_bytes, unseal_bytes

P = ParamSpec("P")
KEY_LENGTH_MAX = 80
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
REFUSED_FROM = 400
FIND = "SELECT request_digest, status, body FROM guard_storedanswer WHERE caller = %s AND key = %s"
COLUMNS = "caller, key, request_digest, status, body, created_at"
ENDING = "ON CONFLICT (caller, key) DO NOTHING RETURNING id"
SEALED_AS = "guard.storedanswer.body"
UNDONE = "grapevine.undone_whole"
"""Set in `request.META` while a refusal undoes everything."""
Endpoint = Callable[Concatenate[HttpRequest, P], Any]
GetResponse = Callable[[HttpRequest], HttpResponse]


def is_undone(request: HttpRequest) -> bool:
    """Whether a refusal of this request undoes all it wrote: then nothing inside needs a savepoint."""
    return request.META.get(UNDONE) is not None


def once(endpoint: Endpoint[P]) -> Endpoint[P]:
    """An endpoint that is all or nothing; with an Idempotency-Key its effect happens once.

    No savepoint where the middleware undoes the whole request anyway.
    """

    @wraps(endpoint)
    def whole(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        with transaction.atomic(savepoint=not is_undone(request)):
            return endpoint(request, *args, **kwargs)

    return whole


class IdempotencyMiddleware:
    """Answers a write whose key was seen before with the stored answer, byte for byte.

    The answer is written last, so a refusal writes nothing. Of two requests with one key at the same
    time the second finds the key taken (or is refused for what the first took), is undone, and gets the
    first's answer. A refusal is not stored: the same key may try again. The same key with another
    request is refused with 422. Paths in IDEMPOTENT_BY_NATURE talk to other machines and must not run in
    a transaction; they are left alone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if (
            key is None
            or request.method not in WRITES
            or not request.path.startswith("/api/")
            or settings.IDEMPOTENT_BY_NATURE.search(request.path)
        ):
            return self.get_response(request)
        if not 1 <= len(key) <= KEY_LENGTH_MAX or not key.isprintable():
            return problem(BadKey())
        caller, digest = _caller(request), _digest(request)
        with transaction.atomic():
            before = _again(caller, key, digest)
            if before is not None:
                return before
            request.META[UNDONE] = True
            response = self.get_response(request)
            if response.status_code < REFUSED_FROM and _store(caller, key, digest, response):
                crashing.point("guard.answer.before_commit")
                crashing.committed("guard.answer.after_commit")
                return response
            transaction.set_rollback(True)
        return _again(caller, key, digest) or response


def answer_before(request: HttpRequest) -> HttpResponse | None:
    """What was answered to this very request before, or the refusal of its key; None if it is new. One query."""
    key = request.headers.get("Idempotency-Key")
    return _again(_caller(request), key, _digest(request)) if key else None


def _caller(request: HttpRequest) -> str:
    """Who the key belongs to: the token, the session or the visitor; kept as a digest."""
    token = request.headers.get("Authorization", "")
    who = (
        token
        or getattr(getattr(request, "session", None), "session_key", None)
        or visitor_of(request)
    )
    return hashlib.sha256(who.encode()).hexdigest()[:40]


def _digest(request: HttpRequest) -> str:
    content = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(content).hexdigest()


def _store(caller: str, key: str, digest: str, response: HttpResponse) -> bool:
    body = seal_bytes(response.content, context=SEALED_AS)  # an order's answer has an address in it
    row = (caller, key, digest, response.status_code, body, clock.now())
    return bool(sql.insert("guard_storedanswer", COLUMNS, [row], ending=ENDING))


def _again(caller: str, key: str, digest: str) -> HttpResponse | None:
    for request_digest, status, body in sql.rows(FIND, [caller, key]):
        if request_digest != digest:
            return problem(KeyMismatch())
        content = unseal_bytes(bytes(body), context=SEALED_AS)
        response = HttpResponse(content, status=status, content_type="application/json")
        response["Idempotent-Replay"] = "true"
        return response
    return None
