"""Every way a callback can be forged or damaged ends in BadCallback; so does a config with a hole."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256, SHA512
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from grapevine.kit import clock
from grapevine.trade.payments.port import BadCallback, Outcome, ProviderDown
from grapevine.trade.payments.providers.alipay import signing
from grapevine.trade.payments.providers.alipay.amounts import minor_of, wall_time, yuan_of
from grapevine.trade.payments.providers.alipay.fake import FakeAlipay
from grapevine.trade.payments.providers.alipay.provider import Alipay
from grapevine.trade.tests.alipay_cast import (
    CURVE_KEY,
    OTHER_KEY,
    SHORT_KEY,
    Scene,
    Told,
    opened,
    private_pem,
    public_pem,
    standing,
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alipay") / "keys"


@pytest.fixture(scope="module")
def scene(keys: Path) -> Iterator[Scene]:
    with standing(keys) as one:
        yield one


class Notice:
    """A good callback taken apart, with Alipay's key at hand to sign what it would never say."""

    def __init__(self, body: bytes, *, fake: FakeAlipay) -> None:
        self.body = body
        self.fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        self.key: Any = load_pem_private_key(fake._private_key_pem.encode(), None)

    def plain(self) -> Told:
        return {k: v for k, v in self.fields.items() if k not in ("sign", "sign_type")}

    def without(self, name: str) -> bytes:
        return urlencode({k: v for k, v in self.fields.items() if k != name}).encode()

    def unsigned(self, **changes: str) -> bytes:
        """Changed after it was signed."""
        return urlencode({**self.fields, **changes}).encode()

    def signed(
        self, *, key: Any = None, digest: Any = None, pad: Any = None, message: Any = None,
        drop: Any = "", sign_type: Any = "RSA2", **changes: Any,
    ) -> bytes:  # fmt: skip
        """Changed before it was signed, with a good signature unless told otherwise."""
        told = {k: v for k, v in {**self.plain(), **changes}.items() if k != drop}
        signature = (key or self.key).sign(
            signing.content(told) if message is None else message,
            pad or padding.PKCS1v15(), digest or SHA256(),
        )  # fmt: skip
        sign = base64.b64encode(signature).decode()
        return urlencode({**told, "sign": sign, "sign_type": sign_type}).encode()

    def at(self, **ago: float) -> bytes:
        return self.signed(notify_time=wall_time(clock.now() - timedelta(**ago)))


@pytest.fixture(scope="module")
def notice(scene: Scene) -> Notice:
    provider, fake, mailbox = scene
    fake.decide(opened(provider, mailbox), "pay")
    return Notice(mailbox.next()[1], fake=fake)


def split_in_two(good: Notice) -> bytes:
    """A title that holds a whole second message: signed as one field, sent as many."""
    hidden = "x&total_amount=99999.00&trade_no=T9&trade_status=TRADE_SUCCESS&v="
    fields = dict(parse_qsl(good.signed(subject=hidden, trade_status="WAIT_BUYER_PAY")))
    told = {k.decode(): v.decode() for k, v in fields.items()}
    tail = "&".join(f"{k}={told.pop(k)}" for k in sorted(told) if k > "subject")
    told |= {"subject": "x", "total_amount": "99999.00", "trade_no": "T9"}
    told |= {"trade_status": "TRADE_SUCCESS", "v": f"&{tail}"}
    told |= {"sign": fields[b"sign"].decode(), "sign_type": "RSA2"}
    return urlencode(told).encode()


