"""What a machine can say of goods before they are sold."""

from collections.abc import Mapping, Sequence
from typing import Any

from grapevine.goods.onboarding import RuleView
from grapevine.goods.oversight import Finding, Level, Listing
from grapevine.kit.text import marked

OTHERS_LEAST = 4
ODD_TIMES = 10
RISK_LOOK = 2
"""Goods of a category with this risk or more are looked at by a person."""
FINDINGS = {
    "forbidden": marked("这个类目禁止销售"),
    "prohibited": marked("疑似禁售商品"),
    "picture": marked("没有图片"),
    "coming": marked("图片还没取到，取到就检查"),
    "field": marked("缺少必填参数"),
    "absolute": marked("用了绝对化的广告用语（广告法第九条）"),
    "price": marked("价格和同类商品差得太多"),
    "category": marked("高风险类目，要人工看"),
    "change": marked("改了在售商品的关键内容"),
    "all": marked("每件商品都要人工看"),
}
REASONS = {
    "prohibited": marked("禁售商品"),
    "wording": marked("用语不合规"),
    "pictures": marked("图片不清楚或与商品不符"),
    "title": marked("标题与商品不符"),
    "category": marked("类目不对"),
    "price": marked("价格不合理"),
    "permit": marked("缺少资质"),
    "infringement": marked("疑似侵权"),
    "other": marked("其他"),
}
KEYS = ("title", "category", "body", "picture_ids", "clip")
"""What makes goods other goods: a change of one of these is judged again."""


def findings(
    listing: Listing, *, rule: RuleView | None, prohibited: Sequence[str], absolute: Sequence[str]
) -> list[Finding]:
    """What is found, worst first. `prohibited` and `absolute` are words that screening quoted."""
    found = []
    if rule and rule.is_forbidden:
        found.append(Finding("forbidden", Level.REFUSE, listing.category))
    if prohibited:
        found.append(Finding("prohibited", Level.REFUSE, "、".join(prohibited)))
    if not listing.pictures:
        found.append(Finding("coming" if listing.is_coming else "picture", Level.MEND))
    missing = [name for name in (rule.required if rule else ()) if name not in listing.attributes]
    if missing:
        found.append(Finding("field", Level.MEND, "、".join(missing)))
    if absolute:
        found.append(Finding("absolute", Level.LOOK, "、".join(absolute)))
    if is_odd_price(listing.price_minor, listing.others_minor):
        found.append(Finding("price", Level.LOOK))
    if rule and rule.risk >= RISK_LOOK:
        found.append(Finding("category", Level.LOOK, listing.category))
    return found


def is_odd_price(price_minor: int, others_minor: Sequence[int]) -> bool:
    """Ten times below the cheapest quarter, or above the dearest; never where fewer than four are known."""
    if len(others_minor) < OTHERS_LEAST:
        return False
    low, high = others_minor[len(others_minor) // 4], others_minor[len(others_minor) * 3 // 4]
    return price_minor * ODD_TIMES < low or price_minor > high * ODD_TIMES


def risk_of(found: Sequence[Finding], *, rule: RuleView | None, is_new_shop: bool) -> int:
    """What puts it further up in an operator's queue."""
    return (rule.risk * 20 if rule else 0) + 15 * len(found) + (10 if is_new_shop else 0)


def is_judged_again(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a change makes goods other goods. Fewer of their pictures, another order of them or no video does not."""
    if any(before[name] != wanted[name] for name in KEYS[:3]):
        return True
    video = wanted["clip"][0]
    if video and video != before["clip"][0]:
        return True
    own, asked = set(before["picture_ids"]), set(wanted["picture_ids"])
    return not asked <= own or (bool(own) and not asked)
