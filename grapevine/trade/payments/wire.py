"""One way to talk to a provider: outside any transaction, bounded in time and size, never following a redirect."""

import http.client
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from django.db import connections

from grapevine.trade.payments.port import ProviderDown

P = ParamSpec("P")
T = TypeVar("T")
TIMEOUT_SECONDS = 5.0
BODY_BYTES_MAX = 8_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class TransactionOpen(RuntimeError):
    """A provider was asked inside a transaction: locks would wait for another machine, and a rollback
    would forget what it did. A mistake of ours, never an answer to anybody."""


def require_no_transaction() -> None:
    """Raise TransactionOpen if this thread has begun a transaction on any database.

    The block that a test case puts around a test does not count: Django marks it, for the same use as here,
    in `atomic(durable=True)`.
    """
    for connection in connections.all(initialized_only=True):
        if any(not getattr(one, "_from_testcase", False) for one in connection.atomic_blocks):
            raise TransactionOpen


def outside(talk: Callable[P, T]) -> Callable[P, T]:
    """For a provider that talks to nobody, but promises what the others promise."""

    @wraps(talk)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
        require_no_transaction()
        return talk(*args, **kwargs)

    return guarded


def call(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"",
    timeout: float = TIMEOUT_SECONDS,
) -> Reply:  # fmt: skip
    """Send one request. ProviderDown if there is no whole answer in time: the outcome is unknown then."""
    require_no_transaction()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ProviderDown(url)
    connection: http.client.HTTPConnection = (
        http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=timeout, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    )
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request(method, path, body or None, dict(headers))
        answer = connection.getresponse()
        content = answer.read(BODY_BYTES_MAX + 1)
    except (OSError, http.client.HTTPException) as error:
        raise ProviderDown(parts.hostname) from error
    finally:
        connection.close()
    if len(content) > BODY_BYTES_MAX:
        raise ProviderDown(parts.hostname)
    names = {name.lower(): value for name, value in answer.getheaders()}
    return Reply(answer.status, names, content)
