"""How each provider tells of an attempt or a refund: signed by its own fake, in any order a test likes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grapevine.kit.errors import DomainError
from grapevine.trade.actions.paying import receive_callback
from grapevine.trade.models import Attempt, Payment, Refund, SandboxCharge
from grapevine.trade.payments.fakes.server import Back, Charge, Fake, Message
from grapevine.trade.payments.providers.alipay.fake import FakeAlipay
from grapevine.trade.payments.providers.sandbox import provider as sandbox, signing
from grapevine.trade.payments.providers.stripe_cards.fake import FakeStripe
from grapevine.trade.payments.providers.wechat_pay.fake import FakeWechatPay
from grapevine.trade.rules.reconciling import refund_id
from grapevine.trade.tests.cast import Cast, placed

HERE = "http://127.0.0.1:9/"


class Teller(ABC):
    """One provider's way to tell of an attempt: `say(event)` is a signed message, or None if it never says that."""

    name = ""

    def __init__(self, attempt: Attempt, refund: Refund | None = None) -> None:
        self.attempt, self.refund = attempt, refund

    @abstractmethod
    def say(self, event: str) -> Message | None:
        """The signed message, or None."""

    @property
    def refund_name(self) -> str:
        assert self.refund
        return refund_id(self.attempt.payment.number, self.refund.pk)


class SandboxTeller(Teller):
    """It has no news of refunds: its answer to a refund is final."""

    name = "sandbox"

    def say(self, event: str) -> Message | None:
        if event not in ("paid", "failed", "closed"):
            return None
        row = SandboxCharge(
            payment_number=self.attempt.number, amount_minor=self.attempt.payment.total_minor,
            currency="CNY", state=event, event_id=f"{self.attempt.number}:{event}",
        )  # fmt: skip
        body = sandbox.callback_of(row)
        headers = {"Content-Type": "application/json", **signing.sign(body, nonce="n")}
        return Message(HERE, headers, body)


class FakeTeller(Teller):
    """By a fake's own pen. The charge is written into its books in the state the message is about."""

    currency = "CNY"
    extra: Mapping[str, str] = {"created": "1", "way": "checkout", "tried": "yes"}
    fake: Fake

    def charge(self, state: str) -> Charge:
        number = self.attempt.number
        before = self.fake.charges.get(number)
        made = Charge(
            number, self.attempt.payment.total_minor, self.currency, HERE, HERE, "x", state,
            decided_at=1.0, extra=dict(self.extra),
        )  # fmt: skip
        if before is not None:
            made.transaction_id = before.transaction_id
        self.fake.charges[number] = made
        return made

    def say(self, event: str) -> Message | None:
        self.fake.refunds.clear()
        if event in ("paid", "failed", "closed"):
            return self.fake.payment_message(self.charge(event))
        state = event.removeprefix("refund ")
        assert self.refund is not None
        self.charge("paid")
        back = Back(self.refund_name, self.attempt.number, self.refund.amount_minor, HERE, state)
        self.fake.refunds[back.refund_id] = back
        return self.fake.refund_message(back)


class AlipayTeller(FakeTeller):
    name = "alipay"


class WechatTeller(FakeTeller):
    """It tells of money alone: a try that failed, or an order that was closed, is found by asking."""

    name = "wechat"
    extra = {"openid": "o-1", "way": "native", "created": "1"}

    def say(self, event: str) -> Message | None:
        return None if event in ("failed", "closed") else super().say(event)


class StripeTeller(FakeTeller):
    name = "stripe"
    currency = "cny"


TELLERS: list[type[Teller]] = [SandboxTeller, AlipayTeller, WechatTeller, StripeTeller]
"""A provider joins the matrix with a line here."""


Pairs = dict[str, tuple[Fake, Any]]
SETTINGS = {
    "alipay": ("app_id", "seller_id", "private_key_pem", "alipay_public_key_pem", "api"),
    "wechat": (
        "app_id",
        "mch_id",
        "merchant_serial",
        "private_key_pem",
        "api_v3_key",
        "public_key_id",
        "public_key_pem",
        "api",
    ),
    "stripe": ("secret_key", "publishable_key", "webhook_secret", "api"),
}
"""What of a fake's config is a setting."""


def paired(keys: Path) -> Pairs:
    """Each fake with the config that fits it. They hold keys and books, and neither answer nor send."""
    made: Pairs = {
        "alipay": FakeAlipay.paired(keys=keys),
        "wechat": FakeWechatPay.paired(keys=keys),
        "stripe": FakeStripe.paired(keys=keys, webhook_url=HERE),
    }
    for fake, _ in made.values():
        fake.faults.drop = True
        fake._server.server_close()
    return made


def believed(settings: Any, pairs: Pairs) -> dict[str, Fake]:
    """Set them up as our providers, with empty books."""
    for name, (fake, config) in pairs.items():
        told = {field: getattr(config, field) for field in SETTINGS[name]}
        setattr(settings, name.upper(), told)
        fake.charges.clear()
        fake.refunds.clear()
    return {name: fake for name, (fake, _) in pairs.items()}


@dataclass
class House:
    """The cast, and providers whose fakes hold the keys and answer nobody."""

    cast: Cast
    fakes: dict[str, Fake]

    def begun(self, teller: type[Teller]) -> Attempt:
        """An attempt that is open at the provider."""
        one = placed(self.cast)
        payment = Payment.objects.get(number=one.payment_number)
        made = Attempt.objects.create(
            number=f"{payment.number}-1", payment=payment, method=teller.name, way="checkout",
            state="open", started_at=payment.expires_at,
        )  # fmt: skip
        Payment.objects.filter(pk=payment.pk).update(method=teller.name)
        return made

    def teller(
        self, teller: type[Teller], attempt: Attempt, refund: Refund | None = None
    ) -> Teller:
        made = teller(attempt, refund)
        if isinstance(made, FakeTeller):
            made.fake = self.fakes[teller.name]
        return made


def hear(teller: Teller, event: str) -> str:
    """Deliver it; "" if it was taken, the code of the refusal if not."""
    message = teller.say(event)
    if message is None:
        return "never said"
    try:
        receive_callback(method=teller.name, headers=message.headers, body=message.body)
    except DomainError as refusal:
        return refusal.code
    return ""
