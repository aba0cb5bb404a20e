"""The bank there is. Without one, withdrawals wait as they are."""

from django.conf import settings

from grapevine.trade.payouts.port import Payouts
from grapevine.trade.payouts.sandbox import SandboxBank

_sandbox = SandboxBank()


def payouts() -> Payouts | None:
    return _sandbox if settings.SANDBOX else None
