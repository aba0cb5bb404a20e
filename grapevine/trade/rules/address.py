"""Reading an address a person pasted, and checking one they typed."""

import re

import phonenumbers

from grapevine.kit.text import marked
from grapevine.trade.contracts import AddressView, BadAddress

MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
PROVINCES = (
    "北京市", "天津市", "上海市", "重庆市", "河北省", "山西省", "辽宁省", "吉林省", "黑龙江省",
    "江苏省", "浙江省", "安徽省", "福建省", "江西省", "山东省", "河南省", "湖北省", "湖南省",
    "广东省", "海南省", "四川省", "贵州省", "云南省", "陕西省", "甘肃省", "青海省", "台湾省",
    "内蒙古自治区", "广西壮族自治区", "西藏自治区", "宁夏回族自治区", "新疆维吾尔自治区",
    "香港特别行政区", "澳门特别行政区",
)  # fmt: skip
PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1\d{2}[- ]?\d{4}[- ]?\d{4})(?!\d)")
CITY = re.compile(r"^(.{1,10}?(?:市|自治州|地区|盟))")
DISTRICT = re.compile(r"^(.{1,10}?(?:自治县|新区|区|县|市|旗))")
NAME = re.compile(r"^[\u4e00-\u9fff·]{2,6}$|^[A-Za-z .'-]{2,30}$")
PASTE_MAX = 300


def parse(text: str) -> AddressView:
    """Best reading of "张三 13800138000 广东省深圳市南山区科技路 1 号", in any order; gaps stay ""."""
    rest = text[:PASTE_MAX]
    phone = ""
    found = PHONE.search(rest)
    if found:
        phone = re.sub(r"\D", "", found.group(1))
        rest = rest[: found.start()] + " " + rest[found.end() :]
    rest = re.sub(r"(收货人|收件人|姓名|手机号?码?|电话|地址|所在地区|详细地址)\s*[:：]", " ", rest)
    words = [word for word in re.split(r"[\s,，;；、]+", rest) if word]
    name = next((word for word in words if NAME.match(word) and not _place(word)), "")
    if name:
        words.remove(name)
    province, city, district, detail = split_place("".join(words))
    return AddressView(name, phone, province, city, district, detail)


def _place(word: str) -> bool:
    return any(word.startswith(name[:2]) for name in PROVINCES) or word[-1] in "省市区县镇村路号"


def split_place(text: str) -> tuple[str, str, str, str]:
    """Province, city, district and the rest of one run of text."""
    province, rest = "", text
    for full in PROVINCES:
        short = re.sub(r"(省|市|特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区)$", "", full)
        if text.startswith(short):
            province = full
            rest = text[len(full) :] if text.startswith(full) else text[len(short) :]
            break
    if province[:2] in MUNICIPALITIES:
        city = province
        rest = rest.removeprefix(province)
    else:
        match = CITY.match(rest)
        city = match.group(1) if match else ""
        rest = rest[len(city) :]
    match = DISTRICT.match(rest)
    district = match.group(1) if match else ""
    return province, city, district, rest[len(district) :].strip()


def check(address: AddressView) -> AddressView:
    """The address with its parts trimmed, or BadAddress naming the fields to mend."""
    wrong: dict[str, str] = {}
    clean = AddressView(
        name=address.name.strip(),
        phone=re.sub(r"[\s-]", "", address.phone),
        province=address.province.strip(),
        city=address.city.strip(),
        district=address.district.strip(),
        detail=address.detail.strip(),
        id=address.id,
    )
    if not 1 <= len(clean.name) <= 30:
        wrong["name"] = marked("写上收货人")
    if not _is_phone(clean.phone):
        wrong["phone"] = marked("手机号不对，请检查一下")
    if clean.province not in PROVINCES:
        wrong["province"] = marked("选一个省份")
    if not 1 <= len(clean.city) <= 20:
        wrong["city"] = marked("写上城市")
    if len(clean.district) > 20:
        wrong["district"] = marked("太长了，精简一点")
    if not 2 <= len(clean.detail) <= 120:
        wrong["detail"] = marked("写上街道和门牌号")
    if wrong:
        raise BadAddress(fields=wrong)
    return clean


def _is_phone(text: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, "CN"))
    except phonenumbers.NumberParseException:
        return False
