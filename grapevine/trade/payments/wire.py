"""One way to talk to a provider: bounded in time and size, never following a redirect."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from grapevine.trade.payments.port import ProviderDown

TIMEOUT_SECONDS = 5.0
BODY_BYTES_MAX = 8_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


def call(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"",
    timeout: float = TIMEOUT_SECONDS,
) -> Reply:  # fmt: skip
    """Send one request. ProviderDown if there is no whole answer in time: the outcome is unknown then."""
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
