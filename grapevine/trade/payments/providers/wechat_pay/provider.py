"""WeChat Pay, API v3: inside WeChat (jsapi), by scanning (native), in a phone's browser (h5); refunds, daily bill.

https://pay.weixin.qq.com/doc/v3/merchant/4012556352 (orders), 4012556398 (closing), 4012552567 (refunds)
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

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
from grapevine.trade.payments.providers.wechat_pay import bill, reading, signing
from grapevine.trade.payments.providers.wechat_pay.client import Client
from grapevine.trade.payments.providers.wechat_pay.config import WechatPayConfig
from grapevine.trade.payments.providers.wechat_pay.reading import CURRENCY, Row, Unreadable, text_of
from grapevine.trade.payments.providers.wechat_pay.signing import Untrusted

SHANGHAI = ZoneInfo("Asia/Shanghai")
ORDERS = "/v3/pay/transactions"
REFUNDS = "/v3/refund/domestic/refunds"
BILL = "/v3/bill/tradebill"
NUMBER = re.compile(r"[0-9A-Za-z_|*@-]{6,32}")
AMOUNT_MINOR_MAX = 2**31 - 1
"""Amounts are 32-bit whole numbers there."""
TITLE_BYTES_MAX = 127
REASON_BYTES_MAX = 80
TITLE_REFUSED = re.compile(r"[`,\x00-\x1f\x7f]+")
"""A mark or a comma would break the bill's table."""
NOTICE_BYTES_MAX = 65_536
NO_ORDER = ("ORDER_NOT_EXIST", "ORDERNOTEXIST")
NO_REFUND = ("RESOURCE_NOT_EXISTS",)
NO_BILL = ("NO_STATEMENT_EXIST",)
FAIL = b'{"code":"FAIL","message":"\xe5\xa4\xb1\xe8\xb4\xa5"}'

T = TypeVar("T")


