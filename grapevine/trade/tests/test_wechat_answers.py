"""What is believed of WeChat Pay's answers."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings, strategies as st

from grapevine.kit import clock
from grapevine.trade.payments import wire
from grapevine.trade.payments.fakes.server import Answer, Asked
from grapevine.trade.payments.port import Outcome, ProviderDown, ProviderRefused
from grapevine.trade.payments.providers.wechat_pay.fake import APP_ID, MCH_ID
from grapevine.trade.payments.providers.wechat_pay.provider import WechatPay
from grapevine.trade.tests.wechat_cast import (
    NUMBER,
    Scene,
    Told,
    dead_address,
    everything,
    intent,
    opened,
    standing,
)

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wechat") / "keys"


@pytest.fixture
def scene(keys: Path) -> Iterator[Scene]:
    with standing(keys) as one:
        yield one


@pytest.fixture
def answers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[..., WechatPay]:
    """Make every answer the given one, signed well."""

    def set_to(told: object, *, status: int = 200) -> WechatPay:
        monkeypatch.setattr(scene.fake, "_answer", lambda _: (status, told))
        return scene.provider

    return set_to


# ---- answers that cannot be trusted -------------------------------------------------------------


def test_nobody_there_or_nobody_answering(scene: Scene) -> None:
    opened(scene)
    scene.fake.faults.deaf = True
    for api in (scene.fake.url, dead_address(), "ftp://127.0.0.1", "nowhere"):
        other = WechatPay(replace(scene.provider.config, api=api))
        for ask in everything(replace(scene, provider=other)):
            with pytest.raises(ProviderDown):
                ask()


def test_a_probe_in_an_answer_is_no_answer(scene: Scene) -> None:
    scene.fake.probes_answers = True
    with pytest.raises(ProviderDown):
        opened(scene)
    scene.fake.probes_answers = False
    opened(scene)
    assert len(scene.fake.charges) == 1


SIGNED = ("Wechatpay-Serial", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature")


def without(name: str) -> Callable[[Answer], Answer]:
    return lambda good: replace(good, headers={k: v for k, v in good.headers.items() if k != name})


def having(name: str, value: str) -> Callable[[Answer], Answer]:
    return lambda good: replace(good, headers={**good.headers, name: value})


WRONG: dict[str, Callable[[Answer], Answer]] = {
    **{f"without {name}": without(name) for name in SIGNED},
    **{f"{name} of another": having(name, "1700000000") for name in SIGNED},
    "another type": having("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA4096"),
    "a body changed": lambda good: replace(good, body=good.body.replace(b"NOTPAY", b"SUCCESS")),
    "a body more": lambda good: replace(good, body=good.body + b"\n"),
    "no body": lambda good: replace(good, body=b""),
}


@pytest.mark.parametrize("how", WRONG)
def test_an_answer_not_signed_well_tells_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    opened(scene)
    handle = scene.fake.handle
    monkeypatch.setattr(scene.fake, "handle", lambda asked: WRONG[how](handle(asked)))
    with pytest.raises(ProviderDown):
        scene.provider.query(NUMBER)


def test_an_old_answer_tells_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer kept by somebody and given again, when things have changed."""
    opened(scene)
    kept = []
    handle = scene.fake.handle

    def same(asked: Asked) -> Answer:
        kept.append(handle(asked))
        return kept[0]

    monkeypatch.setattr(scene.fake, "handle", same)
    assert scene.provider.query(NUMBER) is not None
    with time_machine.travel(clock.now() + timedelta(seconds=301)), pytest.raises(ProviderDown):
        scene.provider.query(NUMBER)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "PARAM_ERROR", ProviderRefused), (400, "INVALID_REQUEST", ProviderRefused),
        (403, "NO_AUTH", ProviderRefused), (403, "OUT_TRADE_NO_USED", ProviderRefused),
        (404, "MCH_NOT_EXISTS", ProviderRefused),
        (403, "RULE_LIMIT", ProviderDown), (403, "RULELIMIT", ProviderDown),
        (403, "NOT_ENOUGH", ProviderDown), (400, "SYSTEM_ERROR", ProviderDown),
        (400, "STATEMENT_CREATING", ProviderDown), (202, "USER_PAYING", ProviderDown),
        (401, "SIGN_ERROR", ProviderDown), (409, "CONFLICT", ProviderDown),
        (429, "FREQUENCY_LIMITED", ProviderDown), (500, "SYSTEM_ERROR", ProviderDown),
        (500, "ORDER_NOT_EXIST", ProviderDown), (302, "MOVED", ProviderDown),
    ],
)  # fmt: skip
def test_what_an_error_means(
    scene: Scene, answers: Callable[..., WechatPay], status: int, code: str, error: type[Exception]
) -> None:
    answers({"code": code, "message": "x"}, status=status)
    for ask in everything(scene):
        with pytest.raises(error):
            ask()


