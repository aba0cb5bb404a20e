# ruff: noqa: ARG002  every method has the shape of the port
"""Providers as the registry holds them, that take every payment and say what they are told to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from grapevine.trade.payments.port import (
    Intent,
    Outcome,
    ProviderDown,
    ProviderRefused,
    Receipt,
    Returned,
    Start,
    StatementLine,
)


@dataclass
class Taker:
    """`starts` says what `start` gives for a way; a way in `down` is not heard of, one in `no` is refused."""

    name: str
    label: str
    ways: Sequence[str]
    starts: Mapping[str, Start] = field(default_factory=dict)
    down: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    is_ready: bool = True
    currencies: frozenset[str] = frozenset({"CNY"})

    def itself(self) -> "Taker":
        """What the registry calls to have it made."""
        return self

    def ready(self) -> bool:
        return self.is_ready

    def takes(self, currency: str) -> bool:
        return currency in self.currencies

    def start(self, intent: Intent) -> Start:
        if intent.way in self.down:
            raise ProviderDown
        if intent.way in self.no:
            raise ProviderRefused
        return self.starts.get(intent.way, Start())

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> None:
        return None

    def receipt(self, *, accepted: bool) -> Receipt:
        return Receipt(200 if accepted else 400)

    def query(self, payment_number: str) -> Outcome | None:
        return None

    def close(self, payment_number: str) -> None:
        return None

    def refund(
        self, *, payment_number: str, refund_id: str, amount_minor: int, total_minor: int,
        currency: str, reason: str, notify_url: str,
    ) -> Returned:  # fmt: skip
        return Returned(payment_number, refund_id, "pending", amount_minor)

    def query_refund(self, *, payment_number: str, refund_id: str) -> Returned | None:
        return None

    def statement(self, day: date) -> list[StatementLine]:
        return []


def four() -> dict[str, Taker]:
    """The kinds there are: a wallet with a code, a wallet with pages, cards, and one that is not ready."""
    params = {"appId": "wx1", "package": "prepay_id=1"}
    return {
        "wechat": Taker(
            "wechat", "微信支付", ("jsapi", "h5", "native"),
            {"native": Start(qr="weixin://wxpay/bizpayurl?pr=p4lpSuKzz"), "h5": Start(url="https://pay.example/h5"), "jsapi": Start(params=params)},
        ),
        "alipay": Taker("alipay", "支付宝", ("page", "wap"), {"page": Start(url="https://pay.example/page?a=1&b=2"), "wap": Start(url="https://pay.example/wap")}),
        "stripe_cards": Taker("stripe_cards", "银行卡（Stripe）", ("checkout", "intent"), {"checkout": Start(url="https://pay.example/c")}),
        "closed": Taker("closed", "没开通的", ("page",), is_ready=False),
    }  # fmt: skip
