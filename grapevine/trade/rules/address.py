"""Reading an address a person pasted, and checking one they typed."""

import re
from collections.abc import Sequence
from functools import lru_cache

import phonenumbers

from grapevine.kit.text import marked
from grapevine.trade.contracts import AddressView, BadAddress
from grapevine.trade.rules import regions

PROVINCES = tuple(regions.provinces())
SHORT_NAMES = {
    name: name[: 3 if name.startswith(("内蒙古", "黑龙江")) else 2] for name in PROVINCES
}
PHONES = (
    re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1\d{2}[- ]?\d{4}[- ]?\d{4})(?!\d)"),
    re.compile(r"(?<![\d+])(0\d{2,3}[- ]?\d{7,8})(?!\d)"),
    re.compile(r"(?<!\d)(\+\d{2,3}[- ]?\d{3,4}[- ]?\d{4,5})(?!\d)"),
)
LABELLED_NAME = re.compile(
    r"(?:收货人|收件人|联系人|姓名|Name)(?:姓名)?\s*[:：]\s*([^\s,，;；、:：]{2,20})"
)
LABELS = re.compile(
    r"(?:收货人|收件人|联系人|姓名|手机号码|手机号|手机|联系电话|电话号码|电话|收货地址|收件地址|所在地区|所在区域|"
    r"详细地址|街道地址|地址|地区)\s*[:：]"
)
POSTCODE = re.compile(r"(?:邮政编码|邮编)\s*[:：]?\s*\d{6}")
UNLISTED = re.compile(
    r"^([\u4e00-\u9fff]{1,8}?(?:自治县|高新区|开发区|新区|区|县|市|旗))(?<!小区)(?<!社区)(?<!校区)(?<!园区)"
)
NAME = re.compile(r"^[\u4e00-\u9fff·]{2,6}$|^[A-Za-z .'-]{2,30}$")
NOT_A_NAME = tuple("省市区县镇乡村路街道巷弄号楼室栋幢层单元院苑园座厦场店城寓庭府湾里")
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢"
    "安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝"
)
PASTE_MAX = 300
HERE = "\0"
"""Where the phone number stood: a name is often beside it."""


def parse(text: str) -> AddressView:
    """Best reading of "张三 13800138000 深圳南山区粤海街道科技路 1 号", in any order; gaps stay "".

    Regions may be shortened or left out where the rest says which they are.
    """
    rest = POSTCODE.sub(" ", text[:PASTE_MAX].replace(HERE, " "))
    phone, rest = _phone(rest)
    name = ""
    labelled = LABELLED_NAME.search(rest)
    if labelled:
        name = labelled.group(1)
        rest = rest[: labelled.start()] + " " + rest[labelled.end() :]
    words = [word for word in re.split(r"[\s,，;；、|/]+", LABELS.sub(" ", rest)) if word]
    if not name:
        name, words = _name(words)
    words = [word for word in words if word != HERE]
    at, found = _region(words)
    detail = _joined([found.rest, *words[:at]]) if found.said else _joined(words)
    district = found.district
    unlisted = UNLISTED.match(detail) if not district else None
    if unlisted:
        district = unlisted.group(1)
        detail = detail[len(district) :]
    return AddressView(
        name, phone, found.province, found.city, district, detail.strip(), found.street
    )


def _phone(text: str) -> tuple[str, str]:
    """The number without its signs, and the text with HERE in its place."""
    for pattern in PHONES:
        found = pattern.search(text)
        if found:
            kept = re.sub(r"[^\d+]", "", found.group(1))
            return kept, f"{text[: found.start()]} {HERE} {text[found.end() :]}"
    return "", text


def _name(words: list[str]) -> tuple[str, list[str]]:
    """The word that is most likely a person, and the others."""
    start, found = _region([word for word in words if word != HERE])
    inside = _consumed([word for word in words if word != HERE], start, found)
    best, best_score = -1, 2
    for at, word in enumerate(words):
        if word == HERE or word in inside or not NAME.match(word) or word[-1] in NOT_A_NAME:
            continue
        if regions.locate(word).full:
            continue
        score = 2 * (HERE in words[max(0, at - 1) : at + 2]) + 2 * (word[0] in SURNAMES)
        score += int(len(word) <= 3) + int(at in (0, len(words) - 1)) + 2 * int(word.isascii())
        if score > best_score:
            best, best_score = at, score
    if best >= 0:
        return words[best], words[:best] + words[best + 1 :]
    return _attached(words)


def _consumed(words: list[str], start: int, found: regions.Region) -> set[str]:
    """The words that are nothing but region."""
    left = len("".join(words[start:])) - len(found.rest)
    inside = set()
    for word in words[start:]:
        if not found.said or len(word) > left:
            break
        inside.add(word)
        left -= len(word)
    return inside


def _attached(words: list[str]) -> tuple[str, list[str]]:
    """A name that runs straight into the address: 张三广东省深圳市…"""
    for at, word in enumerate(words):
        for length in (2, 3, 4):
            name, rest = word[:length], word[length:]
            if name[0] in SURNAMES and not regions.locate(word).said:
                found = regions.locate(rest)
                if found.full and found.city:
                    return name, [*words[:at], rest, *words[at + 1 :]]
    return "", words


def _region(words: Sequence[str]) -> tuple[int, regions.Region]:
    """The word the region begins with, and what the text from there says."""
    best_at, best = 0, regions.Region()
    for at in range(len(words)):
        found = regions.locate(_joined(words[at:]))
        if (found.said, found.full) > (best.said, best.full):
            best_at, best = at, found
    return best_at, best


def _joined(words: Sequence[str]) -> str:
    """Words in one run; a space stays between what is not Chinese."""
    text = " ".join(word for word in words if word)
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)


def masked(phone: str) -> str:
    """138****6021: enough for its owner to know it again."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else phone


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
        street=address.street.strip(),
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
    if len(clean.street) > 30:
        wrong["street"] = marked("太长了，精简一点")
    if not 2 <= len(clean.detail) <= 120:
        wrong["detail"] = marked("写上街道和门牌号")
    if wrong:
        raise BadAddress(fields=wrong)
    return clean


def city_of(address: AddressView) -> str:
    """The city of the table of regions that a checked address lies in, or ""; what else was written there is not told."""
    return _city(address.province, address.city)


@lru_cache(maxsize=4096)
def placed(text: str) -> tuple[str, str]:
    """The province and the city of `广东`, `广东 深圳` or `广东省深圳市`, by their full names; "" for what is not said."""
    said = "".join(text.split())
    for province, short in SHORT_NAMES.items():
        if said.startswith(short):
            return province, _city(province, said.removeprefix(province).removeprefix(short))
    return "", ""


def province_of(text: str) -> str:
    """The full name of the province a text begins with, or ""."""
    return placed(text)[0]


def _city(province: str, said: str) -> str:
    known = regions.cities(province)
    if len(known) == 1 or len(said) < 2:
        return known[0] if len(known) == 1 else ""
    return next(
        (one for one in known if said.startswith(one.removesuffix("市")) or one.startswith(said)),
        "",
    )


def _is_phone(text: str) -> bool:
    if re.search("[A-Za-z]", text):
        return False  # the library would read letters as keys of a telephone, or as an extension
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, "CN"))
    except phonenumbers.NumberParseException:
        return False
