"""Alipay over real HTTP: its fake signs and verifies with real keys; only the money is pretended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import time_machine

from grapevine.kit import clock
from grapevine.trade.payments.port import (
    BadCallback,
    Outcome,
    ProviderDown,
    ProviderRefused,
    Returned,
)
from grapevine.trade.payments.providers.alipay.provider import Alipay
from grapevine.trade.payments.wire import call
from grapevine.trade.tests.alipay_cast import (
    OK,
    OTHER_KEY,
    Scene,
    Told,
    intent,
    opened,
    paid,
    private_pem,
    refund,
    standing,
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alipay") / "keys"


@pytest.fixture
def scene(keys: Path) -> Iterator[Scene]:
    with standing(keys) as one:
        yield one


# ---- paying -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "method"), [("page", "alipay.trade.page.pay"), ("wap", "alipay.trade.wap.pay")]
)
def test_a_payment_is_told_once_and_alike(scene: Scene, way: str, method: str) -> None:
    provider, fake, mailbox = scene
    assert f"method={method}&" in provider.start(intent(mailbox, way=way)).url
    assert provider.query("P1") is None
    opened(provider, mailbox, way=way)
    waiting = provider.query("P1")
    assert waiting is not None
    assert (waiting.state, waiting.event_id) == (
        "open",
        "P1:WAIT_BUYER_PAY",
    )
    outcome = paid(scene, way=way)
    trade_no = fake.charges["P1"].transaction_id
    assert outcome == Outcome("P1", "paid", 1234, "CNY", f"{trade_no}:paid", trade_no)
    assert provider.query("P1") == outcome


def test_the_title_loses_what_alipay_refuses(scene: Scene) -> None:
    provider, fake, mailbox = scene
    opened(provider, mailbox)
    assert fake.charges["P1"].title == "春茶 A B C D  两盒"
    opened(provider, mailbox, number="P2", title="&=/")
    assert fake.charges["P2"].title == "P2"


def test_a_payment_in_silence_is_found_by_asking(scene: Scene) -> None:
    provider, fake, mailbox = scene
    fake.decide(opened(provider, mailbox), "silent")
    outcome = provider.query("P1")
    assert outcome is not None
    assert outcome.state == "paid"
    assert mailbox.came.empty()


def test_a_payment_given_up_is_closed_and_no_news(scene: Scene) -> None:
    provider, fake, mailbox = scene
    fake.decide(opened(provider, mailbox), "fail")
    headers, body = mailbox.next()
    assert provider.read_callback(headers=headers, body=body) is None
    outcome = provider.query("P1")
    assert outcome is not None
    assert (outcome.state, outcome.event_id) == (
        "closed",
        "P1:TRADE_CLOSED",
    )


def test_what_cannot_be_asked_is_refused_before_asking(scene: Scene) -> None:
    provider, _, mailbox = scene
    for change in (
        {"way": "app"}, {"currency": "USD"}, {"amount_minor": 0}, {"amount_minor": 10**11},
    ):  # fmt: skip
        with pytest.raises(ProviderRefused):
            provider.start(intent(mailbox, **change))


def test_the_gateway_refuses_what_was_tampered_with(scene: Scene) -> None:
    provider, fake, mailbox = scene
    url = provider.start(intent(mailbox, notify_url="")).url
    assert "notify_url" not in url
    assert call("GET", url.replace("12.34", "0.01"), headers={}).status == 400
    crossed = provider._signed("alipay.trade.wap.pay", {
        "out_trade_no": "P1", "total_amount": "12.34", "product_code": "FAST_INSTANT_TRADE_PAY",
    }, pages={})  # fmt: skip
    assert call("GET", f"{fake.url}/gateway.do?{urlencode(crossed)}", headers={}).status == 400
    assert fake.charges == {}
    opened(provider, mailbox)
    other = provider.start(intent(mailbox, amount_minor=1)).url
    assert call("GET", other, headers={}).status == 400
    assert call("GET", f"{fake.url}/elsewhere", headers={}).status == 404
    with pytest.raises(ProviderRefused):
        provider._ask("alipay.trade.create", {})
    stranger = Alipay(replace(provider.config, private_key_pem=private_pem(OTHER_KEY)))
    with pytest.raises(ProviderRefused):
        stranger.query("P1")


def test_a_silent_charge_sends_nothing(scene: Scene) -> None:
    provider, fake, mailbox = scene
    fake.decide(opened(provider, mailbox, notify_url=""), "pay")
    assert fake.sent == []


def test_forged_copies_are_refused_and_the_true_one_read(scene: Scene) -> None:
    provider, fake, mailbox = scene
    fake.faults.forge = True
    fake.decide(opened(provider, mailbox), "pay")
    headers, body = mailbox.next()
    with pytest.raises(BadCallback):
        provider.read_callback(headers=headers, body=body)
    headers, body = mailbox.next()
    assert provider.read_callback(headers=headers, body=body) == provider.query("P1")


def test_receipts(scene: Scene) -> None:
    good, bad = (scene[0].receipt(accepted=yes) for yes in (True, False))
    assert (good.status, good.body, good.content_type) == (200, b"success", "text/plain")
    assert (bad.status, bad.body, bad.content_type) == (400, b"failure", "text/plain")


# ---- closing ------------------------------------------------------------------------------------


def test_a_closed_payment_cannot_be_paid(scene: Scene) -> None:
    provider, fake, mailbox = scene
    opened(provider, mailbox)
    provider.close("P1")
    provider.close("P1")
    assert fake.decide("P1", "pay") is False
    outcome = provider.query("P1")
    assert outcome is not None
    assert outcome.state == "closed"


def test_a_paid_payment_cannot_be_closed_and_an_unknown_one_needs_not(scene: Scene) -> None:
    provider, _, _ = scene
    provider.close("P1")
    paid(scene)
    with pytest.raises(ProviderRefused):
        provider.close("P1")


def test_a_refusal_to_close_stands_if_the_payment_is_unknown_after_all(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, fake, _ = scene
    refusal = {"code": "40004", "sub_code": "ACQ.TRADE_STATUS_ERROR"}
    absent = {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
    answers = iter([refusal, absent])
    monkeypatch.setattr(fake, "_gateway", lambda _: next(answers))
    with pytest.raises(ProviderRefused):
        provider.close("P1")


def test_a_payment_ends_with_its_time(scene: Scene) -> None:
    provider, fake, mailbox = scene
    opened(provider, mailbox)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert fake.decide("P1", "pay") is False
        outcome = provider.query("P1")
    assert outcome is not None
    assert outcome.state == "closed"


# ---- refunds ------------------------------------------------------------------------------------


def test_a_whole_refund_leaves_the_payment_paid(scene: Scene) -> None:
    provider, _, mailbox = scene
    outcome = paid(scene)
    back = Returned("P1", "R1", "done", 1234)
    assert refund(provider, 1234) == back
    headers, body = mailbox.next()
    assert dict(parse_qsl(body.decode()))["trade_status"] == "TRADE_CLOSED"
    assert provider.read_callback(headers=headers, body=body) is None
    assert (
        refund(provider, 1234) == back == provider.query_refund(payment_number="P1", refund_id="R1")
    )
    assert provider.query("P1") == outcome
    with pytest.raises(ProviderRefused):
        refund(provider, 1, refund_id="R2")


def test_partial_refunds_each_happen_once(scene: Scene) -> None:
    provider, fake, mailbox = scene
    paid(scene)
    assert [refund(provider, 400, reason="").state for _ in range(3)] == ["done"] * 3
    assert fake.refunded_minor("P1") == 400
    headers, body = mailbox.next()
    assert dict(parse_qsl(body.decode()))["trade_status"] == "TRADE_SUCCESS"
    assert provider.read_callback(headers=headers, body=body) is None
    assert refund(provider, 834, refund_id="R2").amount_minor == 834
    assert fake.refunded_minor("P1") == 1234


def test_refunds_that_cannot_be(scene: Scene) -> None:
    provider, fake, mailbox = scene
    with pytest.raises(ProviderRefused):
        refund(provider, 1)
    opened(provider, mailbox)
    with pytest.raises(ProviderRefused):
        refund(provider, 1)
    paid(scene)
    for asked in ({"amount_minor": 1235}, {"amount_minor": 1, "currency": "USD"}):
        with pytest.raises(ProviderRefused):
            refund(provider, **asked)
    refund(provider, 400)
    with pytest.raises(ProviderRefused):
        refund(provider, 401)
    assert fake.refunded_minor("P1") == 400


def test_a_refund_nobody_heard_of(scene: Scene) -> None:
    provider, _, _ = scene
    assert provider.query_refund(payment_number="P1", refund_id="R1") is None
    paid(scene)
    assert provider.query_refund(payment_number="P1", refund_id="R1") is None


def test_a_refund_whose_answer_was_lost_is_made_once(scene: Scene) -> None:
    provider, fake, _ = scene
    paid(scene)
    fake.faults.deaf = True
    with pytest.raises(ProviderDown):
        refund(provider, 1234)
    fake.faults.deaf = False
    assert refund(provider, 1234).state == "done"
    assert fake.refunded_minor("P1") == 1234


NO = {"code": "40004", "sub_code": "ACQ.TRADE_HAS_CLOSE"}
DONE = {**OK, "refund_status": "REFUND_SUCCESS", "refund_amount": "4.00"}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([NO, DONE], "done"),
        ([NO, OK], ProviderRefused),
        ([NO, {**DONE, "refund_amount": "4.01"}], ProviderRefused),
        ([{**OK, "fund_change": "N"}, DONE], "done"),
        ([OK, DONE], "done"),
        ([OK, {**DONE, "refund_status": "REFUND_PROCESSING"}], "pending"),
        ([OK, OK], ProviderDown),
        ([OK, {**DONE, "refund_amount": "4.01"}], ProviderDown),
        ([OK, {**DONE, "refund_amount": "4.0.1"}], ProviderDown),
        ([OK, {**OK, "refund_status": "REFUND_SUCCESS"}], ProviderDown),
        ([OK, {**DONE, "out_request_no": "R2"}], ProviderDown),
    ],
)
def test_a_refund_is_believed_only_when_confirmed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, answers: list[Told], expected: Any
) -> None:
    provider, fake, _ = scene
    coming = iter(answers)
    monkeypatch.setattr(fake, "_gateway", lambda _: next(coming))
    if isinstance(expected, str):
        assert refund(provider, 400) == Returned("P1", "R1", expected, 400)
    else:
        with pytest.raises(expected):
            refund(provider, 400)
