"""Screening of texts: forbidden words, and absolute wording in advertising.

Advertising Law of the PRC, article 9(3), bans words such as 国家级, 最高级, 最佳. The enforcement guide of 2023 exempts, among others,
best-before and best-use wording and a comparison with one's own earlier goods; those go through.
"""

import re
import unicodedata

from grapevine.guard.contracts import Hit, Outcome, Verdict

FORBIDDEN = (
    "代开发票",
    "假币",
    "枪支出售",
    "迷药",
    "办假证",
    "赌博网站",
    "返利拉人头",
    "无门槛贷款",
)
ABSOLUTE = (
    "国家级",
    "最高级",
    "最佳",
    "全网第一",
    "销量第一",
    "全国第一",
    "世界第一",
    "顶级",
    "极品",
    "史上最低",
    "全网最低",
    "100%有效",
)
PROHIBITED_GOODS = (
    "象牙制品",
    "犀牛角",
    "穿山甲",
    "虎骨",
    "麝香原料",
    "笑气",
    "电子烟",
    "处方药",
    "管制刀具",
    "仿真枪",
    "弩箭",
    "窃听器",
    "伪基站",
    "改号软件",
    "身份证复印件",
    "银行卡套装",
    "高仿",
    "原单尾货大牌",
    "翻墙软件",
    "人民币图样",
)
"""Goods nobody may sell here: wildlife products, weapons, drugs, devices for surveillance, counterfeits."""
MEDICAL = ("根治", "包治", "药到病除", "治愈率", "抗癌", "永不复发")
EXEMPT = re.compile(
    r"最佳(赏味|食用|使用|饮用|保存|观赏|口感|时间|搭配|温度)|(?:我|自己|本店|个人)[^。，]{0,6}最佳"
)
IGNORED = re.compile(r"[\s\W_]+")


def normalise(text: str) -> str:
    """Compatibility forms folded, invisible characters and punctuation removed, lower case."""
    folded = unicodedata.normalize("NFKC", text)
    visible = "".join(c for c in folded if unicodedata.category(c)[0] != "C")
    return IGNORED.sub("", visible).lower()


def screen(text: str) -> Verdict:
    """Block what may never be published, send advertising superlatives to review, pass the rest."""
    plain = normalise(text)
    blocked = [Hit(word, "forbidden") for word in FORBIDDEN if normalise(word) in plain]
    blocked += [Hit(word, "medical") for word in MEDICAL if normalise(word) in plain]
    if blocked:
        return Verdict(Outcome.BLOCK, tuple(blocked))
    rest = EXEMPT.sub("", plain)
    review = [Hit(word, "absolute") for word in ABSOLUTE if normalise(word) in rest]
    return Verdict(Outcome.REVIEW if review else Outcome.PASS, tuple(review))


def screen_goods(text: str) -> Verdict:
    """As `screen`, and what may not be sold at all is blocked."""
    plain = normalise(text)
    hits = tuple(Hit(word, "prohibited") for word in PROHIBITED_GOODS if normalise(word) in plain)
    return Verdict(Outcome.BLOCK, hits) if hits else screen(text)
