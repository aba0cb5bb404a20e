"""Which addresses a webhook may have: on the public internet, named plainly."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

URL_LENGTH_MAX = 500
HTTP_PORTS = {"http": 80, "https": 443}
PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    scheme: str
    host: str
    port: int
    path: str


def read_url(url: str) -> Target | None:
    """The parts of an http(s) address, or None for what is none or carries a user name or a fragment."""
    if len(url) > URL_LENGTH_MAX or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in HTTP_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    if parts.fragment or "\\" in url or port == 0:
        return None
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return Target(parts.scheme, parts.hostname, port or HTTP_PORTS[parts.scheme], path)


def is_public(address: str) -> bool:
    """Whether this IP address is one of the public internet, also seen through IPv6 forms of an IPv4 address."""
    try:
        one = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour or (one.teredo and one.teredo[1])
        if one in NAT64:
            inner = ipaddress.IPv4Address(int(one) & 0xFFFF_FFFF)
        if inner is not None and not is_public(str(inner)):
            return False
        if one.ipv4_mapped:
            return True
        if int(one) < 2**32 or one.is_site_local:  # ::a.b.c.d and fec0::/10, long deprecated
            return False
    elif one in PROTOCOLS:
        return False
    return one.is_global and not (one.is_multicast or one.is_reserved)


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
