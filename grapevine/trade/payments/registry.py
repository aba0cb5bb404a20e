"""The providers there are. Each is made from its settings; without them it is not ready and not offered."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from django.conf import settings

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked
from grapevine.trade.payments.port import Provider
from grapevine.trade.payments.providers.alipay.config import AlipayConfig
from grapevine.trade.payments.providers.alipay.provider import Alipay
from grapevine.trade.payments.providers.sandbox.provider import Sandbox
from grapevine.trade.payments.providers.stripe_cards.config import Config as StripeConfig
from grapevine.trade.payments.providers.stripe_cards.provider import StripeCards
from grapevine.trade.payments.providers.wechat_pay.config import WechatPayConfig
from grapevine.trade.payments.providers.wechat_pay.provider import WechatPay


class UnknownProvider(DomainError):
    code = "payments.unknown_provider"
    status = 422
    message = marked("没有这种支付方式")


_sandbox = Sandbox()
_alipay = lru_cache(maxsize=4)(Alipay)
_stripe = lru_cache(maxsize=4)(StripeCards)

_wechat = lru_cache(maxsize=4)(WechatPay)

PROVIDERS: dict[str, Callable[[], Provider]] = {
    "wechat": lambda: _wechat(WechatPayConfig(**settings.WECHAT)),
    "alipay": lambda: _alipay(AlipayConfig(**settings.ALIPAY)),
    "stripe": lambda: _stripe(StripeConfig(**settings.STRIPE)),
    "sandbox": lambda: _sandbox,
}
"""In the order buyers see. One object for the same settings."""


def provider(name: str) -> Provider:
    if name not in PROVIDERS:
        raise UnknownProvider(name)
    return PROVIDERS[name]()


def providers() -> Sequence[Provider]:
    """All of them, in the order buyers see; ask each whether it is `ready` and what it `takes`."""
    return [made() for made in PROVIDERS.values()]
