"""WeChat Pay over real HTTP: its fake signs, seals and verifies with real keys; only the money is pretended."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import time_machine

from grapevine.kit import clock
from grapevine.trade.payments.port import (
    BadCallback,
    Outcome,
    ProviderDown,
    ProviderRefused,
    Returned,
    Start,
)
from grapevine.trade.payments.providers.wechat_pay import issuing, signing
from grapevine.trade.payments.providers.wechat_pay.fake import APP_ID, FakeWechatPay
from grapevine.trade.payments.providers.wechat_pay.provider import WechatPay
from grapevine.trade.payments.wire import call
from grapevine.trade.tests.wechat_cast import (
    NUMBER,
    OPENID,
    OTHER_KEY,
    Scene,
    intent,
    opened,
    paid,
    private_pem,
    refund,
    standing,
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wechat") / "keys"


@pytest.fixture
def scene(keys: Path) -> Iterator[Scene]:
    with standing(keys) as one:
        yield one


# ---- paying -------------------------------------------------------------------------------------


def test_native_gives_a_code_to_scan(scene: Scene) -> None:
    begun = scene.provider.start(intent(scene))
    transaction_id = scene.fake.charges[NUMBER].transaction_id
    assert begun == Start(qr=f"weixin://wxpay/bizpayurl?pr={transaction_id[:11]}")


def test_h5_gives_an_address_that_leads_to_the_cashier_and_back(scene: Scene) -> None:
    asked = intent(scene, way="h5")
    url = scene.provider.start(asked).url
    assert url.endswith(f"&redirect_url={quote(asked.return_url, safe='')}")
    reply = call("GET", url, headers={})
    cashier = f"{scene.fake.url}/cashier/{NUMBER}"
    assert (reply.status, reply.headers["location"]) == (302, cashier)
    assert scene.fake.charges[NUMBER].return_url == asked.return_url
    assert call("POST", cashier, headers={}, body=b"outcome=pay").status == 303
    outcome = scene.read(scene.mailbox.next())
    assert (outcome.payment_number, outcome.state) == (NUMBER, "paid")
    assert call("GET", url.replace("prepay_id=wx", "prepay_id=xx"), headers={}).status == 404
    plain = scene.provider.start(intent(scene, way="h5", number="P20260501-2", return_url="")).url
    assert plain.endswith("&package=1037687096")


def test_jsapi_gives_signed_params_for_the_bridge(scene: Scene) -> None:
    begun = scene.provider.start(intent(scene, way="jsapi"))
    params = dict(begun.params)
    signature = params.pop("paySign")
    message = signing.content(APP_ID, params["timeStamp"], params["nonceStr"], params["package"])
    assert (begun.url, begun.qr) == ("", "")
    assert sorted(params) == ["appId", "nonceStr", "package", "signType", "timeStamp"]
    assert (params["appId"], params["signType"]) == (APP_ID, "RSA")
    assert params["package"] == f"prepay_id=wx{scene.fake.charges[NUMBER].transaction_id}"
    assert issuing.fits(message, signature=signature, private_key_pem=scene.fake.keys.merchant_pem)
    assert scene.fake.charges[NUMBER].extra["openid"] == OPENID


@pytest.mark.parametrize("by_certificate", [False, True])
@pytest.mark.parametrize("way", ["native", "h5", "jsapi"])
def test_a_payment_is_told_once_and_alike(keys: Path, way: str, by_certificate: bool) -> None:
    with standing(keys, by_certificate=by_certificate) as scene:
        assert scene.provider.query(NUMBER) is None
        opened(scene, way=way)
        opened(scene, way=way)
        waiting = scene.provider.query(NUMBER)
        assert waiting == Outcome(NUMBER, "open", 1234, "CNY", f"{NUMBER}:NOTPAY")
        outcome = paid(scene, way=way)
        transaction_id = scene.fake.charges[NUMBER].transaction_id
        assert outcome == Outcome(
            NUMBER, "paid", 1234, "CNY", f"{transaction_id}:paid", transaction_id
        )
        assert scene.provider.query(NUMBER) == outcome
        assert len(scene.fake.charges) == 1


def test_the_title_fits(scene: Scene) -> None:
    for number, title, kept in (
        ("P20260501-1", "春茶,两`盒\n", "春茶 两 盒"), ("P20260501-2", ",`", "P20260501-2"),
        ("P20260501-3", "茶" * 50, "茶" * 42), ("P20260501-4", "\ud800", "?"),
    ):  # fmt: skip
        opened(scene, number=number, title=title)
        assert scene.fake.charges[number].title == kept


def test_a_payment_in_silence_is_found_by_asking(scene: Scene) -> None:
    scene.fake.decide(opened(scene), "silent")
    outcome = scene.provider.query(NUMBER)
    assert outcome is not None
    assert outcome.state == "paid"
    assert scene.mailbox.came.empty()


def test_a_failed_try_is_told_to_nobody_and_may_be_repeated(scene: Scene) -> None:
    scene.fake.decide(opened(scene), "fail")
    assert scene.fake.sent == []
    outcome = scene.provider.query(NUMBER)
    assert outcome == Outcome(NUMBER, "failed", 1234, "CNY", f"{NUMBER}:PAYERROR")
    assert paid(scene).state == "paid"


def test_no_notice_where_nobody_listens(scene: Scene) -> None:
    scene.fake.decide(opened(scene, notify_url=""), "pay")
    refund(scene)
    assert scene.fake.sent == []


def test_a_code_may_lead_to_the_page(keys: Path) -> None:
    with standing(keys, links=True) as scene:
        begun = scene.provider.start(intent(scene))
        assert begun.qr == f"{scene.fake.url}/cashier/{NUMBER}"
        assert call("GET", begun.qr, headers={}).status == 200


def test_what_cannot_be_asked_is_refused_before_asking(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene.provider.client, "ask", lambda *_, **__: pytest.fail("asked"))
    for change in (
        {"way": "app"}, {"currency": "USD"}, {"currency": ""}, {"amount_minor": 0},
        {"amount_minor": -1}, {"amount_minor": 2**31}, {"way": "jsapi", "payer": ""},
        {"number": "P1"}, {"number": "P20260501/1"}, {"number": "P" * 33},
    ):  # fmt: skip
        with pytest.raises(ProviderRefused):
            scene.provider.start(intent(scene, **change))
    assert scene.fake.charges == {}


def test_what_wechat_pay_refuses(scene: Scene) -> None:
    opened(scene)
    for change in (
        {"amount_minor": 1}, {"way": "h5"}, {"way": "jsapi", "payer": "not an openid"},
        {"number": "P20260501-2", "client_ip": ""},
    ):  # fmt: skip
        with pytest.raises(ProviderRefused):
            scene.provider.start(intent(scene, **change))
    paid(scene)
    with pytest.raises(ProviderRefused, match="ORDERPAID"):
        opened(scene)
    with pytest.raises(ProviderRefused, match="RESOURCE_NOT_EXISTS"):
        scene.provider.client.ask("GET", "/v3/elsewhere")
    with pytest.raises(ProviderRefused, match="PARAM_ERROR"):
        scene.provider.client.ask("GET", f"/v3/pay/transactions/out-trade-no/{NUMBER}")
    with pytest.raises(ProviderRefused, match="PARAM_ERROR"):
        scene.provider.client.ask(
            "POST", f"/v3/pay/transactions/out-trade-no/{NUMBER}/close", told={"mchid": "1"}
        )
    with pytest.raises(ProviderRefused, match="PARAM_ERROR"):
        scene.provider.client.ask("GET", "/v3/bill/tradebill?bill_date=2026-05-01&bill_type=ALL")


def test_requests_that_are_not_the_merchants_own_do_nothing(scene: Scene) -> None:
    config = scene.provider.config
    for change in (
        {"private_key_pem": private_pem(OTHER_KEY)}, {"mch_id": "1900000108"},
        {"merchant_serial": "2DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"},
    ):  # fmt: skip
        with pytest.raises(ProviderDown):
            WechatPay(replace(config, **change)).start(intent(scene))
    body = json.dumps({"out_trade_no": NUMBER}).encode()
    target = "/v3/pay/transactions/native"
    given = signing.authorization("POST", target, body, config=config)
    for header in (
        "", "Basic x", given.replace("RSA2048", "RSA4096"), given.replace(",signature", ",other"),
        given.replace('timestamp="', 'timestamp="x'), given + ',more="1"', given[:-9] + '%%%%%%"',
    ):  # fmt: skip
        headers = {"Authorization": header}
        assert call("POST", scene.fake.url + target, headers=headers, body=body).status == 401
    with time_machine.travel(clock.now() - timedelta(minutes=6)):
        old = signing.authorization("POST", target, body, config=config)
    for header, changed in ((old, body), (given, body + b" ")):
        headers = {"Authorization": header}
        assert call("POST", scene.fake.url + target, headers=headers, body=changed).status == 401
    assert (
        call(
            "POST", f"{scene.fake.url}{target}?a=1", headers={"Authorization": given}, body=body
        ).status
        == 401
    )
    assert scene.fake.charges == {}


def test_forged_copies_are_refused_and_the_true_one_read(scene: Scene) -> None:
    scene.fake.faults.forge = True
    scene.fake.decide(opened(scene), "pay")
    with pytest.raises(BadCallback):
        scene.read(scene.mailbox.next())
    assert scene.read(scene.mailbox.next()) == scene.provider.query(NUMBER)


def test_a_repeat_is_signed_anew_and_says_the_same(scene: Scene) -> None:
    scene.fake.faults.repeat = 3
    scene.fake.decide(opened(scene), "pay")
    told = [scene.read(scene.mailbox.next()) for _ in range(3)]
    assert told == [scene.provider.query(NUMBER)] * 3


def test_receipts(scene: Scene) -> None:
    good, bad = (scene.provider.receipt(accepted=yes) for yes in (True, False))
    assert (good.status, good.body) == (204, b"")
    assert (bad.status, bad.content_type) == (400, "application/json")
    assert json.loads(bad.body) == {"code": "FAIL", "message": "失败"}


# ---- closing ------------------------------------------------------------------------------------


def test_a_closed_payment_cannot_be_paid(scene: Scene) -> None:
    opened(scene)
    scene.provider.close(NUMBER)
    scene.provider.close(NUMBER)
    assert scene.fake.decide(NUMBER, "pay") is False
    outcome = scene.provider.query(NUMBER)
    assert outcome == Outcome(NUMBER, "closed", 1234, "CNY", f"{NUMBER}:CLOSED")
    with pytest.raises(ProviderRefused, match="ORDER_CLOSED"):
        opened(scene)


def test_a_paid_payment_cannot_be_closed_and_an_unknown_one_needs_not(scene: Scene) -> None:
    scene.provider.close(NUMBER)
    paid(scene)
    with pytest.raises(ProviderRefused, match="ORDERPAID"):
        scene.provider.close(NUMBER)
    assert scene.fake.charges[NUMBER].state == "paid"


@pytest.mark.parametrize(
    ("state", "fine"), [("CLOSED", True), ("REVOKED", True), ("NOTPAY", False)]
)
def test_a_refusal_to_close_what_is_closed_is_as_good(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, state: str, fine: bool
) -> None:
    opened(scene)
    order = {**scene.fake._shape(scene.fake.charges[NUMBER]), "trade_state": state}
    answers = iter([(400, {"code": "ORDER_CLOSED", "message": "x"}), (200, order)])
    monkeypatch.setattr(scene.fake, "_answer", lambda _: next(answers))
    if fine:
        scene.provider.close(NUMBER)
        return
    with pytest.raises(ProviderRefused):
        scene.provider.close(NUMBER)


def test_a_refusal_to_close_stands_if_the_payment_is_unknown_after_all(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([(400, {"code": "INVALID_REQUEST"}), (404, {"code": "ORDERNOTEXIST"})])
    monkeypatch.setattr(scene.fake, "_answer", lambda _: next(answers))
    with pytest.raises(ProviderRefused):
        scene.provider.close(NUMBER)


def test_a_payment_ends_with_its_time(scene: Scene) -> None:
    opened(scene)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert scene.fake.decide(NUMBER, "pay") is False
        outcome = scene.provider.query(NUMBER)
    assert outcome is not None
    assert outcome.state == "closed"


# ---- refunds ------------------------------------------------------------------------------------


def test_a_whole_refund_leaves_the_payment_paid(scene: Scene) -> None:
    outcome = paid(scene)
    back = Returned(NUMBER, "R1", "done", 1234)
    assert refund(scene, 1234, notify_url=scene.mailbox.url) == back
    assert scene.read(scene.mailbox.next()) == back
    assert refund(scene, 1234) == back
    assert scene.provider.query_refund(payment_number=NUMBER, refund_id="R1") == back
    assert scene.provider.query_refund(payment_number="P20260501-2", refund_id="R1") is None
    assert scene.provider.query(NUMBER) == outcome
    with pytest.raises(ProviderRefused):
        refund(scene, 1, refund_id="R2")


def test_partial_refunds_each_happen_once(scene: Scene) -> None:
    paid(scene)
    assert [refund(scene, 400, reason="").state for _ in range(3)] == ["done"] * 3
    assert scene.fake.refunded_minor(NUMBER) == 400
    assert refund(scene, 834, refund_id="R2").amount_minor == 834
    assert scene.fake.refunded_minor(NUMBER) == 1234


@pytest.mark.parametrize(("state", "told"), [("done", "done"), ("failed", "failed")])
def test_a_slow_refund_is_told_when_it_ends(scene: Scene, state: str, told: str) -> None:
    paid(scene)
    scene.fake.slow_refunds = True
    assert refund(scene, notify_url=scene.mailbox.url).state == "pending"
    asked = {"payment_number": NUMBER, "refund_id": "R1"}
    assert scene.provider.query_refund(**asked) == Returned(NUMBER, "R1", "pending", 400)
    scene.fake.settle("R1", "pending")
    assert len(scene.fake.sent) == 1
    scene.fake.settle("R1", state)
    assert scene.read(scene.mailbox.next()) == Returned(NUMBER, "R1", told, 400)
    assert scene.provider.query_refund(**asked) == Returned(NUMBER, "R1", told, 400)


def test_refunds_that_cannot_be(scene: Scene) -> None:
    with pytest.raises(ProviderRefused):
        refund(scene)
    opened(scene)
    with pytest.raises(ProviderRefused):
        refund(scene)
    paid(scene)
    for asked in (
        {"amount_minor": 1235}, {"currency": "USD"}, {"amount_minor": 0}, {"total_minor": 1233},
        {"refund_id": "R 1"},
    ):  # fmt: skip
        with pytest.raises(ProviderRefused):
            refund(scene, **asked)
    refund(scene)
    with pytest.raises(ProviderRefused):
        refund(scene, 401)
    assert scene.fake.refunded_minor(NUMBER) == 400


def test_a_refund_nobody_heard_of(scene: Scene) -> None:
    assert scene.provider.query_refund(payment_number=NUMBER, refund_id="R1") is None


def test_a_refund_whose_answer_was_lost_is_made_once(scene: Scene) -> None:
    paid(scene)
    scene.fake.faults.deaf = True
    with pytest.raises(ProviderDown):
        refund(scene, 1234)
    scene.fake.faults.deaf = False
    assert refund(scene, 1234).state == "done"
    assert scene.fake.refunded_minor(NUMBER) == 1234


NO = (400, {"code": "INVALID_REQUEST", "message": "x"})
LOST = (404, {"code": "RESOURCE_NOT_EXISTS", "message": "x"})
DONE = {
    "out_trade_no": NUMBER, "out_refund_no": "R1", "status": "SUCCESS",
    "amount": {"refund": 400, "total": 1234, "currency": "CNY"},
}  # fmt: skip


def done(**changes: Any) -> tuple[int, dict[str, Any]]:
    return 200, {**DONE, **changes}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([done()], "done"),
        ([done(status="PROCESSING")], "pending"),
        ([done(status="ABNORMAL")], "failed"),
        ([done(status="CLOSED")], "failed"),
        ([done(amount={"refund": 400})], "done"),
        ([NO, done()], "done"),
        ([NO, done(amount={"refund": 401})], ProviderRefused),
        ([NO, LOST], ProviderRefused),
        ([LOST, (404, {"code": "ORDER_NOT_EXIST"})], ProviderRefused),
        ([(403, {"code": "NOT_ENOUGH"})], ProviderDown),
        ([(429, {"code": "FREQUENCY_LIMITED"})], ProviderDown),
        ([(500, {"code": "SYSTEM_ERROR"})], ProviderDown),
        ([done(status="NEW")], ProviderDown),
        ([done(out_refund_no="R2")], ProviderDown),
        ([done(out_trade_no="P20260501-2")], ProviderDown),
        ([done(amount={"refund": 401})], ProviderDown),
        ([done(amount={"refund": 400, "currency": "USD"})], ProviderDown),
        ([done(amount=None)], ProviderDown),
        ([(204, {})], ProviderDown),
    ],
)
def test_what_is_believed_of_a_refund(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, answers: list[Any], expected: Any
) -> None:
    coming = iter(answers)
    monkeypatch.setattr(scene.fake, "_answer", lambda _: next(coming))
    if isinstance(expected, str):
        assert refund(scene) == Returned(NUMBER, "R1", expected, 400)
    else:
        with pytest.raises(expected):
            refund(scene)
    assert list(coming) == []


def test_a_refund_of_what_is_paid_but_not_found_yet_is_asked_for_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(scene)
    order = scene.fake._shape(scene.fake.charges[NUMBER])
    answers = iter([LOST, (200, order)])
    with monkeypatch.context() as for_now:
        for_now.setattr(scene.fake, "_answer", lambda _: next(answers))
        with pytest.raises(ProviderDown):
            refund(scene)
    assert refund(scene).state == "done"


# ---- the books ----------------------------------------------------------------------------------


def test_the_books_and_the_keys_are_kept(tmp_path: Path, keys: Path) -> None:
    file = tmp_path / "books.json"
    with standing(keys, file=file) as scene:
        scene.fake.decide(opened(scene), "silent")
        refund(scene)
        fake, config = scene.fake, scene.provider.config
    again, same = FakeWechatPay.paired(file=file, keys=keys)
    again._server.server_close()
    assert (again.charges, again.refunds) == (fake.charges, fake.refunds)
    moved = {"api": "", "open_pages": "", "open_api": ""}
    assert replace(same, **moved) == replace(config, **moved)
    other, strange = FakeWechatPay.paired()
    other._server.server_close()
    assert strange.private_key_pem != config.private_key_pem
    assert strange.api_v3_key != config.api_v3_key
    assert {oct(one.stat().st_mode & 0o777) for one in keys.iterdir()} == {"0o600"}