FORGED: dict[str, Callable[[Notice], bytes]] = {
    **{
        f"without {name}": lambda good, name=name: good.without(name)  # type: ignore[misc]
        for name in (
            "sign", "sign_type", "app_id", "seller_id", "notify_id", "notify_time", "trade_status",
            "out_trade_no", "trade_no", "total_amount", "subject", "fund_bill_list",
        )
    },
    **{
        f"signed without {name}": lambda good, name=name: good.signed(drop=name)  # type: ignore[misc]
        for name in (
            "app_id", "seller_id", "notify_id", "notify_time", "trade_status", "out_trade_no",
            "trade_no", "total_amount",
        )
    },
    **{
        f"signed with {name}={text}": lambda good, name=name, text=text: good.signed(**{name: text})  # type: ignore[misc]
        for name, text in (
            ("app_id", "2021000000000009"), ("app_id", "２０２１"), ("seller_id", "2088000000000009"),
            ("app_id", ""), ("seller_id", ""), ("notify_id", ""), ("out_trade_no", ""),
            ("trade_no", ""), ("trade_status", ""), ("trade_status", "TRADE_PENDING"),
            ("notify_time", ""), ("notify_time", "soon"), ("notify_time", "2026-13-01 00:00:00"),
            ("total_amount", ""), ("total_amount", "12,34"), ("total_amount", "-12.34"),
            ("total_amount", "1e3"), ("total_amount", "12.345"), ("total_amount", "１２.34"),
            ("total_amount", "1234567890.00"), ("total_amount", "NaN"), ("total_amount", "12.34\n"),
            ("passback_params", "x&total_amount=1.00"), ("na me", "x"), ("a=b", "x"),
        )
    },
    "another key": lambda good: good.signed(key=OTHER_KEY),
    "an empty signature": lambda good: good.unsigned(sign=""),
    "a blank signature": lambda good: good.unsigned(sign=" "),
    "a signature not base64": lambda good: good.unsigned(sign="*" + good.fields["sign"][1:]),
    "a signature not ASCII": lambda good: good.unsigned(sign="签名"),
    "a signature cut": lambda good: good.unsigned(sign=good.fields["sign"][:-4]),
    "a signature made longer": lambda good: good.unsigned(sign=good.fields["sign"] + "AAAA"),
    "a signature of zeros": lambda good: good.unsigned(sign=base64.b64encode(bytes(256)).decode()),
    "a signature of another message": lambda good: good.signed(message=b"app_id=1"),
    "a signature of nothing": lambda good: good.signed(message=b""),
    "a signature over sign_type too": lambda good: good.signed(
        message=signing.content({**good.plain(), "sign_type": "RSA2"})
    ),
    "a signature over the unsorted form": lambda good: good.signed(
        message="&".join(f"{k}={v}" for k, v in good.plain().items()).encode()
    ),
    "a signature over the encoded form": lambda good: good.signed(
        message=urlencode(sorted(good.plain().items())).encode()
    ),
    "a SHA-1 signature": lambda good: good.signed(digest=SHA1()),
    "a SHA-1 signature that says so": lambda good: good.signed(digest=SHA1(), sign_type="RSA"),
    "an MD5 signature that says so": lambda good: good.signed(digest=MD5(), sign_type="MD5"),
    "a SHA-512 signature": lambda good: good.signed(digest=SHA512()),
    "a PSS signature": lambda good: good.signed(pad=padding.PSS(padding.MGF1(SHA256()), 32)),
    "algorithm RSA": lambda good: good.unsigned(sign_type="RSA"),
    "algorithm MD5": lambda good: good.unsigned(sign_type="MD5"),
    "algorithm in small letters": lambda good: good.unsigned(sign_type="rsa2"),
    "algorithm none": lambda good: good.unsigned(sign_type=""),
    "algorithm not ASCII": lambda good: good.unsigned(sign_type="ＲＳＡ２"),
    "too old": lambda good: good.at(hours=25, minutes=1),
    "from the future": lambda good: good.at(hours=-25, minutes=-1),
    "the time changed": lambda good: good.unsigned(notify_time=wall_time(clock.now())[:-2] + "61"),
    "one byte changed": lambda good: good.body.replace(b"TRADE_SUCCESS", b"TRADE_SUCCESs"),
    "the amount changed": lambda good: good.unsigned(total_amount="0.01"),
    "the number changed": lambda good: good.unsigned(out_trade_no="P2"),
    "another application": lambda good: good.unsigned(app_id="2021000000000009"),
    "another merchant": lambda good: good.unsigned(seller_id="2088000000000009"),
    "values exchanged": lambda good: good.unsigned(
        out_trade_no=good.fields["trade_no"], trade_no=good.fields["out_trade_no"]
    ),
    "a field more": lambda good: good.body + b"&zzz=1",
    "an empty field more": lambda good: good.body + b"&zzz=",
    "bytes more": lambda good: good.body + b"x",
    "a line more": lambda good: good.body + b"\n",
    "cut short": lambda good: good.body[:-40],
    "a field twice": lambda good: good.body + b"&out_trade_no=P1",
    "a field twice, the first another": lambda good: b"out_trade_no=P2&" + good.body,
    "the signature twice": lambda good: good.body + b"&sign=" + quote(good.fields["sign"]).encode(),
    "the algorithm twice": lambda good: good.body + b"&sign_type=RSA2",
    "a field without a value": lambda good: good.body + b"&zzz",
    "an empty pair": lambda good: good.body.replace(b"&", b"&&", 1),
    "semicolons": lambda good: good.body.replace(b"&", b";"),
    "one field told as two": split_in_two,
    "a hundred fields more": lambda good: good.signed(**{f"f{one}": "1" for one in range(100)}),
    "far too long": lambda good: good.signed(body="x" * 70_000),
    "raw bytes beyond ASCII": lambda good: good.body + "&zzz=茶".encode(),
    "no UTF-8": lambda good: good.body + b"&zzz=%ff",
    "nothing": lambda _: b"",
    "JSON": lambda _: b'{"app_id":"1"}',
    "the answer to the buyer's browser": lambda good: good.signed(
        drop="notify_id", method="alipay.trade.page.pay.return", timestamp=good.fields["notify_time"]
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_callback_is_refused(scene: Scene, notice: Notice, how: str) -> None:
    provider = scene[0]
    assert isinstance(provider.read_callback(headers={}, body=notice.body), Outcome)
    forged = FORGED[how](notice)
    assert forged != notice.body
    with pytest.raises(BadCallback):
        provider.read_callback(headers={}, body=forged)


def test_what_may_vary_may(scene: Scene, notice: Notice) -> None:
    provider = scene[0]
    good = provider.read_callback(headers={}, body=notice.body)
    backwards = urlencode(list(notice.fields.items())[::-1]).encode()
    for same in (
        backwards, notice.signed(), notice.at(hours=24, minutes=55),
        notice.at(hours=-24), notice.signed(trade_status="TRADE_FINISHED", refund_fee="0.00"),
        notice.signed(passback_params="a & b=c", empty=""),
    ):  # fmt: skip
        assert provider.read_callback(headers={"X": "y"}, body=same) == good
    with time_machine.travel(clock.now() + timedelta(hours=24)):
        assert provider.read_callback(headers={}, body=notice.body) == good


def test_news_we_do_not_need(scene: Scene, notice: Notice) -> None:
    for told in (
        {"trade_status": "WAIT_BUYER_PAY"}, {"trade_status": "TRADE_CLOSED", "refund_fee": "0.00"},
        {"out_biz_no": "R1", "refund_fee": "1.00"}, {"gmt_refund": "2026-05-01 09:30:00.000"},
    ):  # fmt: skip
        assert scene[0].read_callback(headers={}, body=notice.signed(**told)) is None


KEYS = ("app_id", "seller_id", "private_key_pem", "alipay_public_key_pem", "api")


@pytest.mark.parametrize("name", KEYS)
def test_a_key_unset_closes_the_door(scene: Scene, notice: Notice, name: str) -> None:
    assert scene[0].ready()
    shut = Alipay(replace(scene[0].config, **{name: ""}))
    assert not shut.ready()
    with pytest.raises(BadCallback):
        shut.read_callback(headers={}, body=notice.body)
    with pytest.raises(ProviderDown):
        shut.query("P1")


@pytest.mark.parametrize(
    "pem",
    ["not a key", "\ud800", public_pem(CURVE_KEY), public_pem(SHORT_KEY), public_pem(OTHER_KEY)],
)
def test_a_public_key_that_does_not_serve(scene: Scene, notice: Notice, pem: str) -> None:
    with pytest.raises(BadCallback):
        Alipay(replace(scene[0].config, alipay_public_key_pem=pem)).read_callback(
            headers={}, body=notice.body
        )


@pytest.mark.parametrize(
    "pem", ["not a key", "\ud800", private_pem(CURVE_KEY), private_pem(SHORT_KEY)]
)
def test_a_private_key_that_does_not_serve(scene: Scene, pem: str) -> None:
    with pytest.raises(ProviderDown):
        Alipay(replace(scene[0].config, private_key_pem=pem)).query("P1")


def test_secrets_are_not_shown(scene: Scene) -> None:
    assert "PRIVATE" not in repr(scene[0].config)


def test_amounts_are_exact() -> None:
    for text, minor in (("12", 1200), ("12.3", 1230), ("12.34", 1234), ("0.01", 1), ("00.10", 10)):
        assert minor_of(text) == minor
    for text in ("", ".5", "5.", "1.234", "+1", " 1", "1 ", "1_0", "0x1", "1234567890"):
        with pytest.raises(ValueError, match="amount"):
            minor_of(text)
    for minor in (1, 10, 99, 100, 123_456_789):
        assert minor_of(yuan_of(minor)) == minor


def test_the_books_are_kept(tmp_path: Path, keys: Path) -> None:
    file = tmp_path / "books.json"
    with standing(keys) as (provider, _, mailbox):
        fake, config = FakeAlipay.paired(file=file)
        fake.start()
        opened(Alipay(config), mailbox)
        fake.decide("P1", "silent")
        fake.stop()
        assert config != provider.config
    again, _ = FakeAlipay.paired(file=file, keys=keys)
    again._server.server_close()
    assert again.charges == fake.charges
