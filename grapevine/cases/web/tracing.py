"""Which device a request comes from, as a keyed digest."""

from django.http import HttpRequest

from grapevine.kit.middleware import visitor_of
from grapevine.kit.sealed import blind_index


def device_of(request: HttpRequest) -> str:
    return blind_index(visitor_of(request), context="cases.device")
