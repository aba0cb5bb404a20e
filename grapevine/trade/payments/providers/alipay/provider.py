"""Alipay for people at a desk (page) and on a phone (wap), with refunds and the daily bill."""

import hmac
import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from grapevine.kit import clock
from grapevine.kit.text import marked
from grapevine.trade.payments.port import (
    BadCallback,
    Intent,
    Outcome,
    ProviderDown,
    ProviderRefused,
    Receipt,
    Returned,
    Start,
    StatementLine,
)
from grapevine.trade.payments.providers.alipay import bill, signing
from grapevine.trade.payments.providers.alipay.amounts import (
    minor_of,
    moment_of,
    wall_time,
    yuan_of,
)
from grapevine.trade.payments.providers.alipay.config import AlipayConfig
from grapevine.trade.payments.wire import call

PAGES = {
    "page": ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    "wap": ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
}
CURRENCY = "CNY"
AMOUNT_MINOR_MAX = 99_999_999_999
TITLE_MAX = 256
TITLE_REFUSED = re.compile(r"[/=&,\"\x00-\x1f\x7f]+")
"""Alipay refuses / = & in a subject; a comma or a quote would break the bill's table."""
NOTICE_AGE_MAX = timedelta(hours=25)
"""Alipay repeats a notice for 25 hours: https://docs.open.alipay.com/270/105902/"""
DOWNLOAD_SECONDS = 30.0
NOT_FOUND = ("ACQ.TRADE_NOT_EXIST",)
NO_BILL = ("isp.bill_not_exist",)
UNKNOWN_OUTCOME = ("ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error")
"""Said with the code of a refusal, yet Alipay asks to query before believing that nothing happened."""
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
STATES = {
    "WAIT_BUYER_PAY": "open", "TRADE_SUCCESS": "paid", "TRADE_FINISHED": "paid",
    "TRADE_CLOSED": "closed",
}  # fmt: skip
REFUND_NOTICE = ("out_biz_no", "gmt_refund")


