"""What is believed of Alipay's answers and of its daily bill."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grapevine.trade.payments.port import Outcome, ProviderDown, ProviderRefused
from grapevine.trade.payments.providers.alipay import bill, signing
from grapevine.trade.payments.providers.alipay.bill import COLUMNS
from grapevine.trade.payments.providers.alipay.config import API, AlipayConfig
from grapevine.trade.payments.providers.alipay.fake import gbk_zip
from grapevine.trade.payments.providers.alipay.provider import Alipay
from grapevine.trade.tests.alipay_cast import (
    OK,
    SHANGHAI,
    Scene,
    Told,
    dead_address,
    opened,
    paid,
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


# ---- the daily bill -----------------------------------------------------------------------------


def test_the_bill_of_a_day_equals_the_books(scene: Scene) -> None:
    provider, fake, mailbox = scene
    day = datetime.now(SHANGHAI).date()
    assert provider.statement(day) == []
    first = paid(scene)
    second = paid(scene, number="P2", amount_minor=5, title='茶,\u2028"杯"\t两只')
    opened(provider, mailbox, number="P3")
    refund(provider, 400)
    lines = provider.statement(day)
    assert [(one.kind, one.reference, one.payment_number, one.amount_minor) for one in lines] == [
        ("payment", "P1", "P1", 1234),
        ("payment", "P2", "P2", 5),
        ("refund", "R1", "P1", 400),
    ]
    assert [one.transaction_id for one in lines] == [
        first.transaction_id, second.transaction_id, first.transaction_id,
    ]  # fmt: skip
    assert {one.currency for one in lines} == {"CNY"}
    assert [int(one.at.timestamp()) for one in lines] == [
        int(fake.charges["P1"].decided_at),
        int(fake.charges["P2"].decided_at),
        int(fake.refunds["R1"].at),
    ]
    assert provider.statement(day - timedelta(days=1)) == []


def table(*rows: Told, header: str = ",".join(COLUMNS)) -> bytes:
    lines = [",".join(f"{row.get(name, '')}\t" for name in COLUMNS) for row in rows]
    return "\n".join(["#支付宝业务明细查询", header, *lines, "", "#结束"]).encode("gbk")


ROW = {
    "支付宝交易号": "T1", "商户订单号": "P1", "业务类型": "交易", "完成时间": "2026-05-01 09:30:00",
    "订单金额（元）": "12.34",
}  # fmt: skip


def packed(content: bytes, *, name: str = "1_20260501_业务明细.csv") -> bytes:
    return gbk_zip({name: content})


def other_method(content: bytes) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_BZIP2) as full:
        full.writestr("业务明细.csv", content)
    return box.getvalue()


def test_a_bill_bears_foreign_rows_and_commas_in_titles() -> None:
    rows = [{**ROW, "业务类型": "转账"}, {**ROW, "商品名称": "茶,杯"}]
    [line] = bill.lines_of(packed(table(*rows)))
    assert (line.amount_minor, line.at.isoformat()) == (1234, "2026-05-01T09:30:00+08:00")
    assert bill.lines_of(packed(table())) == []


def damaged_zip() -> bytes:
    """A member whose compressed bytes are nonsense."""
    raw = bytearray(packed(bytes(range(256)) * 50))
    raw[60:120] = b"\xff" * 60
    return bytes(raw)


def locked_zip() -> bytes:
    """Both headers of the only member say that it is encrypted."""
    raw = bytearray(packed(table(ROW)))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


@pytest.mark.parametrize(
    "zipped",
    [
        b"", b"not a zip", packed(table(ROW))[:-30], packed(table(ROW), name="别的.csv"),
        gbk_zip({"a业务明细.csv": b"", "b业务明细.csv": b""}),
        gbk_zip({f"{one}业务明细{one or ''}.csv": b"" for one in range(17)}),
        packed(b""), packed(b"#only words"), packed(table(ROW, header="a,b")),
        packed(table({**ROW, "订单金额（元）": "1e3"})), packed(table({**ROW, "完成时间": "yesterday"})),
        packed(table({**ROW, "订单金额（元）": "--1.00"})), packed(table(header=",".join(COLUMNS)) + b"\n1,2"),
        packed(bytes(bill.MEMBER_BYTES_MAX + 1)), other_method(table(ROW)), damaged_zip(), locked_zip(),
    ],
)  # fmt: skip
def test_a_bill_that_cannot_be_read(zipped: bytes) -> None:
    with pytest.raises(ProviderDown):
        bill.lines_of(zipped)


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:1/账单", "ftp://127.0.0.1/x", "{}/none"])
def test_a_bill_that_cannot_be_fetched(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    provider, fake, _ = scene
    told = {**OK, "bill_download_url": address.format(fake.url)}
    monkeypatch.setattr(fake, "_gateway", lambda _: told)
    with pytest.raises(ProviderDown):
        provider.statement(datetime.now(SHANGHAI).date())


def test_a_bill_is_fetched_as_safely_as_we_ask(scene: Scene) -> None:
    real = Alipay(replace(scene[0].config, api=API))
    assert real._bill_address("http://bills.example/a") == "https://bills.example/a"
    assert real._bill_address("https://bills.example/a") == "https://bills.example/a"


# ---- answers that cannot be trusted -------------------------------------------------------------


def test_nobody_there_or_nobody_answering(scene: Scene) -> None:
    provider, fake, mailbox = scene
    opened(provider, mailbox)
    fake.faults.deaf = True
    for one in (provider, Alipay(replace(provider.config, api=dead_address()))):
        asks: list[Callable[[], object]] = [
            partial(one.query, "P1"), partial(one.close, "P1"), partial(refund, one, 1),
            partial(one.query_refund, payment_number="P1", refund_id="R1"),
            partial(one.statement, datetime.now(SHANGHAI).date()),
        ]  # fmt: skip
        for ask in asks:
            with pytest.raises(ProviderDown):
                ask()


TRADE = {
    **OK, "out_trade_no": "P1", "trade_no": "T1", "trade_status": "TRADE_FINISHED",
    "total_amount": "12.3",
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (TRADE, Outcome("P1", "paid", 1230, "CNY", "T1:paid", "T1")),
        ({**TRADE, "total_amount": 12.34}, Outcome("P1", "paid", 1234, "CNY", "T1:paid", "T1")),
        ({**TRADE, "total_amount": 12}, Outcome("P1", "paid", 1200, "CNY", "T1:paid", "T1")),
        ({**TRADE, "total_amount": "12.345"}, ProviderDown),
        ({**TRADE, "total_amount": None}, ProviderDown),
        ({**TRADE, "trade_status": "TRADE_PENDING"}, ProviderDown),
        ({**TRADE, "out_trade_no": "P2"}, ProviderDown),
        ({**TRADE, "out_trade_no": None}, ProviderDown),
        ({**TRADE, "trade_no": ""}, ProviderDown),
        (OK, ProviderDown),
        ({}, ProviderDown),
        ({"code": "20000", "sub_code": "isp.unknow-error"}, ProviderDown),
        ({"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}, ProviderDown),
        ({"code": "10003"}, ProviderDown),
        ({"code": "40006", "sub_code": "isv.insufficient-isv-permissions"}, ProviderRefused),
        ([], ProviderDown),
    ],
)
def test_what_a_query_believes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, answer: Any, expected: Any
) -> None:
    provider, fake, _ = scene
    monkeypatch.setattr(fake, "_gateway", lambda _: answer)
    if isinstance(expected, Outcome):
        assert provider.query("P1") == expected
    else:
        with pytest.raises(expected):
            provider.query("P1")


def read(body: bytes, config: AlipayConfig) -> dict[str, object]:
    pem = config.alipay_public_key_pem
    return signing.read_answer(body, member="a_response", public_key_pem=pem)


def test_an_answer_is_verified_as_it_stands(scene: Scene) -> None:
    _, fake, _ = scene
    config = scene[0].config
    text = '{ "a" : [1, {"b": "}\\"{"}], "c":"https:\\/\\/x", "d":"茶" }'
    for signed in (text, text.replace("\\/", "/")):
        sign = signing.sign(signed.encode(), private_key_pem=fake._private_key_pem)
        good = f' {{ "sign" : "{sign}" ,\n"a_response": {text} , "alipay_cert_sn":"x"}} '
        assert read(good.encode(), config)["c"] == "https://x"
        for bad in (
            good.replace("茶", "酒"), good + "x", good + good, good.replace('"d"', ' "d"'),
            good.replace("a_response", "b_response"), good.replace(sign, sign[:-8]),
            good.replace('"sign"', '"sing"'), good.replace('"alipay_cert_sn"', '"a_response"'),
            good.replace('"alipay_cert_sn"', "1"), good[:-8], good.replace(f'"{sign}"', "1"), "", "[]",
            good.replace('"sign" :', '"sign" '), f'{{"a":{"[" * 100_000}', good + " " * 1_000_000,
        ):  # fmt: skip
            with pytest.raises(ProviderDown):
                read(bad.encode(), config)
    with pytest.raises(ProviderDown):
        read(b'{"a_response":"\xff"}', config)
