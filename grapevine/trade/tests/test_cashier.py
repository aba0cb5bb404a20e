"""The cashier over HTTP with four providers of every kind, and the sandbox's own page beside them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from grapevine.trade.actions import moving
from grapevine.trade.actions.starting import methods
from grapevine.trade.models import Attempt, Payment, SandboxCharge
from grapevine.trade.payments import registry
from grapevine.trade.tests.cast import Cast, decided, deliver, gather, placed
from grapevine.trade.tests.paying_cast import Taker, four
from grapevine.trade.tests.test_pages import body, browser
from grapevine.trade.web.cashier import choices

pytestmark = pytest.mark.django_db
PHONE, WECHAT = "Mozilla/5.0 (iPhone) Mobile", "Mozilla/5.0 (iPhone) Mobile MicroMessenger/8.0"
POLLED = {"HX-Request": "true", "HX-Target": "cashier"}


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def alice(cast: Cast) -> Client:
    return browser(cast.alice)


@pytest.fixture
def takers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Taker]:
    """Four providers in the real registry, the sandbox after them."""
    found = four()
    made = {name: one.itself for name, one in found.items()}
    sandbox = registry.PROVIDERS["sandbox"]
    monkeypatch.setattr(registry, "PROVIDERS", {**made, "sandbox": sandbox})
    return found


def offered(page: str) -> list[str]:
    return re.findall(r'name="method" value="([^"]+)"', page)


@pytest.mark.parametrize(
    ("agent", "ways"),
    [
        ("Mozilla/5.0 (X11)", ["wechat:native", "alipay:page", "stripe_cards:checkout", "sandbox:page"]),
        (PHONE, ["wechat:h5", "wechat:native", "alipay:wap", "stripe_cards:checkout", "sandbox:page"]),
        (WECHAT, ["wechat:jsapi", "wechat:h5", "alipay:wap", "stripe_cards:checkout"]),
    ],
)  # fmt: skip
def test_each_device_is_offered_the_ways_that_work_on_it(
    cast: Cast, takers: dict[str, Taker], agent: str, ways: list[str]
) -> None:
    one = placed(cast)
    client = browser(cast.alice)
    page = body(client.get(f"/pay/{one.payment_number}/", headers={"User-Agent": agent}))
    assert offered(page) == ways
    assert takers["closed"].label not in page
    assert page.count(" checked") == 1
    assert f'value="{ways[0]}" checked' in page


def test_nobody_is_offered_a_provider_that_is_not_ready(takers: dict[str, Taker]) -> None:
    assert "closed" not in {one.name for one in methods()}
    assert [one.value for one in choices([takers["alipay"]], "phone")] == ["alipay:wap"]


@pytest.mark.usefixtures("takers")
def test_a_code_is_drawn_in_the_page_and_another_way_stays_open(cast: Cast, alice: Client) -> None:
    one = placed(cast)
    there = f"/pay/{one.payment_number}/"
    begun = alice.post(there, {"method": "wechat:native"})
    assert (begun.status_code, begun["Location"]) == (303, there)
    page = body(alice.get(there))
    assert "用微信扫一扫" in page
    assert page.count("<svg") > 3
    drawn = page.split('class="qr"')[1].split("</div>")[0]
    assert "<path" in drawn
    assert "weixin://" not in page
    assert "换一种方式付" in page
    assert "正在向支付渠道确认" not in page
    assert "正在向支付渠道确认" in body(alice.get(f"{there}?waiting=1"))


@pytest.mark.usefixtures("takers")
def test_elsewhere_is_reached_by_a_link_never_by_the_forms_redirect(
    cast: Cast, alice: Client
) -> None:
    one = placed(cast)
    begun = alice.post(f"/pay/{one.payment_number}/", {"method": "alipay:page"})
    number = Attempt.objects.get().number
    assert begun["Location"] == f"/pay/{one.payment_number}/?go={number}"
    page = body(alice.get(begun["Location"]))
    assert (
        '<meta http-equiv="refresh" content="0;url=https://pay.example/page?a=1&amp;b=2">' in page
    )
    assert 'href="https://pay.example/page?a=1&amp;b=2"' in page
    calm = body(alice.get(f"/pay/{one.payment_number}/"))
    assert 'http-equiv="refresh" content="0' not in calm
    assert "付款页面已经准备好" in calm
    assert (
        "refresh" not in body(alice.get(f"/pay/{one.payment_number}/?go=other")).split("<body")[0]
    )


@pytest.mark.usefixtures("takers")
def test_inside_wechat_its_own_browser_pays(cast: Cast, alice: Client) -> None:
    one = placed(cast)
    there = f"/pay/{one.payment_number}/"
    alice.post(there, {"method": "wechat:jsapi"}, headers={"User-Agent": WECHAT})
    page = body(alice.get(there, headers={"User-Agent": WECHAT}))
    assert "data-wechat-pay=" in page
    assert "prepay_id=1" in page
    assert "trade/wechat.js" in page


def test_a_provider_that_does_not_answer_leaves_the_outcome_unknown(
    cast: Cast, alice: Client, takers: dict[str, Taker]
) -> None:
    takers["alipay"].down = frozenset({"page"})
    one = placed(cast)
    there = f"/pay/{one.payment_number}/"
    page = body(alice.post(there, {"method": "alipay:page"}), 503)
    assert "正在向支付渠道确认" in page
    assert "同一笔不会扣两次" in page
    assert offered(page)[0] == "wechat:native"
    assert "正在向支付渠道确认" in body(alice.get(there))
    assert Attempt.objects.get().state == "starting"


def test_a_provider_that_refuses_says_so_and_another_way_is_open(
    cast: Cast, alice: Client, takers: dict[str, Taker]
) -> None:
    takers["alipay"].no = frozenset({"page"})
    one = placed(cast)
    page = body(alice.post(f"/pay/{one.payment_number}/", {"method": "alipay:page"}), 409)
    assert "支付渠道没有接受这笔请求" in page
    assert "待支付" in page
    assert len(offered(page)) == 4
    unknown = body(alice.post(f"/pay/{one.payment_number}/", {"method": "cash"}), 422)
    assert "没有这种支付方式" in unknown


def test_a_failed_try_says_nothing_was_charged(cast: Cast, alice: Client) -> None:
    one = placed(cast)
    deliver(decided(cast, one, "fail"))
    polled = body(alice.get(f"/pay/{one.payment_number}/", headers=POLLED), 286)
    assert "这次没有付成" in polled
    assert "没有扣款" in polled
    assert "重新付款" in polled


def test_paid_in_several_shops_leads_to_each_order(cast: Cast, alice: Client) -> None:
    one = placed(cast, (cast.cup, 1), (cast.tea, 1))
    there = f"/pay/{one.payment_number}/"
    assert alice.get(there, headers=POLLED).status_code == 204
    deliver(decided(cast, one))
    page = body(alice.get(there, headers=POLLED), 286)
    assert "付好了" in page
    assert [f'href="/orders/{number}/"' in page for number in one.order_numbers] == [True, True]


@pytest.mark.parametrize(
    ("how", "said"), [("cancel", "订单取消了"), ("expire", "超过时间没有付款")]
)
def test_a_closed_payment_says_why(cast: Cast, alice: Client, how: str, said: str) -> None:
    one = placed(cast)
    if how == "cancel":
        moving.cancel_order(buyer_id=cast.alice, number=one.order_numbers[0])
    else:
        Payment.objects.update(expires_at=now() - timedelta(minutes=1))
        moving.expire_payments()
    page = body(alice.get(f"/pay/{one.payment_number}/"))
    assert "支付已关闭" in page
    assert said in page
    assert offered(page) == []
    assert "支付已关闭" in body(alice.post(f"/pay/{one.payment_number}/", {"method": "sandbox:page"}), 409)  # fmt: skip


def test_money_that_came_too_late_is_said_to_be_on_its_way_back(cast: Cast, alice: Client) -> None:
    one = placed(cast)
    decided(cast, one)
    moving.cancel_order(buyer_id=cast.alice, number=one.order_numbers[0])
    deliver(SandboxCharge.objects.get())
    assert "钱到的时候订单已经不在了" in body(alice.get(f"/pay/{one.payment_number}/"))


def test_without_any_provider_the_page_says_so(
    cast: Cast, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "PROVIDERS", {})
    one = placed(cast)
    assert "现在没有能用的支付方式" in body(alice.get(f"/pay/{one.payment_number}/"))


def test_it_costs_the_same_for_one_shop_and_for_two(cast: Cast, alice: Client) -> None:
    def queries(*lines: Any) -> int:
        there = f"/pay/{placed(cast, *lines).payment_number}/"
        body(alice.get(there))
        with CaptureQueriesContext(connection) as seen:
            body(alice.get(there))
        return len(seen)

    assert queries((cast.cup, 1)) == queries((cast.cup, 1), (cast.tea, 1)) == 8