class Alipay:
    name = "alipay"
    label = marked("支付宝")
    ways: Sequence[str] = ("page", "wap")

    def __init__(self, config: AlipayConfig) -> None:
        self.config = config

    def ready(self) -> bool:
        return self.config.complete

    def takes(self, currency: str) -> bool:
        return currency == CURRENCY

    def start(self, intent: Intent) -> Start:
        """A signed address; Alipay hears of the payment only when the buyer opens it."""
        if intent.way not in PAGES:
            raise ProviderRefused(intent.way)
        method, product = PAGES[intent.way]
        biz = {
            "out_trade_no": intent.number,
            "total_amount": _yuan(intent.amount_minor, currency=intent.currency),
            "subject": _plain_words(intent.title) or intent.number,
            "product_code": product,
            "time_expire": wall_time(intent.expires_at),
        }
        pages = {"notify_url": intent.notify_url, "return_url": intent.return_url}
        return Start(url=f"{self.config.api}?{urlencode(self._signed(method, biz, pages=pages))}")

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes
    ) -> Outcome | Returned | None:
        """None for refund notices too: they tell the sum sent back so far, and refunds are told at once."""
        del headers  # Nothing in them is signed.
        if not self.ready():
            raise BadCallback
        told = signing.read_notice(body, public_key_pem=self.config.alipay_public_key_pem)
        if not (
            _same(told.get("app_id", ""), self.config.app_id)
            and _same(told.get("seller_id", ""), self.config.seller_id)
            and told.get("notify_id")
        ):
            raise BadCallback
        try:
            sent_at = moment_of(told["notify_time"])
            if abs(clock.now() - sent_at) > NOTICE_AGE_MAX:
                raise BadCallback
            return _outcome_told(told)
        except (ValueError, KeyError):
            raise BadCallback from None

    def receipt(self, *, accepted: bool) -> Receipt:
        return (
            Receipt(200, b"success", "text/plain")
            if accepted
            else Receipt(400, b"failure", "text/plain")
        )

    def query(self, payment_number: str) -> Outcome | None:
        answer = self._ask("alipay.trade.query", {"out_trade_no": payment_number}, absent=NOT_FOUND)
        if answer is None:
            return None
        told = {name: text for name, text in answer.items() if isinstance(text, str)}
        try:
            return _outcome_asked(told)
        except (ValueError, KeyError):
            raise ProviderDown("an answer of another shape") from None

    def close(self, payment_number: str) -> None:
        """Closes the trade. A trade the buyer never opened cannot be closed: it ends with `expires_at`."""
        asked = {"out_trade_no": payment_number}
        try:
            self._ask("alipay.trade.close", asked, absent=NOT_FOUND)
        except ProviderRefused:
            known = self.query(payment_number)
            if known is None or known.state != "closed":
                raise

    def refund(
        self, *, payment_number: str, refund_id: str, amount_minor: int, total_minor: int,
        currency: str, reason: str, notify_url: str,
    ) -> Returned:  # fmt: skip
        del total_minor, notify_url  # Alipay knows the total, and its answer is final.
        asked = {
            "out_trade_no": payment_number,
            "out_request_no": refund_id,
            "refund_amount": _yuan(amount_minor, currency=currency),
            "refund_reason": _plain_words(reason) or refund_id,
        }
        try:
            answer = self._ask("alipay.trade.refund", asked) or {}
        except ProviderRefused:
            # A refund already made may be refused when asked again; then it is done, not refused.
            known = self.query_refund(payment_number=payment_number, refund_id=refund_id)
            if known is None or known.amount_minor != amount_minor:
                raise
            return known
        if answer.get("fund_change") == "Y":
            return Returned(payment_number, refund_id, "done", amount_minor)
        known = self.query_refund(payment_number=payment_number, refund_id=refund_id)
        if known is None or known.amount_minor != amount_minor:
            raise ProviderDown("a refund of which nothing is known")
        return known

    def query_refund(self, *, payment_number: str, refund_id: str) -> Returned | None:
        asked = {"out_trade_no": payment_number, "out_request_no": refund_id}
        answer = self._ask("alipay.trade.fastpay.refund.query", asked, absent=NOT_FOUND) or {}
        status = answer.get("refund_status")
        if not status:
            # Alipay leaves the status out where the request never arrived or nothing came of it.
            return None
        try:
            amount_minor = minor_of(str(answer["refund_amount"]))
        except (ValueError, KeyError):
            raise ProviderDown("an answer of another shape") from None
        state = "done" if status == "REFUND_SUCCESS" else "pending"
        return Returned(payment_number, refund_id, state, amount_minor)

    def statement(self, day: date) -> list[StatementLine]:
        """Ready the next morning; before that Alipay says there is no bill, and so does this."""
        asked = {"bill_type": "trade", "bill_date": day.isoformat()}
        answer = self._ask("alipay.data.dataservice.bill.downloadurl.query", asked, absent=NO_BILL)
        if answer is None:
            return []
        address = self._bill_address(str(answer.get("bill_download_url", "")))
        reply = call("GET", address, headers={}, timeout=DOWNLOAD_SECONDS)
        if reply.status != 200:
            raise ProviderDown("the bill")
        return bill.lines_of(reply.body)

    def _bill_address(self, told: str) -> str:
        """The bill itself is not signed and its address comes as http: it is fetched as safely as we ask."""
        if not told.isascii():
            raise ProviderDown("the bill's address")
        secure = self.config.api.startswith("https://") and told.startswith("http://")
        return f"https://{told.removeprefix('http://')}" if secure else told

    def _signed(
        self, method: str, biz: Mapping[str, str], *, pages: Mapping[str, str]
    ) -> dict[str, str]:
        """Every parameter of a request. ProviderDown without keys: nothing can be asked then."""
        if not self.ready():
            raise ProviderDown(self.name)
        fields = {
            "app_id": self.config.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": signing.ALGORITHM,
            "timestamp": wall_time(clock.now()),
            "version": "1.0",
            "biz_content": json.dumps(biz, separators=(",", ":")),
            **{name: address for name, address in pages.items() if address},
        }
        signature = signing.sign(
            signing.content(fields), private_key_pem=self.config.private_key_pem
        )
        return {**fields, "sign": signature}

    def _ask(
        self, method: str, biz: Mapping[str, str], *, absent: Collection[str] = ()
    ) -> dict[str, object] | None:
        """The gateway's answer, about what was asked; None if it is a refusal in `absent`."""
        reply = call(
            "POST",
            self.config.api,
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
            body=urlencode(self._signed(method, biz, pages={})).encode(),
        )
        if reply.status != 200:
            raise ProviderDown(method)
        answer = signing.read_answer(
            reply.body,
            member=f"{method.replace('.', '_')}_response",
            public_key_pem=self.config.alipay_public_key_pem,
        )
        code, refusal = str(answer.get("code", "")), str(answer.get("sub_code", ""))
        if code.startswith("4") and refusal in absent:
            return None
        if code.startswith("4") and refusal not in UNKNOWN_OUTCOME:
            raise ProviderRefused(method, refusal)
        if code != "10000" or any(
            answer.get(name, biz[name]) != biz[name]
            for name in ("out_trade_no", "out_request_no")
            if name in biz
        ):
            raise ProviderDown(method, refusal)
        return answer


def _same(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode(), ours.encode())


def _plain_words(text: str) -> str:
    return TITLE_REFUSED.sub(" ", text).strip()[:TITLE_MAX]


def _yuan(amount_minor: int, *, currency: str) -> str:
    if currency.upper() != CURRENCY or not 0 < amount_minor <= AMOUNT_MINOR_MAX:
        raise ProviderRefused(currency)
    return yuan_of(amount_minor)


def _outcome_told(told: Mapping[str, str]) -> Outcome | None:
    """ValueError or KeyError if a field is missing or malformed."""
    status, number = told["trade_status"], told["out_trade_no"]
    if status not in STATES or not number:
        raise ValueError("an unknown state")
    if status not in PAID or any(name in told for name in REFUND_NOTICE):
        return None
    return _paid(told, number=number)


def _outcome_asked(told: Mapping[str, str]) -> Outcome:
    """ValueError or KeyError if a field is missing or malformed."""
    status, number = told["trade_status"], told["out_trade_no"]
    if status in PAID or (status == "TRADE_CLOSED" and told.get("send_pay_date")):
        # Closed after it was paid means that all of it was sent back later.
        return _paid(told, number=number)
    return Outcome(
        payment_number=number,
        state=STATES[status],
        amount_minor=minor_of(told["total_amount"]),
        currency=CURRENCY,
        event_id=f"{number}:{status}",
        transaction_id=told.get("trade_no", ""),
    )


def _paid(told: Mapping[str, str], *, number: str) -> Outcome:
    trade_no = told["trade_no"]
    if not trade_no:
        raise ValueError("a payment without its number")
    return Outcome(
        payment_number=number,
        state="paid",
        amount_minor=minor_of(told["total_amount"]),
        currency=CURRENCY,
        event_id=f"{trade_no}:paid",
        transaction_id=trade_no,
    )