class WechatPay:
    name = "wechat"
    label = marked("微信支付")
    ways: Sequence[str] = ("native", "h5", "jsapi")

    def __init__(self, config: WechatPayConfig) -> None:
        self.config = config
        self.client = Client(config)

    def ready(self) -> bool:
        return self.config.complete

    def takes(self, currency: str) -> bool:
        return currency == CURRENCY

    def start(self, intent: Intent) -> Start:
        """The way `jsapi` needs the payer's openid under our `app_id`."""
        if intent.way not in self.ways or (intent.way == "jsapi" and not intent.payer):
            raise ProviderRefused(intent.way)
        if not NUMBER.fullmatch(intent.number):
            raise ProviderRefused(intent.number)
        answer = self.client.ask("POST", f"{ORDERS}/{intent.way}", told=self._order(intent)) or {}
        if intent.way == "native":
            return Start(qr=_trusted(lambda: text_of(answer, name="code_url")))
        if intent.way == "h5":
            return Start(url=_trusted(lambda: _with_return(answer, intent.return_url)))
        return Start(params=self._bridge(_trusted(lambda: text_of(answer, name="prepay_id"))))

    def _order(self, intent: Intent) -> Row:
        asked = {
            "appid": self.config.app_id,
            "mchid": self.config.mch_id,
            "description": _cut(TITLE_REFUSED.sub(" ", intent.title), TITLE_BYTES_MAX)
            or intent.number,
            "out_trade_no": intent.number,
            "time_expire": intent.expires_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "notify_url": intent.notify_url,
            "amount": _amount(intent.amount_minor, name="total", currency=intent.currency),
        }
        scene = {"payer_client_ip": intent.client_ip}
        if intent.way == "jsapi":
            return {**asked, "payer": {"openid": intent.payer}, "scene_info": scene}
        h5 = {"h5_info": {"type": "Wap"}} if intent.way == "h5" else {}
        return {**asked, "scene_info": {**scene, **h5}}

    def _bridge(self, prepay_id: str) -> dict[str, str]:
        """What WeixinJSBridge needs: https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter5_1_8.shtml"""
        stamp, nonce = signing.now_stamp(), signing.new_nonce()
        package = f"prepay_id={prepay_id}"
        message = signing.content(self.config.app_id, stamp, nonce, package)
        return {
            "appId": self.config.app_id,
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": signing.sign(message, private_key_pem=self.config.private_key_pem),
        }

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes
    ) -> Outcome | Returned | None:
        """A probe, a deliberately wrong signature of WeChat Pay's own, is refused as any other, and no alarm.

        https://pay.weixin.qq.com/docs/merchant/products/notification/introduction.html
        """
        if not self.ready() or len(body) > NOTICE_BYTES_MAX:
            raise BadCallback
        try:
            self.client.verify(headers, body=body)
            return reading.news(body, config=self.config)
        except (Untrusted, Unreadable):
            raise BadCallback from None

    def receipt(self, *, accepted: bool) -> Receipt:
        return Receipt(204) if accepted else Receipt(400, FAIL)

    def query(self, payment_number: str) -> Outcome | None:
        target = f"{_path(payment_number)}?mchid={self.config.mch_id}"
        answer = self.client.ask("GET", target, absent=NO_ORDER)
        if answer is None:
            return None
        told = _trusted(lambda: reading.outcome_of(answer, config=self.config))
        if told.payment_number != payment_number:
            raise ProviderDown("wechat: another order")
        return told

    def close(self, payment_number: str) -> None:
        """Closes the order; one that WeChat Pay never heard of needs no closing."""
        asked, target = {"mchid": self.config.mch_id}, f"{_path(payment_number)}/close"
        try:
            answer = self.client.ask("POST", target, told=asked, absent=NO_ORDER)
        except ProviderRefused:
            known = self.query(payment_number)
            if known is None or known.state != "closed":
                raise
            return
        if answer:
            raise ProviderDown("wechat: an answer where none is due")

    def refund(
        self, *, payment_number: str, refund_id: str, amount_minor: int, total_minor: int,
        currency: str, reason: str, notify_url: str,
    ) -> Returned:  # fmt: skip
        asked = {
            "out_trade_no": payment_number,
            "out_refund_no": refund_id,
            "amount": {
                **_amount(amount_minor, name="refund", currency=currency),
                **_amount(total_minor, name="total", currency=currency),
            },
            **{
                name: text
                for name, text in (
                    ("reason", _cut(reason, REASON_BYTES_MAX)),
                    ("notify_url", notify_url),
                )
                if text
            },
        }
        try:
            answer = self.client.ask("POST", REFUNDS, told=asked, absent=NO_REFUND)
        except ProviderRefused:
            known = self.query_refund(payment_number=payment_number, refund_id=refund_id)
            if known is None or known.amount_minor != amount_minor:
                raise
            return known
        if answer is None:
            raise self._missing(payment_number)
        told = _trusted(lambda: reading.returned_of(answer))
        if told != Returned(payment_number, refund_id, told.state, amount_minor):
            raise ProviderDown("wechat: another refund")
        return told

    def _missing(self, payment_number: str) -> ProviderDown | ProviderRefused:
        """WeChat Pay does not find the order to be refunded. For a while after paying that may be untrue."""
        known = self.query(payment_number)
        paid = known is not None and known.state == "paid"
        return ProviderDown(payment_number) if paid else ProviderRefused(payment_number)

    def query_refund(self, *, payment_number: str, refund_id: str) -> Returned | None:
        target = f"{REFUNDS}/{quote(refund_id, safe='')}"
        answer = self.client.ask("GET", target, absent=NO_REFUND)
        if answer is None:
            return None
        told = _trusted(lambda: reading.returned_of(answer))
        if told.refund_id != refund_id:
            raise ProviderDown("wechat: another refund")
        return told if told.payment_number == payment_number else None

    def statement(self, day: date) -> list[StatementLine]:
        """Ready the next morning at ten; a day without money has none.

        https://pay.weixin.qq.com/doc/v3/merchant/4012556654
        """
        target = f"{BILL}?bill_date={day.isoformat()}&bill_type=ALL&tar_type=GZIP"
        answer = self.client.ask("GET", target, absent=NO_BILL)
        if answer is None:
            return []
        if answer.get("hash_type") != "SHA1":
            raise ProviderDown("wechat: a bill with another kind of digest")
        digest = _trusted(lambda: text_of(answer, name="hash_value"))
        packed = self.client.download(_trusted(lambda: text_of(answer, name="download_url")))
        return bill.lines_of(bill.unpacked(packed, sha1=digest), mch_id=self.config.mch_id)


def _trusted(read: Callable[[], T]) -> T:
    """An answer of another shape than documented tells nothing."""
    try:
        return read()
    except Unreadable as error:
        raise ProviderDown(f"wechat: unreadable {error}") from None


def _path(payment_number: str) -> str:
    return f"{ORDERS}/out-trade-no/{quote(payment_number, safe='')}"


def _amount(amount_minor: int, *, name: str, currency: str) -> dict[str, int | str]:
    if currency.upper() != CURRENCY or not 0 < amount_minor <= AMOUNT_MINOR_MAX:
        raise ProviderRefused(currency)
    return {name: amount_minor, "currency": CURRENCY}


def _cut(text: str, most: int) -> str:
    """As much of it as fits into so many bytes, never half a character."""
    return text.strip().encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


def _with_return(answer: Row, return_url: str) -> str:
    """Where WeChat takes the buyer to pay, and then back to."""
    address = text_of(answer, name="h5_url")
    if not address.startswith(("https://", "http://")):
        raise Unreadable("h5_url")
    if not return_url:
        return address
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}redirect_url={quote(return_url, safe='')}"
