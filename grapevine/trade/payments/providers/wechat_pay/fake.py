"""WeChat Pay's other side: orders, refunds, certificates, bills and notices, with keys of its own.

A try to pay that fails is told to nobody, only shown to those who ask; the buyer may try again.
"""

import base64
import gzip
import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlencode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.trade.payments.fakes.server import Answer, Asked, Back, Charge, Fake, Message
from grapevine.trade.payments.providers.wechat_pay import issuing, signing
from grapevine.trade.payments.providers.wechat_pay.bill import COLUMNS, MOMENT, SHANGHAI, yuan_of
from grapevine.trade.payments.providers.wechat_pay.config import WechatPayConfig

APP_ID = "wx8888888888888888"
MCH_ID = "1900000109"
MERCHANT_SERIAL = "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000001092025010100000000001001"
APP_SECRET = "7f1e0d5cfa5b4bb2a6e1b3a2f0d9c8e7"  # noqa: S105  the fake's
ASK_PATH, TOLD_PATH = "/connect/oauth2/authorize", "/sns/oauth2/access_token"
H5_PATH = "/cgi-bin/mmpayweb-bin/checkmweb"
BILL_PATH = "/v3/billdownload/file"
TRADE_TYPES = {"jsapi": "JSAPI", "native": "NATIVE", "h5": "MWEB"}
STATES = {"open": "NOTPAY", "closed": "CLOSED", "failed": "PAYERROR"}
REFUND_STATES = {"pending": "PROCESSING", "done": "SUCCESS", "failed": "ABNORMAL"}
OPENID = re.compile(r"[0-9A-Za-z_-]{1,128}")
STATE = re.compile(r"[0-9A-Za-z]{1,128}")
NUMBER = re.compile(r"[0-9A-Za-z_|*@-]{6,32}")
REFUND_ID = re.compile(r"[0-9A-Za-z_|*@-]{1,64}")
FIELD = re.compile(r'([a-z_]+)="([^"]*)"')
JSON = {"Content-Type": "application/json; charset=utf-8"}

Told = dict[str, Any]


