"""Alipay's other side: its gateway, cashier, notices and daily bill, with keys of its own."""

import base64
import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from grapevine.kit import clock
from grapevine.trade.payments.fakes.server import Answer, Asked, Back, Charge, Fake, Message
from grapevine.trade.payments.providers.alipay import signing
from grapevine.trade.payments.providers.alipay.amounts import (
    SHANGHAI,
    minor_of,
    moment_of,
    wall_time,
    yuan_of,
)
from grapevine.trade.payments.providers.alipay.bill import COLUMNS
from grapevine.trade.payments.providers.alipay.config import AlipayConfig

APP_ID = "2021000000000001"
SELLER_ID = "2088000000000001"
BUYER_ID = "2088000000000002"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
BILL_PATH = "/downloadBillFile.resource/"
PAGES = {"alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY", "alipay.trade.wap.pay": "QUICK_WAP_WAY"}
Told = dict[str, str]
OK = {"code": "10000", "msg": "Success"}


class FakeAlipay(Fake):
    name = "alipay"
    title = "支付宝 · Alipay"

    def __init__(
        self, *, private_key_pem: str, app_public_key_pem: str, port: int = 0,
        file: Path | None = None,
    ) -> None:  # fmt: skip
        super().__init__(port=port, file=file)
        self._private_key_pem = private_key_pem
        self._app_public_key_pem = app_public_key_pem

    @classmethod
    def paired(
        cls, *, port: int = 0, file: Path | None = None, keys: Path | None = None
    ) -> tuple["FakeAlipay", AlipayConfig]:
        """The fake and the config that fits it. Keys are kept in the folder `keys`, or made afresh."""
        app_private = _key(keys / "alipay-app.pem" if keys else None)
        own_private = _key(keys / "alipay-own.pem" if keys else None)
        fake = cls(
            private_key_pem=own_private, app_public_key_pem=_public(app_private),
            port=port, file=file,
        )  # fmt: skip
        config = AlipayConfig(
            app_id=APP_ID, seller_id=SELLER_ID, private_key_pem=app_private,
            alipay_public_key_pem=_public(own_private), api=f"{fake.url}/gateway.do",
        )  # fmt: skip
        return fake, config

    def handle(self, asked: Asked) -> Answer:
        if asked.method == "GET" and asked.path.startswith(BILL_PATH):
            return self._bill_file(asked.path.removeprefix(BILL_PATH))
        if asked.path != "/gateway.do":
            return Answer(404, b"not found")
        if asked.method == "GET":
            return self._cashier(asked.query)
        fields = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        told = self._gateway(fields)
        member = f"{fields.get('method', 'error').replace('.', '_')}_response"
        # Alipay writes slashes escaped, and signs the text as it stands.
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
        signature = signing.sign(text.encode(), private_key_pem=self._private_key_pem)
        body = f'{{"{member}":{text},"sign":"{signature}"}}'
        return Answer(200, body.encode(), {"Content-Type": "text/html;charset=utf-8"})

    def decide(self, number: str, outcome: str) -> bool:
        with self.lock:
            self._expire(self.charges[number])
        return super().decide(number, outcome)

    def payment_message(self, charge: Charge) -> Message | None:
        return self._message(charge, {})

    def refund_message(self, back: Back) -> Message | None:
        """Alipay sends a refund's notice to where the payment's went."""
        back_sum = yuan_of(self.refunded_minor(back.number))
        told = {"gmt_refund": f"{_wall(back.at)}.000", "out_biz_no": back.refund_id}
        return self._message(self.charges[back.number], {**told, "refund_fee": back_sum})

    def forged(self, message: Message) -> Message:
        fields = dict(parse_qsl(message.body.decode(), keep_blank_values=True))
        fields["sign"] = base64.b64encode(bytes(256)).decode()
        return Message(message.url, message.headers, urlencode(fields).encode())

    def _message(self, charge: Charge, more: Mapping[str, str]) -> Message | None:
        if not charge.notify_url:
            return None
        total = yuan_of(charge.amount_minor)
        fields = {
            "gmt_create": charge.extra["created"], "charset": "utf-8",
            "notify_time": wall_time(clock.now()), "subject": charge.title, "buyer_id": BUYER_ID,
            "version": "1.0", "notify_id": base64.b16encode(charge.number.encode()).decode(),
            "notify_type": "trade_status_sync", "out_trade_no": charge.number,
            "total_amount": total, "trade_status": self._status(charge),
            "trade_no": charge.transaction_id, "auth_app_id": APP_ID, "app_id": APP_ID,
            "seller_id": SELLER_ID, **more,
        }  # fmt: skip
        if charge.state == "paid":
            fields |= {
                "gmt_payment": _wall(charge.decided_at), "receipt_amount": total,
                "invoice_amount": total, "buyer_pay_amount": total, "point_amount": "0.00",
                "fund_bill_list": f'[{{"amount":"{total}","fundChannel":"ALIPAYACCOUNT"}}]',
            }  # fmt: skip
        signature = signing.sign(signing.content(fields), private_key_pem=self._private_key_pem)
        body = urlencode({**fields, "sign": signature, "sign_type": "RSA2"}).encode()
        return Message(charge.notify_url, FORM, body)

    def _authentic(self, fields: Mapping[str, str]) -> bool:
        """Whether the shop's request is its own: its application, RSA2, and a signature that fits."""
        plain = {name: text for name, text in fields.items() if name != "sign"}
        return (
            fields.get("app_id") == APP_ID
            and fields.get("sign_type") == "RSA2"
            and fields.get("charset") == "utf-8"
            and signing.fits(
                signing.content(plain), signature=fields.get("sign", ""),
                public_key_pem=self._app_public_key_pem,
            )
        )  # fmt: skip

    def _cashier(self, fields: Mapping[str, str]) -> Answer:
        """The buyer opens a signed address: the charge begins here."""
        if not self._authentic(fields):
            return Answer(400, b"isv.invalid-signature")
        biz = json.loads(fields["biz_content"])
        number, amount_minor = biz["out_trade_no"], minor_of(biz["total_amount"])
        if PAGES.get(fields["method"]) != biz["product_code"]:
            return Answer(400, b"ACQ.INVALID_PARAMETER")
        with self.lock:
            charge = self.charges.get(number)
            if charge is None:
                charge = Charge(
                    number, amount_minor, "CNY", fields.get("notify_url", ""),
                    fields.get("return_url", ""), biz["subject"],
                    extra={"created": wall_time(clock.now()), "expires": biz["time_expire"]},
                )  # fmt: skip
            if charge.amount_minor != amount_minor:
                return Answer(400, b"ACQ.CONTEXT_INCONSISTENT")
            self.charges[number] = charge
            self._expire(charge)
            self.save()
        return Answer(302, b"", {"Location": f"{self.url}/cashier/{number}"})

    def _gateway(self, fields: Mapping[str, str]) -> Told:
        if not self._authentic(fields):
            return _refused("isv.invalid-signature", code="40002")
        work = self.METHODS.get(fields.get("method", ""))
        if work is None:
            return _refused("isv.invalid-method", code="40002")
        with self.lock:
            return work(self, json.loads(fields["biz_content"]))

    def _query(self, biz: Told) -> Told:
        charge = self.charges.get(biz["out_trade_no"])
        if charge is None:
            return _refused("ACQ.TRADE_NOT_EXIST")
        self._expire(charge)
        told = {
            **OK, "buyer_logon_id": "buy***@example.com", "out_trade_no": charge.number,
            "total_amount": yuan_of(charge.amount_minor), "trade_no": charge.transaction_id,
            "trade_status": self._status(charge),
        }  # fmt: skip
        return told | (
            {"send_pay_date": _wall(charge.decided_at)} if charge.state == "paid" else {}
        )

    def _close(self, biz: Told) -> Told:
        charge = self.charges.get(biz["out_trade_no"])
        if charge is None:
            return _refused("ACQ.TRADE_NOT_EXIST")
        if charge.state != "open":
            return _refused("ACQ.TRADE_STATUS_ERROR")
        charge.state, charge.decided_at = "closed", time.time()
        self.save()
        return {**OK, "out_trade_no": charge.number, "trade_no": charge.transaction_id}

    def _refund(self, biz: Told) -> Told:
        charge = self.charges.get(biz["out_trade_no"])
        if charge is None:
            return _refused("ACQ.TRADE_NOT_EXIST")
        if charge.state != "paid":
            return _refused("ACQ.TRADE_STATUS_ERROR")
        amount_minor, refund_id = minor_of(biz["refund_amount"]), biz["out_request_no"]
        known = self.refunds.get(refund_id)
        if known and (known.number, known.amount_minor) != (charge.number, amount_minor):
            return _refused("ACQ.DISCORDANT_REPEAT_REQUEST")
        if not known and self.refunded_minor(charge.number) + amount_minor > charge.amount_minor:
            return _refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        if not known:
            back = Back(refund_id, charge.number, amount_minor, charge.notify_url)
            self.refunds[refund_id] = back
            self.save()
            self.tell(self.refund_message(back))
        return {
            **OK, "out_trade_no": charge.number, "trade_no": charge.transaction_id,
            "fund_change": "N" if known else "Y",
            "refund_fee": yuan_of(self.refunded_minor(charge.number)),
        }  # fmt: skip

    def _query_refund(self, biz: Told) -> Told:
        if biz["out_trade_no"] not in self.charges:
            return _refused("ACQ.TRADE_NOT_EXIST")
        back = self.refunds.get(biz["out_request_no"])
        if back is None or back.number != biz["out_trade_no"]:
            return dict(OK)
        charge = self.charges[back.number]
        return {
            **OK, "out_trade_no": charge.number, "trade_no": charge.transaction_id,
            "out_request_no": back.refund_id, "total_amount": yuan_of(charge.amount_minor),
            "refund_amount": yuan_of(back.amount_minor), "refund_status": "REFUND_SUCCESS",
        }  # fmt: skip

    def _bill(self, biz: Told) -> Told:
        if not self._rows(date.fromisoformat(biz["bill_date"])):
            return _refused("isp.bill_not_exist")
        return {**OK, "bill_download_url": f"{self.url}{BILL_PATH}{biz['bill_date']}"}

    METHODS: ClassVar[dict[str, Callable[["FakeAlipay", Told], Told]]] = {
        "alipay.trade.query": _query,
        "alipay.trade.close": _close,
        "alipay.trade.refund": _refund,
        "alipay.trade.fastpay.refund.query": _query_refund,
        "alipay.data.dataservice.bill.downloadurl.query": _bill,
    }

    def _expire(self, charge: Charge) -> None:
        if charge.state == "open" and clock.now() > moment_of(charge.extra["expires"]):
            charge.state, charge.decided_at = "closed", time.time()
            self.save()

    def _status(self, charge: Charge) -> str:
        """A charge given up, run out or wholly sent back is closed; Alipay has no failed ones."""
        if charge.state == "open":
            return "WAIT_BUYER_PAY"
        whole = self.refunded_minor(charge.number) == charge.amount_minor
        return "TRADE_SUCCESS" if charge.state == "paid" and not whole else "TRADE_CLOSED"

    def _rows(self, day: date) -> list[Told]:
        taken = [
            self._row(charge, amount=yuan_of(charge.amount_minor))
            for charge in self.charges.values()
            if charge.state == "paid" and _moment(charge.decided_at).date() == day
        ]
        returned = [
            self._row(self.charges[back.number], amount=f"-{yuan_of(back.amount_minor)}")
            | {"业务类型": "退款", "完成时间": _wall(back.at), "退款批次号/请求号": back.refund_id}
            for back in self.refunds.values()
            if back.state == "done" and _moment(back.at).date() == day
        ]
        return taken + returned

    def _row(self, charge: Charge, *, amount: str) -> Told:
        return {
            "支付宝交易号": charge.transaction_id, "商户订单号": charge.number, "业务类型": "交易",
            "商品名称": charge.title, "创建时间": charge.extra["created"],
            "完成时间": _wall(charge.decided_at), "对方账户": "*买家(buy***@example.com)",
            "订单金额（元）": amount, "商家实收（元）": amount, "服务费（元）": "0.00",
            "分润（元）": "0.00",
        }  # fmt: skip

    def _bill_file(self, day: str) -> Answer:
        with self.lock:
            rows = self._rows(date.fromisoformat(day))
        lines = [
            "#支付宝业务明细查询", f"#账号：[{SELLER_ID}0156]",
            "#-----------------------------------------业务明细列表----------------------------------",
            ",".join(COLUMNS),
            *(",".join(f"{row.get(name, '')}\t" for name in COLUMNS) for row in rows),
            "#-----------------------------------------业务明细列表结束------------------------------",
            f"#交易合计：{len(rows)}笔",
        ]  # fmt: skip
        stem = f"{SELLER_ID}0156_{day.replace('-', '')}_业务明细"
        table = "\r\n".join(lines).encode("gbk", "replace")
        files = {f"{stem}.csv": table, f"{stem}(汇总).csv": "#支付宝业务汇总查询".encode("gbk")}
        return Answer(200, gbk_zip(files), {"Content-Type": "application/zip"})


def gbk_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip whose names are GBK bytes, as Alipay's are; the library itself can only write UTF-8 names."""
    box, names = io.BytesIO(), {}
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as packed:
        for place, (name, content) in enumerate(files.items()):
            stand_in = f"~{place}~".ljust(len(name.encode("gbk")), "~")
            names[stand_in.encode()] = name.encode("gbk")
            packed.writestr(stand_in, content)
    raw = box.getvalue()
    for stand_in_bytes, real in names.items():
        raw = raw.replace(stand_in_bytes, real)
    return raw


def _refused(sub_code: str, *, code: str = "40004") -> Told:
    return {"code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": "请求未被接受"}


def _moment(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, SHANGHAI)


def _wall(stamp: float) -> str:
    return wall_time(_moment(stamp))


def _key(file: Path | None) -> str:
    """A private key in PEM, from its file if there is one; made, and kept there, if not."""
    if file is not None and file.exists():
        return file.read_text()
    key = generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(pem)
    return pem


def _public(private_key_pem: str) -> str:
    key = load_pem_private_key(private_key_pem.encode(), password=None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
