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
        "shunfeng", marked("顺丰速运"), ("顺丰", "顺丰快递", "SF"),
        r"SF\d{12,13}|\d{12}|\d{15}", "SF1234567890123",
    ),
    Carrier(
        "yuantong", marked("圆通速递"), ("圆通", "圆通快递", "YTO"),
        r"(?:YT|G)\d{13}|YT\d{15}|\d{10}|\d{12}|\d{18}", "YT1234567890123",
    ),
    Carrier(
        "zhongtong", marked("中通快递"), ("中通", "ZTO"),
        r"7\d{13}|\d{12}|ZTO\d{12}|78\d{12,14}", "78123456789012",
    ),
    Carrier(
        "shentong", marked("申通快递"), ("申通", "STO"),
        r"77\d{11,13}|\d{12,13}|ST\d{13}|STO\d{10}", "771234567890123",
    ),
    Carrier(
        "yunda", marked("韵达快递"), ("韵达", "韵达速递", "YUNDA"),
        r"\d{13}|\d{15}|YD\d{13,15}", "4312345678901",
    ),
    Carrier(
        "jd", marked("京东快递"), ("京东", "京东物流", "JD"),
        r"JD[A-Z0-9]{11,18}(?:-\d{1,3}-\d{1,3}-?)?", "JDVA12345678901",
    ),
    Carrier(
        "ems", marked("邮政 EMS"), ("EMS", "邮政EMS", "邮政", "中国邮政"),
        r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}", "EA123456789CN",
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


def clean_number(text: str) -> str:
    """A number as it is printed: capital letters, no spaces, no quote that a spreadsheet put before it."""
    return "".join(text.split()).lstrip("'").upper()
