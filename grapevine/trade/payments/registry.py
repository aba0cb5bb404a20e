"""The providers there are."""

from collections.abc import Sequence

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked
from grapevine.trade.payments.port import Provider
from grapevine.trade.payments.providers.sandbox.provider import Sandbox


class UnknownProvider(DomainError):
    code = "payments.unknown_provider"
    status = 422
    message = marked("没有这种支付方式")


PROVIDERS: dict[str, Provider] = {"sandbox": Sandbox()}


def provider(name: str) -> Provider:
    if name not in PROVIDERS:
        raise UnknownProvider(name)
    return PROVIDERS[name]


def providers() -> Sequence[Provider]:
    """All of them, in the order buyers see; ask each whether it is `ready`."""
    return list(PROVIDERS.values())
