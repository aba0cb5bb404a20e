"""How a webhook is sent: to a checked address only, never along a redirect, bounded in time and size.

The name is looked up once, every address it has must be public, and the connection goes to the address that was
checked: a name that answers differently the next moment gains nothing.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from grapevine.gateway.contracts import AddressRefused
from grapevine.gateway.rules.addresses import Target, is_loopback, is_public, read_url

CONNECT_SECONDS = 5.0
DEADLINE_SECONDS = 10.0
"""Of the whole exchange: an answer that comes a byte at a time is cut off."""
ANSWER_BYTES_MAX = 4_096


@dataclass(frozen=True, slots=True)
class Reply:
    """`status` None: no whole answer came, and `said` is why."""

    status: int | None
    said: str
    milliseconds: int


def check_url(url: str) -> Target:
    """Raise AddressRefused for what can be seen without looking a name up: no network, so fit for a transaction.

    An IP address in any way of writing is judged here, a name when it is looked up.
    """
    target = read_url(url)
    if target is None or (target.scheme != "https" and not settings.WEBHOOK_LOOPBACK):
        raise AddressRefused(url)
    try:
        _address(target, socket.AI_NUMERICHOST)
    except socket.gaierror:
        if target.host == "localhost" and not settings.WEBHOOK_LOOPBACK:
            raise AddressRefused(url) from None
    return target


def look_up(url: str) -> tuple[Target, str]:
    """The checked target and the address to connect to. Raises AddressRefused."""
    target = check_url(url)
    try:
        return target, _address(target, 0)
    except (OSError, UnicodeError):
        raise AddressRefused(target.host) from None


def _address(target: Target, flags: int) -> str:
    """The IP address to connect to. All that the name has are checked, in every way of writing one.

    The system's resolver reads 2130706433, 0x7f.1 and 017700000001 as it would for anybody who connects.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, flags=flags)
    addresses = [str(entry[4][0]) for entry in found]
    if settings.WEBHOOK_LOOPBACK and addresses and all(map(is_loopback, addresses)):
        return addresses[0]
    if not addresses or target.scheme != "https" or not all(map(is_public, addresses)):
        raise AddressRefused(target.host)
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to `address`, whatever the name says by now."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self._target, self._address = target, address
        self._wire: socket.socket | None = None

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self._target.port), self.timeout)
        if self._target.scheme == "https":
            context = ssl.create_default_context()
            try:
                plain = context.wrap_socket(plain, server_hostname=self._target.host)
            except BaseException:
                plain.close()
                raise
        self.sock = self._wire = plain

    def cut(self) -> None:
        """From another thread: whoever reads or writes is woken. `sock` itself is forgotten once an answer begins."""
        if self._wire is not None:
            try:
                self._wire.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def post(
    url: str, *, headers: Mapping[str, str], body: bytes, deadline: float = DEADLINE_SECONDS
) -> Reply:
    """Send one message; never raises for what the other side does or is."""
    began = time.monotonic()
    try:
        target, address = look_up(url)
    except AddressRefused:
        return Reply(None, "address refused", _since(began))
    connection = _Pinned(target, address)
    watch = threading.Timer(deadline, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        answer = connection.getresponse()
        said = answer.read(ANSWER_BYTES_MAX)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Reply(None, _why(error), _since(began))
    finally:
        watch.cancel()
        connection.close()
    if time.monotonic() - began >= deadline:
        return Reply(None, "timed out", _since(began))
    return Reply(answer.status, _text(said), _since(began))


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or type(error).__name__}"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return type(error).__name__


def _text(said: bytes) -> str:
    """The beginning of an answer as text that a page and a database can hold."""
    text = said.decode("utf-8", "replace")
    return "".join(one if one.isprintable() else " " for one in text)[:300].strip()
