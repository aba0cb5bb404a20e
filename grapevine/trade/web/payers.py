"""Paying inside WeChat: the buyer chose it, WeChat says who that is there, and the payment begins."""

import re
from datetime import timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from grapevine.kit import clock
from grapevine.kit.errors import DomainError
from grapevine.kit.pages import me, site_of
from grapevine.kit.text import marked
from grapevine.trade.actions.payers import remember_payer
from grapevine.trade.payments.port import Provider
from grapevine.trade.payments.providers.wechat_pay import payers
from grapevine.trade.payments.providers.wechat_pay.provider import WechatPay
from grapevine.trade.queries.payers import payer_of

INSIDE = "jsapi"
STATE = re.compile(r"([0-9]{1,12})x([0-9a-f]{64})")
STATE_AGE = timedelta(minutes=10)


class PayerUnknown(DomainError):
    code = "payments.payer_unknown"
    status = 409
    message = marked("微信没有告诉我们是谁在付款")
    remedy = marked("再试一次，或换一种支付方式")


def pays_inside(one: Provider) -> bool:
    """Whether this provider's way inside WeChat can work: it must be able to ask who pays."""
    return not isinstance(one, WechatPay) or one.config.can_ask


def payer_for(request: HttpRequest, chosen: Provider, way: str) -> str | None:
    """Who pays, "" where that does not matter, None where WeChat must be asked first."""
    if way != INSIDE or not isinstance(chosen, WechatPay) or not chosen.config.can_ask:
        return ""
    return payer_of(me(request), chosen.config.app_id) or None


def question(request: HttpRequest, chosen: Provider, number: str) -> str:
    """Where WeChat answers it. What comes back is of use to this buyer and this payment alone, for ten minutes."""
    assert isinstance(chosen, WechatPay)
    back = f"{site_of(request)}{reverse('trade:payer', args=[number])}"
    stamp = str(int(clock.now().timestamp()))
    state = f"{stamp}x{_mark(me(request), number, stamp)}"
    return payers.question(chosen.config, back=back, state=state)


def learn_payer(request: HttpRequest, chosen: Provider, number: str) -> None:
    """Take WeChat's answer from the address the browser came back to. Raises PayerUnknown, ProviderDown or ProviderRefused."""
    if not isinstance(chosen, WechatPay) or not chosen.config.can_ask:
        raise PayerUnknown
    given = STATE.fullmatch(request.GET.get("state", ""))
    if given is None or not constant_time_compare(given[2], _mark(me(request), number, given[1])):
        raise PayerUnknown
    if clock.now().timestamp() - int(given[1]) > STATE_AGE.total_seconds():
        raise PayerUnknown
    openid = payers.openid_of(chosen.config, code=request.GET.get("code", ""))
    remember_payer(person_id=me(request), app_id=chosen.config.app_id, openid=openid)


def _mark(person_id: int, number: str, stamp: str) -> str:
    """Nobody can bring somebody else's answer into this buyer's account: it is signed for them."""
    told = f"{person_id}:{number}:{stamp}"
    return salted_hmac("trade.payer", told, algorithm="sha256").hexdigest()
