"""Kuaidi100 (快递100): one account that follows parcels of every carrier and tells us of each scan.

https://api.kuaidi100.com/document/5f0ffb5ebc8da837cbd8aefc
"""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from grapevine.trade.carriers.kuaidi100.config import Config
from grapevine.trade.carriers.kuaidi100.reading import Unreadable, heard
from grapevine.trade.carriers.kuaidi100.signing import opened, sign
from grapevine.trade.carriers.port import Heard, Receipt
from grapevine.trade.parcels import BadPush
from grapevine.trade.payments import wire
from grapevine.trade.payments.port import ProviderDown, ProviderRefused
from grapevine.trade.rules.carriers import BY_CODE

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DONE = ("200", "501")
"""Taken, or taken before."""


class Kuaidi100:
    name = "kuaidi100"

    def __init__(self, config: Config) -> None:
        self.config = config

    def ready(self) -> bool:
        return self.config.complete

    def knows(self, carrier_code: str) -> bool:
        return carrier_code in BY_CODE

    def subscribe(
        self, *, carrier_code: str, tracking: str, phone_end: str, callback_url: str
    ) -> None:
        parameters = {"callbackurl": callback_url, "salt": self.config.salt, "resultv2": "4"}
        if phone_end:
            parameters["phone"] = phone_end
        param = json.dumps(
            {
                "company": carrier_code, "number": tracking, "key": self.config.key,
                "parameters": parameters,
            },
            ensure_ascii=False,
        )  # fmt: skip
        told = self._asked("/poll", {"schema": "json", "param": param})
        code = str(told.get("returnCode"))
        if code == "500":
            raise ProviderDown("kuaidi100: 500")
        if code not in DONE:
            raise ProviderRefused(f"kuaidi100: {code}")

    def query(self, *, carrier_code: str, tracking: str, phone_end: str) -> Heard:
        wanted = {"com": carrier_code, "num": tracking, "phone": phone_end, "resultv2": "4"}
        param = json.dumps(wanted)
        signed = sign(param, self.config.key, self.config.customer)
        told = self._asked(
            "/poll/query.do", {"customer": self.config.customer, "sign": signed, "param": param}
        )
        if "data" not in told:
            raise ProviderRefused(f"kuaidi100: {told.get('returnCode')}")
        try:
            return heard(json.dumps(told))
        except Unreadable:
            raise ProviderDown("kuaidi100: unreadable") from None

    def _asked(self, path: str, form: Mapping[str, str]) -> dict[str, object]:
        reply = wire.call(
            "POST", f"{self.config.api}{path}", headers=FORM, body=urlencode(form).encode()
        )
        if reply.status != 200:
            raise ProviderDown(f"kuaidi100: {reply.status}")
        try:
            told = json.loads(reply.body)
        except (ValueError, RecursionError):
            raise ProviderDown("kuaidi100: unreadable") from None
        if not isinstance(told, dict):
            raise ProviderDown("kuaidi100: unreadable")
        return told

    def read_push(self, *, headers: Mapping[str, str], body: bytes) -> Heard:  # noqa: ARG002  signed in the body
        if not self.ready():
            raise BadPush("keys")
        try:
            return heard(opened(body, salt=self.config.salt))
        except Unreadable:
            raise BadPush("shape") from None

    def receipt(self, *, accepted: bool) -> Receipt:
        told = {
            "result": accepted, "returnCode": "200" if accepted else "500",
            "message": "ok" if accepted else "refused",
        }  # fmt: skip
        return Receipt(200 if accepted else 400, json.dumps(told).encode())
