"""Well-known carriers as facts: what they are called, what their numbers look like, where a parcel is looked up.

Patterns are what the carriers print today; they grow. So a number that does not fit is a question, never a wall.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from grapevine.kit.text import marked

LOOK_UP = "https://www.kuaidi100.com/chaxun?com={code}&nu={number}"
"""Open to everybody, for all of them."""


@dataclass(frozen=True, slots=True)
class Carrier:
    code: str
    name: str
    aliases: tuple[str, ...]
    pattern: str
    example: str

    def fits(self, number: str) -> bool:
        return bool(re.fullmatch(self.pattern, number))

    def link(self, number: str) -> str:
        return LOOK_UP.format(code=self.code, number=quote(number, safe=""))


CARRIERS: Sequence[Carrier] = (
    Carrier(
        "shunfeng", marked("顺丰速运"), ("顺丰", "顺丰快递", "SF", "SF Express"),
        r"SF\d{12,13}|\d{12}|\d{15}", "SF1234567890123",
    ),
    Carrier(
        "yuantong", marked("圆通速递"), ("圆通", "圆通快递", "YTO", "YTO Express"),
        r"(?:YT|G)\d{13}|YT\d{15}|\d{10}|\d{12}|\d{18}", "YT1234567890123",
    ),
    Carrier(
        "zhongtong", marked("中通快递"), ("中通", "ZTO", "ZTO Express"),
        r"7\d{13}|\d{12}|ZTO\d{12}|78\d{12,14}", "78123456789012",
    ),
    Carrier(
        "shentong", marked("申通快递"), ("申通", "STO", "STO Express"),
        r"77\d{11,13}|\d{12,13}|ST\d{13}|STO\d{10}", "771234567890123",
    ),
    Carrier(
        "yunda", marked("韵达快递"), ("韵达", "韵达速递", "YUNDA", "Yunda Express"),
        r"\d{13}|\d{15}|YD\d{13,15}", "4312345678901",
    ),
    Carrier(
        "jd", marked("京东快递"), ("京东", "京东物流", "JD", "JD Logistics"),
        r"JD[A-Z0-9]{11,18}(?:-\d{1,3}-\d{1,3}-?)?", "JDVA12345678901",
    ),
    Carrier(
        "ems", marked("邮政 EMS"), ("EMS", "邮政EMS", "邮政", "中国邮政"),
        r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}", "EA123456789CN",
    ),
    Carrier(
        "youzhengguonei", marked("邮政快递包裹"), ("邮政包裹", "China Post"),
        r"\d{13}|[A-Z]{2}\d{9}[A-Z]{2}", "9812345678901",
    ),
    Carrier(
        "jtexpress", marked("极兔速递"), ("极兔", "极兔快递", "JT", "J&T Express"),
        r"JT\d{13}", "JT1234567890123",
    ),
    Carrier(
        "debangkuaidi", marked("德邦快递"), ("德邦", "德邦物流", "DPK", "Deppon Express"),
        r"(?:DPK)?\d{10,14}", "DPK123456789012",
    ),
    Carrier(
        "danniao", marked("菜鸟速递"), ("菜鸟", "丹鸟", "丹鸟快递", "Cainiao Express"),
        r"DN\d{12,15}|\d{12,16}", "DN1234567890123",
    ),
    Carrier("dhl", marked("DHL 快递"), ("DHL", "DHL Express"), r"\d{10,11}|JD\d{18}", "1234567890"),
    Carrier("ups", marked("UPS 快递"), ("UPS",), r"1Z[0-9A-Z]{16}", "1Z999AA10123456784"),
    Carrier(
        "fedex", marked("联邦快递"), ("FEDEX", "Federal Express"), r"\d{12}|\d{15}|\d{20}",
        "123456789012",
    ),
)  # fmt: skip
BY_CODE = {one.code: one for one in CARRIERS}
_BY_NAME = {
    word.replace(" ", "").upper(): one
    for one in CARRIERS
    for word in (one.code, one.name, *one.aliases)
}


def carrier_of(name: str) -> Carrier | None:
    """The carrier a person means, by code, name or one of the usual short names."""
    return _BY_NAME.get(name.replace(" ", "").upper())


def name_kept(name: str) -> str:
    """What a parcel keeps of what somebody typed: a code or a name in another language becomes the carrier's own name.

    Shown, it is translated for whoever reads it.
    """
    known = carrier_of(name)
    return known.name if known and name.isascii() else name.strip()


def clean_number(text: str) -> str:
    """A number as it is printed: capital letters, no spaces, no quote that a spreadsheet put before it."""
    return "".join(text.split()).lstrip("'").upper()
