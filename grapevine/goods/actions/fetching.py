"""Fetching a picture or a video from an address that a stranger wrote: public addresses only, small, soon.

The name is resolved once, every address it has must be public, and the connection goes to the address that was
looked at, so that a name cannot point elsewhere between the look and the call (see OWASP, "Server-Side Request
Forgery Prevention").
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked

CONNECT_SECONDS = 5.0
HOPS_MAX = 3
PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last four bytes are an IPv4 address."""
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What may come: of which types, how large, in which time, and how it is said that it was something else."""

    types: tuple[str, ...]
    bytes_max: int
    seconds_max: float
    other: str
    too_large: str


PICTURE = Wanted(
    ("image/jpeg", "image/png", "image/webp", "image/jpg"), 10 * 1024 * 1024, 15.0,
    marked("不是 JPEG、PNG 或 WebP"), marked("图片超过 10 MB"),
)  # fmt: skip
VIDEO = Wanted(
    ("video/mp4", "video/webm", "application/octet-stream"), 50_000_000, 60.0,
    marked("不是 MP4 或 WebM"), marked("视频超过 50 MB"),
)  # fmt: skip


class NotFetched(DomainError):
    code = "goods.picture_not_fetched"
    status = 422
    message = marked("这个文件取不到：%(reason)s")


def fetch(address: str, wanted: Wanted = PICTURE) -> bytes:
    """The bytes of what is wanted. Raises NotFetched with the reason; nothing private is ever connected to."""
    ends = monotonic() + wanted.seconds_max
    for _ in range(HOPS_MAX + 1):
        parts = _parts(address)
        connection = _connection(parts)
        try:
            answer = _ask(connection, parts, wanted)
            if answer.status in REDIRECTS and answer.headers.get("Location"):
                address = urljoin(address, answer.headers["Location"])
                continue
            return _body(answer, ends, wanted)
        except (OSError, http.client.HTTPException, ValueError):
            raise NotFetched(reason=marked("连不上或断了")) from None
        finally:
            connection.close()
    raise NotFetched(reason=marked("跳转太多"))


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotFetched(reason=marked("地址不对")) from None
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise NotFetched(reason=marked("地址不对"))
    if port not in (None, 80, 443) and not settings.IMPORT_LOOPBACK:
        raise NotFetched(reason=marked("地址不对"))
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; with IMPORT_LOOPBACK this machine counts as well."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if mapped is None and found in NAT64:
        mapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if mapped is not None:
        return is_public(str(mapped))
    if settings.IMPORT_LOOPBACK and found.is_loopback:
        return True
    return found.is_global and not found.is_multicast and not found.is_reserved


def _where(parts: SplitResult) -> tuple[str, int]:
    """The address to connect to, once every address of the name was found public."""
    port = parts.port or PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotFetched(reason=marked("没有这个网站")) from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(is_public(one) for one in addresses):
        raise NotFetched(reason=marked("不是公网地址"))
    return addresses[0], port


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    address, port = _where(parts)
    host = parts.hostname or ""
    try:
        plain = socket.create_connection((address, port), timeout=CONNECT_SECONDS)
    except OSError:
        raise NotFetched(reason=marked("连不上或断了")) from None
    connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    try:
        connection.sock = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            if parts.scheme == "https"
            else plain
        )
    except OSError:
        plain.close()
        raise NotFetched(reason=marked("连不上或断了")) from None
    return connection


def _ask(
    connection: http.client.HTTPConnection, parts: SplitResult, wanted: Wanted
) -> http.client.HTTPResponse:
    path = parts.path or "/"
    headers = {
        "Accept": ", ".join(wanted.types[:3]),
        "User-Agent": "Grapevine",
        "Connection": "close",
    }
    target = f"{path}?{parts.query}" if parts.query else path
    connection.request("GET", target.encode("ascii", "ignore").decode(), headers=headers)
    return connection.getresponse()


def _body(answer: http.client.HTTPResponse, ends: float, wanted: Wanted) -> bytes:
    if answer.status != 200:
        raise NotFetched(reason=f"HTTP {answer.status}")
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in wanted.types:
        raise NotFetched(reason=wanted.other)
    if int(answer.headers.get("Content-Length") or 0) > wanted.bytes_max:
        raise NotFetched(reason=wanted.too_large)
    found = bytearray()
    while chunk := answer.read1(64 * 1024):
        found += chunk
        if len(found) > wanted.bytes_max:
            raise NotFetched(reason=wanted.too_large)
        if monotonic() > ends:
            raise NotFetched(reason=marked("太慢了"))
    return bytes(found)