class Refusal(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.told = {"code": code, "message": "请求未被接受"}


@dataclass(frozen=True, slots=True)
class Keys:
    merchant_pem: str
    """The merchant's: only its public half is used here."""
    own_pem: str
    """Behind the public key that the merchant has."""
    platform_pem: str
    """Behind the certificate that the merchant may fetch."""
    api_v3: str


class FakeWechatPay(Fake):
    """`charges` are orders, by our number. Answers are signed by the key that the request names."""

    name = "wechat"
    title = "微信支付 · WeChat Pay"

    def __init__(
        self, *, keys: Keys, port: int = 0, file: Path | None = None, by_certificate: bool = False,
        links: bool = False,
    ) -> None:  # fmt: skip
        self.keys = keys
        self.by_certificate = by_certificate
        """Notices are signed by a certificate's key, as for merchants without the public key."""
        self.links = links
        """A code to scan leads to the cashier's page, for those without a fake WeChat in their pocket."""
        self.slow_refunds = False
        """Refunds stay pending until `settle`."""
        self.openid = f"o{new_id()}{new_id()}"
        """Of the one person who has this WeChat."""
        self.codes: set[str] = set()
        """Those given and not yet used."""
        self.probes_answers = False
        """Answers carry a deliberately wrong signature."""
        self.signer = issuing.certificate(keys.platform_pem)
        """Its key signs where the public key's does not."""
        self.certificates = [self.signer]
        """Those that can be fetched."""
        super().__init__(port=port, file=file)

    @classmethod
    def paired(
        cls, *, port: int = 0, file: Path | None = None, keys: Path | None = None,
        by_certificate: bool = False, links: bool = False,
    ) -> "tuple[FakeWechatPay, WechatPayConfig]":  # fmt: skip
        """The fake and the config that fits it. Keys are kept in the folder `keys`, or made afresh."""

        def pem(name: str) -> str:
            return issuing.private_key(keys / f"wechat-{name}.pem" if keys else None)

        api_v3 = issuing.secret(keys / "wechat-apiv3.key" if keys else None)
        pairs = Keys(pem("merchant"), pem("own"), pem("platform"), api_v3)
        fake = cls(keys=pairs, port=port, file=file, by_certificate=by_certificate, links=links)
        public = {
            "public_key_id": PUBLIC_KEY_ID,
            "public_key_pem": issuing.public_key(pairs.own_pem),
        }
        config = WechatPayConfig(
            app_id=APP_ID, mch_id=MCH_ID, merchant_serial=MERCHANT_SERIAL,
            private_key_pem=pairs.merchant_pem, api_v3_key=api_v3, api=fake.url,
            app_secret=APP_SECRET, open_pages=fake.url, open_api=fake.url,
            **({} if by_certificate else public),
        )  # fmt: skip
        return fake, config

    def rotate(self) -> None:
        """A new certificate beside the others, which signs from now on."""
        self.signer = issuing.certificate(issuing.private_key(None))
        self.certificates.append(self.signer)

    def handle(self, asked: Asked) -> Answer:
        if asked.path == H5_PATH:
            with self.lock:
                return self._h5(asked.query)
        if asked.path in (ASK_PATH, TOLD_PATH):
            with self.lock:
                return (self._ask if asked.path == ASK_PATH else self._tell_who)(asked.query)
        if not self._authentic(asked):
            told = {"code": "SIGN_ERROR", "message": "错误的签名，验签失败"}
            return Answer(401, json.dumps(told).encode(), JSON)
        try:
            with self.lock:
                if asked.path == BILL_PATH:
                    return Answer(200, self._bill_file(asked.query["token"]))
                status, told = self._answer(asked)
        except Refusal as refusal:
            status, told = refusal.status, refusal.told
        body = b"" if status == 204 else json.dumps(told, ensure_ascii=False).encode()
        named = asked.headers.get("wechatpay-serial") == PUBLIC_KEY_ID
        headers = self._signed(body, by_certificate=not named)
        if self.probes_answers:
            headers["Wechatpay-Signature"] = _probe()
        return Answer(status, body, JSON | headers)

    def _authentic(self, asked: Asked) -> bool:
        """Whether it is the merchant's own request, signed as it stands and now."""
        kind, _, rest = asked.headers.get("authorization", "").partition(" ")
        given = dict(FIELD.findall(rest))
        who = (kind, given.get("mchid"), given.get("serial_no"), len(given))
        if who != (signing.ALGORITHM, MCH_ID, MERCHANT_SERIAL, 5):
            return False
        stamp, nonce = given.get("timestamp", ""), given.get("nonce_str", "")
        if not stamp.isdigit() or abs(clock.now().timestamp() - int(stamp)) > 300:
            return False
        message = signing.content(asked.method, asked.target, stamp, nonce) + asked.body + b"\n"
        return issuing.fits(
            message, signature=given.get("signature", ""), private_key_pem=self.keys.merchant_pem
        )

    def _signed(self, body: bytes, *, by_certificate: bool) -> dict[str, str]:
        """The headers that go with what WeChat Pay says now."""
        serial, pem = PUBLIC_KEY_ID, self.keys.own_pem
        if by_certificate:
            serial, pem = self.signer.serial, self.signer.private_pem
        stamp, nonce = signing.now_stamp(), secrets.token_hex(16)
        message = signing.content(stamp, nonce) + body + b"\n"
        return {
            "Wechatpay-Nonce": nonce, "Wechatpay-Serial": serial, "Wechatpay-Timestamp": stamp,
            "Wechatpay-Signature": signing.sign(message, private_key_pem=pem),
            "Wechatpay-Signature-Type": signing.ALGORITHM,
        }  # fmt: skip

    def _sealed(self, plain: bytes, *, beside: str) -> Told:
        nonce = secrets.token_hex(6)
        box = AESGCM(self.keys.api_v3.encode()).encrypt(nonce.encode(), plain, beside.encode())
        return {
            "algorithm": signing.SEAL_ALGORITHM, "associated_data": beside, "nonce": nonce,
            "ciphertext": base64.b64encode(box).decode(),
        }  # fmt: skip

    def _answer(self, asked: Asked) -> tuple[int, Told]:
        for method, pattern, work in self.ROUTES:
            found = re.fullmatch(pattern, asked.path)
            if found and method == asked.method:
                told = json.loads(asked.body) if asked.body else {**asked.query}
                return work(self, told, *map(unquote, found.groups()))
        raise Refusal(404, "RESOURCE_NOT_EXISTS")

    def _order(self, told: Told, way: str) -> tuple[int, Told]:
        number, amount = told["out_trade_no"], told["amount"]
        right = (
            (told["appid"], told["mchid"], amount["currency"]) == (APP_ID, MCH_ID, "CNY")
            and NUMBER.fullmatch(number)
            and isinstance(amount["total"], int)
            and amount["total"] > 0
            and 0 < len(told["description"].encode()) <= 127
            and (way != "jsapi" or OPENID.fullmatch(told["payer"]["openid"]))
            and (way != "h5" or told["scene_info"]["h5_info"]["type"] == "Wap")
            and told["scene_info"]["payer_client_ip"]
        )
        if not right:
            raise Refusal(400, "PARAM_ERROR")
        charge = self.charges.get(number) or Charge(
            number, amount["total"], "CNY", told["notify_url"], "", told["description"],
            extra={"way": way, "openid": told.get("payer", {}).get("openid", f"o{new_id()}")},
        )  # fmt: skip
        if (charge.amount_minor, charge.extra["way"]) != (amount["total"], way):
            raise Refusal(400, "INVALID_REQUEST")
        charge.extra["expires"] = told["time_expire"]
        self._expire(charge)
        if charge.state in ("paid", "closed"):
            raise Refusal(400, "ORDERPAID" if charge.state == "paid" else "ORDER_CLOSED")
        charge.state = "open"
        self.charges[number] = charge
        self.save()
        return 200, self._start(charge, way)

    def _start(self, charge: Charge, way: str) -> Told:
        prepay_id = f"wx{charge.transaction_id}"
        cashier = f"{self.url}/cashier/{charge.number}"
        if way == "jsapi":
            return {"prepay_id": prepay_id}
        if way == "h5":
            return {"h5_url": f"{self.url}{H5_PATH}?prepay_id={prepay_id}&package=1037687096"}
        scanned = f"weixin://wxpay/bizpayurl?pr={charge.transaction_id[:11]}"
        return {"code_url": cashier if self.links else scanned}

    def _h5(self, query: Mapping[str, str]) -> Answer:
        """The page between the shop and WeChat: it brings the buyer to the cashier, and back later."""
        prepay_id = query.get("prepay_id", "")
        for charge in self.charges.values():
            if f"wx{charge.transaction_id}" == prepay_id:
                charge.return_url = query.get("redirect_url", "")
                return Answer(302, b"", {"Location": f"{self.url}/cashier/{charge.number}"})
        return Answer(404, b"not found")

    def _ask(self, query: Mapping[str, str]) -> Answer:
        """Silently back to the shop, with a code."""
        wanted = (query.get("appid"), query.get("response_type"), query.get("scope"))
        state = query.get("state", "")
        if wanted != (APP_ID, "code", "snsapi_base") or not STATE.fullmatch(state):
            return Answer(400, b"wrong question")
        code = new_id() + new_id()
        self.codes.add(code)
        back = f"{query['redirect_uri']}?{urlencode({'code': code, 'state': state})}"
        return Answer(302, b"", {"Location": back})

    def _tell_who(self, query: Mapping[str, str]) -> Answer:
        wanted = (query.get("appid"), query.get("secret"), query.get("grant_type"))
        told: Told = {"errcode": 40029, "errmsg": "invalid code"}
        if wanted != (APP_ID, APP_SECRET, "authorization_code"):
            told = {"errcode": 40125, "errmsg": "invalid appsecret"}
        elif query.get("code") in self.codes:
            self.codes.remove(query["code"])
            told = {
                "access_token": new_id(), "expires_in": 7200, "refresh_token": new_id(),
                "openid": self.openid, "scope": "snsapi_base",
            }  # fmt: skip
        return Answer(200, json.dumps(told).encode(), {"Content-Type": "text/plain"})

    def decide(self, number: str, outcome: str) -> bool:
        with self.lock:
            self._expire(self.charges[number])
        return super().decide(number, outcome)

    def _expire(self, charge: Charge) -> None:
        if charge.state == "open" and clock.now() > datetime.fromisoformat(charge.extra["expires"]):
            charge.state, charge.decided_at = "closed", time.time()
            self.save()

    def _known(self, number: str) -> Charge:
        charge = self.charges.get(number)
        if charge is None:
            raise Refusal(404, "ORDER_NOT_EXIST")
        self._expire(charge)
        return charge

    def _query(self, told: Told, number: str) -> tuple[int, Told]:
        if told.get("mchid") != MCH_ID:
            raise Refusal(400, "PARAM_ERROR")
        return 200, self._shape(self._known(number))

    def _shape(self, charge: Charge) -> Told:
        """An order as answers and notices show it; unpaid ones lack most."""
        told = {
            "amount": {"payer_currency": "CNY", "total": charge.amount_minor}, "appid": APP_ID,
            "attach": "", "mchid": MCH_ID, "out_trade_no": charge.number, "promotion_detail": [],
            "trade_state_desc": "",
        }  # fmt: skip
        if charge.state != "paid":
            return told | {"trade_state": STATES[charge.state]}
        amount = {
            "currency": "CNY", "payer_currency": "CNY", "payer_total": charge.amount_minor,
            "total": charge.amount_minor,
        }  # fmt: skip
        return told | {
            "amount": amount, "bank_type": "OTHERS", "payer": {"openid": charge.extra["openid"]},
            "success_time": _moment(charge.decided_at).isoformat(timespec="seconds"),
            "trade_state": "REFUND" if self.refunded_minor(charge.number) else "SUCCESS",
            "trade_type": TRADE_TYPES[charge.extra["way"]],
            "transaction_id": charge.transaction_id,
        }  # fmt: skip

    def _close(self, told: Told, number: str) -> tuple[int, Told]:
        if told.get("mchid") != MCH_ID:
            raise Refusal(400, "PARAM_ERROR")
        charge = self._known(number)
        if charge.state == "paid":
            raise Refusal(400, "ORDERPAID")
        charge.state, charge.decided_at = "closed", time.time()
        self.save()
        return 204, {}

    def _refund(self, told: Told) -> tuple[int, Told]:
        number, refund_id, amount = told["out_trade_no"], told["out_refund_no"], told["amount"]
        charge = self.charges.get(number)
        if charge is None or charge.state != "paid":
            raise Refusal(404, "RESOURCE_NOT_EXISTS")
        sums = (amount["total"], amount["currency"])
        if sums != (charge.amount_minor, "CNY") or not REFUND_ID.fullmatch(refund_id):
            raise Refusal(400, "PARAM_ERROR")
        known = self.refunds.get(refund_id)
        if known is not None and (known.number, known.amount_minor) != (number, amount["refund"]):
            raise Refusal(400, "INVALID_REQUEST")
        if known is None:
            left = charge.amount_minor - self.refunded_minor(number)
            if not 0 < amount["refund"] <= left:
                raise Refusal(400, "INVALID_REQUEST")
            known = Back(
                refund_id, number, amount["refund"], told.get("notify_url", ""),
                state="pending" if self.slow_refunds else "done",
            )  # fmt: skip
            self.refunds[refund_id] = known
            self.save()
            if not self.slow_refunds:
                self.tell(self.refund_message(known))
        return 200, self._refund_shape(known)

    def _query_refund(self, _: Told, refund_id: str) -> tuple[int, Told]:
        if refund_id not in self.refunds:
            raise Refusal(404, "RESOURCE_NOT_EXISTS")
        return 200, self._refund_shape(self.refunds[refund_id])

    def settle(self, refund_id: str, state: str) -> None:
        """The bank has answered a pending refund: done or failed."""
        with self.lock:
            back = self.refunds[refund_id]
            back.state = state
            self.save()
        self.tell(self.refund_message(back))

    def _refund_shape(self, back: Back) -> Told:
        charge = self.charges[back.number]
        return {
            "refund_id": back.transaction_id, "out_refund_no": back.refund_id,
            "transaction_id": charge.transaction_id, "out_trade_no": back.number,
            "channel": "ORIGINAL", "user_received_account": "支付用户零钱",
            "create_time": _moment(back.at).isoformat(timespec="seconds"),
            "status": REFUND_STATES[back.state], "funds_account": "UNSETTLED",
            "amount": {**self._refund_amounts(back), "currency": "CNY", "discount_refund": 0},
        }  # fmt: skip

    def _refund_amounts(self, back: Back) -> Told:
        total = self.charges[back.number].amount_minor
        return {
            "total": total, "refund": back.amount_minor, "payer_total": total,
            "payer_refund": back.amount_minor,
        }  # fmt: skip

    def _certificates(self, _: Told) -> tuple[int, Told]:
        return 200, {
            "data": [
                {
                    "serial_no": one.serial, "effective_time": one.begins, "expire_time": one.ends,
                    "encrypt_certificate": self._sealed(one.pem.encode(), beside="certificate"),
                }
                for one in self.certificates
            ]
        }  # fmt: skip

    def payment_message(self, charge: Charge) -> Message | None:
        if charge.state != "paid" or not charge.notify_url:
            return None
        return self._notice(
            charge.notify_url, "TRANSACTION.SUCCESS", original="transaction",
            told={**self._shape(charge), "trade_state": "SUCCESS"},
        )  # fmt: skip

    def refund_message(self, back: Back) -> Message | None:
        if back.state == "pending" or not back.notify_url:
            return None
        charge, status = self.charges[back.number], REFUND_STATES[back.state]
        told = {
            "mchid": MCH_ID, "transaction_id": charge.transaction_id, "out_trade_no": back.number,
            "refund_id": back.transaction_id, "out_refund_no": back.refund_id,
            "refund_status": status, "user_received_account": "支付用户零钱",
            "amount": self._refund_amounts(back),
        }  # fmt: skip
        return self._notice(back.notify_url, f"REFUND.{status}", original="refund", told=told)

    def _notice(self, url: str, kind: str, *, original: str, told: Told) -> Message:
        plain = json.dumps(told, ensure_ascii=False).encode()
        notice = {
            "id": f"EV-{new_id()}{new_id()}", "event_type": kind, "summary": "通知",
            "create_time": clock.now().astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "resource_type": "encrypt-resource",
            "resource": {"original_type": original, **self._sealed(plain, beside=original)},
        }  # fmt: skip
        body = json.dumps(notice, ensure_ascii=False).encode()
        return Message(url, JSON | self._signed(body, by_certificate=self.by_certificate), body)

    def forged(self, message: Message) -> Message:
        wrong = {"Wechatpay-Signature": base64.b64encode(bytes(256)).decode()}
        return Message(message.url, {**message.headers, **wrong}, message.body)

    def probe(self, number: str) -> int:
        """Send a notice with a deliberately wrong signature, now; how it was answered."""
        message = self.payment_message(self.charges[number])
        assert message is not None, "only what is paid is told"
        headers = {**message.headers, "Wechatpay-Signature": _probe()}
        return self._post(Message(message.url, headers, message.body))

    def _bill(self, told: Told) -> tuple[int, Told]:
        day = told["bill_date"]
        if (told.get("bill_type"), told.get("tar_type")) != ("ALL", "GZIP"):
            raise Refusal(400, "PARAM_ERROR")
        if not self._rows(date.fromisoformat(day)):
            raise Refusal(400, "NO_STATEMENT_EXIST")
        digest = hashlib.sha1(gzip.decompress(self._bill_file(day)), usedforsecurity=False)
        return 200, {
            "download_url": f"{self.url}{BILL_PATH}?token={day}&tartype=gzip",
            "hash_type": "SHA1", "hash_value": digest.hexdigest(),
        }  # fmt: skip

    def _rows(self, day: date) -> list[Told]:
        taken = [
            self._row(charge, at=charge.decided_at)
            | {"交易状态": "SUCCESS", "订单金额": yuan_of(charge.amount_minor)}
            for charge in self.charges.values()
            if charge.state == "paid" and _moment(charge.decided_at).date() == day
        ]
        returned = [
            self._row(self.charges[back.number], at=back.at)
            | {
                "交易状态": "REFUND", "订单金额": "0.00", "微信退款单号": back.transaction_id,
                "商户退款单号": back.refund_id, "退款类型": "ORIGINAL",
                "退款状态": "FAIL" if back.state == "failed" else REFUND_STATES[back.state],
                "退款金额": yuan_of(back.amount_minor), "申请退款金额": yuan_of(back.amount_minor),
            }
            for back in self.refunds.values()
            if _moment(back.at).date() == day
        ]  # fmt: skip
        return taken + returned

    def _row(self, charge: Charge, *, at: float) -> Told:
        return {
            "交易时间": _moment(at).strftime(MOMENT), "公众账号ID": APP_ID, "商户号": MCH_ID,
            "特约商户号": "0", "微信订单号": charge.transaction_id, "商户订单号": charge.number,
            "用户标识": charge.extra["openid"], "交易类型": TRADE_TYPES[charge.extra["way"]],
            "付款银行": "OTHERS", "货币种类": "CNY", "商品名称": charge.title, "费率": "0.60%",
        }  # fmt: skip

    def _bill_file(self, day: str) -> bytes:
        rows = self._rows(date.fromisoformat(day))
        table = [
            ",".join(COLUMNS),
            *(",".join(f"`{row.get(name, '')}" for name in COLUMNS) for row in rows),
            "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额",
            f"`{len(rows)},`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00",
        ]
        return gzip.compress(("\ufeff" + "\r\n".join(table) + "\r\n").encode(), mtime=0)

    ROUTES: ClassVar[list[tuple[str, str, Callable[..., tuple[int, Told]]]]] = [
        ("POST", r"/v3/pay/transactions/(jsapi|native|h5)", _order),
        ("GET", r"/v3/pay/transactions/out-trade-no/([^/]+)", _query),
        ("POST", r"/v3/pay/transactions/out-trade-no/([^/]+)/close", _close),
        ("POST", r"/v3/refund/domestic/refunds", _refund),
        ("GET", r"/v3/refund/domestic/refunds/([^/]+)", _query_refund),
        ("GET", r"/v3/certificates", _certificates),
        ("GET", r"/v3/bill/tradebill", _bill),
    ]


def _probe() -> str:
    return signing.PROBE + base64.b64encode(secrets.token_bytes(240)).decode()


def _moment(stamp: float) -> datetime:
    return datetime.fromtimestamp(stamp, SHANGHAI)
