"""Who a domain belongs to: what its TXT records and its web server say. Tests put a fake in its place.

The look at the web server is the one request here whose target somebody else chose. Every address the name has must
be public, the connection goes to the very address that was checked, nothing is followed, little is read.
"""

import http.client
import ipaddress
import random
import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

SECONDS = 5
BYTES_MAX = 1024
PATH = "/.well-known/grapevine-domain.txt"
TXT = 16
PORT_DNS = 53


class Prover(Protocol):
    def txt(self, name: str) -> Sequence[str]:
        """The TXT records of a name; () where there are none or nobody answers."""

    def file(self, host: str) -> str:
        """What the host's web server has at PATH; "" if it cannot be had."""


def is_public(address: str) -> bool:
    """Whether this is an address of the public internet, and not of this machine or network."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return mapped.is_global and not mapped.is_multicast


class Internet:
    """The real one."""

    def txt(self, name: str) -> Sequence[str]:
        question, number = _question(name)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                line.settimeout(SECONDS)
                line.connect((_resolver(), PORT_DNS))
                line.send(question)
                answer = line.recv(4096)
        except OSError:
            return ()
        return read_txt(answer, number)

    def file(self, host: str) -> str:
        try:
            found = socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)
            addresses = [str(row[4][0]) for row in found]
            if not addresses or not all(map(is_public, addresses)):
                return ""
            with socket.create_connection((addresses[0], 80), timeout=SECONDS) as line:
                return _fetch(line, host)
        except (OSError, http.client.HTTPException, UnicodeError):
            return ""


def _fetch(line: socket.socket, host: str) -> str:
    asked = http.client.HTTPConnection(host, timeout=SECONDS)
    asked.sock = line
    asked.request("GET", PATH, headers={"Host": host, "Connection": "close"})
    answer = asked.getresponse()
    return answer.read(BYTES_MAX).decode("ascii", "replace") if answer.status == 200 else ""


def _resolver() -> str:
    """The first IPv4 name server of this machine."""
    try:
        lines = Path("/etc/resolv.conf").read_text().splitlines()
    except OSError:
        lines = []
    named = [line.split()[1] for line in lines if line.startswith("nameserver ")]
    return next((one for one in named if ":" not in one), "127.0.0.1")


def _question(name: str) -> tuple[bytes, int]:
    """A DNS query for TXT (RFC 1035, 4.1), and its number."""
    number = random.SystemRandom().randrange(2**16)
    labels = b"".join(bytes([len(one)]) + one.encode("ascii") for one in name.split("."))
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", TXT, 1), number  # fmt: skip


def read_txt(answer: bytes, number: int) -> tuple[str, ...]:
    """The TXT records of a DNS answer; () if it is another's, refused, cut off or broken."""
    found: list[str] = []
    try:
        told, flags, questions, answers, _, _ = struct.unpack(">6H", answer[:12])
        if told != number or not flags & 0x8000 or flags & 0x000F:
            return ()
        at = 12
        for _ in range(questions):
            at = _past_name(answer, at) + 4
        for _ in range(answers):
            at = _past_name(answer, at)
            kind, _class, _ttl, size = struct.unpack(">2HIH", answer[at : at + 10])
            data, at = answer[at + 10 : at + 10 + size], at + 10 + size
            if kind == TXT and len(data) == size:
                found.append(_strings(data))
    except (struct.error, IndexError):
        return ()
    return tuple(found)


def _past_name(answer: bytes, at: int) -> int:
    while answer[at]:
        if answer[at] >= 0xC0:
            return at + 2
        at += answer[at] + 1
    return at + 1


def _strings(data: bytes) -> str:
    parts, at = b"", 0
    while at < len(data):
        size = data[at]
        parts += data[at + 1 : at + 1 + size]
        at += size + 1
    return parts.decode("ascii", "replace")


prover: Prover = Internet()
