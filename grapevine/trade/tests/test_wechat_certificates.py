"""WeChat Pay's certificates: fetched when one is new, seldom, and believed only when everything fits."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from grapevine.kit import clock
from grapevine.trade.payments.fakes.server import Answer
from grapevine.trade.payments.port import BadCallback, Outcome, ProviderDown
from grapevine.trade.payments.providers.wechat_pay import issuing
from grapevine.trade.payments.providers.wechat_pay.certificates import certificates_of
from grapevine.trade.payments.providers.wechat_pay.fake import FakeWechatPay
from grapevine.trade.payments.providers.wechat_pay.issuing import Issued
from grapevine.trade.payments.providers.wechat_pay.provider import WechatPay
from grapevine.trade.tests.wechat_cast import (
    CURVE_KEY,
    NUMBER,
    OTHER_KEY,
    SHORT_KEY,
    Heard,
    Scene,
    Told,
    everything,
    opened,
    paid,
    private_pem,
    standing,
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wechat") / "keys"


@pytest.fixture
def scene(keys: Path) -> Iterator[Scene]:
    """A merchant without a public key of WeChat Pay's."""
    with standing(keys, by_certificate=True) as one:
        yield one


@pytest.fixture
def asked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were asked for."""
    paths: list[str] = []
    handle = scene.fake.handle

    def noting(one: Any) -> Answer:
        paths.append(one.path)
        return handle(one)

    monkeypatch.setattr(scene.fake, "handle", noting)
    return paths


def fetches(asked: list[str]) -> int:
    return asked.count("/v3/certificates")


def a_notice(scene: Scene) -> Heard:
    """Of a payment that another process of ours began: this one knows no certificate yet."""
    other = replace(scene, provider=WechatPay(scene.provider.config))
    scene.fake.decide(opened(other), "pay")
    return scene.mailbox.next()


def test_certificates_are_fetched_once(scene: Scene, asked: list[str]) -> None:
    assert paid(scene) == scene.provider.query(NUMBER)
    assert fetches(asked) == 1


def test_a_notice_may_be_the_first_to_name_one(scene: Scene, asked: list[str]) -> None:
    heard = a_notice(scene)
    asked.clear()
    assert [scene.read(heard).state for _ in range(3)] == ["paid"] * 3
    assert asked == ["/v3/certificates"]


def test_a_new_certificate_is_fetched_after_a_pause(scene: Scene, asked: list[str]) -> None:
    first = a_notice(scene)
    assert scene.read(first)
    scene.fake.rotate()
    with pytest.raises(ProviderDown):
        scene.provider.query(NUMBER)
    assert fetches(asked) == 2
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert scene.provider.query(NUMBER)
        assert scene.read(first)
    assert fetches(asked) == 3


def test_however_many_unknown_ones_are_named_we_ask_once_a_minute(
    scene: Scene, asked: list[str]
) -> None:
    headers, body = a_notice(scene)
    asked.clear()
    for number in range(20):
        with pytest.raises(BadCallback):
            scene.read(({**headers, "Wechatpay-Serial": f"{number:040X}"}, body))
    assert asked == ["/v3/certificates"]
    assert scene.read((headers, body))
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        for _ in range(2):
            with pytest.raises(BadCallback):
                scene.read(
                    (
                        scene.fake._signed(b"x", by_certificate=True)
                        | {"Wechatpay-Serial": "A" * 40},
                        b"x",
                    )
                )
    assert asked == ["/v3/certificates"] * 2


@pytest.mark.parametrize("serial", ["PUB_KEY_ID_0119000001092025", "xyz", "A" * 41, "A" * 7])
def test_what_is_no_certificate_is_not_asked_for(
    scene: Scene, asked: list[str], serial: str
) -> None:
    headers, body = a_notice(scene)
    asked.clear()
    with pytest.raises(BadCallback):
        scene.read(({**headers, "Wechatpay-Serial": serial}, body))
    assert asked == []


def test_a_probe_is_not_asked_for(scene: Scene, asked: list[str]) -> None:
    a_notice(scene)
    scene.fake.probe(NUMBER)
    heard = scene.mailbox.next()
    asked.clear()
    with pytest.raises(BadCallback):
        scene.read(heard)
    assert asked == []


def test_a_serial_is_read_in_any_case(scene: Scene) -> None:
    headers, body = a_notice(scene)
    lower = headers["Wechatpay-Serial"].lower()
    assert scene.read(({**headers, "Wechatpay-Serial": lower}, body))


def test_a_failed_fetch_is_not_repeated_at_once(scene: Scene, asked: list[str]) -> None:
    heard = a_notice(scene)
    asked.clear()
    scene.fake.faults.deaf = True
    for _ in range(2):
        with pytest.raises(BadCallback):
            scene.read(heard)
    scene.fake.faults.deaf = False
    with pytest.raises(BadCallback):
        scene.read(heard)
    assert asked == ["/v3/certificates"]
    scene.fake.tell(scene.fake.payment_message(scene.fake.charges[NUMBER]))
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert scene.read(heard)


def test_nobody_is_asked_without_keys(scene: Scene, asked: list[str]) -> None:
    heard = a_notice(scene)
    asked.clear()
    shut = WechatPay(replace(scene.provider.config, private_key_pem=""))
    with pytest.raises(BadCallback):
        shut.read_callback(headers=heard[0], body=heard[1])
    assert asked == []


def test_threads_that_need_the_same_certificate_fetch_it_once(
    scene: Scene, asked: list[str]
) -> None:
    heard = a_notice(scene)
    asked.clear()
    start, told = threading.Barrier(8), []

    def read() -> None:
        start.wait()
        told.append(scene.read(heard))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(10)
    assert [type(one) for one in told] == [Outcome] * 8
    assert asked == ["/v3/certificates"]


def test_with_a_public_key_a_certificate_is_believed_too(keys: Path) -> None:
    """While a merchant goes over from certificates to the key, notices may be signed by either."""
    with standing(keys) as scene:
        scene.fake.decide(opened(scene), "pay")
        assert scene.read(scene.mailbox.next())
        scene.fake.by_certificate = True
        scene.fake.tell(scene.fake.payment_message(scene.fake.charges[NUMBER]))
        headers, body = scene.mailbox.next()
        assert headers["Wechatpay-Serial"] == scene.fake.signer.serial
        assert scene.read((headers, body)) == scene.provider.query(NUMBER)


# ---- certificates that are not believed ---------------------------------------------------------


def certificate(key: Any, *, serial: int = 2**150, signer: Any = OTHER_KEY) -> Issued:
    """Of a key of any kind."""
    name = Name([NameAttribute(NameOID.COMMON_NAME, "x")])
    now = clock.now()
    made = (
        CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(serial).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).sign(signer, SHA256())
    )  # fmt: skip
    pem = made.public_bytes(Encoding.PEM).decode()
    return Issued(f"{serial:040X}", pem, private_pem(key), "", "")


def test_a_serial_with_zeros_before_it(scene: Scene) -> None:
    scene.fake.signer = certificate(OTHER_KEY, serial=2**130)
    scene.fake.certificates = [scene.fake.signer]
    assert scene.fake.signer.serial.startswith("0")
    assert paid(scene)


def beginning(**begins: float) -> Issued:
    return issuing.certificate(private_pem(OTHER_KEY), begins_in=timedelta(**begins))


UNFIT: dict[str, Callable[[], Issued]] = {
    "over": lambda: beginning(days=-5 * 365 - 1),
    "to come": lambda: beginning(hours=1),
    "a key too short": lambda: certificate(SHORT_KEY),
    "a key of another kind": lambda: certificate(CURVE_KEY),
}


@pytest.mark.parametrize("how", UNFIT)
def test_a_certificate_that_does_not_serve(scene: Scene, how: str) -> None:
    """It stands in the list, and the list is signed by a good one."""
    headers, body = heard = a_notice(scene)
    unfit = UNFIT[how]()
    if "key" not in how:
        headers = signed_by(scene.fake, unfit, body)
    scene.fake.certificates.append(unfit)
    with pytest.raises(BadCallback):
        scene.read(({**headers, "Wechatpay-Serial": unfit.serial}, body))
    assert unfit.serial.lstrip("0") in scene.provider.client._certificates
    assert scene.read(heard)


def signed_by(fake: FakeWechatPay, one: Issued, body: bytes) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fake, "signer", one)
        return fake._signed(body, by_certificate=True)


def a_list(fake: FakeWechatPay, change: Callable[[list[Told]], Any]) -> Callable[..., Any]:
    """The route of the certificates with its list changed."""
    rows = FakeWechatPay._certificates(fake, {})[1]["data"]
    return lambda *_: (200, {"data": change(rows)})


def sealed(fake: FakeWechatPay, plain: bytes, *, key: str = "") -> Told:
    other = fake if not key else _keyed(fake, key)
    return other._sealed(plain, beside="certificate")


def _keyed(fake: FakeWechatPay, key: str) -> Any:
    class Other:
        keys = replace(fake.keys, api_v3=key)
        _sealed = FakeWechatPay._sealed

    return Other()


WRONG: dict[str, Callable[[FakeWechatPay, list[Told]], Any]] = {
    "no list": lambda _, rows: rows[0],
    "nothing": lambda _, __: None,
    "an empty list": lambda _, __: [],
    "too many": lambda _, rows: rows * 21,
    "a row that is no object": lambda _, rows: [*rows, 5],
    "a row without a seal": lambda _, rows: [{**rows[0], "encrypt_certificate": None}],
    "sealed with another key": lambda fake, rows: [
        {**rows[0], "encrypt_certificate": sealed(fake, fake.certificates[0].pem.encode(), key="k" * 32)}
    ],
    "no certificate": lambda fake, rows: [{**rows[0], "encrypt_certificate": sealed(fake, b"PEM")}],
    "no text": lambda fake, rows: [{**rows[0], "encrypt_certificate": sealed(fake, b"\xff")}],
    "a bare key": lambda fake, rows: [
        {**rows[0], "encrypt_certificate": sealed(fake, issuing.public_key(fake.keys.own_pem).encode())}
    ],
    "another serial": lambda _, rows: [{**rows[0], "serial_no": "A" * 40}],
    "no serial": lambda _, rows: [{**rows[0], "serial_no": None}],
    "one wrong among right ones": lambda _, rows: [*rows, {**rows[0], "serial_no": "A" * 40}],
}  # fmt: skip


@pytest.mark.parametrize("how", WRONG)
def test_a_list_of_another_shape_is_not_believed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    heard = a_notice(scene)
    route = a_list(scene.fake, lambda rows: WRONG[how](scene.fake, rows))
    routes = [(m, p, route if p == "/v3/certificates" else w) for m, p, w in scene.fake.ROUTES]
    monkeypatch.setattr(scene.fake, "ROUTES", routes)
    with pytest.raises(BadCallback):
        scene.read(heard)
    for ask in everything(scene):
        with pytest.raises(ProviderDown):
            ask()


@pytest.mark.parametrize(
    "change",
    [
        {"Wechatpay-Serial": "A" * 40}, {"Wechatpay-Timestamp": "1700000000"},
        {"Wechatpay-Nonce": "other"}, {"Wechatpay-Signature": "A" * 344},
        {"Wechatpay-Serial": "PUB_KEY_ID_1"},
    ],
)  # fmt: skip
def test_a_list_not_signed_well_is_not_believed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    """Sealed with our key, but not signed with a key that it brings or that we know."""
    heard = a_notice(scene)
    handle = scene.fake.handle

    def forged(asked: Any) -> Answer:
        answer = handle(asked)
        return replace(answer, headers={**answer.headers, **change})

    monkeypatch.setattr(scene.fake, "handle", forged)
    with pytest.raises(BadCallback):
        scene.read(heard)


def test_a_list_signed_by_what_we_know_brings_the_next(scene: Scene) -> None:
    """The list may be signed by a certificate that it no longer brings."""
    assert paid(scene)
    fake, old = scene.fake, scene.fake.signer
    fake.certificates = [issuing.certificate(private_pem(OTHER_KEY))]
    headers = signed_by(fake, fake.certificates[0], b"{}")
    assert fake.signer == old
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        scene.provider.client.verify(headers, body=b"{}")


def test_no_certificates_at_all(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = a_notice(scene)
    refusal = (404, {"code": "RESOURCE_NOT_EXISTS", "message": "x"})
    monkeypatch.setattr(scene.fake, "_answer", lambda _: refusal)
    with pytest.raises(BadCallback):
        scene.read(heard)


def test_what_is_read_is_what_was_sealed(scene: Scene) -> None:
    scene.fake.rotate()
    answer = scene.fake._certificates({})[1]
    found = certificates_of(json.dumps(answer).encode(), api_v3_key=scene.fake.keys.api_v3)
    assert [f"{one.serial_number:040X}" for one in found.values()] == [
        one.serial for one in scene.fake.certificates
    ]
