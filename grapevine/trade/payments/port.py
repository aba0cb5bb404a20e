"""What a payment provider must offer. Each provider is a slice of its own in `providers/`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked


class ProviderDown(DomainError):
    """No answer, or one that cannot be trusted: what became of the request is unknown until asked again."""

    code = "payments.provider_down"
    status = 503
    message = marked("支付渠道暂时连不上，没有扣款")
    remedy = marked("等一会儿再试，或换一种支付方式")


class ProviderRefused(DomainError):
    """The provider understood and said no; nothing happened there."""

    code = "payments.provider_refused"
    status = 409
    message = marked("支付渠道没有接受这笔请求")
    remedy = marked("换一种支付方式试试")


class BadCallback(DomainError):
    code = "payments.bad_callback"
    status = 400
    message = marked("回调没有通过验证")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a provider is asked to collect. `way` is one of its `ways`; addresses are absolute."""

    number: str
    amount_minor: int
    currency: str
    title: str
    way: str
    notify_url: str
    return_url: str
    expires_at: datetime
    payer: str = ""
    """The provider's own id of the person (WeChat openid), where a way needs it."""
    client_ip: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Start:
    """How the buyer goes on: open `url`, or scan `qr`, or hand `params` to the provider's script."""

    url: str = ""
    qr: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider says of a payment: `state` open, paid, failed or closed.

    `event_id` is the same in every message and answer about the same fact, so that it counts once.
    """

    payment_number: str
    state: str
    amount_minor: int
    currency: str
    event_id: str
    transaction_id: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a provider says of a refund: `state` pending, done or failed."""

    payment_number: str
    refund_id: str
    state: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Disputed:
    """Somebody asks their bank for the money back. Named by the provider's transaction, as in the Outcome."""

    transaction_id: str
    dispute_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider wants to hear after its callback."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A row of a provider's daily statement: `kind` payment or refund, `reference` our number or refund id."""

    kind: str
    reference: str
    payment_number: str
    transaction_id: str
    amount_minor: int
    currency: str
    at: datetime


class Provider(Protocol):
    """A provider. No method may be called inside a transaction: each may talk to another machine.

    Methods that talk raise ProviderDown when the outcome is unknown and ProviderRefused when it is no.
    """

    name: str
    label: str
    ways: Sequence[str]

    def ready(self) -> bool:
        """Whether every key is set. An unready provider is not offered and refuses every callback."""

    def takes(self, currency: str) -> bool:
        """Whether it can collect this currency ("CNY"). It is not offered for others."""

    def start(self, intent: Intent) -> Start:
        """Tell the provider to expect this payment. The same number again is the same payment."""

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes
    ) -> Outcome | Returned | Disputed | None:
        """Verify a callback on its raw bytes; BadCallback for anything not right, None for news we do not need."""

    def receipt(self, *, accepted: bool) -> Receipt:
        """The answer to a callback."""

    def query(self, payment_number: str) -> Outcome | None:
        """Ask what became of a payment; None if the provider never heard of it."""

    def close(self, payment_number: str) -> None:
        """Take the payment back, so that it cannot be paid any more. Safe to repeat."""

    def refund(
        self, *, payment_number: str, refund_id: str, amount_minor: int, total_minor: int,
        currency: str, reason: str, notify_url: str,
    ) -> Returned:  # fmt: skip
        """Send money back, once per `refund_id`, however often it is asked."""

    def query_refund(self, *, payment_number: str, refund_id: str) -> Returned | None:
        """What became of a refund; None if the provider never heard of it."""

    def statement(self, day: date) -> list[StatementLine]:
        """The provider's own list of what it took and sent back on a day (Asia/Shanghai)."""
