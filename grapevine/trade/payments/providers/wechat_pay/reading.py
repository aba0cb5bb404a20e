"""From WeChat Pay's JSON to the port's words. Notices and answers carry the same objects, so both are read here."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from grapevine.trade.payments.port import Outcome, Returned
from grapevine.trade.payments.providers.wechat_pay import signing
from grapevine.trade.payments.providers.wechat_pay.config import WechatPayConfig

Row = Mapping[str, Any]

CURRENCY = "CNY"
TEXT_MAX = 2048
TRANSACTION_ID_MAX = 64
STATES = {
    "SUCCESS": "paid", "REFUND": "paid", "NOTPAY": "open", "USERPAYING": "open", "CLOSED": "closed",
    "REVOKED": "closed", "PAYERROR": "failed",
}  # fmt: skip
"""REFUND means that it was paid and some of it sent back later."""
REFUND_STATES = {
    "SUCCESS": "done", "PROCESSING": "pending", "CLOSED": "failed", "ABNORMAL": "failed",
}  # fmt: skip
"""ABNORMAL waits for the operator on the merchant platform; it may still become SUCCESS, and is told then."""
PAID_NEWS = "TRANSACTION.SUCCESS"
REFUND_NEWS = {
    "REFUND.SUCCESS": "SUCCESS", "REFUND.ABNORMAL": "ABNORMAL", "REFUND.CLOSED": "CLOSED",
}  # fmt: skip


class Unreadable(ValueError):
    """Not the shape WeChat Pay documents. The caller says what that means: a bad callback or a bad answer."""


def row_of(value: object) -> Row:
    if not isinstance(value, dict):
        raise Unreadable
    return value


def json_of(body: bytes) -> Row:
    try:
        return row_of(json.loads(body))
    except (ValueError, RecursionError):
        raise Unreadable from None


def text_of(row: Row, *, name: str, most: int = TEXT_MAX) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise Unreadable(name)
    return value


def whole_of(row: Row, *, name: str) -> int:
    """More than nothing, in fen."""
    value = row.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise Unreadable(name)
    return value


def require(row: Row, *, name: str, value: str) -> None:
    if not hmac.compare_digest(text_of(row, name=name).encode("utf-8", "replace"), value.encode()):
        raise Unreadable(name)


def outcome_of(order: Row, *, config: WechatPayConfig) -> Outcome:
    require(order, name="mchid", value=config.mch_id)
    status = text_of(order, name="trade_state")
    if status not in STATES:
        raise Unreadable("trade_state")
    state, number = STATES[status], text_of(order, name="out_trade_no")
    amount = row_of(order.get("amount"))
    paid = state == "paid"
    # An order nobody paid comes without its optional fields: nothing but yuan can have been ordered.
    if paid or "appid" in order:
        require(order, name="appid", value=config.app_id)
    if paid or "currency" in amount:
        require(amount, name="currency", value=CURRENCY)
    transaction_id = text_of(order, name="transaction_id", most=TRANSACTION_ID_MAX) if paid else ""
    return Outcome(
        payment_number=number,
        state=state,
        amount_minor=whole_of(amount, name="total"),
        currency=CURRENCY,
        event_id=f"{transaction_id}:paid" if paid else f"{number}:{status}",
        transaction_id=transaction_id,
    )


def returned_of(refund: Row, *, status_name: str = "status") -> Returned:
    status, amount = text_of(refund, name=status_name), row_of(refund.get("amount"))
    if status not in REFUND_STATES or amount.get("currency", CURRENCY) != CURRENCY:
        raise Unreadable(status_name)
    return Returned(
        payment_number=text_of(refund, name="out_trade_no"),
        refund_id=text_of(refund, name="out_refund_no"),
        state=REFUND_STATES[status],
        amount_minor=whole_of(amount, name="refund"),
    )


def news(body: bytes, *, config: WechatPayConfig) -> Outcome | Returned | None:
    """A notice whose signature is verified. None for kinds we do not need.

    Raises Unreadable for another shape, Untrusted for a seal that does not fit.
    """
    notice = json_of(body)
    kind = text_of(notice, name="event_type")
    if kind != PAID_NEWS and kind not in REFUND_NEWS:
        return None
    require(notice, name="resource_type", value="encrypt-resource")
    resource = row_of(notice.get("resource"))
    original = "transaction" if kind == PAID_NEWS else "refund"
    require(resource, name="original_type", value=original)
    told = json_of(signing.unsealed(resource, api_v3_key=config.api_v3_key))
    if kind == PAID_NEWS:
        require(told, name="trade_state", value="SUCCESS")
        return outcome_of(told, config=config)
    require(told, name="mchid", value=config.mch_id)
    require(told, name="refund_status", value=REFUND_NEWS[kind])
    return returned_of(told, status_name="refund_status")
