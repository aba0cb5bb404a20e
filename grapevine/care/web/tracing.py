"""Where a request comes from, as digests: the browser's own id, and the block of addresses."""

from ipaddress import ip_address, ip_network

from django.http import HttpRequest

from grapevine.care.contracts import Trace
from grapevine.kit.middleware import visitor_of
from grapevine.kit.sealed import blind_index

BLOCK = {4: 24, 6: 48}
"""How many leading bits of an address name its block: what one line or office usually has."""


def network_of(address: str) -> str:
    """The block of an address; "" for what is no address, and for this machine itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if found.is_loopback:
        return ""
    return str(ip_network(f"{address}/{BLOCK[found.version]}", strict=False))


def trace_of(request: HttpRequest) -> Trace:
    network = network_of(request.META.get("REMOTE_ADDR", ""))
    return Trace(
        blind_index(visitor_of(request), context="care.device"),
        blind_index(network, context="care.network") if network else "",
    )