@pytest.mark.parametrize("status", [200, 400, 404, 500])
@pytest.mark.parametrize(
    "told", [5, [], "no", None, {}, {"code": 5}, {"code": ""}, {"code": None}, {"data": []}]
)
def test_an_answer_of_another_shape_tells_nothing(
    scene: Scene, answers: Callable[..., WechatPay], status: int, told: object
) -> None:
    answers(told, status=status)
    for ask in everything(scene):
        if (status, told) == (200, {}) and ask.func == scene.provider.close:  # type: ignore[attr-defined]
            continue  # as empty as it should be
        with pytest.raises(ProviderDown):
            ask()


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000, b"9" * 5000])
def test_an_answer_that_is_no_object(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    fake = scene.fake
    answer = Answer(200, body, fake._signed(body, by_certificate=False))
    monkeypatch.setattr(fake, "handle", lambda _: answer)
    for ask in everything(scene):
        with pytest.raises(ProviderDown):
            ask()


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("native", {}), ("native", {"code_url": ""}), ("native", {"code_url": 5}),
        ("native", {"prepay_id": "x"}), ("native", {"code_url": "x" * 3000}),
        ("h5", {}), ("h5", {"h5_url": "weixin://x"}), ("h5", {"h5_url": "javascript:alert(1)"}),
        ("h5", {"h5_url": None}), ("jsapi", {}), ("jsapi", {"prepay_id": ""}),
        ("jsapi", {"prepay_id": ["x"]}),
    ],
)  # fmt: skip
def test_a_start_of_another_shape(
    scene: Scene, answers: Callable[..., WechatPay], way: str, told: Told
) -> None:
    with pytest.raises(ProviderDown):
        answers(told).start(intent(scene, way=way))


def test_an_address_without_a_question_gets_one(
    scene: Scene, answers: Callable[..., WechatPay]
) -> None:
    provider = answers({"h5_url": "https://wx.tenpay.com/x"})
    url = provider.start(intent(scene, way="h5", return_url="https://a.example/b")).url
    assert url == "https://wx.tenpay.com/x?redirect_url=https%3A%2F%2Fa.example%2Fb"


ORDER = {
    "appid": APP_ID, "mchid": MCH_ID, "out_trade_no": NUMBER, "trade_state": "SUCCESS",
    "transaction_id": "4200001", "amount": {"total": 1234, "currency": "CNY"},
}  # fmt: skip
PAID = Outcome(NUMBER, "paid", 1234, "CNY", "4200001:paid", "4200001")


def unpaid(state: str, trade_state: str) -> tuple[Told, Outcome]:
    order = {k: ORDER[k] for k in ("mchid", "out_trade_no")} | {"amount": {"total": 1234}}
    outcome = Outcome(NUMBER, state, 1234, "CNY", f"{NUMBER}:{trade_state}")
    return {**order, "trade_state": trade_state}, outcome


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ORDER, PAID), ({**ORDER, "trade_state": "REFUND"}, PAID),
        unpaid("open", "NOTPAY"), unpaid("open", "USERPAYING"), unpaid("closed", "CLOSED"),
        unpaid("closed", "REVOKED"), unpaid("failed", "PAYERROR"),
        *(
            ({**ORDER, **change}, ProviderDown)
            for change in (
                {"appid": None}, {"appid": "wx0"}, {"mchid": "1"}, {"mchid": None},
                {"out_trade_no": "P20260501-2"}, {"out_trade_no": None}, {"trade_state": "NEW"},
                {"trade_state": None}, {"transaction_id": ""}, {"transaction_id": None},
                {"amount": None}, {"amount": {"total": 1234}}, {"amount": {"currency": "CNY"}},
                {"amount": {"total": 1234, "currency": "USD"}},
                {"amount": {"total": "1234", "currency": "CNY"}},
                {"amount": {"total": 12.34, "currency": "CNY"}},
                {"amount": {"total": True, "currency": "CNY"}},
                {"amount": {"total": -1, "currency": "CNY"}},
                {"trade_state": "NOTPAY", "appid": "wx0"}, {"trade_state": "NOTPAY", "amount": {}},
                {"trade_state": "NOTPAY", "amount": {"total": 1, "currency": "USD"}},
            )
        ),
    ],
)  # fmt: skip
def test_what_a_query_believes(
    answers: Callable[..., WechatPay], answer: Any, expected: Any
) -> None:
    if isinstance(expected, Outcome):
        assert answers(answer).query(NUMBER) == expected
    else:
        with pytest.raises(expected):
            answers(answer).query(NUMBER)


@pytest.mark.parametrize("code", ["ORDER_NOT_EXIST", "ORDERNOTEXIST"])
def test_an_order_nobody_heard_of(answers: Callable[..., WechatPay], code: str) -> None:
    provider = answers({"code": code, "message": "x"}, status=404)
    assert provider.query(NUMBER) is None
    provider.close(NUMBER)


def test_a_query_for_a_strange_number_asks_for_that_number_only(scene: Scene) -> None:
    for number in ("../../certificates", "P?mchid=1", "P#1", "茶", "P 1"):
        assert scene.provider.query(number) is None
        assert scene.provider.query_refund(payment_number=number, refund_id=number) is None


def test_another_refund_than_asked_for(answers: Callable[..., WechatPay]) -> None:
    told = {
        "out_trade_no": NUMBER, "out_refund_no": "R2", "status": "SUCCESS", "amount": {"refund": 1},
    }  # fmt: skip
    with pytest.raises(ProviderDown):
        answers(told).query_refund(payment_number=NUMBER, refund_id="R1")


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@FEW
@given(changes=st.dictionaries(st.sampled_from(sorted(ORDER)), VALUES, max_size=3))
def test_whatever_is_answered_is_read_right_or_not_at_all(
    scene: Scene, changes: dict[str, Any]
) -> None:
    """Any shape, signed well: the order asked for, as it is, or ProviderDown."""
    body = json.dumps({**ORDER, **changes}).encode()
    headers = scene.fake._signed(body, by_certificate=False)
    reply = wire.Reply(200, {name.lower(): text for name, text in headers.items()}, body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "call", lambda *_, **__: reply)
        try:
            told = scene.provider.query(NUMBER)
        except ProviderDown:
            return
    assert told is not None
    assert told.payment_number == NUMBER
    assert told == PAID or changes
