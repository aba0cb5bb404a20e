"""Every way a notice can be forged or damaged ends in BadCallback; so does a config with a hole."""

import base64
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512
from hypothesis import HealthCheck, given, settings, strategies as st

from grapevine.kit import clock
from grapevine.trade.payments.port import BadCallback, Outcome, ProviderDown, Returned
from grapevine.trade.payments.providers.wechat_pay import signing
from grapevine.trade.payments.providers.wechat_pay.config import WechatPayConfig
from grapevine.trade.payments.providers.wechat_pay.fake import APP_ID, MCH_ID, PUBLIC_KEY_ID
from grapevine.trade.payments.providers.wechat_pay.provider import WechatPay
from grapevine.trade.tests.wechat_cast import (
    CURVE_KEY,
    NUMBER,
    OTHER_KEY,
    SHORT_KEY,
    Heard,
    Scene,
    everything,
    opened,
    private_pem,
    public_pem,
    refund,
    standing,
)
from grapevine.trade.tests.wechat_notice import Notice

NAMES = ("Wechatpay-Serial", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wechat") / "keys"


@pytest.fixture(scope="module")
def scene(keys: Path) -> Iterator[Scene]:
    with standing(keys) as one:
        yield one


@pytest.fixture(scope="module")
def notice(scene: Scene) -> Notice:
    scene.fake.decide(opened(scene), "pay")
    return Notice(scene.mailbox.next(), scene=scene)


@pytest.fixture(scope="module")
def refund_notice(scene: Scene, notice: Notice) -> Notice:
    assert notice.content["out_trade_no"] == NUMBER, "only what is paid is sent back"
    refund(scene, notify_url=scene.mailbox.url)
    return Notice(scene.mailbox.next(), scene=scene)


Forge = Callable[[Notice], Heard]


def shifted(good: Notice) -> Heard:
    """The first line of a body given as the end of the nonce: signed alike, read apart."""
    headers, _ = good.signed(b"first\nsecond", nonce="n")
    return {**headers, "Wechatpay-Nonce": "n\nfirst"}, b"second"


def each(
    names: tuple[str, ...], words: str, forge: Callable[[Notice, str], Heard]
) -> dict[str, Forge]:
    return {f"{words} {name}": lambda good, name=name: forge(good, name) for name in names}  # type: ignore[misc]


def among(field: str, values: tuple[Any, ...], forge: str) -> dict[str, Forge]:
    return {
        f"{forge} {field}={str(value)[:20]!r}": lambda good, value=value: getattr(good, forge)(  # type: ignore[misc]
            **{field: value}
        )
        for value in values
    }


FORGED_HEADERS: dict[str, Forge] = {
    "no headers": lambda good: ({}, good.body),
    **each(NAMES, "without", lambda good, name: good.head(**{name[10:]: None})),
    **each(NAMES, "empty", lambda good, name: good.head(**{name[10:]: ""})),
    **each(NAMES, "twice", lambda good, name: good.twice(name)),
    **each(NAMES, "blank before", lambda good, name: good.head(**{name[10:]: " " + good.headers[name]})),
    **each(NAMES, "line after", lambda good, name: good.head(**{name[10:]: good.headers[name] + "\n"})),
    **among("Signature_Type", (
        "", "WECHATPAY2-SHA256-RSA4096", "WECHATPAY2-SM2-WITH-SM3", "wechatpay2-sha256-rsa2048",
        "WECHATPAY-BRAND-SHA256-RSA2048", "MD5", "none",
    ), "head"),
    "type twice": lambda good: good.twice("Wechatpay-Signature-Type"),
    **among("Serial", (
        "PUB_KEY_ID_0119000001092025010100000000001002", PUBLIC_KEY_ID.lower(), PUBLIC_KEY_ID[:-1],
        PUBLIC_KEY_ID + "0", "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C", "0", "0" * 40, "x" * 65,
        "公钥", "PUB_KEY_ID_", "../PUB_KEY_ID_1",
    ), "head"),
    **among("Timestamp", (
        "0", "-1", "+1", "now", "1e9", "١٢٣٤٥٦٧٨٩٠", "9" * 13, "1700000000.5", "１７００００００００",
    ), "head"),
    "a second later": lambda good: good.head(Timestamp=str(int(good.headers["Wechatpay-Timestamp"]) + 1)),
    "in milliseconds": lambda good: good.signed(stamp=signing.now_stamp() + "000"),
    "exactly too old": lambda good: good.at(seconds=301),
    "a day old": lambda good: good.at(days=1),
    "from the future": lambda good: good.at(seconds=-302),
    **among("Nonce", ("other", "n" * 65, "随机", "a b"), "head"),
    "the nonce in capitals": lambda good: good.head(Nonce=good.headers["Wechatpay-Nonce"].upper() + "X"),
    "a line moved into the nonce": shifted,
    **among("Signature", (
        "x", "%%%%", "签名" * 200, "A" * 344, base64.b64encode(bytes(256)).decode(),
        base64.b64encode(bytes(255)).decode(), base64.b64encode(b"\xff" * 256).decode(), "A" * 2000,
        signing.PROBE, signing.PROBE + "A" * 320, "\udc80" * 344,
    ), "head"),
    "a signature cut": lambda good: good.head(Signature=good.headers["Wechatpay-Signature"][:-8]),
    "a signature made longer": lambda good: good.head(Signature="AAAA" + good.headers["Wechatpay-Signature"]),
    "a signature broken by a line": lambda good: good.head(
        Signature=good.headers["Wechatpay-Signature"][:64] + "\n" + good.headers["Wechatpay-Signature"][64:]
    ),
    "a true signature after a probe's beginning": lambda good: good.head(
        Signature=signing.PROBE + good.headers["Wechatpay-Signature"]
    ),
    "another key": lambda good: good.signed(key=OTHER_KEY),
    "another key under its own name": lambda good: good.signed(key=OTHER_KEY, serial="PUB_KEY_ID_1"),
    "a SHA-1 signature": lambda good: good.signed(digest=SHA1()),
    "a SHA-512 signature": lambda good: good.signed(digest=SHA512()),
    "a PSS signature": lambda good: good.signed(pad=padding.PSS(padding.MGF1(SHA256()), 32)),
    "a signature of nothing": lambda good: good.signed(message=b""),
    "a signature of the body alone": lambda good: good.signed(message=good.body),
    "a signature without the last line's end": lambda good: good.signed(
        message=signing.content(signing.now_stamp(), "n0nce") + good.body
    ),
    "a signature without the time": lambda good: good.signed(
        message=signing.content("n0nce") + good.body + b"\n"
    ),
    "a signature with other ends of lines": lambda good: good.signed(
        message=f"{signing.now_stamp()}\r\nn0nce\r\n".encode() + good.body + b"\r\n"
    ),
    "a signature of a request": lambda good: good.signed(
        message=signing.content("POST", "/notify", signing.now_stamp(), "n0nce") + good.body + b"\n"
    ),
}  # fmt: skip

FORGED_BODIES: dict[str, Forge] = {
    "one byte changed": lambda good: good.unsigned(good.body.replace(b"SUCCESS", b"SUCCESs", 1)),
    "another order's id": lambda good: good.unsigned(good.body.replace(b"EV-", b"EW-", 1)),
    "the seal of another": lambda good: good.unsigned(json.dumps(
        {**good.told, "resource": {**good.told["resource"], "ciphertext": "AAAA"}}
    ).encode()),
    "written otherwise": lambda good: good.unsigned(json.dumps(good.told, indent=1).encode()),
    "sorted": lambda good: good.unsigned(json.dumps(good.told, sort_keys=True).encode()),
    "bytes more": lambda good: good.unsigned(good.body + b" "),
    "a line more": lambda good: good.unsigned(good.body + b"\n"),
    "a line before": lambda good: good.unsigned(b"\n" + good.body),
    "cut short": lambda good: good.unsigned(good.body[:-1]),
    "nothing": lambda good: good.unsigned(b""),
    "the content in the open": lambda good: good.unsigned(json.dumps(good.content).encode()),
    "signed, far too long": lambda good: good.saying(summary="x" * 70_000),
    "signed, nothing": lambda good: good.signed(b""),
    "signed, no JSON": lambda good: good.signed(b"event_type=TRANSACTION.SUCCESS"),
    "signed, no text": lambda good: good.signed(b"\xff\xfe{}"),
    "signed, a list": lambda good: good.signed(b"[]"),
    "signed, a number too long": lambda good: good.signed(b'{"event_type":' + b"9" * 5000 + b"}"),
    "signed, too deep": lambda good: good.signed(b"[" * 60_000),
    "signed, XML": lambda good: good.signed(b"<xml><return_code>SUCCESS</return_code></xml>"),
    "signed, content in the open": lambda good: good.saying(resource=good.content),
    **each(("event_type", "resource_type", "resource"), "signed without", lambda good, name: good.saying(drop=name)),
    **among("event_type", (None, "", 5, ["TRANSACTION.SUCCESS"], "x" * 3000, "REFUND.SUCCESS"), "saying"),
    **among("resource_type", (None, "", "plain-resource", 5), "saying"),
    **among("resource", (None, "", 5, [], {}), "saying"),
    **each(("algorithm", "nonce", "ciphertext", "original_type"), "sealed without", lambda good, name: good.box(drop=name)),
    "sealed without what stands beside it": lambda good: good.box(drop="associated_data"),
    **among("algorithm", ("", None, "AEAD_AES_128_GCM", "aead_aes_256_gcm", "AES_256_CBC", "none", 5), "box"),
    **among("original_type", ("", None, "refund", 5), "box"),
    **among("nonce", ("", None, "0123456789a", "0123456789abc", "0123456789ab", 5, "茶茶茶茶", "随机", "\ud800" * 12), "box"),
    **among("associated_data", ("", None, "refund", "x" * 500, 5, ["transaction"], "\ud800"), "box"),
    **among("ciphertext", (
        "", None, "AAAA", "%%%%", 5, "密文", base64.b64encode(bytes(16)).decode(),
        base64.b64encode(bytes(200)).decode(), "A",
    ), "box"),
    "a seal with its tag cut": lambda good: good.box(ciphertext=base64.b64encode(
        base64.b64decode(good.told["resource"]["ciphertext"])[:-1]
    ).decode()),
    "a seal with one bit changed": lambda good: good.box(ciphertext=base64.b64encode(
        bytes([base64.b64decode(good.told["resource"]["ciphertext"])[0] ^ 1])
        + base64.b64decode(good.told["resource"]["ciphertext"])[1:]
    ).decode()),
    "sealed with a longer nonce": lambda good: good.sealing(
        json.dumps(good.content).encode(), nonce="0123456789abc"
    ),
    "sealed with another key": lambda good: good.sealing(json.dumps(good.content).encode(), key="k" * 32),
    "sealed, nothing": lambda good: good.sealing(b""),
    "sealed, no JSON": lambda good: good.sealing(b"paid"),
    "sealed, a list": lambda good: good.sealing(b"[1]"),
    "sealed, no text": lambda good: good.sealing(b"\xff"),
    **each(
        ("mchid", "appid", "out_trade_no", "transaction_id", "trade_state", "amount"),
        "about an order without", lambda good, name: good.about(drop=name),
    ),
    **among("mchid", ("", None, "1900000108", 1900000109, "１９００", "\ud800"), "about"),
    **among("appid", ("", None, "wx8888888888888889", APP_ID.upper(), 5), "about"),
    **among("out_trade_no", ("", None, 5, ["P"], "P" * 3000), "about"),
    **among("transaction_id", ("", None, 5, "4" * 65), "about"),
    **among("trade_state", (
        "", None, "success", "REFUND", "NOTPAY", "CLOSED", "REVOKED", "USERPAYING", "PAYERROR", "NEW", 5,
    ), "about"),
    **among("amount", (None, 1234, "1234", [1234], {}), "about"),
    **each(("total", "currency"), "an amount without", lambda good, name: good.amount(drop=name)),
    **among("total", (None, "1234", 12.34, 1234.0, True, 0, -1234, [1234], float("nan")), "amount"),
    **among("currency", (None, "", "USD", "cny", "CNY ", 156), "amount"),
}  # fmt: skip

FORGED = FORGED_HEADERS | FORGED_BODIES


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_notice_is_refused(scene: Scene, notice: Notice, how: str) -> None:
    assert isinstance(scene.read((notice.headers, notice.body)), Outcome)
    forged = FORGED[how](notice)
    assert forged != (notice.headers, notice.body)
    with pytest.raises(BadCallback):
        scene.read(forged)


FORGED_REFUNDS: dict[str, Forge] = {
    **each(
        ("mchid", "out_trade_no", "out_refund_no", "refund_status", "amount"), "without",
        lambda good, name: good.sealing(
            json.dumps({k: v for k, v in good.content.items() if k != name}).encode(),
            beside="refund",
        ),
    ),
    **{
        f"with {name}={value!r}": lambda good, name=name, value=value: good.sealing(  # type: ignore[misc]
            json.dumps({**good.content, name: value}).encode(), beside="refund"
        )
        for name, value in (
            ("mchid", "1900000108"), ("out_trade_no", 5), ("out_refund_no", ""),
            ("refund_status", "CLOSED"), ("refund_status", "ABNORMAL"), ("refund_status", "PROCESSING"),
            ("amount", {"total": 1234}), ("amount", {"refund": "400"}), ("amount", {"refund": 0}),
            ("amount", {"refund": 400, "currency": "USD"}), ("amount", None),
        )
    },
    "as a payment": lambda good: good.saying(event_type="TRANSACTION.SUCCESS"),
    "of another kind": lambda good: good.saying(event_type="REFUND.CLOSED"),
    "marked as a payment": lambda good: good.box(original_type="transaction"),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED_REFUNDS)
def test_a_forged_notice_of_a_refund_is_refused(
    scene: Scene, refund_notice: Notice, how: str
) -> None:
    good = scene.read((refund_notice.headers, refund_notice.body))
    assert good == Returned(NUMBER, "R1", "done", 400)
    with pytest.raises(BadCallback):
        scene.read(FORGED_REFUNDS[how](refund_notice))


@pytest.mark.parametrize(
    ("status", "state"), [("SUCCESS", "done"), ("ABNORMAL", "failed"), ("CLOSED", "failed")]
)
def test_every_end_of_a_refund_is_read(
    scene: Scene, refund_notice: Notice, status: str, state: str
) -> None:
    plain = json.dumps({**refund_notice.content, "refund_status": status}).encode()
    _, body = refund_notice.sealing(plain, beside="refund")
    told = {**json.loads(body), "event_type": f"REFUND.{status}"}
    heard = refund_notice.signed(json.dumps(told).encode())
    assert scene.read(heard) == Returned(NUMBER, "R1", state, 400)


def test_what_may_vary_may(scene: Scene, notice: Notice) -> None:
    good = scene.read((notice.headers, notice.body))
    content = json.dumps(notice.content).encode()
    for same in (
        notice.signed(), notice.head(Signature_Type=None), notice.at(seconds=298),
        notice.at(seconds=-298), notice.sealing(content, beside=""), notice.about(attach="x"),
        notice.saying(id="EV-2"), ({name.upper(): v for name, v in notice.headers.items()}, notice.body),
        notice.amount(payer_total=1000, payer_currency="HKD"),
    ):  # fmt: skip
        assert scene.read(same) == good
    unnamed = json.loads(notice.sealing(content, beside="")[1])
    del unnamed["resource"]["associated_data"]
    assert scene.read(notice.signed(json.dumps(unnamed).encode())) == good


def test_the_window_is_open_at_its_edges_only(scene: Scene, notice: Notice) -> None:
    sent = clock.now().replace(microsecond=0)
    with time_machine.travel(sent, tick=False):
        heard = notice.signed()
    for seconds, fine in ((-300, False), (-299, True), (299, True), (300, False)):
        with time_machine.travel(sent + timedelta(seconds=seconds), tick=False):
            if fine:
                assert scene.read(heard)
                continue
            with pytest.raises(BadCallback):
                scene.read(heard)


@pytest.mark.parametrize("kind", ["TRANSACTION.FAIL", "PAYSCORE.USER_PAID", "COUPON.USE"])
def test_news_we_do_not_need(scene: Scene, notice: Notice, kind: str) -> None:
    assert scene.read(notice.saying(event_type=kind)) is None


# ---- probes -------------------------------------------------------------------------------------


def test_a_probe_is_refused_without_alarm_and_without_asking(
    scene: Scene, notice: Notice, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene.mailbox, "status", 400)
    monkeypatch.setattr(scene.provider.client, "_fetch", lambda: pytest.fail("asked"))
    with caplog.at_level(logging.DEBUG):
        assert scene.fake.probe(notice.content["out_trade_no"]) == 400
        headers, body = scene.mailbox.next()
        assert headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
        with pytest.raises(BadCallback):
            scene.read((headers, body))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert scene.fake.sent[-1][1] == 400


# ---- keys ---------------------------------------------------------------------------------------

KEYS = ("app_id", "mch_id", "merchant_serial", "private_key_pem", "api_v3_key", "api")


@pytest.mark.parametrize("name", [*KEYS, "public_key_id", "public_key_pem"])
@pytest.mark.parametrize("value", ["", " \n"])
def test_a_key_unset_closes_the_door(scene: Scene, notice: Notice, name: str, value: str) -> None:
    assert scene.provider.ready()
    shut = replace(scene, provider=WechatPay(replace(scene.provider.config, **{name: value})))
    assert not shut.provider.ready()
    with pytest.raises(BadCallback):
        shut.read(notice.signed())
    for ask in everything(shut):
        with pytest.raises(ProviderDown):
            ask()


@pytest.mark.parametrize(
    "change",
    [
        {"api_v3_key": "k" * 31}, {"api_v3_key": "k" * 33}, {"api_v3_key": "密" * 32},
        {"api_v3_key": "k" * 31 + "\ud800" * 2}, {"public_key_id": "0119000001092025"},
        {"public_key_id": "PUB_KEY_ID_"}, {"mch_id": "1900000109\n"}, {"app_id": "wx 88"},
        {"merchant_serial": '1DDE"'},
    ],
)  # fmt: skip
def test_a_key_of_another_form_closes_the_door(scene: Scene, change: dict[str, str]) -> None:
    assert not WechatPay(replace(scene.provider.config, **change)).ready()


def test_nothing_set_is_not_ready() -> None:
    assert not WechatPay(WechatPayConfig()).ready()


def test_another_api_v3_key_opens_nothing(scene: Scene, notice: Notice) -> None:
    other = WechatPay(replace(scene.provider.config, api_v3_key="k" * 32))
    with pytest.raises(BadCallback):
        other.read_callback(headers=notice.headers, body=notice.body)


@pytest.mark.parametrize(
    "pem",
    ["not a key", "\ud800", public_pem(CURVE_KEY), public_pem(SHORT_KEY), public_pem(OTHER_KEY)],
)
def test_a_public_key_that_does_not_serve(scene: Scene, notice: Notice, pem: str) -> None:
    other = replace(scene, provider=WechatPay(replace(scene.provider.config, public_key_pem=pem)))
    with pytest.raises(BadCallback):
        other.read((notice.headers, notice.body))
    with pytest.raises(ProviderDown):
        other.provider.query(NUMBER)


@pytest.mark.parametrize(
    "pem", ["not a key", "\ud800", private_pem(CURVE_KEY), private_pem(SHORT_KEY)]
)
def test_a_private_key_that_does_not_serve(scene: Scene, pem: str) -> None:
    other = WechatPay(replace(scene.provider.config, private_key_pem=pem))
    for ask in everything(replace(scene, provider=other)):
        with pytest.raises(ProviderDown):
            ask()


def test_secrets_are_not_shown(scene: Scene) -> None:
    shown = repr(scene.provider.config)
    assert "PRIVATE" not in shown
    assert scene.provider.config.api_v3_key not in shown


# ---- properties ---------------------------------------------------------------------------------

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FEW
@given(data=st.data())
def test_no_byte_of_a_body_can_be_another(
    scene: Scene, notice: Notice, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(notice.body) - 1))
    other = notice.body[place] ^ data.draw(st.integers(1, 255))
    body = notice.body[:place] + bytes([other]) + notice.body[place + 1 :]
    with pytest.raises(BadCallback):
        scene.read((notice.headers, body))


