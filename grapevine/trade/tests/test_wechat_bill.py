"""WeChat Pay's daily bill: fetched whole, compared with its digest, read row by row."""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings, strategies as st

from grapevine.trade.payments import wire
from grapevine.trade.payments.port import ProviderDown
from grapevine.trade.payments.providers.wechat_pay import bill
from grapevine.trade.payments.providers.wechat_pay.bill import COLUMNS, minor_of, yuan_of
from grapevine.trade.payments.providers.wechat_pay.client import Client
from grapevine.trade.payments.providers.wechat_pay.config import API
from grapevine.trade.payments.providers.wechat_pay.fake import MCH_ID
from grapevine.trade.tests.wechat_cast import (
    NUMBER,
    SHANGHAI,
    Scene,
    Told,
    opened,
    paid,
    refund,
    standing,
    today,
)

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wechat") / "keys"


NOON = datetime(2026, 5, 1, 12, tzinfo=SHANGHAI)


@pytest.fixture
def scene(keys: Path) -> Iterator[Scene]:
    """At noon, lest a day ends in the middle of a test."""
    with time_machine.travel(NOON), standing(keys) as one:
        yield one


def test_the_bill_of_a_day_equals_the_books(scene: Scene) -> None:
    day = today().date()
    assert scene.provider.statement(day) == []
    first = paid(scene)
    second = paid(scene, number="P20260501-2", amount_minor=5, title="茶,`杯`", way="h5")
    opened(scene, number="P20260501-3")
    refund(scene)
    scene.fake.slow_refunds = True
    for name, amount in (("R2", 1), ("R3", 2)):
        refund(scene, amount, refund_id=name)
    scene.fake.settle("R3", "failed")
    lines = scene.provider.statement(day)
    assert [(one.kind, one.reference, one.payment_number, one.amount_minor) for one in lines] == [
        ("payment", NUMBER, NUMBER, 1234),
        ("payment", "P20260501-2", "P20260501-2", 5),
        ("refund", "R1", NUMBER, 400),
        ("refund", "R2", NUMBER, 1),
    ]
    first_id, second_id = first.transaction_id, second.transaction_id
    assert [one.transaction_id for one in lines] == [first_id, second_id, first_id, first_id]
    assert {one.currency for one in lines} == {"CNY"}
    charges, refunds = scene.fake.charges, scene.fake.refunds
    assert [int(one.at.timestamp()) for one in lines] == [
        int(charges[NUMBER].decided_at), int(charges["P20260501-2"].decided_at),
        int(refunds["R1"].at), int(refunds["R2"].at),
    ]  # fmt: skip
    assert scene.provider.statement(day - timedelta(days=1)) == []


SUMS = "总交易单数,应结订单总金额\n`1,`12.34\n"
ROW = {
    "交易时间": "2026-05-01 09:30:00", "商户号": MCH_ID, "微信订单号": "T1", "商户订单号": NUMBER,
    "交易状态": "SUCCESS", "货币种类": "CNY", "订单金额": "12.34", "应结订单金额": "10.00",
}  # fmt: skip
BACK = {
    **ROW,
    "交易状态": "REFUND",
    "商户退款单号": "R1",
    "申请退款金额": "4.00",
    "退款金额": "3.00",
}


def table(*rows: Told, header: str = ",".join(COLUMNS), sums: str = SUMS) -> str:
    lines = [",".join(f"`{row.get(name, '')}" for name in COLUMNS) for row in rows]
    return "\n".join([header, *lines, sums])


def test_amounts_are_those_before_coupons() -> None:
    lines = bill.lines_of(table(ROW, {**BACK, "退款状态": "PROCESSING"}), mch_id=MCH_ID)
    assert [(one.reference, one.amount_minor) for one in lines] == [(NUMBER, 1234), ("R1", 400)]
    assert {one.at.isoformat() for one in lines} == {"2026-05-01T09:30:00+08:00"}


def test_a_bill_bears_other_columns_commas_and_rows_of_no_money() -> None:
    rows = [
        {**ROW, "商品名称": "茶,杯 , 两只"}, {**ROW, "交易状态": "REVOKED"}, {**BACK, "退款状态": "FAIL"},
    ]  # fmt: skip
    [line] = bill.lines_of(table(*rows).replace("\n", "\r\n"), mch_id=MCH_ID)
    assert line.amount_minor == 1234
    fewer = [name for name in COLUMNS if name in {*ROW, *BACK, "退款状态"}][::-1]
    text = "\n".join([",".join(fewer), ",".join(f"`{BACK.get(name, '')}" for name in fewer), SUMS])
    assert [one.kind for one in bill.lines_of(text, mch_id=MCH_ID)] == ["refund"]
    assert bill.lines_of(table(), mch_id=MCH_ID) == []