@FEW
@given(name=st.sampled_from(NAMES), text=st.text(max_size=80))
def test_no_header_can_be_another(scene: Scene, notice: Notice, name: str, text: str) -> None:
    if text == notice.headers[name]:
        return
    with pytest.raises(BadCallback):
        scene.read(({**notice.headers, name: text}, notice.body))


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from([MCH_ID, APP_ID, "SUCCESS", "CNY", NUMBER]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
FIELDS = st.sampled_from(
    ["mchid", "appid", "out_trade_no", "transaction_id", "trade_state", "amount", "payer"]
)


@FEW
@given(changes=st.dictionaries(FIELDS, VALUES, max_size=3))
def test_whatever_is_sealed_is_read_right_or_refused(
    scene: Scene, notice: Notice, changes: Mapping[str, Any]
) -> None:
    """Signed and sealed by WeChat Pay, of any shape: an outcome of our own merchant's, or BadCallback."""
    heard = notice.about(**changes)
    try:
        told = scene.read(heard)
    except BadCallback:
        return
    content = {**notice.content, **changes}
    assert (content["mchid"], content["appid"], content["trade_state"]) == (
        MCH_ID,
        APP_ID,
        "SUCCESS",
    )
    assert told == Outcome(
        content["out_trade_no"], "paid", content["amount"]["total"], "CNY",
        f"{content['transaction_id']}:paid", content["transaction_id"],
    )  # fmt: skip


@FEW
@given(
    plain=st.binary(max_size=200),
    beside=st.text(max_size=15),
    key=st.binary(min_size=16, max_size=16),
)
def test_a_seal_opens_with_its_own_key_only(plain: bytes, beside: str, key: bytes) -> None:
    text, nonce = key.hex(), "0123456789ab"
    sealed = AESGCM(text.encode()).encrypt(nonce.encode(), plain, beside.encode())
    box = {
        "algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": beside,
        "ciphertext": base64.b64encode(sealed).decode(),
    }  # fmt: skip
    assert signing.unsealed(box, api_v3_key=text) == plain
    for change in ({"nonce": "0123456789ac"}, {"associated_data": beside + "x"}):
        with pytest.raises(signing.Untrusted):
            signing.unsealed({**box, **change}, api_v3_key=text)
    with pytest.raises(signing.Untrusted):
        signing.unsealed(box, api_v3_key=text[::-1] + "" if text != text[::-1] else "k" * 32)