@pytest.mark.parametrize(
    "text",
    [
        "", "no table", SUMS, table(ROW, sums=""), table(ROW) + SUMS, table(ROW, header="a,b"),
        table(ROW, header=",".join(COLUMNS[:-1])), table(ROW).replace("`2026", "2026"),
        table({**ROW, "商户号": "1900000108"}), table({**ROW, "订单金额": "1e3"}),
        table({**ROW, "订单金额": "-1.00"}), table({**ROW, "订单金额": "1.234"}),
        table({**ROW, "订单金额": ""}), table({**ROW, "订单金额": "１.00"}),
        table({**ROW, "交易时间": "yesterday"}), table({**ROW, "商品名称": "a,`b"}),
        table({**BACK, "申请退款金额": ""}),
    ],
)  # fmt: skip
def test_a_bill_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ProviderDown):
        bill.lines_of(text, mch_id=MCH_ID)


@FEW
@given(text=st.text(max_size=200) | st.text(alphabet="`,\n\r总交易单数SUCCESS0.", max_size=60))
def test_any_text_is_a_bill_or_is_not(text: str) -> None:
    try:
        lines = bill.lines_of(table(ROW, sums=f"{text}\n{SUMS}"), mch_id=MCH_ID)
    except ProviderDown:
        return
    assert lines[0].amount_minor == 1234


def digest(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


GOOD = table(ROW).encode()
PACKED = gzip.compress(GOOD, mtime=0)


def test_a_bill_is_unpacked_and_compared_with_its_digest() -> None:
    for sha1 in (digest(GOOD), digest(GOOD).upper()):
        assert bill.unpacked(gzip.compress(GOOD), sha1=sha1) == GOOD.decode()
    marked = "\ufeff".encode() + GOOD
    assert bill.unpacked(gzip.compress(marked), sha1=digest(marked)) == GOOD.decode()


@pytest.mark.parametrize(
    ("packed", "sha1"),
    [
        (b"", digest(b"")), (GOOD, digest(GOOD)), (PACKED[:-1], digest(GOOD)),
        (PACKED[:40], digest(GOOD)), (PACKED, digest(GOOD + b"x")),
        (PACKED, ""), (PACKED, "摘要"),
        (PACKED + b"x", digest(GOOD)), (PACKED * 2, digest(GOOD)),
        (PACKED, hashlib.sha256(GOOD).hexdigest()),
        (gzip.compress(bytes(bill.TABLE_BYTES_MAX + 1)), digest(bytes(bill.TABLE_BYTES_MAX + 1))),
        (PACKED[:-8] + bytes(8), digest(GOOD)),
    ],
    ids=[str(n) for n in range(12)],
)  # fmt: skip
def test_a_bill_that_cannot_be_unpacked(packed: bytes, sha1: str) -> None:
    with pytest.raises(ProviderDown):
        bill.unpacked(packed, sha1=sha1)


@pytest.mark.parametrize(
    "change",
    [
        {"hash_type": "MD5"}, {"hash_type": None}, {"hash_value": "0" * 40}, {"hash_value": ""},
        {"hash_value": None}, {"download_url": ""}, {"download_url": None},
        {"download_url": "http://127.0.0.1:1/账单"}, {"download_url": "ftp://127.0.0.1/x"},
        {"download_url": "https://127.0.0.1/x"}, {"download_url": "http://127.0.0.1:99999/x"},
        {"download_url": "http://127.0.0.1"}, {"download_url": "http://a b/x"},
        {"download_url": "http://user@127.0.0.1/x"}, {"download_url": "/v3/billdownload/file"},
        {"download_url": "{}/v3/elsewhere"}, {"download_url": "http://127.0.0.1/x\r\nHost: y"},
    ],
)  # fmt: skip
def test_a_bill_that_cannot_be_fetched(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, change: Told
) -> None:
    paid(scene)
    assert len(scene.provider.statement(today().date())) == 1
    bill_of = type(scene.fake)._bill
    address = {k: v.format(scene.fake.url) for k, v in change.items() if isinstance(v, str)}

    def changed(fake: Any, told: Told) -> tuple[int, Told]:
        status, answer = bill_of(fake, told)
        return status, {**answer, **change, **address}

    routes = [(m, p, changed if w is bill_of else w) for m, p, w in scene.fake.ROUTES]
    monkeypatch.setattr(scene.fake, "ROUTES", routes)
    with pytest.raises(ProviderDown):
        scene.provider.statement(today().date())


def test_a_bill_is_fetched_as_safely_as_we_ask(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def call(method: str, url: str, **_: Any) -> wire.Reply:
        asked.append((method, url))
        return wire.Reply(200, {}, b"file")

    monkeypatch.setattr(wire, "call", call)
    real = Client(replace(scene.provider.config, api=API))
    address = "https://api.mch.weixin.qq.com/v3/billdownload/file?token=x_-&tartype=gzip"
    assert real.download(address) == b"file"
    with pytest.raises(ProviderDown):
        real.download(address.replace("https:", "http:"))
    assert asked == [("GET", address)]


def test_amounts_are_exact() -> None:
    for text, minor in (("12", 1200), ("12.3", 1230), ("12.34", 1234), ("0.01", 1), ("00.10", 10)):
        assert minor_of(text) == minor
    for text in ("", ".5", "5.", "1.234", "+1", " 1", "1 ", "1_0", "0x1", "1234567890"):
        with pytest.raises(ValueError, match="amount"):
            minor_of(text)


@given(st.integers(0, 10**11 - 1))
def test_amounts_come_back(minor: int) -> None:
    assert minor_of(yuan_of(minor)) == minor
